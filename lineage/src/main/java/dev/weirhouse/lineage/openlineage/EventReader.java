package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weirhouse.catalog.RecordedText;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.RunState;
import dev.weirhouse.lineage.Dependence;
import dev.weirhouse.lineage.DerivedLines.Line;
import dev.weirhouse.lineage.openlineage.DatasetNames.DatasetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads events of others: those of a run, of a job and of a dataset, as OpenLineage 2-0-2 has them. What it does not know it
 * passes over, as the specification asks; what it knows has to be right.
 */
final class EventReader {

    /** Facets of others hold whole query plans. */
    private static final int MOST_DEPTH = 1_000;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MOST_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** More rows than these are no count. */
    private static final long MOST_ROWS = 1_000_000_000_000_000L;

    private static final int MOST_CHARACTERS = 1_024;

    /** Texts and messages are kept up to this length. */
    private static final int MOST_TEXT = 65_536;

    /** Another clock may be ahead of ours; what is further ahead would be the newest for ever. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", Pattern.CASE_INSENSITIVE);

    private static final String HOW_UNKNOWN = "its job does not tell how";

    private final DatasetNames names;
    private final Instant now;

    private EventReader(DatasetNames names, Instant now) {
        this.names = requireNonNull(names, "names is null");
        this.now = requireNonNull(now, "now is null");
    }

    /** @throws WarehouseException EVENT_INVALID or EVENT_TOO_LARGE, with what is wrong */
    static ForeignEvent read(byte[] json, DatasetNames names, Instant now) {
        JsonNode event;
        try {
            event = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("it ends too early");
            throw new WarehouseException(
                    OpenLineageError.EVENT_INVALID, "The body cannot be read as JSON: " + shown(problem), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new EventReader(names, now).read(event);
    }

    private ForeignEvent read(JsonNode event) {
        if (!event.isObject()) {
            throw invalid("The body must be one event, a JSON object.");
        }
        Instant at = time(event);
        String producer = uri(event, "producer");
        uri(event, "schemaURL");
        if (event.has("run")) {
            JsonNode run = object(event, "run");
            String id = text(run, "runId", "run.runId");
            if (!UUID.matcher(id).matches()) {
                throw invalid("'run.runId' must be a UUID, not '" + shown(id) + "'.");
            }
            return new ForeignEvent.OfRun(
                    at,
                    producer,
                    id.toLowerCase(Locale.ROOT),
                    state(event),
                    kept(run.path("facets").path("errorMessage").path("message"))
                            .map(RecordedText::of),
                    job(event),
                    said(event));
        } else if (event.has("job")) {
            return new ForeignEvent.OfJob(at, producer, job(event), said(event));
        } else if (event.has("dataset")) {
            id(object(event, "dataset"), "dataset");
            return new ForeignEvent.OfDataset(at, producer);
        }
        throw invalid("The event has neither 'run', 'job' nor 'dataset'.");
    }

    private Instant time(JsonNode event) {
        String text = text(event, "eventTime", "eventTime");
        Instant time;
        try {
            time = OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw invalid("'eventTime' must be a time with its offset, such as 2024-01-31T12:00:00Z, not '"
                    + shown(text) + "'.");
        }
        if (time.isBefore(Instant.EPOCH) || time.isAfter(now.plus(AHEAD))) {
            throw invalid(
                    "'eventTime' is " + time + ": before 1970, or more than a day ahead of this warehouse's clock.");
        }
        return time;
    }

    private static Optional<RunState> state(JsonNode event) {
        if (!event.hasNonNull("eventType")) {
            return Optional.empty();
        }
        String type = text(event, "eventType", "eventType");
        return switch (type) {
            case "START", "RUNNING" -> Optional.of(RunState.RUNNING);
            case "COMPLETE" -> Optional.of(RunState.FINISHED);
            case "FAIL" -> Optional.of(RunState.FAILED);
            case "ABORT" -> Optional.of(RunState.CANCELLED);
            case "OTHER" -> Optional.empty();
            default ->
                throw invalid("'eventType' must be START, RUNNING, COMPLETE, ABORT, FAIL or OTHER, not '" + shown(type)
                        + "'.");
        };
    }

    private static ForeignEvent.Job job(JsonNode event) {
        JsonNode job = object(event, "job");
        return new ForeignEvent.Job(
                text(job, "namespace", "job.namespace"),
                text(job, "name", "job.name"),
                kept(job.path("facets").path("sql").path("query")).map(sql -> RecordedText.of(sql, MOST_TEXT)));
    }

    private Said said(JsonNode event) {
        SortedSet<String> inputs = new TreeSet<>();
        SortedSet<String> outputs = new TreeSet<>();
        SortedSet<String> resolved = new TreeSet<>();
        Map<String, Long> rows = new TreeMap<>();
        SortedSet<Line> columns = new TreeSet<>();
        int place = 0;
        for (JsonNode input : array(event, "inputs")) {
            inputs.add(dataset(input, "inputs[" + place++ + "]"));
        }
        place = 0;
        for (JsonNode output : array(event, "outputs")) {
            String where = "outputs[" + place++ + "]";
            String target = dataset(output, where);
            outputs.add(target);
            JsonNode count =
                    output.path("outputFacets").path("outputStatistics").path("rowCount");
            if (count.isIntegralNumber()
                    && count.canConvertToLong()
                    && count.longValue() >= 0
                    && count.longValue() <= MOST_ROWS) {
                rows.merge(target, count.longValue(), Math::max);
            }
            JsonNode facet = output.path("facets").path("columnLineage");
            if (facet.isObject()) {
                resolved.add(target);
                columns(target, facet, where + ".facets.columnLineage", columns);
            }
        }
        return new Said(inputs, outputs, resolved, rows, columns);
    }

    private void columns(String target, JsonNode facet, String where, Set<Line> columns) {
        facet.path("fields").properties().forEach(field -> {
            String at = where + ".fields." + shown(field.getKey());
            requireName(field.getKey(), at);
            Optional<Dependence> old = Transformations.readOld(field.getValue());
            for (JsonNode input : array(field.getValue(), "inputFields")) {
                lines(target, field.getKey(), input, old, at + ".inputFields", columns);
            }
        });
        for (JsonNode input : array(facet, "dataset")) {
            lines(target, "", input, Optional.empty(), where + ".dataset", columns);
        }
    }

    private void lines(
            String target, String column, JsonNode input, Optional<Dependence> old, String where, Set<Line> columns) {
        String source = dataset(input, where);
        String field = text(input, "field", where + ".field");
        Set<Dependence> known = new LinkedHashSet<>();
        for (JsonNode transformation : array(input, "transformations")) {
            Transformations.read(transformation).ifPresent(known::add);
        }
        if (known.isEmpty()) {
            old.ifPresent(known::add);
        }
        if (known.isEmpty()) {
            Dependence least = column.isEmpty() ? Dependence.FILTER : Dependence.TRANSFORMATION;
            columns.add(new Line(target, column, source, field, least.name(), HOW_UNKNOWN));
        }
        known.forEach(how -> columns.add(new Line(target, column, source, field, how.name(), null)));
    }

    /** A dataset goes by the first of its names that is a table's here; a job that reads files may know their table's too. */
    private String dataset(JsonNode dataset, String where) {
        DatasetId id = id(dataset, where);
        if (!names.isTable(id)) {
            for (JsonNode other : array(dataset.path("facets").path("symlinks"), "identifiers")) {
                DatasetId link = id(other, where + ".facets.symlinks.identifiers");
                if (names.isTable(link)) {
                    return names.dataset(link);
                }
            }
        }
        return names.dataset(id);
    }

    private static DatasetId id(JsonNode node, String where) {
        if (!node.isObject()) {
            throw invalid("'" + where + "' must be an object with 'namespace' and 'name'.");
        }
        return new DatasetId(text(node, "namespace", where + ".namespace"), text(node, "name", where + ".name"));
    }

    private static JsonNode object(JsonNode parent, String key) {
        JsonNode node = parent.path(key);
        if (!node.isObject()) {
            throw invalid("'" + key + "' must be an object.");
        }
        return node;
    }

    /** A list that may be left out. */
    private static Iterable<JsonNode> array(JsonNode parent, String key) {
        JsonNode node = parent.path(key);
        if (!node.isArray() && !node.isMissingNode() && !node.isNull()) {
            throw invalid("'" + key + "' must be a list.");
        }
        return node;
    }

    private static String uri(JsonNode event, String key) {
        String text = text(event, key, key);
        try {
            if (URI.create(text).getScheme() != null) {
                return text;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw invalid("'" + key + "' must be a URI, not '" + shown(text) + "'.");
    }

    private static String text(JsonNode parent, String key, String where) {
        JsonNode node = parent.path(key);
        if (!node.isTextual()) {
            throw invalid("'" + where + "' " + (node.isMissingNode() ? "is missing." : "must be a text."));
        }
        requireName(node.textValue(), where);
        return node.textValue();
    }

    private static void requireName(String text, String where) {
        if (text.isBlank() || text.length() > MOST_CHARACTERS) {
            throw invalid("'" + where + "' must have 1 to " + MOST_CHARACTERS + " characters, and has " + text.length()
                    + (text.isBlank() ? ", none but blanks." : "."));
        }
        if (text.codePoints().anyMatch(EventReader::isUnprintable)) {
            throw invalid("'" + where + "' holds a line break, another control character, or half a character.");
        }
    }

    private static boolean isUnprintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> false;
        };
    }

    /** A text of the user's that is kept as it is, as far as a store can. */
    private static Optional<String> kept(JsonNode text) {
        if (!text.isTextual() || text.textValue().isBlank()) {
            return Optional.empty();
        }
        StringBuilder kept = new StringBuilder();
        text.textValue()
                .codePoints()
                .limit(MOST_TEXT)
                .forEach(codePoint -> kept.appendCodePoint(
                        codePoint == 0 || Character.getType(codePoint) == Character.SURROGATE ? 0xFFFD : codePoint));
        return Optional.of(kept.toString());
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(100)
                .forEach(codePoint -> shown.appendCodePoint(isUnprintable(codePoint) ? 0xFFFD : codePoint));
        return shown.toString();
    }

    private static WarehouseException invalid(String sentence) {
        return new WarehouseException(OpenLineageError.EVENT_INVALID, sentence);
    }
}
