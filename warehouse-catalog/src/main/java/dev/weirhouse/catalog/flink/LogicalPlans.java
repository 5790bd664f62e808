package dev.weirhouse.catalog.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelTrait;
import org.apache.calcite.plan.hep.HepMatchOrder;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.tools.RuleSet;
import org.apache.calcite.tools.RuleSets;
import org.apache.flink.table.api.TableConfig;
import org.apache.flink.table.catalog.CatalogManager;
import org.apache.flink.table.catalog.FunctionCatalog;
import org.apache.flink.table.module.ModuleManager;
import org.apache.flink.table.planner.calcite.FlinkRelBuilder;
import org.apache.flink.table.planner.calcite.RexFactory;
import org.apache.flink.table.planner.delegation.PlannerBase;
import org.apache.flink.table.planner.plan.nodes.FlinkConventions;
import org.apache.flink.table.planner.plan.optimize.program.BatchOptimizeContext;
import org.apache.flink.table.planner.plan.optimize.program.FlinkBatchProgram;
import org.apache.flink.table.planner.plan.optimize.program.FlinkChainedProgram;
import org.apache.flink.table.planner.plan.optimize.program.FlinkGroupProgramBuilder;
import org.apache.flink.table.planner.plan.optimize.program.FlinkHepRuleSetProgramBuilder;
import org.apache.flink.table.planner.plan.optimize.program.FlinkOptimizeProgram;
import org.apache.flink.table.planner.plan.optimize.program.FlinkVolcanoProgramBuilder;
import org.apache.flink.table.planner.plan.optimize.program.HEP_RULES_EXECUTION_TYPE;
import org.apache.flink.table.planner.plan.rules.FlinkBatchRuleSets;
import org.apache.flink.table.planner.plan.rules.logical.AggregateReduceGroupingRule;
import org.apache.flink.table.planner.plan.rules.logical.FlinkAggregateJoinTransposeRule;
import org.apache.flink.table.planner.plan.rules.logical.PushFilterIntoLegacyTableSourceScanRule;
import org.apache.flink.table.planner.plan.rules.logical.PushFilterIntoTableSourceScanRule;
import org.apache.flink.table.planner.plan.rules.logical.PushLimitIntoLegacyTableSourceScanRule;
import org.apache.flink.table.planner.plan.rules.logical.PushLimitIntoTableSourceScanRule;
import org.apache.flink.table.planner.plan.rules.logical.PushProjectIntoLegacyTableSourceScanRule;
import org.apache.flink.table.planner.plan.rules.logical.PushProjectIntoTableSourceScanRule;
import org.apache.flink.table.planner.utils.ShortcutUtils;

/**
 * Flink's plan of a query after its logical optimisation: subqueries are joins, constants are folded by Flink's own code,
 * every expression has its type. What follows in Flink, the choice of physical operators, changes no meaning any more.
 *
 * <p>The stages are those of {@code FlinkBatchProgram} in Flink 1.20, without the rules that hand filters, columns and
 * limits to a table's source, and without those that group rows before they are joined, or by fewer keys: whoever reads the
 * plan reads the tables in its own way, and orders the joins by what it knows of them.
 */
final class LogicalPlans {

    private static final List<String> AFTER_LOGICAL = List.of(
            FlinkBatchProgram.PHYSICAL(),
            FlinkBatchProgram.PHYSICAL_REWRITE(),
            FlinkBatchProgram.DYNAMIC_PARTITION_PRUNING(),
            FlinkBatchProgram.RUNTIME_FILTER());

    private static final Set<Class<?>> LEFT_OUT = Set.of(
            FlinkAggregateJoinTransposeRule.class,
            AggregateReduceGroupingRule.class,
            PushProjectIntoTableSourceScanRule.class,
            PushProjectIntoLegacyTableSourceScanRule.class,
            PushFilterIntoTableSourceScanRule.class,
            PushFilterIntoLegacyTableSourceScanRule.class,
            PushLimitIntoTableSourceScanRule.class,
            PushLimitIntoLegacyTableSourceScanRule.class);

    private LogicalPlans() {}

    static RelNode optimize(PlannerBase planner, RelNode query) {
        RelNode open = OpenValue.inPlaceOfParameters(MomentsApart.marked(query));
        return program(planner.getTableConfig()).optimize(open, new Context(planner, query));
    }

    private static FlinkChainedProgram<BatchOptimizeContext> program(TableConfig config) {
        FlinkChainedProgram<BatchOptimizeContext> flink = FlinkBatchProgram.buildProgram(config);
        FlinkChainedProgram<BatchOptimizeContext> logical = new FlinkChainedProgram<>();
        for (String name : flink.getProgramNames()) {
            if (AFTER_LOGICAL.contains(name)) {
                continue;
            }
            FlinkOptimizeProgram<BatchOptimizeContext> stage;
            if (name.equals(FlinkBatchProgram.PREDICATE_PUSHDOWN())) {
                stage = predicates();
            } else if (name.equals(FlinkBatchProgram.LOGICAL())) {
                stage = logical();
            } else {
                stage = flink.get(name).get();
            }
            logical.addLast(name, stage);
        }
        return logical;
    }

    private static FlinkOptimizeProgram<BatchOptimizeContext> predicates() {
        return FlinkGroupProgramBuilder.<BatchOptimizeContext>newBuilder()
                .addProgram(
                        FlinkGroupProgramBuilder.<BatchOptimizeContext>newBuilder()
                                .addProgram(
                                        hep(
                                                HEP_RULES_EXECUTION_TYPE.RULE_SEQUENCE(),
                                                FlinkBatchRuleSets.JOIN_PREDICATE_REWRITE_RULES()),
                                        "join predicate rewrite")
                                .addProgram(
                                        hep(
                                                HEP_RULES_EXECUTION_TYPE.RULE_COLLECTION(),
                                                FlinkBatchRuleSets.FILTER_PREPARE_RULES()),
                                        "other predicate rewrite")
                                .setIterations(5)
                                .build(),
                        "predicate rewrite")
                .addProgram(
                        hep(HEP_RULES_EXECUTION_TYPE.RULE_SEQUENCE(), FlinkBatchRuleSets.PRUNE_EMPTY_RULES()),
                        "prune empty")
                .build();
    }

    private static FlinkOptimizeProgram<BatchOptimizeContext> hep(scala.Enumeration.Value execution, RuleSet rules) {
        return FlinkHepRuleSetProgramBuilder.<BatchOptimizeContext>newBuilder()
                .setHepRulesExecutionType(execution)
                .setHepMatchOrder(HepMatchOrder.BOTTOM_UP)
                .add(rules)
                .build();
    }

    private static FlinkOptimizeProgram<BatchOptimizeContext> logical() {
        List<RelOptRule> rules = new ArrayList<>();
        for (RelOptRule rule : FlinkBatchRuleSets.LOGICAL_OPT_RULES()) {
            if (!LEFT_OUT.contains(rule.getClass())) {
                rules.add(rule);
            }
        }
        return FlinkVolcanoProgramBuilder.<BatchOptimizeContext>newBuilder()
                .add(RuleSets.ofList(rules))
                .setRequiredOutputTraits(new RelTrait[] {FlinkConventions.LOGICAL()})
                .build();
    }

    private record Context(PlannerBase planner, RelNode query) implements BatchOptimizeContext {
        @Override
        public boolean isBatchMode() {
            return true;
        }

        @Override
        public TableConfig getTableConfig() {
            return planner.getTableConfig();
        }

        @Override
        public FunctionCatalog getFunctionCatalog() {
            return planner.functionCatalog();
        }

        @Override
        public CatalogManager getCatalogManager() {
            return planner.catalogManager();
        }

        @Override
        public ModuleManager getModuleManager() {
            return planner.moduleManager();
        }

        @Override
        public RexFactory getRexFactory() {
            return ShortcutUtils.unwrapContext(query).getRexFactory();
        }

        @Override
        public FlinkRelBuilder getFlinkRelBuilder() {
            return planner.createRelBuilder();
        }

        @Override
        public boolean needFinalTimeIndicatorConversion() {
            return true;
        }

        @Override
        public ClassLoader getClassLoader() {
            return ShortcutUtils.unwrapContext(query).getClassLoader();
        }

        @Override
        public <C> C unwrap(Class<C> type) {
            return type.isInstance(this)
                    ? type.cast(this)
                    : ShortcutUtils.unwrapContext(query).unwrap(type);
        }
    }
}
