package dev.weirhouse.server.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.WarehouseException.Position;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A YAML file as dotted keys with the texts that stand in it: {@code flight: {port: 1}} and {@code flight.port: 1} are the
 * same. Scalars keep their spelling, so that the settings' own types read them; a list becomes its items parted by commas.
 */
final class ConfigFile {

    private static final int MAX_BYTES = 1 << 20;

    private final Path path;
    private final Map<String, String> values = new LinkedHashMap<>();

    private ConfigFile(Path path) {
        this.path = path;
    }

    /** @throws WarehouseException CONFIG_FILE_UNREADABLE, or CONFIG_INVALID with the place in the file */
    static Map<String, String> read(Path path) {
        ConfigFile file = new ConfigFile(path);
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw file.unreadable("it is larger than 1 mb", null);
            }
            try (Reader reader = Files.newBufferedReader(path);
                    JsonParser parser = new YAMLFactory().createParser(reader)) {
                parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
                file.document(parser);
            }
        } catch (JsonProcessingException e) {
            throw file.invalid(e.getLocation(), e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw file.unreadable(String.valueOf(e.getMessage()), e);
        }
        return file.values;
    }

    private void document(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw invalid(parser.currentTokenLocation(), "the file must hold keys with values", null);
        }
        object(parser, "");
    }

    private void object(JsonParser parser, String prefix) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = prefix + parser.currentName();
            JsonLocation place = parser.currentTokenLocation();
            switch (parser.nextToken()) {
                case START_OBJECT -> object(parser, key + ".");
                case START_ARRAY -> put(key, list(parser, key), place);
                case VALUE_NULL -> put(key, "", place);
                default -> put(key, parser.getText(), place);
            }
        }
    }

    private String list(JsonParser parser, String key) throws IOException {
        List<String> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!parser.currentToken().isScalarValue()) {
                throw new JsonParseException(parser, "'" + key + "' is a list of something other than texts");
            }
            String item = parser.getText();
            if (item.indexOf(',') >= 0) {
                throw new JsonParseException(parser, "an item of the list '" + key + "' holds a comma");
            }
            items.add(item);
        }
        return String.join(", ", items);
    }

    private void put(String key, String value, JsonLocation place) {
        if (values.put(key, value) != null) {
            throw invalid(place, "the key '" + key + "' stands there twice", null);
        }
    }

    private WarehouseException invalid(JsonLocation place, String problem, Exception cause) {
        Position position =
                place == null ? null : new Position(Math.max(1, place.getLineNr()), Math.max(1, place.getColumnNr()));
        return new WarehouseException(CatalogError.CONFIG_INVALID, path + ": " + problem, position, cause);
    }

    private WarehouseException unreadable(String problem, Exception cause) {
        return new WarehouseException(
                ServerError.CONFIG_FILE_UNREADABLE,
                "The configuration file " + path + " cannot be read: " + problem,
                cause);
    }
}
