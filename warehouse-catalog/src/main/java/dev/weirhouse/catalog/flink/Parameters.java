package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlValidator;

/**
 * Markers ({@code ?}) in a syntax tree: their types, and values in their place as typed literals. A value never becomes
 * part of a text that is parsed again.
 */
final class Parameters {

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    private Parameters() {}

    /** The markers of a statement in the order of their text. */
    static List<SqlDynamicParam> markers(SqlNode node) {
        List<SqlDynamicParam> found = new ArrayList<>();
        node.accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlDynamicParam marker) {
                found.add(marker);
                return null;
            }
        });
        found.sort(Comparator.comparingInt(SqlDynamicParam::getIndex));
        return found;
    }

    /**
     * Finds the types of markers that stand for a whole column of an INSERT.
     *
     * @param columns the types of the columns that are written, in order
     */
    static Map<Integer, RelDataType> ofInsert(SqlInsert insert, List<RelDataType> columns) {
        Map<Integer, RelDataType> types = new TreeMap<>();
        collect(insert.getSource(), columns, types);
        return types;
    }

    private static void collect(SqlNode source, List<RelDataType> columns, Map<Integer, RelDataType> types) {
        if (source instanceof SqlSelect select) {
            collectItems(select.getSelectList().getList(), columns, types);
        } else if (source instanceof SqlCall call
                && (call.getKind() == SqlKind.VALUES || call.getKind() == SqlKind.UNION)) {
            call.getOperandList().forEach(operand -> collect(operand, columns, types));
        } else if (source instanceof SqlBasicCall row && row.getKind() == SqlKind.ROW) {
            collectItems(row.getOperandList(), columns, types);
        }
    }

    private static void collectItems(List<SqlNode> items, List<RelDataType> columns, Map<Integer, RelDataType> types) {
        for (int i = 0; i < Math.min(items.size(), columns.size()); i++) {
            if (items.get(i) instanceof SqlDynamicParam marker) {
                types.put(marker.getIndex(), columns.get(i));
            }
        }
    }

    /** The types that validation found for the markers of a query. */
    static void ofQuery(SqlNode validated, SqlValidator validator, Map<Integer, RelDataType> types) {
        for (SqlDynamicParam marker : markers(validated)) {
            RelDataType type = validator.getValidatedNodeTypeIfKnown(marker);
            if (type != null && type.getSqlTypeName() != SqlTypeName.UNKNOWN) {
                types.putIfAbsent(marker.getIndex(), type);
            }
        }
    }

    /**
     * Puts values in the place of markers, in the tree itself where its nodes allow it.
     *
     * @param types the markers' types by index; a marker without one stands for a string
     * @param zone the session's time zone, for instants
     */
    static SqlNode bind(
            SqlNode statement,
            Map<Integer, RelDataType> types,
            List<?> values,
            RelDataTypeFactory factory,
            ZoneId zone) {
        return replace(statement, marker -> {
            RelDataType type = types.getOrDefault(
                    marker.getIndex(), factory.createSqlType(SqlTypeName.VARCHAR, Integer.MAX_VALUE));
            return literal(values.get(marker.getIndex()), type, factory, zone);
        });
    }

    /** Puts NULLs of the right types in the place of markers, so that a statement can be validated without values. */
    static SqlNode bindNulls(SqlNode statement, Map<Integer, RelDataType> types, RelDataTypeFactory factory) {
        return replace(statement, marker -> {
            RelDataType type = types.get(marker.getIndex());
            return type == null ? marker : literal(null, type, factory, ZoneId.of("UTC"));
        });
    }

    /** Gives each marker its type and leaves it open. */
    static SqlNode leaveOpen(SqlNode statement, Map<Integer, RelDataType> types, RelDataTypeFactory factory) {
        return replace(statement, marker -> {
            RelDataType type = types.get(marker.getIndex());
            return typed(
                    marker,
                    type == null ? factory.createSqlType(SqlTypeName.VARCHAR, Integer.MAX_VALUE) : type,
                    factory);
        });
    }

    /** Flink's own nodes do not survive Calcite's copying visitors, so operands are set in place. */
    private static SqlNode replace(SqlNode node, Function<SqlDynamicParam, SqlNode> value) {
        if (node instanceof SqlDynamicParam marker) {
            return value.apply(marker);
        }
        if (node instanceof SqlOrderBy order) {
            return new SqlOrderBy(
                    order.getParserPosition(),
                    replace(order.query, value),
                    (SqlNodeList) replace(order.orderList, value),
                    replace(order.offset, value),
                    replace(order.fetch, value));
        }
        if (node instanceof SqlNodeList list) {
            for (int i = 0; i < list.size(); i++) {
                SqlNode replaced = replace(list.get(i), value);
                if (replaced != list.get(i)) {
                    list.set(i, replaced);
                }
            }
        } else if (node instanceof SqlCall call) {
            List<SqlNode> operands = call.getOperandList();
            for (int i = 0; i < operands.size(); i++) {
                SqlNode replaced = replace(operands.get(i), value);
                if (replaced != operands.get(i)) {
                    call.setOperand(i, replaced);
                }
            }
        }
        return node;
    }

    private static SqlNode literal(Object value, RelDataType type, RelDataTypeFactory factory, ZoneId zone) {
        return typed(plain(value, zone), type, factory);
    }

    /** A node cast to the nullable type. */
    static SqlNode typed(SqlNode node, RelDataType type, RelDataTypeFactory factory) {
        RelDataType nullable = factory.createTypeWithNullability(type, true);
        return SqlStdOperatorTable.CAST.createCall(SqlParserPos.ZERO, node, SqlTypeUtil.convertTypeToSpec(nullable));
    }

    private static SqlNode plain(Object value, ZoneId zone) {
        SqlParserPos pos = SqlParserPos.ZERO;
        if (value == null) {
            return SqlLiteral.createNull(pos);
        }
        if (value instanceof Boolean flag) {
            return SqlLiteral.createBoolean(flag, pos);
        }
        if (value instanceof Float || value instanceof Double) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number)
                    ? SqlLiteral.createApproxNumeric(
                            new BigDecimal(value.toString()).unscaledValue() + "E"
                                    + -new BigDecimal(value.toString()).scale(),
                            pos)
                    : SqlLiteral.createCharString(value.toString(), pos);
        }
        if (value instanceof BigDecimal number) {
            return SqlLiteral.createExactNumeric(number.toPlainString(), pos);
        }
        if (value instanceof Number number) {
            return SqlLiteral.createExactNumeric(number.toString(), pos);
        }
        if (value instanceof byte[] bytes) {
            return SqlLiteral.createBinaryString(HexFormat.of().withUpperCase().formatHex(bytes), pos);
        }
        if (value instanceof Instant instant) {
            return SqlLiteral.createCharString(
                    LocalDateTime.ofInstant(instant, zone).format(TIMESTAMP), pos);
        }
        if (value instanceof LocalDateTime time) {
            return SqlLiteral.createCharString(time.format(TIMESTAMP), pos);
        }
        if (value instanceof LocalTime time) {
            return SqlLiteral.createCharString(time.format(TIME), pos);
        }
        if (value instanceof LocalDate || value instanceof String) {
            return SqlLiteral.createCharString(value.toString(), pos);
        }
        throw new WarehouseException(
                CatalogError.PARAMETER_MISMATCH,
                "A parameter cannot be a " + value.getClass().getName() + ".");
    }
}
