package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.paimon.PaimonTables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.hint.RelHint;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.flink.table.catalog.ContextResolvedTable;
import org.apache.flink.table.planner.hint.FlinkHints;
import org.apache.flink.table.planner.plan.abilities.source.SourceAbilitySpec;
import org.apache.flink.table.planner.plan.optimize.program.BatchOptimizeContext;
import org.apache.flink.table.planner.plan.optimize.program.FlinkBatchProgram;
import org.apache.flink.table.planner.plan.optimize.program.FlinkChainedProgram;
import org.apache.flink.table.planner.plan.schema.TableSourceTable;

/**
 * Flink's batch optimiser with one step before it, which keeps the moments of a table apart.
 *
 * <ol>
 *   <li>The optimiser takes two scans for one when they look alike, and a scan {@code FOR SYSTEM_TIME AS OF} a time looks
 *       as one without it does: both would read one moment. A scan that chooses its moment by the table's options is given
 *       them as a hint, which shows.
 *   <li>Of two scans that differ in their columns alone the optimiser makes a new one of all columns, and opens it by the
 *       table's options without the hint's: it would read the newest moment. The table of a scan with a hint is given the
 *       hint's options.
 * </ol>
 */
final class MomentsApart extends FlinkChainedProgram<BatchOptimizeContext> {

    @Override
    public RelNode optimize(RelNode root, BatchOptimizeContext context) {
        return FlinkBatchProgram.buildProgram(context.getTableConfig()).optimize(marked(root), context);
    }

    /** The plan with the moment of each scan in its hints. */
    static RelNode marked(RelNode root) {
        return root.accept(new Moments());
    }

    private static final class Moments extends RelHomogeneousShuttle {

        private final RexShuttle subQueries = new RexShuttle() {
            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                RexSubQuery visited = (RexSubQuery) super.visitSubQuery(subQuery);
                return visited.clone(visited.rel.accept(Moments.this));
            }
        };

        @Override
        public RelNode visit(RelNode other) {
            return super.visit(other).accept(subQueries);
        }

        @Override
        public RelNode visit(TableScan scan) {
            if (!(scan.getTable() instanceof TableSourceTable table)) {
                return scan;
            }
            Map<String, String> own = table.contextResolvedTable().getTable().getOptions();
            Map<String, String> options = new HashMap<>(PaimonTables.moments(own));
            options.putAll(FlinkHints.getHintedOptions(scan.getHints()));
            if (options.isEmpty()) {
                return scan;
            }
            List<RelHint> hints = new ArrayList<>(scan.getHints());
            hints.removeIf(hint -> FlinkHints.HINT_NAME_OPTIONS.equals(hint.hintName));
            hints.add(RelHint.builder(FlinkHints.HINT_NAME_OPTIONS)
                    .hintOptions(options)
                    .build());
            ContextResolvedTable hinted = table.contextResolvedTable().copy(FlinkHints.mergeTableOptions(options, own));
            return LogicalTableScan.create(
                    scan.getCluster(),
                    table.copy(table.tableSource(), hinted, table.getRowType(), new SourceAbilitySpec[0]),
                    hints);
        }
    }
}
