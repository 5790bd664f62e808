package dev.weirhouse.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weirhouse.server.cli.CheckPrinter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

final class FindMistakes implements Step {

    private static final String CHECK = "goals-name-airports";
    private static final String GOALS = DemoSql.DELAY_GOALS_TABLE;

    /** What delay-goals-mistyped.sql has wrong. */
    private static final List<List<String>> MISTYPED = List.of(List.of("DWF", "8"));

    /** How it differs from delay-goals.sql. */
    private static final List<List<String>> DIFFERENCES = List.of(
            List.of("ONLY_LEFT", "DFW 8", ""),
            List.of("ONLY_RIGHT", "", "DWF 8"),
            List.of("CHANGED", "ORD 10", "ORD 12"));

    @Override
    public String title() {
        return "Check: a job against its own text, and a list after each commit";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        recompute(scene);
        long loaded = declare(scene);
        mistype(scene, loaded);
        compare(scene, loaded);
    }

    /** Has the warehouse make the comparison that was written out before, of the inputs that the boundary says. */
    private static void recompute(Scene scene) throws SQLException {
        Story story = scene.story();
        long flights = scene.firstFlights();
        boolean reached = scene.await("the flow catches up", () -> "", () -> ReadOneMoment.counts(scene, "strong")
                .equals(List.of(flights, flights)));
        story.checkThat("there is a boundary with all flights that have come", reached);
        story.say("$ weir check job %s", StartStreams.ROUTE_DELAY);
        JsonNode result = story.during(
                "the job's text runs as a batch", () -> "", () -> scene.calls().compareJob(StartStreams.ROUTE_DELAY));
        show(story, result);
        story.check("the stream's rows are what its text makes at once of the same snapshot", "PASSED", state(result));
        long routes = scene.reckoning(scene.firstFlights()).routeDelay().size();
        JsonNode parts = result.path("evidence").path("tables").path(0).path("parts");
        story.check(
                "rows that were read for it, on either side as many as the CSV has days and routes",
                2 * routes,
                parts.path("rows").asLong());
    }

    /**
     * Makes the list and has it checked.
     *
     * @return the snapshot of the list as it was loaded
     */
    private static long declare(Scene scene) throws SQLException {
        Story story = scene.story();
        story.say("People make mistakes, too. What they must not do is declared, and asked after each commit.");
        story.sql(DemoSql.DELAY_GOALS);
        scene.runScript("delay-goals", "flink", DemoSql.DELAY_GOALS, Map.of());
        long loaded = scene.snapshot(GOALS);
        story.say(
                "$ weir check declare %s --table %s --references airport ods.airports.iata --after-commits",
                CHECK, GOALS);
        scene.calls().declareReferences(CHECK, GOALS, "airport", "ods.airports", "iata");
        JsonNode result = awaitResult(scene, 0);
        show(story, result);
        story.check("every airport of the list is one", "PASSED", state(result));
        return loaded;
    }

    private static void mistype(Scene scene, long loaded) throws SQLException {
        Story story = scene.story();
        story.sql(DemoSql.DELAY_GOALS_MISTYPED);
        scene.runScript("delay-goals-mistyped", "flink", DemoSql.DELAY_GOALS_MISTYPED, Map.of());
        story.say("Nobody asks the check. The commit does:");
        JsonNode result = awaitResult(scene, loaded);
        show(story, result);
        String how = state(result) + ", " + result.path("cause").asText();
        story.check("how it went, and why it was run", "FAILED, COMMIT", how);
        List<List<String>> shown = new ArrayList<>();
        result.path("evidence").path("rows").forEach(row -> shown.add(texts(row)));
        story.checkRows("it shows the row that names no airport", MISTYPED, shown);
    }

    /** The newest result of the check, once it speaks of a later snapshot than this, or that takes too long. */
    private static JsonNode awaitResult(Scene scene, long snapshot) throws SQLException {
        AtomicReference<JsonNode> newest = new AtomicReference<>(MissingNode.getInstance());
        scene.await("the check is waited for", () -> state(newest.get()), () -> {
            JsonNode result = scene.calls().check(CHECK).path("newest");
            newest.set(result);
            return result.path("snapshot").asLong() > snapshot || state(result).equals("ERROR");
        });
        return newest.get();
    }

    private static void compare(Scene scene, long loaded) {
        Story story = scene.story();
        String before = GOALS + "@" + loaded;
        story.say("$ weir check diff %s %s", before, GOALS);
        JsonNode result = story.during(
                "the snapshots are compared", () -> "", () -> scene.calls().compareTables(before, GOALS));
        show(story, result);
        List<List<String>> found = new ArrayList<>();
        for (JsonNode sample : result.path("evidence").path("samples")) {
            String left = String.join(" ", texts(sample.path("left")));
            String right = String.join(" ", texts(sample.path("right")));
            found.add(List.of(sample.path("kind").asText(), left, right));
        }
        story.checkRows("one row is gone, one is new and one is another", DIFFERENCES, found);
    }

    private static String state(JsonNode result) {
        return result.path("state").asText();
    }

    private static List<String> texts(JsonNode row) {
        List<String> texts = new ArrayList<>();
        row.forEach(value -> texts.add(value.asText()));
        return texts;
    }

    /** Tells a result as the command line does. */
    private static void show(Story story, JsonNode result) {
        StringWriter told = new StringWriter();
        CheckPrinter.result(result, new PrintWriter(told));
        told.toString().lines().forEach(line -> story.note("%s", line));
    }
}
