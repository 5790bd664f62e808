package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.fuzz.Comparison.Fixed;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.core.Sort;

/** What of an answer a query leaves open, as its plan says. */
public final class AnswerShape {

    private static final Pattern SUMS =
            Pattern.compile("(?:\\b(?:SUM|AVG|STDDEV_POP|STDDEV_SAMP|VAR_POP|VAR_SAMP)|\\$SUM0)\\(");

    private AnswerShape() {}

    /** What every right answer to the query has in common. */
    public static Fixed of(QueryPlan plan) {
        List<Integer> order = plan.plan() instanceof Sort sort
                ? sort.getCollation().getFieldCollations().stream()
                        .map(RelFieldCollation::getFieldIndex)
                        .toList()
                : List.of();
        return new Fixed(order, SUMS.matcher(RelOptUtil.toString(plan.plan())).find());
    }
}
