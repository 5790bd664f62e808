package dev.weirhouse.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.child.WarehouseCalls;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.Flights;
import dev.weirhouse.testkit.ServerCommand;
import dev.weirhouse.testkit.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's streaming jobs, in a real process that is killed again and again at moments drawn from a seed, while an
 * upstream goes on. {@code -Dweir.seed} repeats a run's draws; the machine's own timing it cannot repeat.
 */
final class ExactlyOnceUnderKillsTest {

    private static final int KILLS = Integer.getInteger("weir.kills", 20);
    private static final int FLIGHTS_OF_A_FILE = 4_000;
    private static final int MOST_FILES = 2 * KILLS + 1;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int LONGEST_START_MILLIS = 9_000;
    private static final int LONGEST_RUN_MILLIS = 1_500;
    private static final int LONGEST_READING_MILLIS = 60;

    /** When a process is killed. */
    private enum Moment {
        /** Some time after it was started: while it opens, takes up the job, or has just done so. */
        STARTING,
        /** While it has a file open. */
        READING,
        /** Some time after a file came: reading, writing, in a checkpoint, in a commit, or between. */
        RUNNING
    }

    /** Stays when the test fails: its log and the tables' snapshots tell what happened. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private DemoHome home;
    private ApiClient api;
    private ServerProcess server;
    private Upstream upstream;
    private SampleData data;
    private final List<String> planted = new ArrayList<>();
    private int delivered;

    @BeforeEach
    void start() {
        System.out.println("kills=" + KILLS + " -Dweir.seed=" + seed);
        home = new DemoHome(folder.resolve("home"));
        data = SampleData.read(Flights.folder(), FLIGHTS_OF_A_FILE * MOST_FILES);
        home.prepare(data.airportLines());
        upstream = new Upstream(home.flightsInbox(), data.flights());
        int port = ServerCommand.freePort();
        String url = "http://127.0.0.1:" + port;
        api = new ApiClient(url, "test", "test");
        server = ServerProcess.start(
                ServerCommand.of(
                        home.folder(),
                        URI.create(url + "/ready"),
                        "dev.weirhouse.server.Main",
                        "up",
                        "--config",
                        home.configuration().toString(),
                        "--set",
                        "http.port=" + port),
                PATIENCE);
        WarehouseCalls calls = new WarehouseCalls(api);
        calls.runScript("tables", "flink", DemoSql.TABLES, Map.of(), script -> {});
        calls.runScript(
                "airports",
                "flink",
                DemoSql.AIRPORTS,
                Map.of("inbox", home.inbox().toString()),
                script -> {});
        calls.applyJob(
                "ingest",
                often(DemoSql.withInbox(DemoSql.INGEST, home.inbox()))
                        .replace("'source.monitor-interval' = '1 s'", "'source.monitor-interval' = '100 ms'"));
        calls.applyJob("enrich", often(DemoSql.ENRICH));
        calls.createFlow(StartStreams.FLOW, List.of(DemoSql.ENRICHED_TABLE), StartStreams.BOUNDARIES);
        calls.applyJob("route-delay", often(DemoSql.ROUTE_DELAY));
    }

    private static String often(String sql) {
        String interval = "'execution.checkpointing.interval' = ";
        assertThat(sql).contains(interval + "'2 s'");
        return sql.replace(interval + "'2 s'", interval + "'400 ms'");
    }

    @AfterEach
    void end() {
        upstream.close();
        server.close();
    }

    @Test
    void eachFlightIsThereOnceWheneverTheProcessIsKilled() throws IOException {
        for (Moment moment : moments()) {
            killAt(moment);
            System.out.println("killed at=" + Instant.now() + " moment=" + moment + " delivered=" + delivered);
        }
        deliver();
        server.start(PATIENCE);
        awaitAll();
        assertEachOnce("ods.flights_log");
        assertEachOnce("ods.flights");
        assertEachOnce("dwd.flights_enriched");
        assertThat(routeDelay())
                .as("dws.route_delay, reckoned from the CSV; -Dweir.seed=%d", seed)
                .containsExactlyInAnyOrderElementsOf(
                        new Reckoning(data.flights().subList(0, delivered), data.airports()).routeDelay());
        assertThat(rejected("ods.flights_log__rejected")).containsExactlyElementsOf(planted);
        assertThat(rejected("ods.flights__rejected")).containsExactlyElementsOf(planted);

        // The same fault without what recovery stands on: the job begins anew, and the log shows it.
        server.kill();
        delete(home.folder().resolve("checkpoints"));
        server.start(PATIENCE);
        Eventually.within(PATIENCE)
                .answers(
                        "without its checkpoints the job writes flights twice",
                        () -> counts("ods.flights_log"),
                        counts -> counts.get(0) > counts.get(1));
    }

    /** Each kind of moment as often as the others, in an order drawn from the seed. */
    private List<Moment> moments() {
        List<Moment> moments = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            moments.add(Moment.values()[kill % Moment.values().length]);
        }
        Collections.shuffle(moments, random);
        return moments;
    }

    /** Has the process run, or start, and kills it at such a moment. A file lies ready at each start. */
    private void killAt(Moment moment) {
        if (moment == Moment.STARTING) {
            server.kill();
            deliver();
            startAndKillAfter(random.nextInt(LONGEST_START_MILLIS));
            return;
        }
        if (!server.isAlive()) {
            deliver();
            server.start(PATIENCE);
        }
        Path file = deliver();
        if (moment == Moment.READING && OpenFile.isTold(server.pid())) {
            awaitReading(file);
            passes(random.nextInt(LONGEST_READING_MILLIS));
        } else {
            passes(random.nextInt(LONGEST_RUN_MILLIS));
        }
        server.kill();
    }

    private void startAndKillAfter(int millis) {
        CompletableFuture<Void> killing = CompletableFuture.runAsync(
                server::kill, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
        try {
            server.start(PATIENCE);
        } catch (AssertionError killedBeforeItWasReady) {
            assertThat(killedBeforeItWasReady).hasMessageContaining("ended with status 137");
        }
        killing.join();
        server.kill();
    }

    /** The file is open for a few hundredths of a second, so this looks without a pause. */
    private void awaitReading(Path file) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (OpenFile.position(server.pid(), file).isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(file + " was not seen open; seed " + seed);
            }
        }
    }

    /** The moment is the fault: nothing is waited for here. */
    private static void passes(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private Path deliver() {
        Eventually.within(PATIENCE).answers("the upstream is done", upstream::isIdle, idle -> idle);
        Path file = upstream.next();
        String malformed = "no flight %03d".formatted(planted.size());
        planted.add(malformed);
        delivered += FLIGHTS_OF_A_FILE;
        upstream.deliver(delivered, 1, Duration.ZERO, List.of(malformed));
        Eventually.within(PATIENCE).answers("the file is there", () -> Files.exists(file), there -> there);
        return file;
    }

    private void awaitAll() {
        Eventually.within(PATIENCE)
                .answers(
                        "all flights arrive; seed " + seed,
                        () -> counts("ods.flights_log"),
                        counts -> counts.get(1) == delivered);
        Eventually.within(PATIENCE)
                .answers(
                        "all flights are counted in the table at the end; seed " + seed,
                        () -> rows("SELECT COALESCE(SUM(flights), 0) FROM dws.route_delay")
                                .get(0)
                                .get(0)
                                .asLong(),
                        flights -> flights == delivered);
        Eventually.within(PATIENCE)
                .answers(
                        "all rejected lines arrive; seed " + seed,
                        () -> rejected("ods.flights_log__rejected").size(),
                        count -> count >= planted.size());
    }

    private void assertEachOnce(String table) {
        assertThat(counts(table))
                .as("flights and ids of %s; -Dweir.seed=%d", table, seed)
                .containsExactly((long) delivered, (long) delivered);
    }

    private List<Long> counts(String table) {
        JsonNode row =
                rows("SELECT COUNT(*), COUNT(DISTINCT flight_id) FROM " + table).get(0);
        return List.of(row.get(0).asLong(), row.get(1).asLong());
    }

    private List<List<String>> routeDelay() {
        List<List<String>> routes = new ArrayList<>();
        rows("SELECT `day`, origin, destination, flights, delayed_share, mean_delay, worst_delay FROM dws.route_delay")
                .forEach(row -> {
                    List<String> route = new ArrayList<>();
                    row.forEach(value -> route.add(value.asText()));
                    routes.add(route);
                });
        return routes;
    }

    private List<String> rejected(String table) {
        List<String> records = new ArrayList<>();
        rows("SELECT record FROM " + table + " ORDER BY record")
                .forEach(row -> records.add(row.get(0).asText()));
        return records;
    }

    private List<JsonNode> rows(String sql) {
        JsonNode page = api.post(
                "/api/v1/statements",
                ApiClient.JSON.createObjectNode().put("sql", sql).put("waitMillis", 30_000));
        String path = "/api/v1/statements/" + ApiClient.segment(page.path("id").asText());
        List<JsonNode> rows = new ArrayList<>();
        page.path("rows").forEach(rows::add);
        while (page.has("nextToken")) {
            page = api.get(path + "?token=" + page.path("nextToken").asLong() + "&waitMillis=30000");
            page.path("rows").forEach(rows::add);
        }
        return rows;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
