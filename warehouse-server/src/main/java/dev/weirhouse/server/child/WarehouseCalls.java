package dev.weirhouse.server.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.cli.ApiClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What is asked of a warehouse over HTTP: jobs, scripts of the batch lane, lineage, checks. */
public final class WarehouseCalls {

    private static final String JOBS = "/api/v1/jobs";
    private static final String FLOWS = "/api/v1/flows";
    private static final String SCRIPTS = "/api/v1/scripts";
    private static final String CHECKS = "/api/v1/checks";
    private static final String COMPARISONS = "/api/v1/comparisons";
    private static final String RESULTS = "/api/v1/check-results";
    private static final long WAIT_MILLIS = 1000;

    private final ApiClient api;

    public WarehouseCalls(ApiClient api) {
        this.api = api;
    }

    /** Applies a job and answers what became of it. */
    public JsonNode applyJob(String name, String sql) {
        return api.post(
                JOBS, ApiClient.JSON.createObjectNode().put("name", name).put("sql", sql));
    }

    /** Declares a flow. */
    public void createFlow(String name, List<String> roots, Duration interval) {
        ObjectNode flow =
                ApiClient.JSON.createObjectNode().put("name", name).put("intervalMillis", interval.toMillis());
        roots.forEach(flow.putArray("roots")::add);
        api.post(FLOWS, flow);
    }

    /** A flow: how far it is. */
    public JsonNode flow(String name) {
        return api.get(FLOWS + "/" + ApiClient.segment(name));
    }

    /** Stops a job and forgets it. */
    public void removeJob(String name) {
        String path = JOBS + "/" + ApiClient.segment(name);
        api.post(path + "/stop");
        api.delete(path);
    }

    /** A job with its text. */
    public JsonNode job(String name) {
        return api.get(JOBS + "/" + ApiClient.segment(name));
    }

    /** All jobs, without their texts. */
    public JsonNode jobs() {
        return api.get(JOBS).path("jobs");
    }

    /**
     * Runs a script to its end.
     *
     * @param progress is given the script's state, again and again
     * @return the state at the end
     */
    public JsonNode runScript(
            String name, String dialect, String text, Map<String, String> variables, Consumer<JsonNode> progress) {
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("name", name)
                .put("dialect", dialect)
                .put("text", text);
        variables.forEach(request.putObject("variables")::put);
        JsonNode script = api.post(SCRIPTS, request);
        String path = SCRIPTS + "/" + script.path("id").asText() + "?waitMillis=" + WAIT_MILLIS;
        while (!isEnd(script)) {
            progress.accept(script);
            script = api.get(path + "&ended=" + finished(script));
        }
        return script;
    }

    /** What a column derives from by its values, as the API gives it. */
    public JsonNode lineage(String column) {
        return api.get("/api/v1/lineage?direct=true&of=" + ApiClient.segment(column));
    }

    /** Declares that a column's values are there in another table's, to be asked after commits. */
    public void declareReferences(String name, String table, String column, String other, String otherColumn) {
        ObjectNode check = ApiClient.JSON.createObjectNode().put("name", name).put("table", table);
        check.put("runBy", "COMMITS");
        check.putObject("rule")
                .put("kind", "REFERENCES")
                .put("other", other)
                .put("otherColumn", otherColumn)
                .putArray("columns")
                .add(column);
        api.post(CHECKS, check);
    }

    /** A check with its newest results. */
    public JsonNode check(String name) {
        return api.get(CHECKS + "/" + ApiClient.segment(name));
    }

    /** Compares what a job of a flow has made with what its text makes at once, and answers the result. */
    public JsonNode compareJob(String job) {
        ObjectNode question = ApiClient.JSON.createObjectNode().put("job", job);
        return ended(api.post(COMPARISONS + "/jobs", question));
    }

    /** Compares two tables, or snapshots of one, and answers the result. */
    public JsonNode compareTables(String left, String right) {
        ObjectNode question =
                ApiClient.JSON.createObjectNode().put("left", left).put("right", right);
        return ended(api.post(COMPARISONS + "/tables", question));
    }

    private JsonNode ended(JsonNode begun) {
        String path = RESULTS + "/" + begun.path("id").asText() + "?waitMillis=" + WAIT_MILLIS;
        JsonNode result = begun;
        while (result.path("state").asText().equals("RUNNING")) {
            result = api.get(path);
        }
        return result;
    }

    private static boolean isEnd(JsonNode script) {
        return switch (script.path("state").asText()) {
            case "QUEUED", "RUNNING" -> false;
            default -> true;
        };
    }

    /** How many of a script's statements are done. */
    public static int finished(JsonNode script) {
        int finished = 0;
        for (JsonNode statement : script.path("statements")) {
            finished += statement.path("state").asText().equals("FINISHED") ? 1 : 0;
        }
        return finished;
    }
}
