package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.TableName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.flink.table.calcite.bridge.PlannerExternalQueryOperation;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.planner.hint.FlinkHints;
import org.apache.flink.table.planner.operations.PlannerQueryOperation;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;
import org.apache.paimon.flink.SystemCatalogTable;

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

    /** For each Paimon system table that a query reads with a hint, the hint's options. */
    static Map<TableName, Map<String, String>> hintsOnSystemTables(QueryOperation query) {
        Map<TableName, Map<String, String>> found = new HashMap<>();
        walk(query, node -> {
            if (node instanceof TableScan scan
                    && scan.getTable() instanceof TableSourceTable table
                    && table.contextResolvedTable().getTable() instanceof SystemCatalogTable) {
                ObjectIdentifier name = table.contextResolvedTable().getIdentifier();
                found.computeIfAbsent(
                                new TableName(name.getDatabaseName(), name.getObjectName()), key -> new HashMap<>())
                        .putAll(FlinkHints.getHintedOptions(scan.getHints()));
            }
        });
        return found;
    }

    /** Whether a query asks for nothing that depends on the clock or on chance. */
    public static boolean isRepeatable(QueryOperation query) {
        AtomicBoolean repeatable = new AtomicBoolean(true);
        walk(
                query,
                node -> node.accept(new RexShuttle() {
                    @Override
                    public RexNode visitCall(RexCall call) {
                        if (!call.getOperator().isDeterministic()
                                || call.getOperator().isDynamicFunction()) {
                            repeatable.set(false);
                        }
                        return super.visitCall(call);
                    }
                }));
        return repeatable.get();
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

    /** Shows every node of a tree to a visitor, parents first. */
    static void walk(RelNode node, Consumer<RelNode> visitor) {
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
