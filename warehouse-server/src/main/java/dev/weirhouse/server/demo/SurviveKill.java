package dev.weirhouse.server.demo;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

final class SurviveKill implements Step {

    /** What comes afterwards: an upstream does not wait for a warehouse that is down. */
    private static final int LATER_FILES = 10;

    private static final Duration LATER_PACE = Duration.ofMillis(400);

    /** The file is read in less than a second, so it is looked for without a pause. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private static final int SHOWN = 5;

    @Override
    public String title() {
        return "Survive: SIGKILL in the middle of a file";
    }

    @Override
    public void run(Scene scene) throws SQLException {
        kill(scene);
        restart(scene);
        scene.awaitArrival(scene.allFlights());
        checkTables(scene);
    }

    private static void kill(Scene scene) throws SQLException {
        Story story = scene.story();
        int first = scene.firstFlights();
        int large = first + (scene.allFlights() - first) * 3 / 4;
        story.say(
                "The upstream drops one large file of %,d flights, and the rest little by little. While the file is being"
                        + " read, the process is killed.",
                large - first);
        Path file = scene.upstream().next();
        scene.upstream().deliver(large, 1, Duration.ZERO, List.of());
        scene.upstream().deliver(scene.allFlights(), LATER_FILES, LATER_PACE, Malformed.REST);
        long pid = scene.server().pid();
        AtomicLong position = new AtomicLong();
        boolean met = scene.await("the file is waited for", () -> "", () -> isBeingRead(scene, pid, file, position));
        scene.server().kill();
        long committed = CommitOnDisk.rows(scene.home().folder(), "ods", "flights_log");
        story.note(
                "process %d killed%s",
                pid,
                position.get() == 0
                        ? ""
                        : String.format(
                                Locale.ROOT,
                                " with %s open, fetched up to byte %,d of %,d",
                                file.getFileName(),
                                position.get(),
                                size(file)));
        story.note(
                "the last commit on disk holds %,d flights; %,d lie in the folder",
                committed, scene.upstream().delivered());
        story.checkThat("the file was being read, and not all of it was committed", met && committed < large);
    }

    /** Whether the process is well inside the file. Where the system does not tell, the first commit of it must do. */
    private static boolean isBeingRead(Scene scene, long pid, Path file, AtomicLong position) throws SQLException {
        if (OpenFile.isTold(pid)) {
            long looksUntil = System.nanoTime() + BETWEEN_LOOKS.toNanos();
            while (System.nanoTime() < looksUntil) {
                position.set(OpenFile.position(pid, file).orElse(0));
                if (position.get() > 0) {
                    return true;
                }
            }
            return false;
        }
        return scene.arrived().inLog() > scene.firstFlights();
    }

    private static long size(Path file) {
        return file.toFile().length();
    }

    private static void restart(Scene scene) throws SQLException {
        Story story = scene.story();
        story.say("It is started again. Nobody tells it which jobs to run.");
        scene.open();
        Answer jobs = scene.ask(
                """
                SELECT j.name, j.state, REGEXP_EXTRACT(j.restored_from, 'chk-[0-9]+') AS restored_from,
                       SUM(CASE WHEN r.state = 'LOST' THEN 1 ELSE 0 END) AS runs_lost,
                       SUM(CASE WHEN r.state = 'RUNNING' THEN 1 ELSE 0 END) AS runs_running
                FROM weir.jobs AS j JOIN weir.runs AS r ON r.job_id = j.job_id
                GROUP BY j.name, j.state, j.restored_from
                """);
        story.checkRows(
                "every job came back by itself: one run was lost, one runs",
                List.of(
                        List.of(StartStreams.INGEST, "RUNNING", "1", "1"),
                        List.of(StartStreams.ENRICH, "RUNNING", "1", "1"),
                        List.of(StartStreams.ROUTE_DELAY, "RUNNING", "1", "1")),
                jobs.rows().stream()
                        .map(row -> List.of(row.get(0), row.get(1), row.get(3), row.get(4)))
                        .toList());
        story.checkThat(
                "every job went on from a checkpoint",
                jobs.rows().stream().allMatch(row -> row.get(2).startsWith("chk-")));
    }

    private static void checkTables(Scene scene) throws SQLException {
        Story story = scene.story();
        Reckoning all = scene.reckoning(scene.allFlights());
        story.say("ods.flights_log has no key that could mend it: a flight read twice would be there twice.");
        Answer log = scene.ask(
                """
                SELECT COUNT(*) AS flights, COUNT(DISTINCT flight_id) AS ids,
                       MIN(flight_id) AS lowest, MAX(flight_id) AS highest
                FROM ods.flights_log
                """);
        story.checkRows("each flight of the CSV exactly once", List.of(all.identity()), log.rows());
        story.check(
                "as many in ods.flights",
                all.count(),
                scene.query("SELECT COUNT(*) FROM ods.flights").number());
        checkRejected(scene);

        Answer states = scene.query(
                """
                SELECT origin_state, COUNT(*) AS flights, SUM(delay_minutes) AS minutes
                FROM dwd.flights_enriched GROUP BY origin_state ORDER BY flights DESC
                """);
        story.say("Flights by the state they leave from, of dwd.flights_enriched:");
        story.table(states.first(SHOWN));
        story.checkRows("all states, reckoned from the CSV", all.states(), states.rows());

        Answer routes = scene.query(
                """
                SELECT CAST(`day` AS STRING) AS `day`, origin, destination, flights, delayed_share, mean_delay, worst_delay
                FROM dws.route_delay ORDER BY flights DESC, mean_delay DESC, `day`, origin
                """);
        story.say(
                "The busiest of the %,d rows of dws.route_delay:", routes.rows().size());
        story.table(routes.first(SHOWN));
        story.checkRows("dws.route_delay, all of it, reckoned from the CSV", all.routeDelay(), routes.rows());

        story.say("The batch script again, now that all days are there:");
        RunBatch.overwriteAndCheck(scene, scene.allFlights());
    }

    private static void checkRejected(Scene scene) throws SQLException {
        Story story = scene.story();
        story.say("The lines that are no flights stopped nothing. They wait beside each table, with the reason.");
        Answer rejected = scene.ask("SELECT record, reason FROM ods.flights_log__rejected ORDER BY record");
        List<List<String>> planted = Malformed.ALL.stream().map(List::of).toList();
        story.checkRows(
                "ods.flights_log__rejected, the lines that the upstream planted",
                planted,
                rejected.rows().stream().map(row -> row.subList(0, 1)).toList());
        story.checkRows(
                "ods.flights__rejected",
                planted,
                scene.query("SELECT record FROM ods.flights__rejected").rows());
    }
}
