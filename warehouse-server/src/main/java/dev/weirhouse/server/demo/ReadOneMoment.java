package dev.weirhouse.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.demo.Answer.Alignment;
import dev.weirhouse.server.demo.Answer.Column;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class ReadOneMoment implements Step {

    private static final String SETTING = "read.consistency";

    private static final String BOTH =
            """
            SELECT (SELECT COUNT(*) FROM dwd.flights_enriched) AS flights,
                   (SELECT SUM(flights) FROM dws.route_delay) AS counted
            """;

    private static final int LOOKS = 12;
    private static final int SHOWN = 5;

    @Override
    public String title() {
        return "One moment: two tables that agree, while streams write both";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        Story story = scene.story();
        story.say(
                "route-delay belongs to the flow %s. Its table is behind dwd.flights_enriched, from which it derives;"
                        + " the newest of both seldom add up. Read 'strong', both stand at one boundary of the flow.",
                StartStreams.FLOW);
        boolean reached = scene.await(
                "the flow reaches its first boundary with flights",
                () -> "",
                () -> !common(scene).isMissingNode() && counts(scene, "strong").get(0) > 0);
        story.checkThat("there is a boundary that both tables have reached", reached);
        if (!reached) {
            return;
        }
        List<List<String>> looks = new ArrayList<>();
        long begun = System.nanoTime();
        int torn = 0;
        boolean whole = true;
        for (int look = 0; look < LOOKS; look++) {
            List<Long> latest = counts(scene, "latest");
            List<Long> strong = counts(scene, "strong");
            torn += isWhole(latest) ? 0 : 1;
            whole &= isWhole(strong);
            looks.add(List.of(
                    latest.get(0).toString(),
                    latest.get(1).toString(),
                    strong.get(0).toString(),
                    strong.get(1).toString()));
        }
        story.sql("SET '" + SETTING + "' = 'strong';\n" + BOTH);
        story.table(new Answer(
                        List.of(
                                new Column("newest: flights", Alignment.NUMBER),
                                new Column("counted", Alignment.NUMBER),
                                new Column("strong: flights", Alignment.NUMBER),
                                new Column("counted", Alignment.NUMBER)),
                        looks,
                        Duration.ofNanos(System.nanoTime() - begun))
                .first(SHOWN));
        story.note("%d of %d answers from the newest of each table did not add up.", torn, LOOKS);
        story.checkThat("all %d strong answers add up".formatted(LOOKS), whole);
        story.say("$ weir flow show %s", StartStreams.FLOW);
        scene.calls()
                .flow(StartStreams.FLOW)
                .path("progress")
                .fields()
                .forEachRemaining(table -> story.note("%s has reached boundary %s", table.getKey(), table.getValue()));
    }

    private static JsonNode common(Scene scene) {
        return scene.calls().flow(StartStreams.FLOW).path("common").path("number");
    }

    /** The flights that both tables have, read in one query. */
    static List<Long> counts(Scene scene, String consistency) throws SQLException {
        scene.set(SETTING, consistency);
        try {
            return scene.query(BOTH).rows().get(0).stream()
                    .map(count -> count.equals(Answer.NULL) ? 0 : Long.parseLong(count))
                    .toList();
        } finally {
            scene.set(SETTING, "latest");
        }
    }

    private static boolean isWhole(List<Long> counts) {
        return counts.get(0).equals(counts.get(1));
    }
}
