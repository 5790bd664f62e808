package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.catalog.state.FlowStore.Place;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.script.SessionConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes on one state store and one Flink cluster. The other one is paused with SIGSTOP, as by a long garbage
 * collection or a suspended machine, and goes on when its jobs are no longer its own; or it is killed.
 */
@Tag("alone")
final class SharedStoreTest {

    private static final Caller CALLER = Caller.internal("shared store test");
    private static final Eventually SOON = Eventually.within(Duration.ofSeconds(90));
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int JOBS = 2;
    private static final int PAUSES = 3;

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private JavaProcess cluster;
    private String rest;
    private Warehouse warehouse;
    private StreamJobs jobs;
    private JavaProcess other;

    @BeforeEach
    void open() throws Exception {
        cluster = new JavaProcess(
                folder.resolve("cluster.log"),
                SessionClusterMain.class,
                Files.createDirectory(folder.resolve("cluster")).toString(),
                "0");
        rest = cluster.await("rest=");
        warehouse = Warehouse.open(
                ConfigReader.read(CatalogConfig.class, settings("here", Map.of("metastore.port", "0"))),
                Clock.systemUTC());
        jobs = StreamJobs.open(warehouse, ConfigReader.read(StreamConfig.class, streamSettings()), Clock.systemUTC());
        run("CREATE DATABASE s");
        for (int i = 0; i < JOBS; i++) {
            run("CREATE TABLE s.t" + i + " (id BIGINT)");
        }
        Map<String, String> there = settings("there", Map.of("metastore.uri", warehouse.metastoreUri()));
        there.putAll(streamSettings());
        other = new JavaProcess(
                folder.resolve("other.log"),
                StreamLaneMain.class,
                there.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
        other.await("ready ");
    }

    @AfterEach
    void close() {
        other.close();
        jobs.close();
        warehouse.close();
        cluster.close();
    }

    @Test
    void aJobIsInOneProcesssHandsHoweverTheOtherPausesOrDies() throws Exception {
        other.say("apply steady " + text(0));
        assertThat(other.await("done ")).isEqualTo("RUNNING");
        JobRow applied = jobs.load("steady");
        awaitRows(0, 5);
        assertThatIsOwnedElsewhere(() -> jobs.stop("steady"));

        other.signal("STOP");
        awaitOwner("steady");
        assertThat(jobs.load("steady").flinkJobId()).isEqualTo(applied.flinkJobId());
        assertThat(jobs.load("steady").attempt()).isEqualTo(1);
        other.signal("CONT");
        other.say("stop steady");
        assertThat(other.await("failed ")).isEqualTo("2201");
        assertThat(jobs.load("steady").state()).isEqualTo(JobState.RUNNING);

        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 1; i < JOBS; i++) {
            String name = "hurried" + i;
            other.say("apply " + name + " " + text(i));
            // Anywhere between the first look at the text and the cluster's answer.
            TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
            pauseOther(applied);
            if (warehouse.state().jobs().find(name).isPresent()) {
                awaitOwner(name);
            }
            other.signal("CONT");
            SOON.answers(
                    "state of " + name + ", seed " + seed,
                    () -> warehouse.state().jobs().find(name).map(JobRow::state),
                    state -> state.equals(Optional.of(JobState.RUNNING)));
            awaitRows(i, 5);
        }
        other.close();
        for (int i = 1; i < JOBS; i++) {
            awaitOwner("hurried" + i);
        }
        assertThat(runningFlinkJobs())
                .as("seed %s", seed)
                .containsExactlyInAnyOrderElementsOf(jobs.list().stream()
                        .map(job -> job.flinkJobId().orElseThrow())
                        .toList());
        for (int i = 0; i < JOBS; i++) {
            awaitRows(i, 10);
            jobs.stop(i == 0 ? "steady" : "hurried" + i);
            assertThat(run("SELECT COUNT(*) - COUNT(DISTINCT id), COUNT(*) - MAX(id) FROM s.t" + i))
                    .as("rows twice or lost in t%s, seed %s", i, seed)
                    .isEqualTo("[[0, 0]]");
        }
    }

    @Test
    void aFlowStaysOfOneMomentHoweverTheOtherPausesOrDies() throws Exception {
        run("CREATE TABLE s.sums (id INT, ids BIGINT, PRIMARY KEY (id) NOT ENFORCED)");
        jobs.flows().create("shared", Set.of(new TableName("s", "t0")), Duration.ofMillis(300), CALLER);
        Path sum = Files.writeString(
                folder.resolve("sum.sql"),
                """
                SET 'execution.checkpointing.interval' = '500 ms';
                SET 'stream.flow' = 'shared';
                INSERT INTO s.sums SELECT 1, SUM(id) FROM s.t0;
                """);
        jobs.apply("feed", Files.readString(text(0)), CALLER);
        other.say("apply sum " + sum);
        assertThat(other.await("done ")).isEqualTo("RUNNING");
        JobRow any = jobs.load("sum");

        long seed = new Random().nextLong();
        Random random = new Random(seed);
        long moment = 0;
        for (int i = 0; i < PAUSES; i++) {
            moment = awaitLaterMoment(moment, "before pause " + i + ", seed " + seed);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
            pauseOther(any);
            // Shorter than its lease, or longer.
            TimeUnit.MILLISECONDS.sleep(random.nextInt(2 * (int) LEASE.toMillis()));
            boolean lost = warehouse
                    .state()
                    .instanceId()
                    .equals(jobs.load("sum").ownerInstance().orElse(""));
            moment = lost ? awaitLaterMoment(moment, "in pause " + i + ", seed " + seed) : moment;
            other.signal("CONT");
        }
        moment = awaitLaterMoment(moment, "after the pauses, seed " + seed);
        other.close();
        awaitOwner("sum");
        awaitLaterMoment(moment, "after its death, seed " + seed);
        assertThatNoRootGoesBack(seed);
        jobs.stop("sum");
        jobs.stop("feed");
    }

    /** Reads both tables until they tell of later rows; they never disagree, and never go back. */
    private long awaitLaterMoment(long before, String when) {
        List<String> wrong = new ArrayList<>();
        long later = SOON.answers(
                "a later moment " + when,
                () -> {
                    List<String> row = strong(
                            """
                            SELECT (SELECT COALESCE(MAX(id), 0) FROM s.t0), (SELECT COALESCE(SUM(id), 0) FROM s.t0),
                              (SELECT COALESCE(SUM(ids), 0) FROM s.sums)
                            """);
                    long moment = Long.parseLong(row.get(0));
                    if (!row.get(1).equals(row.get(2)) || moment < before) {
                        wrong.add(row.toString());
                    }
                    return moment;
                },
                moment -> moment > before);
        assertThat(wrong).as("%s, later than %s", when, before).isEmpty();
        return later;
    }

    private void assertThatNoRootGoesBack(long seed) {
        Map<String, List<Place>> places =
                warehouse.state().flows().newestPlaces(1_000).stream().collect(Collectors.groupingBy(Place::version));
        assertThat(places).hasSize(2);
        places.forEach((version, stands) -> assertThat(stands)
                .as("%s, seed %s", version, seed)
                .hasSizeGreaterThan(PAUSES)
                .isSortedAccordingTo(
                        Comparator.comparing((Place place) -> place.boundary().number())
                                .reversed())
                .isSortedAccordingTo(Comparator.comparing(Place::snapshot).reversed()));
    }

    private List<String> strong(String query) throws Exception {
        try (SessionConnection connection =
                new SessionConnection(warehouse.gate().open(CALLER, Gate.Mode.BATCH), Lane.OLAP)) {
            connection.run("SET 'read.consistency' = 'strong'");
            return connection.run(query).rows().get(0);
        }
    }

    /** Pauses the other process, but not within a transaction of the store: SQLite has one writer at a time. */
    private void pauseOther(JobRow any) throws Exception {
        for (int tries = 0; tries < 5; tries++) {
            other.signal("STOP");
            try {
                warehouse.state().jobs().renew(any, Duration.ZERO);
                return;
            } catch (RuntimeException e) {
                other.signal("CONT");
            }
        }
        throw new AssertionError("The other process is always within a transaction.");
    }

    private List<String> runningFlinkJobs() throws Exception {
        return warehouse.cluster().client().listJobs().get().stream()
                .filter(job -> !job.getJobState().isTerminalState())
                .map(JobStatusMessage::getJobId)
                .map(Object::toString)
                .collect(Collectors.toList());
    }

    private void awaitOwner(String name) {
        SOON.answers(
                "owner of " + name,
                () -> jobs.load(name).ownerInstance(),
                owner -> owner.equals(Optional.of(warehouse.state().instanceId())));
    }

    private static void assertThatIsOwnedElsewhere(Runnable action) {
        assertThatThrownBy(action::run).isInstanceOfSatisfying(WarehouseException.class, e -> assertThat(e.code())
                .isEqualTo(StreamError.JOB_OWNED_ELSEWHERE));
    }

    private void awaitRows(int table, long more) {
        TableName name = new TableName("s", "t" + table);
        long before = warehouse.records(name).orElse(0L);
        SOON.answers("rows of " + name, () -> warehouse.records(name).orElse(0L), rows -> rows >= before + more);
    }

    /** A job that writes 1, 2, 3, … each number once. */
    private Path text(int table) throws Exception {
        return Files.writeString(
                folder.resolve("t" + table + ".sql"),
                """
                SET 'execution.checkpointing.interval' = '1 s';
                CREATE TEMPORARY TABLE numbers (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20',
                  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000000');
                INSERT INTO s.t%d SELECT id FROM numbers;
                """
                        .formatted(table));
    }

    private String run(String sql) throws Exception {
        try (SessionConnection connection =
                new SessionConnection(warehouse.gate().open(CALLER, Gate.Mode.BATCH), Lane.OLAP)) {
            return connection.run(sql).rows().toString();
        }
    }

    private Map<String, String> settings(String home, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        settings.put("home", folder.resolve(home).toString());
        settings.put("warehouse.path", folder.resolve("warehouse").toUri().toString());
        settings.put("state.path", folder.resolve("state.db").toString());
        settings.put("cluster.rest", rest);
        settings.put("cluster.parallelism", "1");
        return settings;
    }

    private Map<String, String> streamSettings() {
        return Map.of(
                "stream.checkpoint-path",
                folder.resolve("checkpoints").toUri().toString(),
                "stream.watch-interval",
                "200ms",
                "stream.lease",
                LEASE.toSeconds() + "s");
    }
}
