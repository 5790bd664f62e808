package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.paimon.ScanCondition;
import dev.weirhouse.olap.paimon.ScanCondition.Operand;
import dev.weirhouse.olap.paimon.ScanCondition.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.flink.table.types.logical.LogicalType;

/** Those parts of a filter over a table by which files can be left out; the filter itself stays in the query. */
final class ScanConditions {

    private final RexBuilder builder;
    private final List<String> columns;
    private final List<LogicalType> types;

    private ScanConditions(RexBuilder builder, List<String> columns, List<LogicalType> types) {
        this.builder = builder;
        this.columns = columns;
        this.types = types;
    }

    /**
     * The conditions that hold for each row for which the filter is true.
     *
     * @param filter over the table's columns
     */
    static List<ScanCondition> of(RexNode filter, RexBuilder builder, List<String> columns, List<LogicalType> types) {
        ScanConditions conditions = new ScanConditions(builder, columns, types);
        List<ScanCondition> all = new ArrayList<>();
        for (RexNode part : RelOptUtil.conjunctions(Searches.expand(builder, filter))) {
            conditions.condition(part).ifPresent(all::add);
        }
        return all;
    }

    private Optional<ScanCondition> condition(RexNode part) {
        if (!(part instanceof RexCall call)) {
            return Optional.empty();
        }
        return switch (call.getKind()) {
            case IS_NULL, IS_NOT_NULL -> nullness(call);
            case OR -> in(call);
            default -> comparison(call);
        };
    }

    private Optional<ScanCondition> nullness(RexCall call) {
        return call.getOperands().get(0) instanceof RexInputRef column
                ? Optional.of(new ScanCondition(
                        columns.get(column.getIndex()),
                        call.getKind() == SqlKind.IS_NULL ? Operator.IS_NULL : Operator.IS_NOT_NULL,
                        List.of()))
                : Optional.empty();
    }

    private Optional<ScanCondition> comparison(RexCall call) {
        if (operator(call.getKind()).isEmpty()) {
            return Optional.empty();
        }
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        return left instanceof RexInputRef column
                ? comparison(column, call.getKind(), right)
                : right instanceof RexInputRef column
                        ? comparison(column, call.getKind().reverse(), left)
                        : Optional.empty();
    }

    private Optional<ScanCondition> comparison(RexInputRef column, SqlKind kind, RexNode with) {
        return ColumnValues.find(with, types.get(column.getIndex()))
                .map(operand -> new ScanCondition(
                        columns.get(column.getIndex()), operator(kind).orElseThrow(), List.of(operand)));
    }

    private static Optional<Operator> operator(SqlKind kind) {
        return switch (kind) {
            case EQUALS -> Optional.of(Operator.EQUAL);
            case NOT_EQUALS -> Optional.of(Operator.NOT_EQUAL);
            case LESS_THAN -> Optional.of(Operator.LESS);
            case LESS_THAN_OR_EQUAL -> Optional.of(Operator.LESS_OR_EQUAL);
            case GREATER_THAN -> Optional.of(Operator.GREATER);
            case GREATER_THAN_OR_EQUAL -> Optional.of(Operator.GREATER_OR_EQUAL);
            default -> Optional.empty();
        };
    }

    /** One of several values of the same column. */
    private Optional<ScanCondition> in(RexCall or) {
        List<Operand> operands = new ArrayList<>();
        OptionalInt column = OptionalInt.empty();
        for (RexNode part : RelOptUtil.disjunctions(or)) {
            Optional<ScanCondition> one = part instanceof RexCall call ? comparison(call) : Optional.empty();
            if (one.isEmpty() || one.get().operator() != Operator.EQUAL) {
                return Optional.empty();
            }
            int index = columns.indexOf(one.get().column());
            if (column.isPresent() && column.getAsInt() != index) {
                return Optional.empty();
            }
            column = OptionalInt.of(index);
            operands.addAll(one.get().operands());
        }
        return Optional.of(new ScanCondition(columns.get(column.orElseThrow()), Operator.IN, operands));
    }
}
