package dev.weirhouse.server.demo;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

final class SurviveKill implements Step {

    /** How many files may be tried until the process is met reading one. */
    private static final int LARGE_FILES = 2;

    /** A file from this size on is read for so long that it can be met in its middle. */
    private static final long LARGE_BYTES = 1_000_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int LATER_FILES = 10;
    private static final Duration LATER_PACE = Duration.ofMillis(400);

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
        int dropped = scene.firstFlights();
        int rest = scene.allFlights() - dropped;
        story.say("The upstream drops a large file. While it is being read, the process is killed.");
        OptionalLong position = OptionalLong.empty();
        Path file = scene.upstream().next();
        for (int part = 0; position.isEmpty() && part < LARGE_FILES; part++) {
            dropped += rest * 3 / 4 / LARGE_FILES;
            file = scene.upstream().next();
            position = dropAndCatch(scene, file, dropped);
        }
        long pid = scene.server().pid();
        scene.server().kill();
        long committed = committed(scene);
        // An upstream does not wait for a warehouse that is down.
        scene.upstream().deliver(scene.allFlights(), LATER_FILES, LATER_PACE, Malformed.REST);
        story.note(
                "process %d is killed, with %s open and read up to byte %,d of %,d",
                pid, file.getFileName(), position.orElse(0), size(file));
        story.note("%,d flights were delivered until then, and %,d are committed on disk", dropped, committed);
        story.checkThat(
                "the file was being read, and not all of it was committed",
                position.isPresent() && committed < dropped);
    }

    /**
     * Delivers a file and waits until the process is well inside it.
     *
     * @param upTo how many flights will then have been delivered in all
     * @return how far the process has read, 0 where the system does not tell; empty when the moment was missed
     */
    private static OptionalLong dropAndCatch(Scene scene, Path file, int upTo) throws SQLException {
        long pid = scene.server().pid();
        long before = committed(scene);
        scene.upstream().deliver(upTo, 1, Duration.ZERO, List.of());
        if (!OpenFile.isTold(pid)) {
            boolean begun = scene.await("the file is waited for", () -> "", () -> committed(scene) > before);
            return begun ? OptionalLong.of(0) : OptionalLong.empty();
        }
        return scene.story().during("the file is waited for", () -> "", () -> meet(scene, pid, file, upTo));
    }

    /** Looks without a pause, because a file is read in less than a second. */
    private static OptionalLong meet(Scene scene, long pid, Path file, int upTo) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (committed(scene) < upTo && System.nanoTime() < deadline) {
            long position = OpenFile.position(pid, file).orElse(0);
            if (position > 0 && (position > size(file) / 3 || size(file) < LARGE_BYTES)) {
                return OptionalLong.of(position);
            }
        }
        return OptionalLong.empty();
    }

    private static long committed(Scene scene) {
        return CommitOnDisk.rows(scene.home().folder(), "ods", "flights_log");
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
