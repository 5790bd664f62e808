package dev.weirhouse.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.WarehouseException.Position;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as the door reads and writes it: nothing unknown, nothing twice, nothing after the end, no number rounded. */
final class Json {

    private static final int MAX_DEPTH = 50;

    static final ObjectMapper MAPPER = mapper();

    private Json() {}

    /** @throws WarehouseException REQUEST_MALFORMED with the place in the body */
    static <T> T read(byte[] body, Class<T> type) {
        try {
            T value = MAPPER.readValue(body, type);
            if (value == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "The body must be a JSON object.");
            }
            return value;
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof WarehouseException refused) {
                throw refused;
            }
            throw malformed(e, mismatch(e));
        } catch (JsonProcessingException e) {
            throw malformed(
                    e,
                    "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("it ends too early"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static WarehouseException malformed(JsonProcessingException e, String problem) {
        JsonLocation place = e.getLocation();
        Position position = place == null || place.getLineNr() < 1
                ? null
                : new Position(place.getLineNr(), Math.max(1, place.getColumnNr()));
        return new WarehouseException(ServerError.REQUEST_MALFORMED, "The body " + problem + ".", position, e);
    }

    /** What does not fit, in the words of the API; Jackson's name the program's classes. */
    private static String mismatch(JsonMappingException e) {
        String path = path(e);
        if (e instanceof UnrecognizedPropertyException unknown) {
            String known = unknown.getKnownPropertyIds().stream()
                    .map(Object::toString)
                    .sorted()
                    .collect(Collectors.joining(", "));
            return "has a key '" + path + "' that is not known; these are: " + known;
        } else if (path.isEmpty()) {
            return "is not a JSON object with the keys that are expected";
        }
        if (e instanceof InvalidNullException) {
            return "has a null at '" + path + "'; leave the key out instead";
        }
        return "has a value of another type than is expected at '" + path + "'";
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return path.toString();
    }

    private static ObjectMapper mapper() {
        JsonMapper mapper = JsonMapper.builder()
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
                .withCoercionConfig(LogicalType.Textual, config -> {
                    config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build());
        // What a map is asked for is there or not; a null in it would be a third thing.
        mapper.configOverride(Map.class).setSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));
        return mapper;
    }
}
