package dev.weirhouse.catalog.flink;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.flink.table.calcite.bridge.PlannerExternalQueryOperation;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.planner.operations.PlannerQueryOperation;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;

/** Walks relational trees before optimisation, into subqueries too. */
public final class Scans {

    private Scans() {}

    /** The temporary tables that a query reads, through views as well. */
    public static Set<ObjectIdentifier> temporaryTables(QueryOperation query) {
        Set<ObjectIdentifier> found = new HashSet<>();
        walk(query, node -> {
            if (node instanceof TableScan scan
                    && scan.getTable() instanceof TableSourceTable table
                    && table.contextResolvedTable().isTemporary()) {
                found.add(table.contextResolvedTable().getIdentifier());
            }
        });
        return found;
    }

    /** Shows every node of a query's tree to a visitor, parents first. */
    static void walk(QueryOperation query, Consumer<RelNode> visitor) {
        if (query instanceof PlannerQueryOperation planned) {
            walk(planned.getCalciteTree(), visitor);
        } else if (query instanceof PlannerExternalQueryOperation hive) {
            walk(hive.getCalciteTree(), visitor);
        } else {
            throw new IllegalStateException(
                    "a query without a tree: " + query.getClass().getName());
        }
    }

    private static void walk(RelNode node, Consumer<RelNode> visitor) {
        visitor.accept(node);
        node.accept(new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                walk(subQuery.rel, visitor);
                return super.visitSubQuery(subQuery);
            }
        });
        node.getInputs().forEach(input -> walk(input, visitor));
    }
}
