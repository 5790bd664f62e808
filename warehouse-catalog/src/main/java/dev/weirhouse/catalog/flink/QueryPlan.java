package dev.weirhouse.catalog.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.paimon.PinnedTables;
import org.apache.calcite.rel.RelNode;
import org.apache.flink.table.catalog.ResolvedSchema;

/**
 * A query that was planned and not run.
 *
 * @param plan Flink's plan after its logical optimisation
 * @param tables the tables that its scans read
 * @param schema the answer's columns
 * @param cut what it reads, as a run records it
 */
public record QueryPlan(RelNode plan, PinnedTables tables, ResolvedSchema schema, String cut) {
    public QueryPlan {
        requireNonNull(plan, "plan is null");
        requireNonNull(tables, "tables are null");
        requireNonNull(schema, "schema is null");
        requireNonNull(cut, "cut is null");
    }
}
