package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.flink.checkpoint.SourceOperators;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.core.execution.JobStatusHook;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.table.planner.delegation.DefaultExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flink's way from a compiled job to the cluster, on which the statement's scope is told the job's sources. */
final class ObservedExecutor extends DefaultExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(ObservedExecutor.class);

    ObservedExecutor(StreamExecutionEnvironment environment) {
        super(environment);
    }

    @Override
    public Pipeline createPipeline(
            List<Transformation<?>> transformations,
            ReadableConfig configuration,
            @Nullable String defaultName,
            List<JobStatusHook> hooks) {
        Pipeline pipeline = super.createPipeline(transformations, configuration, defaultName, hooks);
        StatementScope scope = StatementScope.current();
        if (scope.wantsSources() && pipeline instanceof StreamGraph graph) {
            try {
                scope.reads(SourceOperators.of(transformations, graph));
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("what the sources of {} read is not recorded", graph.getJobName(), e);
            }
        }
        return pipeline;
    }
}
