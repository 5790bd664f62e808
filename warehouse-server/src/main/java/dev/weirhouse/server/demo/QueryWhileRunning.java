package dev.weirhouse.server.demo;

import dev.weirhouse.server.demo.Answer.Alignment;
import dev.weirhouse.server.demo.Answer.Column;
import dev.weirhouse.server.demo.Scene.Arrived;
import dev.weirhouse.server.demo.Scene.Earlier;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

final class QueryWhileRunning implements Step {

    private static final int LOOKS = 4;

    @Override
    public String title() {
        return "Query while it runs, through the stock Arrow Flight SQL JDBC driver";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        scene.story().note("%s", scene.address().jdbc());
        growth(scene);
        worstRoutes(scene);
        oneFlight(scene);
    }

    /** Looks at the row counts again and again while the upstream delivers. */
    private static void growth(Scene scene) throws SQLException {
        Story story = scene.story();
        List<Arrived> looks = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        long begun = System.nanoTime();
        scene.await("flights arrive", () -> "", () -> {
            long asked = System.nanoTime();
            Arrived now = scene.arrived();
            int delivered = scene.upstream().delivered();
            boolean isNew = now.inLog()
                    > (looks.isEmpty() ? 0 : looks.get(looks.size() - 1).inLog());
            if (isNew) {
                looks.add(now);
                rows.add(row(now, delivered, Duration.ofNanos(System.nanoTime() - asked)));
            }
            return looks.size() == LOOKS || scene.upstream().isIdle() && now.inLog() == scene.firstFlights();
        });
        story.table(new Answer(
                List.of(
                        new Column("ods.flights_log", Alignment.NUMBER),
                        new Column("dwd.flights_enriched", Alignment.NUMBER),
                        new Column("counted in dws.route_delay", Alignment.NUMBER),
                        new Column("delivered", Alignment.NUMBER),
                        new Column("took", Alignment.NUMBER)),
                rows,
                Duration.ofNanos(System.nanoTime() - begun)));
        story.checkThat("the counts grew from look to look", looks.size() > 1);
        story.checkThat(
                "no count was above what lay in the folder", rows.stream().allMatch(row -> row.subList(0, 3).stream()
                        .allMatch(count -> Long.parseLong(count) <= Long.parseLong(row.get(3)))));
    }

    private static List<String> row(Arrived now, int delivered, Duration took) {
        return List.of(
                Long.toString(now.inLog()),
                Long.toString(now.enriched()),
                Long.toString(now.counted()),
                Integer.toString(delivered),
                String.format(Locale.ROOT, "%.1f s", Story.seconds(took)));
    }

    /** The answer so far, on a snapshot that can be asked again: which flights it knows, the snapshot itself says. */
    private static void worstRoutes(Scene scene) throws SQLException {
        Story story = scene.story();
        long snapshot = scene.snapshot(DemoSql.ENRICHED_TABLE);
        story.say(
                "The worst routes so far. The newest snapshot of %s is number %d; naming it fixes what the query reads,"
                        + " while the stream goes on.",
                DemoSql.ENRICHED_TABLE, snapshot);
        Answer worst = scene.ask(DemoSql.at(DemoSql.WORST_ROUTES, DemoSql.ENRICHED_TABLE, snapshot));
        Answer ids = scene.query(
                DemoSql.at("SELECT flight_id FROM " + DemoSql.ENRICHED_TABLE, DemoSql.ENRICHED_TABLE, snapshot));
        Set<Long> arrived =
                ids.rows().stream().map(row -> Long.valueOf(row.get(0))).collect(Collectors.toSet());
        story.checkThat(
                "the query found the %d flights that the snapshot's file on disk counts".formatted(arrived.size()),
                arrived.size() == CommitOnDisk.rows(scene.home().folder(), "dwd", "flights_enriched", snapshot));
        Reckoning reckoning = scene.reckoning(scene.allFlights()).of(arrived);
        story.checkOrder(
                "reckoned from the CSV lines of the %d flights in that snapshot".formatted(arrived.size()),
                reckoning.worstRoutes(),
                worst.rows());
        scene.remember(new Earlier(snapshot, worst));
    }

    private static void oneFlight(Scene scene) throws SQLException {
        long flightId = Math.max(1, scene.firstFlights() / 40);
        scene.story().say("One flight by its key, %d, as a prepared statement.", flightId);
        Answer flight = scene.ask(
                """
                SELECT flight_id, DATE_FORMAT(departed_at, 'yyyy-MM-dd HH:mm:ss') AS departed_at,
                       delay_minutes, distance_miles, origin, destination
                FROM ods.flights WHERE flight_id = ?
                """,
                flightId);
        scene.story()
                .checkRows(
                        "it is the line of the CSV",
                        List.of(scene.flight(flightId).values()),
                        flight.rows());
    }
}
