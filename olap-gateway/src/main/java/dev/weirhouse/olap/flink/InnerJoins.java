package dev.weirhouse.olap.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexProgram;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalCalc;
import org.apache.flink.table.planner.plan.nodes.logical.FlinkLogicalJoin;

/**
 * A tree of inner joins as one list of relations with conditions. Flink leaves the joins in the order of the query's text,
 * and DuckDB puts those of one list into a better one; across a projection it does not.
 */
final class InnerJoins {

    /** Writes what is no inner join. */
    interface Leaves {
        String sql(RelNode leaf) throws NotNative;
    }

    private final Leaves leaves;
    private final List<String> relations = new ArrayList<>();
    private final List<String> conditions = new ArrayList<>();

    private InnerJoins(Leaves leaves) {
        this.leaves = leaves;
    }

    /**
     * The joins as they stand in a SELECT.
     *
     * @param from the list of relations
     * @param columns for each column of the tree, what it is called there
     * @param conditions all of which hold
     */
    record Flat(String from, List<String> columns, List<String> conditions) {

        /** The expressions over the tree's columns. */
        Expressions expressions() {
            return new Expressions(columns::get);
        }

        String where() {
            return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        }
    }

    static boolean isInner(RelNode node) {
        return node instanceof FlinkLogicalJoin join && join.getJoinType() == JoinRelType.INNER;
    }

    /** @param join an inner one */
    static Flat flat(FlinkLogicalJoin join, Leaves leaves) throws NotNative {
        InnerJoins joins = new InnerJoins(leaves);
        List<String> columns = joins.columns(join);
        return new Flat(String.join(", ", joins.relations), columns, joins.conditions);
    }

    private List<String> columns(RelNode node) throws NotNative {
        if (isInner(node)) {
            return joined((FlinkLogicalJoin) node);
        }
        if (node instanceof FlinkLogicalCalc calc && isInner(calc.getInput())) {
            RexProgram program = calc.getProgram();
            List<RexNode> projects = program.getProjectList().stream()
                    .map(program::expandLocalRef)
                    .toList();
            if (projects.stream().allMatch(RexInputRef.class::isInstance)) {
                return projected(calc, projects);
            }
        }
        String name = "t" + relations.size();
        // The place is taken before the leaf has its own.
        int place = relations.size();
        relations.add(name);
        relations.set(place, "(" + leaves.sql(node) + ") " + name);
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < node.getRowType().getFieldCount(); i++) {
            columns.add(name + ".c" + i);
        }
        return columns;
    }

    private List<String> joined(FlinkLogicalJoin join) throws NotNative {
        Relations.checkKeys(join);
        List<String> columns = new ArrayList<>(columns(join.getLeft()));
        columns.addAll(columns(join.getRight()));
        if (!join.getCondition().isAlwaysTrue()) {
            conditions.add("(" + new Expressions(columns::get).sql(join.getCondition()) + ")");
        }
        return columns;
    }

    private List<String> projected(FlinkLogicalCalc calc, List<RexNode> projects) throws NotNative {
        List<String> input = columns(calc.getInput());
        RexProgram program = calc.getProgram();
        if (program.getCondition() != null) {
            conditions.add("(" + new Expressions(input::get).sql(program.expandLocalRef(program.getCondition())) + ")");
        }
        return projects.stream()
                .map(project -> input.get(((RexInputRef) project).getIndex()))
                .toList();
    }
}
