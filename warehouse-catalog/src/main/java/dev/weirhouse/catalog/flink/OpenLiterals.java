package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.flink.QueryPlan.OpenLiteral;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.flink.table.planner.calcite.FlinkTypeFactory;

/**
 * Opens the literals of a query that may become another of the same type without a change of the plan: those that a
 * condition compares something with. Everywhere else a value may decide about types, about folding, or about what is
 * admitted.
 */
final class OpenLiterals {

    private static final Set<SqlKind> LOGIC = EnumSet.of(SqlKind.AND, SqlKind.OR, SqlKind.NOT);

    private static final Set<SqlKind> COMPARISONS = EnumSet.of(
            SqlKind.EQUALS,
            SqlKind.NOT_EQUALS,
            SqlKind.LESS_THAN,
            SqlKind.LESS_THAN_OR_EQUAL,
            SqlKind.GREATER_THAN,
            SqlKind.GREATER_THAN_OR_EQUAL,
            SqlKind.BETWEEN,
            SqlKind.IN,
            SqlKind.NOT_IN);

    private static final Set<SqlTypeName> TYPES =
            EnumSet.of(SqlTypeName.DECIMAL, SqlTypeName.CHAR, SqlTypeName.DATE, SqlTypeName.TIMESTAMP);

    private final RelDataTypeFactory factory;
    private final int markers;
    private final List<OpenLiteral> found = new ArrayList<>();

    /** @param markers how many markers the statement has of its own */
    OpenLiterals(RelDataTypeFactory factory, int markers) {
        this.factory = factory;
        this.markers = markers;
    }

    /** The literals that were opened, in the order of their numbers. */
    List<OpenLiteral> found() {
        return found;
    }

    /** Puts markers into the place of literals; the tree is changed. */
    void open(SqlNode node) {
        if (node instanceof SqlOrderBy order) {
            open(order.query);
        } else if (node instanceof SqlSelect select) {
            for (int i = 0; i < select.getOperandList().size(); i++) {
                openOperand(select.getOperandList().get(i));
            }
            condition(select.getWhere());
            condition(select.getHaving());
        } else if (node instanceof SqlJoin join) {
            open(join.getLeft());
            open(join.getRight());
            condition(join.getCondition());
        } else if (node instanceof SqlNodeList list) {
            list.forEach(this::openOperand);
        } else if (node instanceof SqlCall call) {
            call.getOperandList().forEach(this::openOperand);
        }
    }

    private void openOperand(SqlNode operand) {
        if (operand instanceof SqlCall || operand instanceof SqlNodeList) {
            open(operand);
        }
    }

    private void condition(SqlNode node) {
        if (!(node instanceof SqlCall call)) {
            return;
        }
        if (LOGIC.contains(call.getKind())) {
            call.getOperandList().forEach(this::condition);
        } else if (COMPARISONS.contains(call.getKind()) && !isConstant(call)) {
            for (int i = 0; i < call.operandCount(); i++) {
                SqlNode operand = call.operand(i);
                if (operand instanceof SqlNodeList list) {
                    for (int j = 0; j < list.size(); j++) {
                        list.set(j, opened(list.get(j)));
                    }
                } else {
                    call.setOperand(i, opened(operand));
                }
            }
        }
    }

    private static boolean isConstant(SqlCall comparison) {
        return comparison.getOperandList().stream().allMatch(operand -> operand instanceof SqlLiteral);
    }

    private SqlNode opened(SqlNode node) {
        if (!(node instanceof SqlLiteral literal) || !TYPES.contains(literal.getTypeName())) {
            return node;
        }
        RelDataType type = literal.createSqlType(factory);
        if (type.getSqlTypeName() == SqlTypeName.CHAR && type.getPrecision() == 0) {
            return node;
        }
        SqlDynamicParam marker = new SqlDynamicParam(markers + found.size(), node.getParserPosition());
        found.add(new OpenLiteral(
                node.getParserPosition().getLineNum(),
                node.getParserPosition().getColumnNum(),
                FlinkTypeFactory.toLogicalType(factory.createTypeWithNullability(type, true))));
        return Parameters.typed(marker, type, factory);
    }
}
