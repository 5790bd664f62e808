package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.openlineage.client.OpenLineage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads events as OpenLineage's own client does, whose classes are generated from the published schemas: each key is one that
 * they have, with a value of its type and format. What they require is looked for besides, for the classes do not.
 */
public final class OpenLineageEvents {

    private static final ObjectMapper CLIENT = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final OpenLineage FACETS = new OpenLineage(URI.create("urn:weirhouse:test"));

    /** Keys that must be there wherever the object at the pointer is; {@code *} stands for each of a list or of an object. */
    private static final Map<String, List<String>> REQUIRED = Map.ofEntries(
            Map.entry("", List.of("eventTime", "producer", "schemaURL", "run", "job")),
            Map.entry("/run", List.of("runId")),
            Map.entry("/run/facets/*", List.of("_producer", "_schemaURL")),
            Map.entry("/run/facets/parent", List.of("run", "job")),
            Map.entry("/run/facets/parent/run", List.of("runId")),
            Map.entry("/run/facets/parent/job", List.of("namespace", "name")),
            Map.entry("/run/facets/errorMessage", List.of("message", "programmingLanguage")),
            Map.entry("/run/facets/processing_engine", List.of("version")),
            Map.entry("/job", List.of("namespace", "name")),
            Map.entry("/job/facets/*", List.of("_producer", "_schemaURL")),
            Map.entry("/job/facets/sql", List.of("query")),
            Map.entry("/job/facets/jobType", List.of("processingType", "integration")),
            Map.entry("/job/facets/ownership/owners/*", List.of("name")),
            Map.entry("/inputs/*", List.of("namespace", "name")),
            Map.entry("/inputs/*/facets/*", List.of("_producer", "_schemaURL")),
            Map.entry("/inputs/*/facets/version", List.of("datasetVersion")),
            Map.entry("/inputs/*/facets/documentation", List.of("description")),
            Map.entry("/inputs/*/facets/schema/fields/*", List.of("name")),
            Map.entry("/outputs/*", List.of("namespace", "name")),
            Map.entry("/outputs/*/facets/*", List.of("_producer", "_schemaURL")),
            Map.entry("/outputs/*/facets/version", List.of("datasetVersion")),
            Map.entry("/outputs/*/facets/documentation", List.of("description")),
            Map.entry("/outputs/*/facets/schema/fields/*", List.of("name")),
            Map.entry("/outputs/*/facets/lifecycleStateChange", List.of("lifecycleStateChange")),
            Map.entry("/outputs/*/facets/columnLineage", List.of("fields")),
            Map.entry("/outputs/*/facets/columnLineage/fields/*", List.of("inputFields")),
            Map.entry("/outputs/*/facets/columnLineage/fields/*/inputFields/*", List.of("namespace", "name", "field")),
            Map.entry("/outputs/*/facets/columnLineage/fields/*/inputFields/*/transformations/*", List.of("type")),
            Map.entry("/outputs/*/facets/columnLineage/dataset/*", List.of("namespace", "name", "field")),
            Map.entry("/outputs/*/outputFacets/*", List.of("_producer", "_schemaURL")));

    private OpenLineageEvents() {}

    /** @throws AssertionError with what the published schemas do not allow */
    public static void requireValid(JsonNode event) {
        REQUIRED.forEach((pointer, keys) -> requireKeys(event, pointer.isEmpty() ? "" : pointer.substring(1), keys));
        try {
            ObjectNode known = event.deepCopy();
            for (JsonNode output : known.path("outputs")) {
                if (output.at("/outputFacets/subset").isObject()) {
                    requireSubset((ObjectNode) ((ObjectNode) output.path("outputFacets")).remove("subset"));
                }
            }
            requireKnown(CLIENT.treeToValue(known, OpenLineage.RunEvent.class), "event");
        } catch (JsonProcessingException e) {
            throw new AssertionError(e.getOriginalMessage() + "\n" + event.toPrettyString(), e);
        }
    }

    /**
     * The client's own classes have this facet under a key that nobody uses, not even the client, and with one kind of
     * condition alone.
     */
    private static void requireSubset(ObjectNode subset) throws JsonProcessingException {
        JsonNode condition = subset.remove("outputCondition");
        requireKnown(CLIENT.treeToValue(condition, OpenLineage.PartitionSubsetCondition.class), "condition");
        requireKnown(CLIENT.treeToValue(subset, OpenLineage.OutputSubsetOutputDatasetFacet.class), "subset");
    }

    private static void requireKeys(JsonNode node, String pointer, List<String> keys) {
        if (node.isMissingNode()) {
            return;
        }
        if (pointer.isEmpty()) {
            assertThat(keys).allSatisfy(key -> assertThat(node.hasNonNull(key))
                    .as("the key %s in %s", key, node)
                    .isTrue());
            return;
        }
        String[] parts = pointer.split("/", 2);
        String rest = parts.length < 2 ? "" : parts[1];
        if (parts[0].equals("*")) {
            node.forEach(each -> requireKeys(each, rest, keys));
        } else {
            requireKeys(node.path(parts[0]), rest, keys);
        }
    }

    /** No key was passed over as one that somebody else may know. */
    private static void requireKnown(Object value, String where) {
        if (value instanceof Collection<?> all) {
            all.forEach(each -> requireKnown(each, where));
        } else if (value instanceof Map<?, ?> all) {
            all.forEach((key, each) -> requireKnown(each, where + "." + key));
        } else if (value != null && value.getClass().getName().startsWith(OpenLineage.class.getName() + "$")) {
            for (Method getter : value.getClass().getMethods()) {
                if (getter.getName().startsWith("get") && getter.getParameterCount() == 0 && isOfValue(getter)) {
                    Object got = get(value, getter);
                    if (getter.getName().equals("getAdditionalProperties") && !isByColumn(value)) {
                        assertThat((Map<?, ?>) got)
                                .as("what %s has beside what the schema of %s names", where, value.getClass())
                                .isEmpty();
                    }
                    requireKnown(got, where + "." + getter.getName().substring(3));
                }
            }
            requireSchema(value, where);
        }
    }

    /** An object whose keys are columns. */
    private static boolean isByColumn(Object value) {
        return value instanceof OpenLineage.ColumnLineageDatasetFacetFields
                || value instanceof OpenLineage.PartitionSubsetConditionPartitionsDimensions;
    }

    private static boolean isOfValue(Method getter) {
        return !Set.of("getClass", "getDeclaringClass").contains(getter.getName());
    }

    /** The place of the schema that a facet names is that of the client's class for it. */
    private static void requireSchema(Object value, String where) {
        try {
            Object named = value.getClass().getMethod("get_schemaURL").invoke(value);
            Method make = FACETS.getClass().getMethod("new" + value.getClass().getSimpleName() + "Builder");
            Object builder = make.invoke(FACETS);
            Object empty = builder.getClass().getMethod("build").invoke(builder);
            assertThat(named)
                    .as("the schema of %s", where)
                    .isEqualTo(empty.getClass().getMethod("get_schemaURL").invoke(empty));
        } catch (NoSuchMethodException e) {
            // No facet.
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object get(Object value, Method getter) {
        try {
            return getter.invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
