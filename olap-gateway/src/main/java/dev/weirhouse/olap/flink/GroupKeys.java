package dev.weirhouse.olap.flink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalAggregate;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalCalc;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalTableSourceScan;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * The groups of a relation that a tree of joins can have a match for: those whose keys a filtered table of the tree also has.
 * The others need not be computed, which DuckDB does not see; a correlated subquery with an aggregate is such a relation,
 * with a group for each value of its whole table. This is the semi-join reduction of Bernstein and Chiu, "Using
 * Semi-Joins to Solve Relational Queries", 1981.
 */
final class GroupKeys {

    /** Columns of the tree that are equal in each of its rows point to one of them; a union-find without ranks. */
    private final Map<String, String> equals = new HashMap<>();

    private final List<Filtered> filtered = new ArrayList<>();

    /** A table of the tree of which a condition leaves a part. */
    private record Filtered(List<String> columns, List<LogicalType> types, String sql) {}

    /**
     * Tells the equations of a join.
     *
     * @param columns what the columns of both its inputs are called in the tree
     */
    void equate(RexNode condition, List<String> columns) {
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            if (conjunct instanceof RexCall call
                    && call.isA(SqlKind.EQUALS)
                    && call.getOperands().get(0) instanceof RexInputRef one
                    && call.getOperands().get(1) instanceof RexInputRef other) {
                equals.put(root(columns.get(one.getIndex())), root(columns.get(other.getIndex())));
            }
        }
    }

    /**
     * Tells of a relation of the tree, each row of which meets one of it.
     *
     * @param columns what its columns are called in the tree
     * @param sql what computes it
     */
    void relation(RelNode relation, List<String> columns, String sql) {
        if (relation instanceof FlinkLogicalCalc calc
                && calc.getProgram().getCondition() != null
                && calc.getInput() instanceof FlinkLogicalTableSourceScan) {
            filtered.add(new Filtered(columns, Relations.types(calc.getRowType()), sql));
        }
    }

    /**
     * What holds for the rows of a relation's groups that are wanted, in terms of the aggregate's input; empty when all are.
     *
     * @param relation the relation; {@link #isOfGroups} holds for it
     * @param columns what its columns are called in the tree
     */
    String wanted(RelNode relation, List<String> columns) {
        FlinkLogicalAggregate aggregate = aggregate(relation);
        List<Integer> keys = aggregate.getGroupSet().asList();
        List<LogicalType> input = Relations.types(aggregate.getInput().getRowType());
        List<String> conditions = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int output = output(relation, column);
            if (output < 0 || output >= keys.size()) {
                continue;
            }
            int key = keys.get(output);
            for (Filtered table : filtered) {
                int match = match(table, columns.get(column), input.get(key));
                if (match >= 0) {
                    conditions.add("c" + key + " IN (SELECT c" + match + " FROM (" + table.sql() + ") t)");
                }
            }
        }
        return String.join(" AND ", conditions);
    }

    /**
     * Whether a relation consists of groups that can be left out unseen: neither what they are computed from, nor their
     * aggregates, nor what is computed of these fails for any value in Flink.
     */
    static boolean isOfGroups(RelNode relation) {
        FlinkLogicalAggregate aggregate = aggregate(relation);
        return aggregate != null
                && !aggregate.getGroupSet().isEmpty()
                && aggregate.getAggCallList().stream().allMatch(GroupKeys::isTotal)
                && isTotal(relation)
                && isTotal(aggregate.getInput());
    }

    private static boolean isTotal(AggregateCall call) {
        return switch (call.getAggregation().getKind()) {
            case COUNT, SUM, SUM0, AVG, MIN, MAX -> true;
            default -> false;
        };
    }

    private static boolean isTotal(RelNode node) {
        if (!(node instanceof FlinkLogicalCalc calc)) {
            return true;
        }
        RexProgram program = calc.getProgram();
        return program.getProjectList().stream().map(program::expandLocalRef).allMatch(GroupKeys::isTotal)
                && (program.getCondition() == null || isTotal(program.expandLocalRef(program.getCondition())));
    }

    /** Flink's integers wrap around, and its decimals become NULL. */
    private static boolean isTotal(RexNode expression) {
        if (!(expression instanceof RexCall call)) {
            return expression instanceof RexInputRef || expression instanceof RexLiteral;
        }
        boolean total =
                switch (call.getKind()) {
                    case AND, OR, NOT, IS_NULL, IS_NOT_NULL, SEARCH, LIKE -> true;
                    case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> true;
                    case PLUS, MINUS, TIMES -> SqlTypeUtil.isNumeric(call.getType());
                    default -> false;
                };
        return total && call.getOperands().stream().allMatch(GroupKeys::isTotal);
    }

    private static FlinkLogicalAggregate aggregate(RelNode relation) {
        RelNode node = relation instanceof FlinkLogicalCalc calc ? calc.getInput() : relation;
        return node instanceof FlinkLogicalAggregate aggregate ? aggregate : null;
    }

    /** The aggregate's column that is this one of the relation; -1 if it is computed. */
    private static int output(RelNode relation, int column) {
        if (!(relation instanceof FlinkLogicalCalc calc)) {
            return column;
        }
        RexProgram program = calc.getProgram();
        RexNode project = program.expandLocalRef(program.getProjectList().get(column));
        return project instanceof RexInputRef ref ? ref.getIndex() : -1;
    }

    private int match(Filtered table, String column, LogicalType type) {
        for (int i = 0; i < table.columns().size(); i++) {
            if (root(table.columns().get(i)).equals(root(column))
                    && table.types().get(i).copy(true).equals(type.copy(true))) {
                return i;
            }
        }
        return -1;
    }

    private String root(String column) {
        String root = column;
        while (equals.containsKey(root) && !equals.get(root).equals(root)) {
            root = equals.get(root);
        }
        return root;
    }
}
