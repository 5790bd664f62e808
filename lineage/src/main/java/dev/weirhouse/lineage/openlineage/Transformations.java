package dev.weirhouse.lineage.openlineage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weirhouse.lineage.Dependence;
import java.util.Locale;
import java.util.Optional;

/** In what way a column derives from another, in OpenLineage's words and in ours. */
final class Transformations {

    private static final String DIRECT = "DIRECT";
    private static final String INDIRECT = "INDIRECT";
    private static final String GROUP = "GROUP_BY";

    private Transformations() {}

    static void add(ArrayNode transformations, String dependence) {
        Dependence how = Dependence.valueOf(dependence);
        transformations
                .addObject()
                .put("type", how.isDirect() ? DIRECT : INDIRECT)
                .put("subtype", how == Dependence.GROUP ? GROUP : how.name())
                .put("description", "")
                .put("masking", false);
    }

    /** What a transformation means here; empty where it does not say. */
    static Optional<Dependence> read(JsonNode transformation) {
        String type = transformation.path("type").asText("").toUpperCase(Locale.ROOT);
        return switch (transformation.path("subtype").asText("").toUpperCase(Locale.ROOT)) {
            case "IDENTITY" -> Optional.of(Dependence.IDENTITY);
            case "AGGREGATION" -> Optional.of(Dependence.AGGREGATION);
            // What decides which of two values is taken is a part of the value here.
            case "TRANSFORMATION", "CONDITIONAL", "CONDITION" -> Optional.of(Dependence.TRANSFORMATION);
            case "FILTER" -> Optional.of(Dependence.FILTER);
            case "JOIN" -> Optional.of(Dependence.JOIN);
            case GROUP -> Optional.of(Dependence.GROUP);
            case "SORT" -> Optional.of(Dependence.SORT);
            case "WINDOW" -> Optional.of(Dependence.WINDOW);
            default -> type.equals(DIRECT) ? Optional.of(Dependence.TRANSFORMATION) : Optional.empty();
        };
    }

    /** What the older form of the facet says of all columns that a column derives from. */
    static Optional<Dependence> readOld(JsonNode field) {
        return switch (field.path("transformationType").asText("").toUpperCase(Locale.ROOT)) {
            case "IDENTITY" -> Optional.of(Dependence.IDENTITY);
            case "MASKED" -> Optional.of(Dependence.TRANSFORMATION);
            default -> Optional.empty();
        };
    }
}
