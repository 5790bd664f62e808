package dev.weirhouse.server.fuzz;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.fuzz.Outcome;
import dev.weirhouse.olap.fuzz.Outcome.Column;
import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import dev.weirhouse.olap.fuzz.Reference;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.cli.ApiFailure;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A session over HTTP whose queries take one lane. For use by one thread. */
final class HttpLane implements Reference, AutoCloseable {

    private static final String SESSIONS = "/api/v1/sessions";
    private static final String QUERIES = "/api/v1/queries";
    private static final String STATEMENTS = "/api/v1/statements";
    private static final String NOT_NULL = " NOT NULL";
    private static final String VIEW = "fuzz_columns";

    /** What forcing the native lane says before and after its reason. */
    private static final Pattern REFUSAL = Pattern.compile("(?s).*olap\\.lane is native: (.*)\\. SET 'olap\\.lane'.*");

    private static final String NOT_PLANNED = "it cannot be planned";

    /** What the engine says of a text that it cannot compile. */
    private static final Pattern TRANSLATION =
            Pattern.compile("(?s).*\\b(Binder|Parser|Catalog|INTERNAL|Not implemented) Error.*");

    /** What the engine says of values. */
    private static final Pattern DATA = Pattern.compile("(?s).*\\b(Out of Range|Conversion|Invalid Input) Error.*");

    private final ApiClient api;
    private final String session;

    /**
     * Opens the session.
     *
     * @param lane auto, native or flink
     * @param settings more of the session's
     */
    HttpLane(ApiClient api, String database, String lane, Map<String, String> settings) {
        this.api = requireNonNull(api, "api is null");
        ObjectNode request = ApiClient.JSON.createObjectNode().put("database", database);
        // What is drawn is small, and more tasks would only cost more.
        ObjectNode all = request.putObject("settings").put("olap.lane", lane).put("parallelism.default", "1");
        settings.forEach(all::put);
        this.session = api.post(SESSIONS, request).path("id").asText();
    }

    @Override
    public Outcome run(String sql) {
        try {
            JsonNode answer = api.post(QUERIES, request(sql));
            List<Column> columns = columns(answer.path("columns"));
            return new Rows(
                    columns,
                    answer.path("truncated").asBoolean()
                            ? rows(statement(sql), columns)
                            : rows(answer.path("rows"), columns));
        } catch (ApiFailure e) {
            return failed(e);
        }
    }

    /** Through a view, which is validated and not run; a query that Flink makes no view of is run. */
    @Override
    public List<Column> columns(String sql) {
        try {
            statement("CREATE TEMPORARY VIEW " + VIEW + " AS " + sql);
        } catch (ApiFailure e) {
            return run(sql) instanceof Rows rows ? rows.columns() : List.of();
        }
        try {
            List<Column> columns = new ArrayList<>();
            for (JsonNode row : statement("DESCRIBE " + VIEW)) {
                columns.add(new Column(row.get(1).asText(), row.get(2).asText().equalsIgnoreCase("true")));
            }
            return columns;
        } finally {
            statement("DROP TEMPORARY VIEW " + VIEW);
        }
    }

    private ObjectNode request(String sql) {
        return ApiClient.JSON.createObjectNode().put("sql", sql).put("session", session);
    }

    /** Runs a statement to its end; all rows of its answer. */
    List<JsonNode> statement(String sql) {
        JsonNode state = api.post(STATEMENTS, request(sql));
        String path = STATEMENTS + "/" + state.path("id").asText();
        List<JsonNode> rows = new ArrayList<>();
        while (true) {
            state.path("rows").forEach(rows::add);
            if (!state.has("nextToken")) {
                requireFinished(state);
                return rows;
            }
            state = api.get(path + "?token=" + state.path("nextToken").asLong());
        }
    }

    private static void requireFinished(JsonNode state) {
        if (!state.path("state").asText().equals("FINISHED")) {
            throw new ApiFailure(state.path("error"));
        }
    }

    private static List<Column> columns(JsonNode described) {
        List<Column> columns = new ArrayList<>();
        for (JsonNode column : described) {
            String type = column.path("type").asText();
            boolean nullable = !type.endsWith(NOT_NULL);
            columns.add(new Column(nullable ? type : type.substring(0, type.length() - NOT_NULL.length()), nullable));
        }
        return columns;
    }

    private static List<List<String>> rows(Iterable<JsonNode> page, List<Column> columns) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode row : page) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.add(
                        row.get(i).isNull()
                                ? null
                                : text(row.get(i), columns.get(i).type()));
            }
            rows.add(cells);
        }
        return rows;
    }

    /** As Flink casts the value to STRING, but that JSON's numbers, as they are read here, have no negative zero. */
    private static String text(JsonNode value, String type) {
        return switch (type) {
            case "BOOLEAN" -> value.asText().toUpperCase(Locale.ROOT);
            case "DOUBLE" ->
                value.isNumber() ? String.valueOf(value.decimalValue().doubleValue()) : value.asText();
            case "FLOAT" ->
                value.isNumber() ? String.valueOf(value.decimalValue().floatValue()) : value.asText();
            case "STRING" -> value.asText();
            default ->
                type.startsWith("DECIMAL")
                        ? new BigDecimal(value.asText()).toPlainString()
                        : type.contains("BINARY") || type.equals("BYTES") ? bytes(value.asText()) : value.asText();
        };
    }

    private static String bytes(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static Outcome failed(ApiFailure failure) {
        String message = String.valueOf(failure.getMessage());
        String name = failure.body().path("name").asText();
        var refusal = REFUSAL.matcher(message);
        if (name.equals("NOT_NATIVE") && refusal.matches()) {
            String reason = refusal.group(1);
            if (reason.startsWith(NOT_PLANNED)) {
                return new Failed(Failure.STATEMENT, reason);
            } else if (TRANSLATION.matcher(reason).matches()) {
                return new Failed(Failure.TRANSLATION, reason);
            }
            return DATA.matcher(reason).matches() ? new Failed(Failure.DATA, reason) : new Refused(reason);
        }
        boolean internal = failure.body().path("type").asText().equals(ErrorType.INTERNAL.name());
        if (internal || Failure.isDefect(message)) {
            return new Failed(Failure.DEFECT, message);
        }
        boolean computing =
                Stream.of("DATA_ERROR", "DIVISION_BY_ZERO", "EXECUTION_FAILED").anyMatch(name::equals);
        return new Failed(computing ? Failure.DATA : Failure.STATEMENT, message);
    }

    /** Closes the session; one that cannot be reached any more ends by itself. */
    @Override
    @SuppressWarnings("EmptyCatch")
    public void close() {
        try {
            api.delete(SESSIONS + "/" + session);
        } catch (ApiFailure | WarehouseException unreachable) {
            // What the command found stands.
        }
    }
}
