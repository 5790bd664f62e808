package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A session over HTTP in which statements run one after the other. One thread runs; any thread may cancel. */
final class SqlClient implements AutoCloseable {

    private static final String STATEMENTS = "/api/v1/statements";
    private static final String SESSIONS = "/api/v1/sessions";
    private static final long WAIT_MILLIS = 2000;

    private final ApiClient api;
    private final String session;
    private final AtomicReference<String> running = new AtomicReference<>();

    /** Told every two seconds that a statement still runs. */
    interface Waiting {
        void stillRuns(long elapsedMillis);
    }

    /** @param settings that the session begins with */
    SqlClient(ApiClient api, String dialect, Optional<String> database, Map<String, String> settings) {
        this.api = api;
        ObjectNode request = ApiClient.JSON.createObjectNode().put("dialect", dialect);
        database.ifPresent(name -> request.put("database", name));
        settings.forEach(request.withObject("/settings")::put);
        this.session = api.post(SESSIONS, request).path("id").asText();
    }

    /**
     * Runs a statement and prints its answer.
     *
     * @param maxRows the most rows to ask for; 0 for all
     * @throws ApiFailure the statement's error
     */
    void run(String sql, long maxRows, AnswerPrinter printer, Waiting waiting) {
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("sql", sql)
                .put("session", session)
                .put("waitMillis", WAIT_MILLIS);
        if (maxRows > 0) {
            request.put("maxRows", maxRows);
        }
        JsonNode statement = api.post(STATEMENTS, request);
        String path = STATEMENTS + "/" + statement.path("id").asText();
        running.set(path);
        boolean begun = false;
        try {
            while (true) {
                requireAlive(statement);
                if (!begun && statement.has("columns")) {
                    begun = true;
                    printer.begin(AnswerPrinter.ColumnInfo.of(statement.path("columns")));
                }
                if (statement.has("rows")) {
                    printer.rows(statement.path("rows"));
                } else if (statement.has("nextToken")) {
                    waiting.stillRuns(statement.path("elapsedMillis").asLong());
                }
                if (!statement.has("nextToken")) {
                    printer.end(statement);
                    return;
                }
                statement =
                        api.get(path + "?token=" + statement.path("nextToken").asLong() + "&waitMillis=" + WAIT_MILLIS);
            }
        } finally {
            running.set(null);
        }
    }

    private static void requireAlive(JsonNode statement) {
        switch (statement.path("state").asText()) {
            case "FAILED" -> throw new ApiFailure(statement.path("error"));
            case "CANCELLED" -> throw new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.");
            default -> {}
        }
    }

    /** Cancels what runs now, if anything does. */
    void cancel() {
        String path = running.get();
        if (path != null) {
            api.delete(path);
        }
    }

    /** Closes the session; one that cannot be reached any more ends by itself. */
    @Override
    @SuppressWarnings("EmptyCatch")
    public void close() {
        try {
            api.delete(SESSIONS + "/" + session);
        } catch (ApiFailure | WarehouseException unreachable) {
            // What the command did stands; whether it succeeded was told already.
        }
    }
}
