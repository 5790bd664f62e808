package dev.weirhouse.catalog.queries;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A logged query as one line of JSON. */
final class QueryLine {

    private static final ObjectMapper JSON = new ObjectMapper();

    private QueryLine() {}

    static byte[] write(LoggedQuery query) {
        ObjectNode line = JSON.createObjectNode();
        line.put("id", query.id());
        line.put("lane", query.lane().name());
        query.sessionId().ifPresent(id -> line.put("session", id));
        line.put("principal", text(query.caller().principal()));
        line.put("source", text(query.caller().source()));
        ArrayNode tags = line.putArray("tags");
        query.caller().tags().forEach(tag -> tags.add(text(tag)));
        line.put("door", query.caller().door().name());
        line.put("dialect", query.dialect().name());
        line.put("kind", query.kind().name());
        line.put("statement", text(query.statement()));
        line.put("shape", query.shape());
        query.answeredBy().ifPresent(by -> line.put("by", by.name()));
        line.put("cut", text(query.cut()));
        query.derivation().ifPresent(id -> line.put("derivation", id));
        line.put("state", query.state().name());
        line.put("started", query.startedAt());
        line.put("finished", query.finishedAt());
        query.rows().ifPresent(rows -> line.put("rows", rows));
        query.errorCode().ifPresent(code -> line.put("code", code));
        query.error().ifPresent(error -> line.put("error", text(error)));
        try {
            return JSON.writeValueAsBytes(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Half a character, which a statement may hold, has no place in UTF-8. */
    private static String text(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** @return empty for a line that is not whole: its process died while it was written */
    static Optional<LoggedQuery> read(String text) {
        try {
            JsonNode line = JSON.readTree(text);
            List<String> tags = new ArrayList<>();
            line.path("tags").forEach(tag -> tags.add(tag.asText()));
            return Optional.of(new LoggedQuery(
                    line.required("id").asText(),
                    Lane.valueOf(line.required("lane").asText()),
                    text(line, "session"),
                    new Caller(
                            line.required("principal").asText(),
                            line.required("source").asText(),
                            tags,
                            Door.valueOf(line.required("door").asText())),
                    Dialect.valueOf(line.required("dialect").asText()),
                    StatementKind.valueOf(line.required("kind").asText()),
                    line.required("statement").asText(),
                    line.required("shape").asText(),
                    text(line, "by").map(AnsweredBy::valueOf),
                    line.required("cut").asText(),
                    text(line, "derivation"),
                    RunState.valueOf(line.required("state").asText()),
                    line.required("started").asLong(),
                    line.required("finished").asLong(),
                    line.has("rows") ? OptionalLong.of(line.get("rows").asLong()) : OptionalLong.empty(),
                    text(line, "code"),
                    text(line, "error")));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonNode line, String field) {
        return Optional.ofNullable(line.get(field)).map(JsonNode::asText);
    }
}
