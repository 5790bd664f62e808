package dev.weirhouse.catalog.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.SnapshotMark;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.StatementUses;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import dev.weirhouse.catalog.WarehouseException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunStoreTest {

    private static final Instant NOW = Instant.parse("2024-02-01T00:00:00Z");

    @TempDir
    private Path home;

    private final List<LoggedQuery> logged = Collections.synchronizedList(new ArrayList<>());
    private StateStore store;

    @BeforeEach
    void open() {
        store = StateStore.open(home.resolve("state.db"), Clock.fixed(NOW, ZoneOffset.UTC));
        store.runs().logTo(logged::addAll);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static RunStart start(String sql) {
        return start(sql, Optional.empty());
    }

    /** @param derivation what its answer derives from */
    private static RunStart start(String sql, Optional<String> derivation) {
        return new RunStart(
                Lane.OLAP,
                StatementKind.QUERY,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Caller.internal("runs"),
                Dialect.FLINK,
                sql,
                "db.t@7",
                StatementUses.NONE,
                derivation,
                Optional.empty());
    }

    private LoggedQuery logged(String id) {
        store.runs().flush();
        List<LoggedQuery> found =
                logged.stream().filter(query -> query.id().equals(id)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void aQueryThatEndsAtOnceIsLoggedWithoutARow() {
        Instant began = NOW.minusMillis(40);
        String id = store.runs().startSoon(start("SELECT 1"), began);
        store.runs().endSoon(id, RunEnd.finished(OptionalLong.of(7)));
        LoggedQuery query = logged(id);
        assertThat(query.state()).isEqualTo(RunState.FINISHED);
        assertThat(query.startedAt()).isEqualTo(began.toEpochMilli());
        assertThat(query.finishedAt()).isEqualTo(NOW.toEpochMilli());
        assertThat(query.rows()).hasValue(7);
        assertThat(store.runs().newest(10)).isEmpty();
    }

    @Test
    void whatTheStoreDoesNotTakeIsRecordedLater() {
        String refuse = "CREATE TRIGGER refuse BEFORE INSERT ON run BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
        store.jdbi().useHandle(handle -> handle.execute(refuse));
        RunStart writes = attempt("job");
        String late = store.runs().start(writes);
        String never = store.runs().start(writes);
        Commit commit = new Commit(
                new TableName("db", "out"), "db.out", 7, "APPEND", OptionalLong.empty(), 5, 1, 0, 10, List.of());
        store.runs().submitted(late, "flink");
        store.runs().end(late, RunEnd.finished(OptionalLong.of(1)).with(List.of(commit)));
        store.runs().recordLate();
        assertThat(store.runs().find(late)).isEmpty();
        assertThat(store.runs().find(never)).isEmpty();

        store.jdbi().useHandle(handle -> handle.execute("DROP TRIGGER refuse"));
        store.runs().recordLate();
        RunRow row = store.runs().find(late).orElseThrow();
        assertThat(row.state()).isEqualTo(RunState.FINISHED);
        assertThat(row.flinkJobId()).contains("flink");
        assertThat(row.startedAt()).isEqualTo(NOW.toEpochMilli());
        assertThat(store.jdbi().<Long, RuntimeException>withHandle(handle -> handle.createQuery(
                                "SELECT snapshot FROM run_write WHERE run_id = :run")
                        .bind("run", late)
                        .mapTo(Long.class)
                        .one()))
                .isEqualTo(7);
        assertThat(store.runs().find(never).orElseThrow().state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void queriesWhoseRecordsTheStoreDoesNotTakeAreLoggedAtOnceAndCountedLater() {
        String ran = store.runs().startSoon(start("SELECT 0", Optional.of("d")), NOW);
        assertThat(store.runs().find(ran)).isPresent();
        for (String table : List.of("run", "derivation_use")) {
            store.jdbi()
                    .useHandle(handle -> handle.execute("CREATE TRIGGER refuse_" + table + " BEFORE INSERT ON " + table
                            + " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"));
        }
        String quick = store.runs().startSoon(start("SELECT 1", Optional.of("d")), NOW);
        store.runs().endSoon(quick, RunEnd.finished(OptionalLong.of(1)));
        assertThat(logged(quick).rows()).hasValue(1);
        String slow = store.runs().startSoon(start("SELECT 2", Optional.of("d")), NOW);
        String goesOn = store.runs().startSoon(start("SELECT 3", Optional.of("d")), NOW);
        assertThat(store.runs().find(slow)).isEmpty();
        store.runs().endSoon(slow, RunEnd.finished(OptionalLong.of(2)));
        assertThat(logged(slow).rows()).hasValue(2);
        store.runs().endSoon(ran, RunEnd.finished(OptionalLong.of(0)));
        store.runs().recordLate();
        assertThat(store.runs().find(ran)).as("all waits or nothing").isPresent();

        for (String table : List.of("run", "derivation_use")) {
            store.jdbi().useHandle(handle -> handle.execute("DROP TRIGGER refuse_" + table));
        }
        store.runs().recordLate();
        assertThat(logged(ran).rows()).hasValue(0);
        assertThat(logged(slow).rows()).hasValue(2);
        assertThat(store.runs().newest(10)).extracting(RunRow::id).containsExactly(goesOn);
        assertThat(counted("d")).isEqualTo(3);
        store.runs().endSoon(goesOn, RunEnd.finished(OptionalLong.of(3)));
        assertThat(logged(goesOn).rows()).hasValue(3);
        assertThat(counted("d")).isEqualTo(4);
        assertThat(logged).hasSize(4);
    }

    private long counted(String derivation) {
        return store.jdbi().withHandle(handle -> handle.createQuery(
                        "SELECT SUM(queries) FROM derivation_use WHERE derivation_id = :derivation")
                .bind("derivation", derivation)
                .mapTo(Long.class)
                .one());
    }

    @Test
    void aStoreThatIsBusyIsWaitedForOnce() throws Exception {
        List<String> started = new ArrayList<>();
        long began;
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + home.resolve("state.db"));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            started.add(store.runs().start(attempt("one")));
            began = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                started.add(store.runs().start(attempt("other")));
            }
            store.runs().end(started.get(1), RunEnd.lost());
            String query = store.runs().startSoon(start("SELECT 1"), NOW);
            store.runs().endSoon(query, RunEnd.finished(OptionalLong.of(1)));
            assertThat(logged(query).rows()).hasValue(1);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
            statement.execute("COMMIT");
        }
        store.runs().recordLate();
        assertThat(store.runs().newest(1_000)).extracting(RunRow::id).containsExactlyInAnyOrderElementsOf(started);
        assertThat(store.runs().find(started.get(1)).orElseThrow().state()).isEqualTo(RunState.LOST);
    }

    @Test
    void aQueryThatEndsLaterIsSeenRunning() {
        String id = store.runs().startSoon(start("SELECT 1"), NOW);
        RunRow row = store.runs().find(id).orElseThrow();
        assertThat(row.state()).isEqualTo(RunState.RUNNING);
        assertThat(row.finishedAt()).isEmpty();
        store.runs().endSoon(id, RunEnd.finished(OptionalLong.of(3)));
        assertThat(logged(id).rows()).hasValue(3);
        assertThat(store.runs().find(id)).isEmpty();
        store.runs().endSoon(id, RunEnd.lost());
        assertThat(logged(id).state()).isEqualTo(RunState.FINISHED);
    }

    @Test
    void theFirstEndCounts() {
        String id = store.runs().startSoon(start("SELECT 1"), NOW);
        store.runs().endSoon(id, RunEnd.finished(OptionalLong.empty()));
        store.runs().endSoon(id, RunEnd.lost());
        assertThat(logged(id).state()).isEqualTo(RunState.FINISHED);
    }

    @Test
    void aRefusedStatementHasItsError() {
        store.runs()
                .failedSoon(
                        start("SELEC"), RunEnd.failed(new WarehouseException(CatalogError.SYNTAX_ERROR, "no SELECT")));
        store.runs().flush();
        assertThat(logged).singleElement().satisfies(query -> {
            assertThat(query.state()).isEqualTo(RunState.FAILED);
            assertThat(query.errorCode()).hasValue(CatalogError.SYNTAX_ERROR.id());
        });
    }

    @Test
    void whatDiffersInLiteralsAloneHasOneShape() {
        String one = store.runs().startSoon(start("SELECT a FROM t WHERE b = 1"), NOW);
        String other = store.runs().startSoon(start("SELECT  a FROM t -- why\n WHERE b = 22"), NOW);
        String another = store.runs().startSoon(start("SELECT a FROM t WHERE c = 1"), NOW);
        List.of(one, other, another).forEach(id -> store.runs().endSoon(id, RunEnd.finished(OptionalLong.empty())));
        assertThat(logged(one).shape())
                .isEqualTo(logged(other).shape())
                .isNotEqualTo(logged(another).shape());
    }

    @Test
    void whatAProcessLeftRunningIsLoggedAsLost() {
        String id = store.runs().startSoon(start("SELECT 1"), NOW);
        assertThat(store.runs().find(id)).isPresent();
        try (StateStore next = StateStore.open(home.resolve("state.db"), Clock.fixed(NOW, ZoneOffset.UTC))) {
            next.runs().loseAbandoned();
            List<LoggedQuery> found = new ArrayList<>();
            next.runs().logTo(found::addAll);
            assertThat(found).singleElement().satisfies(query -> {
                assertThat(query.id()).isEqualTo(id);
                assertThat(query.state()).isEqualTo(RunState.LOST);
            });
            assertThat(next.runs().find(id)).isEmpty();
        }
    }

    static RunStart attempt(String job) {
        return new RunStart(
                Lane.STREAM,
                StatementKind.WRITE,
                Optional.of(job),
                OptionalInt.of(1),
                Optional.empty(),
                Caller.internal("runs"),
                Dialect.FLINK,
                "INSERT INTO db.out SELECT * FROM db.t",
                "db.t",
                StatementUses.of(
                        List.of(new TableUse(new TableName("db", "out"), "db.out", OptionalLong.empty(), true))),
                Optional.empty(),
                Optional.empty());
    }

    private void commits(String run, long checkpoint, CheckpointRead... reads) {
        OpenWrite open = store.runs().openWrites().stream()
                .filter(write -> write.runId().equals(run))
                .findFirst()
                .orElseThrow();
        Commit commit = new Commit(
                open.table(),
                open.version(),
                checkpoint,
                "APPEND",
                OptionalLong.of(checkpoint),
                NOW.toEpochMilli(),
                1,
                0,
                1,
                List.of());
        store.runs()
                .told(List.of(new ToldWrite(
                        open,
                        List.of(commit),
                        Map.of(checkpoint, List.of(reads)),
                        Optional.empty(),
                        Optional.of(new SnapshotMark(checkpoint, OptionalLong.empty())))));
    }

    @Test
    void whatAStreamingJobHasReadIsKnownOfAllItsRuns() {
        RunStore runs = store.runs();
        assertThat(runs.jobReads("job")).isEqualTo(new JobReads(0, Map.of(), Map.of()));
        String first = runs.start(attempt("job"));
        commits(first, 1, CheckpointRead.exact("db.t", "db.t", 7), CheckpointRead.at("topic", "topic", "{}"));
        String second = runs.start(attempt("job"));
        commits(second, 2, CheckpointRead.lowerBound("db.t", "db.t", 5, "more may have been"));
        commits(runs.start(attempt("other")), 1, CheckpointRead.exact("db.t", "db.t", 11));
        runs.passedOver("job", Map.of("db.t", new PassedOver(6, true)));
        runs.passedOver("job", Map.of("db.t", new PassedOver(9, true), "db.u", new PassedOver(1, false)));
        runs.passedOver("job", Map.of());
        assertThat(runs.jobReads("job"))
                .as("the newest that was read by either, and the first that was passed over")
                .isEqualTo(new JobReads(
                        NOW.toEpochMilli(),
                        Map.of("db.t", 7L),
                        Map.of("db.t", new PassedOver(6, true), "db.u", new PassedOver(1, false))));
        runs.end(first, RunEnd.lost());
        // As if it were a millisecond later.
        Duration now = Duration.ofMillis(-1);
        assertThat(runs.forget(now)).isEqualTo(1);
        assertThat(runs.jobReads("job").overwrites())
                .as("an overwrite is known as long as a run of the job is")
                .hasSize(2);
        runs.end(second, RunEnd.lost());
        assertThat(runs.forget(now)).isEqualTo(1);
        assertThat(runs.jobReads("job")).isEqualTo(new JobReads(0, Map.of(), Map.of()));
    }

    @Test
    void ofManyAtOnceNoneIsMissedNorLoggedTwice() throws Exception {
        Random random = new Random(11);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long seed = random.nextLong();
            threads.add(new Thread(() -> {
                Random own = new Random(seed);
                for (int run = 0; run < 2_000; run++) {
                    String id = store.runs().startSoon(start("SELECT " + run), NOW);
                    if (own.nextInt(100) == 0) {
                        Thread.yield();
                    }
                    store.runs().endSoon(id, RunEnd.finished(OptionalLong.empty()));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        store.runs().flush();
        assertThat(logged).hasSize(8_000);
        assertThat(logged.stream().map(LoggedQuery::id).distinct()).hasSize(8_000);
        assertThat(store.runs().counts()).isEmpty();
    }
}
