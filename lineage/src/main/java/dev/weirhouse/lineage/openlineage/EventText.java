package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Digest;
import dev.weirhouse.catalog.QueryText;
import dev.weirhouse.catalog.RecordedText;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.lineage.openlineage.DatasetNames.DatasetId;
import dev.weirhouse.lineage.openlineage.RunFacts.Derived;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.runtime.util.EnvironmentInformation;

/** Writes the events of runs. Each says all that is known of its run, so that the newest of a run is enough. */
final class EventText {

    private static final int NAME_DIGITS = 8;

    /** The longest statement that is told whole, in characters. */
    private static final int MOST_SQL = 100_000;

    private final String namespace;
    private final DatasetNames names;
    private final TableFacts tables;

    /** What happens to a run, as OpenLineage calls it. */
    enum Type {
        START,
        RUNNING,
        COMPLETE,
        FAIL,
        ABORT;

        /** How a run ended. */
        static Type end(RunFacts run) {
            return switch (run.state()) {
                case FINISHED -> COMPLETE;
                case FAILED -> FAIL;
                case CANCELLED, LOST -> ABORT;
                case RUNNING -> throw new IllegalArgumentException("run " + run.id() + " goes on");
            };
        }
    }

    EventText(OpenLineageConfig config, DatasetNames names, TableFacts tables) {
        this.namespace = config.namespace();
        this.names = requireNonNull(names, "names is null");
        this.tables = requireNonNull(tables, "tables is null");
    }

    /** An event, in one line. */
    String write(Type type, RunFacts run, Instant at) {
        ObjectNode event = EventJson.MAPPER.createObjectNode();
        event.put("eventType", type.name());
        event.put("eventTime", at.toString());
        event.put("producer", Facets.PRODUCER);
        event.put("schemaURL", Facets.RUN_EVENT);
        run(event.putObject("run"), type, run);
        job(event.putObject("job"), run);
        ArrayNode inputs = event.putArray("inputs");
        run.inputs().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(input -> input(inputs.addObject(), input.getKey(), input.getValue()));
        ArrayNode outputs = event.putArray("outputs");
        run.outputs().forEach(output -> output(outputs.addObject(), output, run));
        return EventJson.write(event);
    }

    private void run(ObjectNode node, Type type, RunFacts run) {
        node.put("runId", run.id());
        ObjectNode facets = node.putObject("facets");
        if (run.answeredBy().orElse(AnsweredBy.FLINK) == AnsweredBy.FLINK) {
            Facets.PROCESSING_ENGINE
                    .addTo(facets)
                    .put("name", "flink")
                    .put("version", EnvironmentInformation.getVersion());
        }
        run.script().ifPresent(script -> {
            ObjectNode parent = Facets.PARENT.addTo(facets);
            parent.putObject("run").put("runId", uuid(script.id()));
            parent.putObject("job").put("namespace", namespace).put("name", script.name());
        });
        run.error()
                .filter(error -> type == Type.FAIL || type == Type.ABORT)
                .ifPresent(error ->
                        Facets.ERROR_MESSAGE.addTo(facets).put("message", error).put("programmingLanguage", "SQL"));
    }

    /** Run ids of OpenLineage are UUIDs. */
    private static String uuid(String id) {
        try {
            return UUID.fromString(id).toString();
        } catch (IllegalArgumentException e) {
            return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString();
        }
    }

    private void job(ObjectNode node, RunFacts run) {
        node.put("namespace", namespace).put("name", name(run));
        ObjectNode facets = node.putObject("facets");
        // What was typed to prove who asks stays here.
        Facets.SQL
                .addTo(facets)
                .put("query", RecordedText.of(run.statement(), MOST_SQL))
                .put("dialect", run.dialect().name().toLowerCase(Locale.ROOT));
        ObjectNode type = Facets.JOB_TYPE
                .addTo(facets)
                .put("processingType", run.streams() ? "STREAMING" : "BATCH")
                .put("integration", "WEIRHOUSE")
                .put("jobType", run.kind() == StatementKind.QUERY ? "QUERY" : run.streams() ? "JOB" : "COMMAND");
        if (run.streams()) {
            type.putObject("emissionPattern").put("eventTrigger", "PERIODIC").put("eventContentMode", "ACCUMULATIVE");
        }
        Facets.OWNERSHIP
                .addTo(facets)
                .putArray("owners")
                .addObject()
                .put("name", "user:" + run.principal())
                .put("type", "OWNER");
    }

    /**
     * A streaming job has a name. A statement goes by what it writes, below its script or beside a digest of its text without
     * literals: the same for each night's run of it.
     */
    private static String name(RunFacts run) {
        if (run.job().isPresent()) {
            return run.job().get();
        }
        String written = run.outputs().isEmpty()
                ? run.kind().name().toLowerCase(Locale.ROOT)
                : run.outputs().get(0);
        String shape = Digest.of(QueryText.of(run.statement()).skeleton()).substring(0, NAME_DIGITS);
        return run.script().map(script -> script.name() + ".").orElse("") + written + "." + shape;
    }

    private ObjectNode dataset(ObjectNode node, String dataset) {
        DatasetId id = names.openLineage(dataset);
        node.put("namespace", id.namespace()).put("name", id.name());
        ObjectNode facets = node.putObject("facets");
        if (names.isTable(id)) {
            tables.schema(dataset).ifPresent(columns -> {
                ArrayNode fields = Facets.SCHEMA.addTo(facets).putArray("fields");
                columns.forEach(column -> {
                    ObjectNode field =
                            fields.addObject().put("name", column.name()).put("type", column.type());
                    column.comment().ifPresent(comment -> field.put("description", comment));
                });
            });
            tables.comment(dataset)
                    .ifPresent(comment ->
                            Facets.DATASET_DOCUMENTATION.addTo(facets).put("description", comment));
        }
        return facets;
    }

    private void input(ObjectNode node, String dataset, Optional<String> version) {
        ObjectNode facets = dataset(node, dataset);
        version.ifPresent(known -> Facets.DATASET_VERSION.addTo(facets).put("datasetVersion", known));
    }

    private void output(ObjectNode node, String dataset, RunFacts run) {
        ObjectNode facets = dataset(node, dataset);
        Optional<Written> written = run.written().stream()
                .filter(each -> each.table().equals(dataset) && each.snapshot() > 0)
                .findFirst();
        written.ifPresent(committed -> Facets.DATASET_VERSION
                .addTo(facets)
                .put("datasetVersion", version(committed.version(), committed.snapshot())));
        lifecycle(run, written)
                .ifPresent(change -> Facets.LIFECYCLE.addTo(facets).put("lifecycleStateChange", change));
        List<Derived> columns = run.columns().stream()
                .filter(each -> each.target().equals(dataset))
                .toList();
        if (columns.stream().anyMatch(each -> !each.targetColumn().isEmpty())) {
            columns(Facets.COLUMN_LINEAGE.addTo(facets), columns);
        }
        written.ifPresent(committed -> statistics(node.putObject("outputFacets"), committed));
    }

    private static Optional<String> lifecycle(RunFacts run, Optional<Written> written) {
        String verb = QueryText.of(run.statement())
                .skeleton()
                .strip()
                .split(" ", 2)[0]
                .toUpperCase(Locale.ROOT);
        if (verb.equals("TRUNCATE") || verb.equals("CREATE")) {
            return Optional.of(verb);
        }
        return written.filter(Written::overwritten).map(committed -> "OVERWRITE");
    }

    private void columns(ObjectNode facet, List<Derived> columns) {
        Map<String, ArrayNode> transformations = new LinkedHashMap<>();
        ObjectNode fields = facet.putObject("fields");
        ArrayNode ofRows = EventJson.MAPPER.createArrayNode();
        for (Derived each : columns) {
            boolean row = each.targetColumn().isEmpty();
            String key = EventJson.write(List.of(each.targetColumn(), each.source(), each.sourceColumn()));
            ArrayNode found = transformations.get(key);
            if (found == null) {
                ObjectNode field = row ? null : (ObjectNode) fields.get(each.targetColumn());
                if (!row && field == null) {
                    field = fields.putObject(each.targetColumn());
                    field.putArray("inputFields");
                }
                ArrayNode inputs = row ? ofRows : (ArrayNode) field.get("inputFields");
                DatasetId id = names.openLineage(each.source());
                found = inputs.addObject()
                        .put("namespace", id.namespace())
                        .put("name", id.name())
                        .put("field", each.sourceColumn())
                        .putArray("transformations");
                transformations.put(key, found);
            }
            Transformations.add(found, each.dependence());
        }
        if (!ofRows.isEmpty()) {
            facet.set("dataset", ofRows);
        }
    }

    private static void statistics(ObjectNode facets, Written written) {
        Facets.OUTPUT_STATISTICS.addTo(facets).put("rowCount", written.rows()).put("size", written.bytes());
        if (written.partitions().isEmpty()) {
            return;
        }
        ObjectNode condition = Facets.OUTPUT_SUBSET.addTo(facets).putObject("outputCondition");
        condition.put("type", "partition");
        ArrayNode partitions = condition.putArray("partitions");
        written.partitions().forEach(partition -> {
            ObjectNode dimensions =
                    partitions.addObject().put("identifier", partition).putObject("dimensions");
            for (String part : partition.split("/")) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    dimensions.put(part.substring(0, equals), part.substring(equals + 1));
                }
            }
        });
    }

    /** A snapshot of a version as events call it: {@code main@12}. */
    static String version(String version, long snapshot) {
        int branch = version.indexOf("$branch_");
        return (branch < 0 ? "main" : version.substring(branch + "$branch_".length())) + "@" + snapshot;
    }
}
