package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.flow.FlowKeeper;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every lane reads the boundary that the tables of a query have in common, or refuses with the same code. */
@WarehouseTest
final class StrongReadsTest {

    private static final List<String> LANES = List.of("flink", "native", "auto");
    private static final Eventually SOON = Eventually.within(Duration.ofSeconds(30));
    private static final String FLOW = "strong_reads";

    private static OlapLanes lanes;
    private static FlowKeeper keeper;
    private OlapGateway gateway;
    private OlapSession session;

    @BeforeAll
    static void start(TestWarehouse kit) throws Exception {
        lanes = TestLanes.open(kit, Map.of());
        keeper = kit.warehouse().flowKeeper();
        for (String table : List.of("a", "b", "alone")) {
            kit.run("CREATE TABLE " + table + " (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
            kit.run("INSERT INTO " + table + " VALUES (1, 'v1')");
        }
        kit.run("CREATE VIEW seen AS SELECT a.id, a.v AS x, b.v AS y FROM a LEFT JOIN b ON a.id = b.id");
        kit.warehouse()
                .state()
                .flows()
                .create(
                        FLOW,
                        List.of(new TableName(kit.database(), "a"), new TableName(kit.database(), "b")),
                        Duration.ofMillis(1),
                        "test");
        boundary();
    }

    @AfterAll
    static void stop(TestWarehouse kit) {
        kit.warehouse().state().flows().drop(FLOW);
        boundary();
        lanes.close();
    }

    @BeforeEach
    void open(TestWarehouse kit) {
        gateway = TestLanes.gateway(kit, lanes);
        session = gateway.open(Caller.internal("strong"), Optional.of(kit.database()), Map.of());
        session.set("read.consistency", "strong");
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    /** Sets a boundary at what the roots hold now. */
    private static void boundary() {
        keeper.turn(job -> false);
        assertThat(keeper.problems()).isEmpty();
    }

    @Test
    void allTablesAreReadAtTheBoundaryInEveryLane(TestWarehouse kit) throws Exception {
        boundary();
        String counts = "SELECT (SELECT COUNT(*) FROM a), (SELECT COUNT(*) FROM b)";
        String byKey = "SELECT v FROM a WHERE id = 1";
        String view = "SELECT x, y FROM seen WHERE id = 1";
        for (String lane : LANES) {
            session.set("olap.lane", lane);
            List<String> before = rows(counts);
            int known = Integer.parseInt(before.get(0).split(", ")[0]);
            assertThat(before).as(lane).containsExactly(known + ", " + known);
            String old = "v" + known;
            String now = "v" + (known + 1);
            kit.run("INSERT INTO a VALUES (1, '" + now + "'), (" + (known + 1) + ", 'x')");
            // Asked twice: the second may be an answer that was kept.
            for (int i = 0; i < 2; i++) {
                assertThat(rows(counts)).as(lane).isEqualTo(before);
                assertThat(rows(byKey)).as(lane).containsExactly(old);
                assertThat(rows(view)).as(lane).containsExactly(old + ", " + old);
            }
            session.set("read.consistency", "latest");
            assertThat(rows(counts)).as(lane).containsExactly(known + 1 + ", " + known);
            assertThat(rows(byKey)).as(lane).containsExactly(now);
            session.set("read.consistency", "strong");

            kit.run("INSERT INTO b VALUES (1, '" + now + "'), (" + (known + 1) + ", 'x')");
            assertThat(rows(counts)).as(lane).isEqualTo(before);
            boundary();
            assertThat(rows(counts)).as(lane).containsExactly(known + 1 + ", " + (known + 1));
            assertThat(rows(byKey)).as(lane).containsExactly(now);
            assertThat(rows(view)).as(lane).containsExactly(now + ", " + now);
        }
    }

    @Test
    void whatStandsAtNoBoundaryIsRefusedAlikeAndRecorded(TestWarehouse kit) {
        for (String lane : LANES) {
            session.set("olap.lane", lane);
            String sql = "SELECT a.id FROM a JOIN alone ON a.id = alone.id WHERE a.v <> '" + lane + "'";
            session.set("read.consistency", "latest");
            assertThat(rows(sql)).as(lane).containsExactly("1");
            session.set("read.consistency", "strong");
            assertRefused(lane, sql, CatalogError.CUT_NOT_STRONG, kit.database() + ".alone stands at no boundary");
            assertRecorded(kit, sql, CatalogError.CUT_NOT_STRONG);
        }
    }

    @Test
    void whatIsTooOldIsRefusedAlikeAndRecorded(TestWarehouse kit) throws Exception {
        boundary();
        Thread.sleep(20);
        for (String lane : LANES) {
            session.set("olap.lane", lane);
            // The second time its shape is known, and nothing is planned.
            for (String time : List.of("first", "second")) {
                String sql = "SELECT COUNT(*) > 0 FROM a WHERE v <> '" + time + " in " + lane + "'";
                session.set("read.consistency", "strong within 10 ms");
                assertRefused(lane, sql, CatalogError.CUT_TOO_OLD, "10 ms");
                assertRecorded(kit, sql, CatalogError.CUT_TOO_OLD);
                session.set("read.consistency", "strong within 1 h");
                assertThat(rows(sql)).as(lane).containsExactly("true");
            }
        }
    }

    @Test
    void writesTakeWhatStrongReadsWouldSee(TestWarehouse kit) throws Exception {
        boundary();
        kit.run("CREATE TABLE copied (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
        String insert = "INSERT INTO copied SELECT id, v FROM a WHERE id = 1";
        String before = rows("SELECT v FROM a WHERE id = 1").get(0);
        kit.run("INSERT INTO a VALUES (1, 'written later')");
        for (String dialect : List.of("default", "hive")) {
            session.set("table.sql-dialect", dialect);
            rows(insert);
            assertThat(newest("SELECT v FROM copied")).as(dialect).containsExactly(before);
        }
        session.set("table.sql-dialect", "default");
        rows("CREATE TABLE made AS SELECT v FROM a WHERE id = 1");
        assertThat(newest("SELECT v FROM made")).containsExactly(before);
        session.set("read.consistency", "latest");
        rows(insert);
        assertThat(newest("SELECT v FROM copied")).containsExactly("written later");
        session.set("read.consistency", "strong");
        assertRefused(
                "a write", "INSERT INTO copied SELECT id, v FROM alone", CatalogError.CUT_NOT_STRONG, "no boundary");
        assertRefused(
                "a change",
                "UPDATE copied SET v = 'new' WHERE id = 1",
                CatalogError.STATEMENT_NOT_ALLOWED,
                "RESET 'read.consistency'");
        assertThat(newest("SELECT v FROM copied")).containsExactly("written later");
        kit.run("INSERT INTO a VALUES (1, '" + before + "')");
    }

    @Test
    void explainTellsTheBoundarysSnapshots(TestWarehouse kit) throws Exception {
        boundary();
        String sql = "SELECT COUNT(*) FROM b";
        String cut = cut(sql);
        kit.run("INSERT INTO b VALUES (0, 'not yet')");
        for (String lane : LANES) {
            session.set("olap.lane", lane);
            assertThat(rows("EXPLAIN " + sql).get(0)).as(lane).contains(cut.substring(cut.indexOf('@')));
            assertThat(cut(sql)).as(lane).isEqualTo(cut);
        }
        kit.run("DELETE FROM b WHERE id = 0");
        boundary();
        assertThat(cut(sql)).isNotEqualTo(cut);
    }

    private String cut(String sql) {
        try (OlapQuery query = session.announce(sql, prepared -> List.of())) {
            return query.start().cut();
        }
    }

    private List<String> newest(String sql) {
        session.set("read.consistency", "latest");
        try {
            return rows(sql);
        } finally {
            session.set("read.consistency", "strong");
        }
    }

    private List<String> rows(String sql) {
        return TestLanes.rows(session, sql);
    }

    private void assertRefused(String what, String sql, ErrorCode code, String words) {
        assertThatThrownBy(() -> rows(sql))
                .as(what)
                .isInstanceOfSatisfying(
                        WarehouseException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    /** A query that is refused leaves a record as one that is answered does. */
    private void assertRecorded(TestWarehouse kit, String sql, ErrorCode code) {
        SOON.holds(sql, () -> assertThat(kit.run("SELECT error_code FROM weir.queries WHERE sql_text = '"
                                + sql.replace("'", "''") + "' AND error_code IS NOT NULL")
                        .rows())
                .containsExactly(List.of("WEIR-" + code.number())));
    }
}
