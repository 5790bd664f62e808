package dev.weirhouse.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.demo.Answer.Alignment;
import dev.weirhouse.server.demo.Answer.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class StartStreams implements Step {

    /** The names of the jobs, in the order in which flights pass them. */
    static final String INGEST = "ingest";

    static final String ENRICH = "enrich";
    static final String ROUTE_DELAY = "route-delay";

    /** The flow that the last job belongs to. */
    static final String FLOW = "routes";

    /** How often the flow sets a boundary, at most. */
    static final Duration BOUNDARIES = Duration.ofSeconds(1);

    private static final Duration PACE = Duration.ofMillis(900);
    private static final int MOST_FILES = 24;
    private static final int FEWEST_FILES = 6;
    private static final int FLIGHTS_OF_A_FILE = 5_000;

    @Override
    public String title() {
        return "Stream: three jobs that keep running";
    }

    @Override
    public void run(Scene scene) {
        Story story = scene.story();
        story.note("ingest       watches the folder %s", scene.home().flightsInbox());
        story.note("             and writes each flight to ods.flights and ods.flights_log");
        story.note("enrich       joins the airports at both ends, into dwd.flights_enriched");
        story.note("route-delay  keeps one row for each day and route, in dws.route_delay");
        story.note("             in the flow %s: each of its commits belongs to one snapshot of what it reads", FLOW);
        scene.calls().createFlow(FLOW, List.of(DemoSql.ENRICHED_TABLE), BOUNDARIES);
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(INGEST, DemoSql.withInbox(DemoSql.INGEST, scene.home().inbox()));
        texts.put(ENRICH, DemoSql.ENRICH);
        texts.put(ROUTE_DELAY, DemoSql.ROUTE_DELAY);
        long begun = System.nanoTime();
        List<List<String>> states = new ArrayList<>();
        texts.forEach((name, sql) -> {
            JsonNode job = story.during(
                    "the job " + name + " starts", () -> "", () -> scene.calls().applyJob(name, sql));
            states.add(List.of(name, job.path("state").asText()));
        });
        story.table(new Answer(
                List.of(new Column("job", Alignment.TEXT), new Column("state", Alignment.TEXT)),
                states,
                Duration.ofNanos(System.nanoTime() - begun)));
        story.checkRows(
                "every job runs",
                texts.keySet().stream().map(name -> List.of(name, "RUNNING")).toList(),
                states);

        int files = Math.max(FEWEST_FILES, Math.min(MOST_FILES, scene.firstFlights() / FLIGHTS_OF_A_FILE));
        scene.upstream().deliver(scene.firstFlights(), files, PACE, Malformed.FIRST);
        story.say(
                "An upstream now drops %,d flights into the folder, in %d files over %.0f s. The last file also holds %d"
                        + " lines that are no flights.",
                scene.firstFlights(), files, Story.seconds(PACE.multipliedBy(files)), Malformed.FIRST.size());
    }
}
