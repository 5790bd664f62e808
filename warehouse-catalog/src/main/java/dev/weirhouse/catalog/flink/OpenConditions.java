package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Calc;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;

/**
 * Conditions on no column that Flink folds when it knows all values. With an open value in it such a condition is moved like
 * any other, also before an aggregate of all rows, which gives one row whatever comes in: a plan with one there is right for
 * no value.
 */
final class OpenConditions {

    private OpenConditions() {}

    /** @throws WarehouseException NOT_SUPPORTED for a plan that has to be made again with its values */
    static void check(RelNode plan) {
        check(plan, false);
    }

    private static void check(RelNode node, boolean belowAllRows) {
        if (belowAllRows && conditions(node).stream().anyMatch(OpenConditions::isOfNoColumn)) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED, "A condition on no column stands before an aggregate of all rows.");
        }
        boolean below = belowAllRows
                || node instanceof Aggregate aggregate
                        && aggregate.getGroupSets().stream().anyMatch(set -> set.isEmpty());
        node.getInputs().forEach(input -> check(input, below));
    }

    private static List<RexNode> conditions(RelNode node) {
        if (node instanceof Calc calc && calc.getProgram().getCondition() != null) {
            return RelOptUtil.conjunctions(
                    calc.getProgram().expandLocalRef(calc.getProgram().getCondition()));
        } else if (node instanceof Filter filter) {
            return RelOptUtil.conjunctions(filter.getCondition());
        } else if (node instanceof Join join) {
            return RelOptUtil.conjunctions(join.getCondition());
        }
        return List.of();
    }

    private static boolean isOfNoColumn(RexNode condition) {
        List<RexNode> columns = new ArrayList<>();
        condition.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef column) {
                columns.add(column);
                return null;
            }
        });
        return columns.isEmpty() && !condition.isAlwaysTrue();
    }
}
