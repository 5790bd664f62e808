package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A text that was asked before may mean something else now; what is remembered of it is no answer then. */
@WarehouseTest
final class ChangedMeaningTest {

    private static final int RACES = 60;

    private static OlapLanes lanes;
    private OlapGateway gateway;
    private OlapSession session;

    @BeforeAll
    static void start(TestWarehouse kit) throws Exception {
        lanes = TestLanes.open(kit, Map.of());
        kit.run("CREATE TABLE planes (id INT, name STRING)");
        kit.run("INSERT INTO planes VALUES (1, 'one'), (2, 'two'), (3, 'three')");
        kit.run("CREATE DATABASE other");
        kit.run("CREATE TABLE other.planes (id INT, name STRING)");
        kit.run("INSERT INTO other.planes VALUES (10, 'ten')");
    }

    @AfterAll
    static void stop(TestWarehouse kit) throws Exception {
        kit.run("DROP DATABASE other CASCADE");
        lanes.close();
    }

    @BeforeEach
    void open(TestWarehouse kit) {
        gateway = TestLanes.gateway(kit, lanes);
        session = gateway.open(Caller.internal("changes"), Optional.of(kit.database()), Map.of());
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT id FROM planes | CREATE TEMPORARY VIEW planes AS SELECT 7 AS id | DROP TEMPORARY VIEW planes",
                "SELECT id FROM planes | USE other | SELECT 1",
                "SELECT reverse(name) FROM planes | SET 'table.sql-dialect' = 'hive'; CREATE TEMPORARY FUNCTION reverse AS"
                        + " 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFUpper'; SET table.sql-dialect=default | SELECT 1",
                "SELECT CAST(TO_TIMESTAMP_LTZ(id, 0) AS STRING) FROM planes | SET 'table.local-time-zone' = 'Asia/Kolkata' |"
                        + " SET 'table.local-time-zone' = 'UTC'",
                "SELECT * FROM seen | ALTER VIEW seen AS SELECT name FROM planes | DROP VIEW seen",
                "SELECT * FROM seen | DROP VIEW seen; CREATE VIEW seen AS SELECT id + 1 AS id FROM planes | DROP VIEW seen",
                "SELECT * FROM made | DROP TABLE made; CREATE TABLE made (id STRING, more INT); INSERT INTO made VALUES"
                        + " ('a', 4) | DROP TABLE made",
                "SELECT * FROM made | ALTER TABLE made RENAME TO renamed; CREATE TABLE made (id INT) | DROP TABLE renamed",
                "SELECT COUNT(*) FROM made | INSERT INTO made VALUES (8) | DROP TABLE made",
                "SELECT COUNT(*) FROM made | TRUNCATE TABLE made | DROP TABLE made",
            })
    void aChangeIsSeenAtOnce(String query, String change, String undo) {
        // An expression that the native lane must not take for a function of its own.
        run("CREATE VIEW IF NOT EXISTS seen AS SELECT id FROM planes");
        run("CREATE TABLE IF NOT EXISTS made (id INT)");
        run("INSERT INTO made VALUES (5), (6)");
        try {
            List<String> before = onFlink(query);
            assertThat(ask(query)).containsExactlyInAnyOrderElementsOf(before);
            assertThat(ask(query)).containsExactlyInAnyOrderElementsOf(before);
            for (String statement : change.split("; ")) {
                run(statement);
            }
            List<String> after = onFlink(query);
            assertThat(after).isNotEqualTo(before);
            assertThat(ask(query)).containsExactlyInAnyOrderElementsOf(after);
            assertThat(ask(query)).containsExactlyInAnyOrderElementsOf(after);
        } finally {
            run(undo);
            run("DROP VIEW IF EXISTS seen");
            run("DROP TABLE IF EXISTS made");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT UUID() FROM planes WHERE id = 1",
                "SELECT RAND() FROM planes WHERE id = 1",
                "SELECT CAST(CURRENT_TIMESTAMP AS STRING) FROM planes WHERE id = 1",
                "SELECT MAX(CAST(LOCALTIMESTAMP AS STRING)) FROM planes",
            })
    void noAnswerOfChanceOrTheClockIsGivenAgain(String query) throws Exception {
        List<String> first = ask(query);
        Thread.sleep(5);
        assertThat(ask(query)).isNotEqualTo(first);
    }

    @Test
    void anAnswerIsGivenAgainToItsUserAlone(TestWarehouse kit) {
        String query = "SELECT id, name FROM planes WHERE id > 1";
        List<String> first = ask(query);
        long hits = lanes.natively().orElseThrow().resultCacheHits();
        assertThat(ask(query)).isEqualTo(first);
        assertThat(lanes.natively().orElseThrow().resultCacheHits()).isEqualTo(hits + 1);
        session = gateway.open(
                new Caller("another", "junit", List.of(), Door.INTERNAL), Optional.of(kit.database()), Map.of());
        assertThat(ask(query)).isEqualTo(first);
        assertThat(lanes.natively().orElseThrow().resultCacheHits()).isEqualTo(hits + 1);
    }

    /** A shape that is planned while the session changes belongs to what the session is by then. */
    @Test
    void whatIsPlannedDuringAChangeIsNotKeptForWhatWasBefore(TestWarehouse kit) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicBoolean done = new AtomicBoolean();
        try {
            OlapSession shared = session;
            Future<?> changer = threads.submit(() -> {
                while (!done.get()) {
                    shared.use("other");
                    shared.use(kit.database());
                }
            });
            for (int race = 0; race < RACES; race++) {
                String query = "SELECT COUNT(*) AS c" + race + " FROM planes";
                assertThat(TestLanes.rows(shared, query)).hasSize(1);
                try (var fresh = new Opened(gateway, kit.database());
                        var others = new Opened(gateway, "other")) {
                    assertThat(TestLanes.rows(fresh.session(), query)).containsExactly("3");
                    assertThat(TestLanes.rows(others.session(), query)).containsExactly("1");
                }
            }
            done.set(true);
            changer.get();
        } finally {
            done.set(true);
            threads.shutdownNow();
        }
    }

    /** Each of these once was answered otherwise, or failed with an error that is none of the statement's. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT id, COUNT(*) OVER (PARTITION BY id > 1 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM planes",
                "SELECT COUNT(*) FROM planes WHERE (CASE WHEN id > 1 THEN INTERVAL '1' DAY END) IS NULL",
                "SELECT 1 FROM planes GROUP BY ()",
                "SELECT id FROM planes WHERE id = MARK",
                "SELECT name IN ('one', 'two '), id FROM planes",
            })
    void theLanesAgreeAboutOddTexts(String query) {
        String odd = query.replace("MARK", "\u0001");
        if (!odd.equals(query)) {
            // The mark stands for a literal, in a shape that is known.
            ask(query.replace("MARK", "5"));
        }
        assertThat(outcome(odd, "auto")).isEqualTo(outcome(odd, "flink"));
    }

    private String outcome(String query, String lane) {
        session.set("olap.lane", lane);
        try {
            return TestLanes.rows(session, query).stream().sorted().toList().toString();
        } catch (WarehouseException e) {
            return e.code().toString();
        }
    }

    private record Opened(OlapGateway gateway, OlapSession session) implements AutoCloseable {
        Opened(OlapGateway gateway, String database) {
            this(gateway, gateway.open(Caller.internal("fresh"), Optional.of(database), Map.of()));
        }

        @Override
        public void close() {
            gateway.close(session);
        }
    }

    private List<String> onFlink(String sql) {
        session.set("olap.lane", "flink");
        return TestLanes.rows(session, sql);
    }

    private List<String> ask(String sql) {
        session.set("olap.lane", "auto");
        return TestLanes.rows(session, sql);
    }

    private void run(String sql) {
        session.set("olap.lane", "flink");
        TestLanes.rows(session, sql);
    }
}
