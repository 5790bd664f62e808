package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.paimon.PinnedTables;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.paimon.PrimaryKeys;
import dev.weirhouse.olap.paimon.ScanCondition.Literal;
import dev.weirhouse.olap.paimon.ScanCondition.Operand;
import dev.weirhouse.olap.paimon.ScanCondition.Parameter;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.sql.SqlKind;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.planner.calcite.FlinkTypeFactory;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalCalc;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalTableSourceScan;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * A query that asks for columns of one table by its whole primary key: each column of the key is equal to a value, or one
 * of a few.
 *
 * @param read the table
 * @param keyTypes the types of the primary key's columns, in its order
 * @param key for each of them, the values that it may have
 * @param columns the names of the columns that are asked for, in order
 */
public record PointPlan(TableRead read, List<LogicalType> keyTypes, List<List<Operand>> key, List<String> columns) {

    /** Keys that one query may ask for. */
    private static final int MOST_KEYS = 1_000;

    public PointPlan {
        keyTypes = List.copyOf(keyTypes);
        key = List.copyOf(key);
        columns = List.copyOf(columns);
    }

    /** The point lookup that a plan is; empty when it is none. */
    static Optional<PointPlan> find(RelNode plan, PinnedTables tables) {
        if (!(plan instanceof FlinkLogicalCalc calc)
                || !(calc.getInput() instanceof FlinkLogicalTableSourceScan scan)
                || calc.getProgram().getCondition() == null) {
            return Optional.empty();
        }
        TableSourceTable table = scan.getTable().unwrap(TableSourceTable.class);
        Optional<TableRead> read = table == null
                ? Optional.empty()
                : tables.find(table.tableSource()).filter(found -> !found.travels() && !found.isHinted());
        if (read.isEmpty()) {
            return Optional.empty();
        }
        RexProgram program = calc.getProgram();
        Map<String, List<Operand>> values = new LinkedHashMap<>();
        List<LogicalType> types = Relations.types(scan.getRowType());
        RexNode condition =
                Searches.expand(calc.getCluster().getRexBuilder(), program.expandLocalRef(program.getCondition()));
        for (RexNode conjunct : conjuncts(condition)) {
            Optional<Map.Entry<Integer, List<Operand>>> equal = equality(conjunct, types);
            if (equal.isEmpty()
                    || values.put(
                                    scan.getRowType()
                                            .getFieldNames()
                                            .get(equal.get().getKey()),
                                    equal.get().getValue())
                            != null) {
                return Optional.empty();
            }
        }
        List<String> primaryKey = PrimaryKeys.of(read.get());
        if (primaryKey.isEmpty() || !values.keySet().equals(java.util.Set.copyOf(primaryKey))) {
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>();
        for (var project : program.getProjectList()) {
            Optional<String> column = column(program.expandLocalRef(project), scan.getRowType(), types, values);
            if (column.isEmpty() || columns.contains(column.get())) {
                return Optional.empty();
            }
            columns.add(column.get());
        }
        long keys = 1;
        for (List<Operand> each : values.values()) {
            keys *= each.size();
            if (keys > MOST_KEYS) {
                return Optional.empty();
            }
        }
        return Optional.of(new PointPlan(
                read.get(),
                primaryKey.stream()
                        .map(name -> types.get(scan.getRowType().getFieldNames().indexOf(name)))
                        .toList(),
                primaryKey.stream().map(values::get).toList(),
                columns));
    }

    /** The column that an expression is; Flink writes the value of a column that is set equal to one in its place. */
    private static Optional<String> column(
            RexNode node, RelDataType row, List<LogicalType> types, Map<String, List<Operand>> values) {
        if (node instanceof RexInputRef reference) {
            return Optional.of(row.getFieldNames().get(reference.getIndex()));
        }
        LogicalType own = FlinkTypeFactory.toLogicalType(node.getType());
        return values.entrySet().stream()
                .filter(entry -> {
                    LogicalType type = types.get(row.getFieldNames().indexOf(entry.getKey()));
                    return own.copy(true).equals(type.copy(true))
                            && entry.getValue().size() == 1
                            && ColumnValues.find(node, type)
                                    .equals(Optional.of(entry.getValue().get(0)));
                })
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static List<RexNode> conjuncts(RexNode condition) {
        return condition.getKind() == SqlKind.AND ? ((RexCall) condition).getOperands() : List.of(condition);
    }

    /** The column that a condition sets equal to one of some values. */
    private static Optional<Map.Entry<Integer, List<Operand>>> equality(RexNode condition, List<LogicalType> types) {
        if (condition.getKind() == SqlKind.OR) {
            Integer column = null;
            List<Operand> values = new ArrayList<>();
            for (RexNode operand : ((RexCall) condition).getOperands()) {
                Optional<Map.Entry<Integer, List<Operand>>> one = equality(operand, types);
                if (one.isEmpty() || column != null && !column.equals(one.get().getKey())) {
                    return Optional.empty();
                }
                column = one.get().getKey();
                values.addAll(one.get().getValue());
            }
            return Optional.of(Map.entry(column, values));
        }
        if (condition.getKind() != SqlKind.EQUALS) {
            return Optional.empty();
        }
        RexNode left = ((RexCall) condition).getOperands().get(0);
        RexNode right = ((RexCall) condition).getOperands().get(1);
        RexNode column = left instanceof RexInputRef ? left : right;
        RexNode other = left instanceof RexInputRef ? right : left;
        if (!(column instanceof RexInputRef reference)) {
            return Optional.empty();
        }
        LogicalType type = types.get(reference.getIndex());
        return ColumnValues.find(other, type).map(value -> Map.entry(reference.getIndex(), List.of(value)));
    }

    /**
     * The keys that the query asks for, each once, in Flink's internal data.
     *
     * @param openTypes the types of all values that were left open
     * @param values a value for each
     * @throws NotNative for a value that is not one of its type
     */
    public List<Object[]> keys(List<LogicalType> openTypes, List<?> values) throws NotNative {
        List<Object[]> keys = new ArrayList<>();
        keys.add(new Object[key.size()]);
        for (int i = 0; i < key.size(); i++) {
            List<Object> parts = new ArrayList<>();
            for (Operand each : key.get(i)) {
                Object part = each instanceof Parameter open
                        ? OpenValues.checked(values.get(open.index()), openTypes.get(open.index()))
                        : ((Literal) each).value();
                Optional<Object> internal = part == null ? Optional.empty() : internal(part, keyTypes.get(i));
                internal.ifPresent(parts::add);
            }
            keys = product(keys, i, parts);
        }
        return keys;
    }

    private static List<Object[]> product(List<Object[]> keys, int index, List<Object> parts) {
        List<Object[]> all = new ArrayList<>();
        for (Object[] begun : keys) {
            for (Object part : parts) {
                Object[] key = begun.clone();
                key[index] = part;
                all.add(key);
            }
        }
        return all;
    }

    /** The value in Flink's internal form; empty when no value of the type is equal to it. */
    private static Optional<Object> internal(Object value, LogicalType type) throws NotNative {
        try {
            return switch (type.getTypeRoot()) {
                case BOOLEAN -> Optional.of((Boolean) value);
                case TINYINT -> Optional.of(number(value).byteValueExact());
                case SMALLINT -> Optional.of(number(value).shortValueExact());
                case INTEGER -> Optional.of(number(value).intValueExact());
                case BIGINT -> Optional.of(number(value).longValueExact());
                case DECIMAL -> {
                    DecimalType decimal = (DecimalType) type;
                    BigDecimal scaled = number(value).setScale(decimal.getScale());
                    yield scaled.precision() > decimal.getPrecision()
                            ? Optional.empty()
                            : Optional.of(
                                    DecimalData.fromBigDecimal(scaled, decimal.getPrecision(), decimal.getScale()));
                }
                case VARCHAR -> Optional.of(StringData.fromString((String) value));
                case DATE -> Optional.of((int) ((LocalDate) value).toEpochDay());
                case TIMESTAMP_WITHOUT_TIME_ZONE -> {
                    LocalDateTime moment = (LocalDateTime) value;
                    yield OpenValues.fits(moment, LogicalTypeChecks.getPrecision(type))
                            ? Optional.of(TimestampData.fromLocalDateTime(moment))
                            : Optional.empty();
                }
                default ->
                    throw new NotNative(
                            Reason.LITERAL, "a key of type " + type.copy(true).asSummaryString());
            };
        } catch (ArithmeticException e) {
            // Out of the type's range, or between two of its values.
            return Optional.empty();
        } catch (ClassCastException e) {
            throw new NotNative(Reason.LITERAL, "a key of another type than the column's");
        }
    }

    private static BigDecimal number(Object value) {
        return value instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(((Number) value).longValue());
    }
}
