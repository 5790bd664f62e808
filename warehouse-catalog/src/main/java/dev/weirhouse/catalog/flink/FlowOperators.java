package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Calc;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;
import org.apache.paimon.flink.DataCatalogTable;

/**
 * Whether what a job computes at a boundary is what its text says of the rows until there: no operator holds rows back, looks at
 * something else, or asks the clock.
 */
public final class FlowOperators {

    private static final List<Class<? extends RelNode>> EXACT = List.of(
            Aggregate.class,
            Calc.class,
            Correlate.class,
            Filter.class,
            Join.class,
            Project.class,
            SetOp.class,
            TableScan.class,
            Uncollect.class,
            Values.class);

    /** Flink keeps all rows that a rank may still need. */
    private static final Set<SqlKind> RANKS = Set.of(SqlKind.ROW_NUMBER, SqlKind.RANK, SqlKind.DENSE_RANK);

    private FlowOperators() {}

    /**
     * Checks what a job computes.
     *
     * @throws WarehouseException NOT_SUPPORTED with the operator that is not exact
     */
    public static void check(String flow, List<StatementTree> trees) {
        trees.forEach(tree -> Scans.walk(tree.tree(), node -> check(flow, node)));
    }

    private static void check(String flow, RelNode node) {
        if (EXACT.stream().noneMatch(known -> known.isInstance(node))) {
            throw refusal(
                    flow,
                    "the operator " + node.getRelTypeName().replace("Logical", "")
                            + " holds rows back, or reads them at another moment");
        }
        if (node instanceof TableScan scan) {
            checkTable(flow, scan);
        }
        node.accept(new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                if (!call.getOperator().isDeterministic() || call.getOperator().isDynamicFunction()) {
                    throw refusal(flow, call.getOperator().getName() + " depends on the clock or on chance");
                }
                return super.visitCall(call);
            }

            @Override
            public RexNode visitOver(RexOver over) {
                if (!RANKS.contains(over.getAggOperator().getKind())) {
                    throw refusal(flow, over.getAggOperator().getName() + " OVER waits for watermarks");
                }
                return super.visitOver(over);
            }
        });
    }

    private static void checkTable(String flow, TableScan scan) {
        CatalogBaseTable origin = scan.getTable() instanceof TableSourceTable table
                ? table.contextResolvedTable().getResolvedTable().getOrigin()
                : null;
        if (!(origin instanceof DataCatalogTable)) {
            throw refusal(
                    flow,
                    String.join(".", scan.getTable().getQualifiedName())
                            + " is no Paimon table: have a job that is in no flow land it in one, and make that a root");
        }
    }

    private static WarehouseException refusal(String flow, String why) {
        return new WarehouseException(
                CatalogError.NOT_SUPPORTED, "The job cannot be in the flow " + flow + ": " + why + ".");
    }
}
