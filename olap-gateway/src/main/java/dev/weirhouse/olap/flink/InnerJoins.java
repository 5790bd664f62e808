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
 * A tree of joins as one list of relations with conditions, and the semi joins of the tree after it. Flink leaves the inner
 * joins in the order of the query's text, and DuckDB puts those of one list into a better one; across a projection, or a
 * semi join between them, it does not.
 */
final class InnerJoins {

    /** Writes what is no join of the tree. */
    interface Leaves {
        String sql(RelNode leaf) throws NotNative;

        /** @param wanted what holds for the rows of the aggregate's input whose groups are wanted */
        String groups(RelNode leaf, String wanted) throws NotNative;
    }

    private final Leaves leaves;
    private final Expressions expressions;
    private final List<Leaf> relations = new ArrayList<>();
    private final GroupKeys keys = new GroupKeys();
    private final List<String> conditions = new ArrayList<>();

    /** Semi joins by keys alone, which DuckDB puts where they cost least. */
    private final List<String> bySize = new ArrayList<>();

    /** Semi joins with other conditions too. DuckDB would do them too early, so they come after a SELECT of the others. */
    private final List<String> last = new ArrayList<>();

    private int others;

    private record Leaf(RelNode node, List<String> columns) {}

    private InnerJoins(Leaves leaves, Expressions expressions) {
        this.leaves = leaves;
        this.expressions = expressions;
    }

    /**
     * The joins as they stand in a SELECT.
     *
     * @param from the relations
     * @param where the conditions on them; empty when there are none
     * @param columns for each column of the tree, what it is called there
     * @param expressions those over the tree's columns
     */
    record Flat(String from, String where, List<String> columns, Expressions expressions) {}

    /** Whether a tree of joins begins here. */
    static boolean isTree(RelNode node) {
        return node instanceof FlinkLogicalJoin join && (join.getJoinType() == JoinRelType.INNER || isSemi(join));
    }

    /** Only one that has keys can be written as a join. */
    private static boolean isSemi(FlinkLogicalJoin join) {
        return (join.getJoinType() == JoinRelType.SEMI || join.getJoinType() == JoinRelType.ANTI)
                && !join.analyzeCondition().pairs().isEmpty();
    }

    /** @param join where a tree begins */
    static Flat flat(FlinkLogicalJoin join, Leaves leaves, Expressions expressions) throws NotNative {
        InnerJoins joins = new InnerJoins(leaves, expressions);
        List<String> columns = joins.columns(join);
        String from = joins.relations() + String.join("", joins.bySize);
        String where = joins.conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", joins.conditions);
        return joins.last.isEmpty()
                ? new Flat(from, where, columns, expressions.over(columns::get))
                : new Flat(
                        "(SELECT * FROM " + from + where + ") t" + String.join("", joins.last),
                        "",
                        columns,
                        expressions.over(columns::get));
    }

    private List<String> columns(RelNode node) throws NotNative {
        if (isTree(node)) {
            FlinkLogicalJoin join = (FlinkLogicalJoin) node;
            return isSemi(join) ? kept(join) : joined(join);
        }
        if (node instanceof FlinkLogicalCalc calc && isTree(calc.getInput())) {
            RexProgram program = calc.getProgram();
            List<RexNode> projects = program.getProjectList().stream()
                    .map(program::expandLocalRef)
                    .toList();
            if (projects.stream().allMatch(RexInputRef.class::isInstance)) {
                return projected(calc, projects);
            }
        }
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < node.getRowType().getFieldCount(); i++) {
            columns.add("t" + relations.size() + "_c" + i);
        }
        relations.add(new Leaf(node, columns));
        return columns;
    }

    /** Groups come last, when it is known what they meet. */
    private String relations() throws NotNative {
        String[] texts = new String[relations.size()];
        for (int i = 0; i < texts.length; i++) {
            Leaf leaf = relations.get(i);
            if (!GroupKeys.isOfGroups(leaf.node())) {
                texts[i] = leaves.sql(leaf.node());
                keys.relation(leaf.node(), leaf.columns(), texts[i]);
            }
        }
        for (int i = 0; i < texts.length; i++) {
            Leaf leaf = relations.get(i);
            if (texts[i] == null) {
                texts[i] = leaves.groups(leaf.node(), keys.wanted(leaf.node(), leaf.columns()));
            }
            String names = leaf.columns().isEmpty() ? "" : "(" + String.join(", ", leaf.columns()) + ")";
            texts[i] = "(" + texts[i] + ") t" + i + names;
        }
        return String.join(" CROSS JOIN ", texts);
    }

    private List<String> joined(FlinkLogicalJoin join) throws NotNative {
        Relations.checkKeys(join);
        List<String> columns = new ArrayList<>(columns(join.getLeft()));
        columns.addAll(columns(join.getRight()));
        keys.equate(join.getCondition(), columns);
        if (!join.getCondition().isAlwaysTrue()) {
            conditions.add("(" + expressions.over(columns::get).sql(join.getCondition()) + ")");
        }
        return columns;
    }

    /**
     * A semi or anti join keeps or drops rows by their own columns, so it may as well come after the joins. A correlated
     * EXISTS would be joined with all distinct values before it is joined.
     */
    private List<String> kept(FlinkLogicalJoin join) throws NotNative {
        Relations.checkKeys(join);
        List<String> columns = columns(join.getLeft());
        List<String> both = new ArrayList<>(columns);
        String name = "r" + others++;
        for (int i = 0; i < join.getRight().getRowType().getFieldCount(); i++) {
            both.add(name + ".c" + i);
        }
        String other = leaves.sql(join.getRight());
        if (join.getJoinType() == JoinRelType.SEMI) {
            keys.equate(join.getCondition(), both);
            keys.relation(join.getRight(), both.subList(columns.size(), both.size()), other);
        }
        List<String> place = join.analyzeCondition().isEqui() ? bySize : last;
        place.add(" " + join.getJoinType() + " JOIN (" + other + ") " + name + " ON "
                + expressions.over(both::get).sql(join.getCondition()));
        return columns;
    }

    private List<String> projected(FlinkLogicalCalc calc, List<RexNode> projects) throws NotNative {
        List<String> input = columns(calc.getInput());
        RexProgram program = calc.getProgram();
        if (program.getCondition() != null) {
            conditions.add(
                    "(" + expressions.over(input::get).sql(program.expandLocalRef(program.getCondition())) + ")");
        }
        return projects.stream()
                .map(project -> input.get(((RexInputRef) project).getIndex()))
                .toList();
    }
}
