package dev.weirhouse.catalog.flink.checkpoint;

import dev.weirhouse.catalog.state.StreamSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.streaming.api.functions.source.InputFormatSourceFunction;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.apache.flink.streaming.api.transformations.LegacySourceTransformation;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.paimon.flink.source.ContinuousFileStoreSource;
import org.apache.paimon.flink.source.operator.MonitorSource;

/**
 * Which operators of a Flink job read which tables. The planner describes what it made of a scan by the scan's table; a source
 * is what stands in the scan, or before it where the connector puts more than one operator there. Its id is a hash of its
 * place in the job's graph, which is computed here as Flink computes it. A table in which rows are looked up has no source.
 */
public final class SourceOperators {

    /** Before the description of an operator whose name is simplified. */
    private static final String NUMBER = "(?:\\[\\d+\\]:)?";

    private static final Pattern SCAN = Pattern.compile(
            NUMBER + "TableSourceScan\\(table=\\[\\[([^,\\[\\]]+), ([^,\\[\\]]+), ([^,\\[\\]]+)[,\\]].*",
            Pattern.DOTALL);

    private static final Pattern LOOKUP =
            Pattern.compile(NUMBER + "LookupJoin\\(table=\\[([^.\\]]+)\\.([^.\\]]+)\\.([^.\\]]+)\\].*", Pattern.DOTALL);

    /** The readers of connectors that an installation may not have, by the names of their classes. */
    private static final Map<String, String> CONNECTORS = Map.of(
            "org.apache.flink.connector.kafka.source.KafkaSource",
            StreamSource.KAFKA,
            "org.apache.flink.cdc.connectors.postgres.source.PostgresSourceBuilder$PostgresIncrementalSource",
            StreamSource.POSTGRES);

    private final Map<Integer, byte[]> hashes;
    private final Set<Transformation<?>> seen = new HashSet<>();
    private final List<SourceOperator> found = new ArrayList<>();

    private SourceOperators(Map<Integer, byte[]> hashes) {
        this.hashes = hashes;
    }

    /**
     * Of a job that was translated.
     *
     * @param sinks the ends of its transformations
     * @param graph what was made of them
     */
    public static List<SourceOperator> of(Collection<? extends Transformation<?>> sinks, StreamGraph graph) {
        SourceOperators operators =
                new SourceOperators(new StreamGraphHasherV2().traverseStreamGraphAndGenerateHashes(graph));
        sinks.forEach(sink -> operators.walk(sink, Optional.empty()));
        return List.copyOf(operators.found);
    }

    /** @param scan the table whose scan the transformation belongs to */
    private void walk(Transformation<?> node, Optional<ObjectIdentifier> scan) {
        if (!seen.add(node)) {
            return;
        }
        Optional<ObjectIdentifier> within = named(SCAN, node).or(() -> scan);
        reader(node).ifPresent(reader -> found.add(new SourceOperator(id(node), within, node.getName(), reader)));
        named(LOOKUP, node)
                .ifPresent(table ->
                        found.add(new SourceOperator("", Optional.of(table), node.getName(), StreamSource.LOOKUP)));
        node.getInputs().forEach(input -> walk(input, within));
    }

    private static Optional<ObjectIdentifier> named(Pattern operator, Transformation<?> node) {
        Matcher name = operator.matcher(String.valueOf(node.getDescription()));
        return name.matches()
                ? Optional.of(ObjectIdentifier.of(name.group(1), name.group(2), name.group(3)))
                : Optional.empty();
    }

    private String id(Transformation<?> source) {
        byte[] hash = hashes.get(source.getId());
        return hash == null ? "" : new OperatorID(hash).toHexString();
    }

    /** How a transformation reads; empty for one that is no source, or of the statement's own rows. */
    private static Optional<String> reader(Transformation<?> node) {
        if (node instanceof SourceTransformation<?, ?, ?> source) {
            return Optional.of(reader(source.getSource()));
        }
        return node instanceof LegacySourceTransformation<?> source
                        && !(source.getOperator().getUserFunction() instanceof InputFormatSourceFunction)
                ? Optional.of(source.getOperator().getUserFunction().getClass().getSimpleName())
                : Optional.empty();
    }

    private static String reader(Source<?, ?, ?> source) {
        if (source instanceof ContinuousFileStoreSource) {
            return StreamSource.PAIMON;
        } else if (source instanceof MonitorSource) {
            return StreamSource.PAIMON_MONITOR;
        }
        return CONNECTORS.getOrDefault(
                source.getClass().getName(), source.getClass().getSimpleName());
    }
}
