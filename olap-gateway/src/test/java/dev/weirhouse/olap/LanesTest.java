package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.schema.SchemaManager;
import org.apache.paimon.types.DataTypes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A query is computed where its session wants it and where it may be; whoever computes it, the answer is one. */
@WarehouseTest
final class LanesTest {

    private static final String COLUMNS = "(id INT, carrier STRING, flown DATE, delay DECIMAL(8, 2))";

    private static OlapLanes lanes;
    private OlapGateway gateway;
    private OlapSession session;

    @BeforeAll
    static void start(TestWarehouse kit) throws Exception {
        lanes = TestLanes.open(kit, Map.of());
        kit.run("CREATE TABLE flights " + COLUMNS);
        kit.run("INSERT INTO flights VALUES (1, 'AA', DATE '2024-01-01', 1.50), (2, 'UA', DATE '2024-01-02', -3.25),"
                + " (3, 'AA', DATE '2024-01-03', CAST(NULL AS DECIMAL(8, 2)))");
    }

    @AfterAll
    static void stop() {
        lanes.close();
    }

    @BeforeEach
    void open(TestWarehouse kit) {
        gateway = TestLanes.gateway(kit, lanes);
        session = gateway.open(Caller.internal("lanes"), Optional.of(kit.database()), Map.of());
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void aProductOfManyDigitsIsStillNative(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE prices (id INT, a DECIMAL(15, 2), b DECIMAL(15, 2))");
        kit.run("INSERT INTO prices VALUES (1, 2.50, 4.00), (2, 9999999999999.99, 9999999999999.99)");
        String sql = "SELECT SUM(a * b), MAX(a * b - a) FROM prices WHERE id <= ";
        session.set("olap.result-cache", "off");
        session.set("olap.lane", "flink");
        List<String> small = rows(sql + 1);
        List<String> large = rows(sql + 2);
        session.set("olap.lane", "native");
        assertThat(rows(sql + 1)).isEqualTo(small).containsExactly("10.0000, 7.5000");
        assertThat(rows(sql + 2)).isEqualTo(large);
        assertThat(rows(sql + 2)).isEqualTo(large);
        assertThat(rows(sql + 1)).isEqualTo(small);
    }

    /** Lanes asked in this order, for what one leaves behind the next may find. */
    private void agree(String sql) throws Exception {
        session.set("olap.result-cache", "off");
        session.set("olap.lane", "flink");
        List<String> meant = rows(sql);
        for (int i = 0; i < 2; i++) {
            session.set("olap.lane", "auto");
            assertThat(rows(sql)).as(sql).isEqualTo(meant);
        }
    }

    @Test
    void everyLaneReadsTheCutThatTheSessionAsksFor(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE cut (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO cut VALUES (1, 'old')");
        String byKey = "SELECT v FROM cut WHERE id = 1";
        String natively = "SELECT COUNT(*), MIN(v) FROM cut";
        assertThat(rows(byKey)).containsExactly("old");
        assertThat(rows(natively)).containsExactly("1, old");
        kit.run("INSERT INTO cut VALUES (1, 'new'), (2, 'new')");
        for (String lane : List.of("flink", "native", "auto")) {
            session.set("olap.lane", lane);
            assertThat(rows(byKey)).containsExactly("new");
            session.set("read.cut", kit.database() + ".cut@1");
            assertThat(rows(byKey)).as(lane).containsExactly("old");
            assertThat(rows(natively)).as(lane).containsExactly("1, old");
            assertThat(rows("EXPLAIN " + natively).get(0)).contains(kit.database() + ".cut@1");
            session.set("read.cut", kit.database() + ".cut@2");
            assertThat(rows(natively)).as(lane).containsExactly("2, new");
            session.set("read.cut", kit.database() + ".cut@0");
            assertThat(rows(byKey)).as(lane + " before the first").isEmpty();
            assertThat(rows(natively)).as(lane + " before the first").containsExactly("0, null");
            session.set("read.cut", kit.database() + ".cut@3");
            assertThatThrownBy(() -> rows(natively)).hasMessageContaining("WEIR-1051");
            rows("RESET 'read.cut'");
            assertThat(rows(natively)).as(lane).containsExactly("2, new");
        }
    }

    @Test
    void aNumberThatIsGivenAgainIsAnotherSnapshot(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE again (id INT, v STRING)");
        kit.run("INSERT INTO again VALUES (1, 'one')");
        kit.run("INSERT INTO again VALUES (2, 'rolled back')");
        String sql = "SELECT MAX(v), COUNT(*) FROM again /*+ OPTIONS('scan.snapshot-id' = '2') */";
        session.set("olap.lane", "native");
        assertThat(rows(sql)).containsExactly("rolled back, 2");
        kit.run("CALL sys.rollback_to('" + kit.database() + ".again', '', CAST(1 AS BIGINT))");
        kit.run("INSERT INTO again VALUES (3, 'anew')");
        assertThat(rows(sql)).containsExactly("one, 2");
    }

    @Test
    void aColumnThatTheEngineCannotReadDecidesNothingThere(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE unread (id INT, m TIMESTAMP(9), v STRING)");
        kit.run(
                "INSERT INTO unread VALUES (1, TIMESTAMP '2001-02-28 23:59:59.999999999', 'a'), (2, TIMESTAMP '1970-01-01"
                        + " 00:00:00.000000001', 'b'), (3, CAST(NULL AS TIMESTAMP(9)), 'c'), (4, TIMESTAMP '2001-02-28"
                        + " 23:59:59.999999999', 'd')");
        for (String sql : List.of(
                "SELECT v FROM unread ORDER BY v",
                "SELECT COUNT(*) FROM (SELECT m FROM unread GROUP BY m) t",
                "SELECT COUNT(*) FROM (SELECT DISTINCT m FROM unread) t",
                "SELECT COUNT(*) FROM (SELECT m FROM unread UNION SELECT m FROM unread) t",
                "SELECT COUNT(*) FROM (SELECT m FROM unread INTERSECT SELECT m FROM unread) t",
                "SELECT COUNT(*) FROM (SELECT m FROM unread EXCEPT SELECT m FROM unread) t",
                "SELECT COUNT(*) FROM (SELECT m FROM unread EXCEPT ALL SELECT m FROM unread WHERE id = 1) t",
                "SELECT COUNT(m), COUNT(DISTINCT m) FROM unread",
                "SELECT COUNT(*) FROM unread WHERE m IS NULL",
                "SELECT COUNT(*) FROM unread a JOIN unread b ON a.m = b.m",
                "SELECT COUNT(*) FROM unread a LEFT JOIN unread b ON a.m = b.m AND a.id <> b.id WHERE b.id IS NULL",
                "SELECT COUNT(*) FROM unread WHERE m IN (SELECT m FROM unread WHERE id < 3)",
                "SELECT COUNT(*) FROM unread a WHERE NOT EXISTS (SELECT 1 FROM unread b WHERE a.m = b.m AND a.id <> b.id)",
                "SELECT v FROM (SELECT v, id, m FROM unread ORDER BY m DESC, id LIMIT 1) t",
                "SELECT id, n FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY m ORDER BY id) AS n FROM unread) t"
                        + " ORDER BY id",
                "SELECT id, n FROM (SELECT id, RANK() OVER (ORDER BY m) AS n FROM unread) t ORDER BY id",
                "SELECT MAX(v) FROM unread GROUP BY m HAVING COUNT(*) = 2",
                "SELECT COUNT(*) FROM (SELECT m, v FROM unread GROUP BY GROUPING SETS ((m), (v))) t",
                "SELECT COUNT(*) FROM (SELECT id, m FROM unread UNION ALL SELECT 9, m FROM unread) t WHERE m IS NULL")) {
            agree(sql);
        }
    }

    @Test
    void aHintThatChangesHowRowsAreMergedIsHeededForItsQueryAlone(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE merged (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '1',"
                + " 'merge-engine' = 'aggregation', 'fields.v.aggregate-function' = 'sum', 'write-only' = 'true')");
        kit.run("CREATE TABLE newest (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '1',"
                + " 'write-only' = 'true')");
        for (String table : List.of("merged", "newest")) {
            kit.run("INSERT INTO " + table + " VALUES (1, 5)");
            kit.run("INSERT INTO " + table + " VALUES (1, 3)");
        }
        for (String hint : List.of("", " /*+ OPTIONS('fields.v.aggregate-function' = 'max') */", "")) {
            agree("SELECT id, v FROM merged" + hint);
        }
        for (String hint : List.of("", " /*+ OPTIONS('sequence.field' = 'v') */", "")) {
            agree("SELECT v FROM newest" + hint + " WHERE id = 1");
            agree("SELECT SUM(v) FROM newest" + hint);
        }
        session.set("olap.lane", "auto");
        assertThat(rows("SELECT id, v FROM merged")).containsExactly("1, 8");
        assertThat(rows("SELECT v FROM newest WHERE id = 1")).containsExactly("3");
        assertThat(rows("SELECT v FROM newest /*+ OPTIONS('sequence.field' = 'v') */ WHERE id = 1"))
                .containsExactly("5");
    }

    @Test
    void aSettingThatChangesWhatACastMeansIsHeeded() throws Exception {
        String sql = "SELECT CAST(id > 1 AS STRING), CAST(carrier AS VARCHAR(1)) FROM flights";
        agree(sql);
        session.set("olap.lane", "native");
        List<String> present = rows(sql);
        session.set("table.exec.legacy-cast-behaviour", "ENABLED");
        assertThatThrownBy(() -> rows(sql)).hasMessageContaining("table.exec.legacy-cast-behaviour");
        agree(sql);
        session.set("olap.lane", "auto");
        assertThat(rows(sql)).isNotEqualTo(present).contains("true, UA");
        session.set("table.exec.legacy-cast-behaviour", "DISABLED");
        assertThat(rows(sql)).isEqualTo(present);
        session.set("table.exec.sort.default-limit", "1");
        agree("SELECT id FROM flights ORDER BY id DESC");
    }

    @Test
    void anExplanationTellsTheCutOfEveryLaneAndCopiesNothing(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE told (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '1',"
                + " 'file.format' = 'orc')");
        kit.run("INSERT INTO told VALUES (1, 'a')");
        String cut = "cut: " + kit.database() + ".told=" + kit.database() + ".told@1";
        long copies = lanes.natively().orElseThrow().files().misses();
        for (String lane : List.of("auto", "native", "flink")) {
            session.set("olap.lane", lane);
            assertThat(String.join("\n", rows("EXPLAIN SELECT v FROM told WHERE id = 1")))
                    .as(lane)
                    .contains("== Lane ==", cut);
            assertThat(String.join("\n", rows("EXPLAIN SELECT COUNT(v) FROM told")))
                    .as(lane)
                    .contains("== Lane ==", cut);
        }
        assertThat(lanes.natively().orElseThrow().files().misses()).isEqualTo(copies);
    }

    @Test
    void aColumnThatAnotherProcessAddsIsSeenByEveryLane(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE grown (id INT, name STRING)");
        kit.run("INSERT INTO grown VALUES (1, 'a')");
        session.set("olap.lane", "native");
        assertThat(rows("SELECT * FROM grown")).containsExactly("1, a");
        Path folder =
                kit.home().resolve("warehouse").resolve(kit.database() + ".db").resolve("grown");
        new SchemaManager(LocalFileIO.create(), new org.apache.paimon.fs.Path(folder.toUri()))
                .commitChanges(SchemaChange.addColumn("more", DataTypes.INT()));
        assertThat(rows("SELECT * FROM grown")).containsExactly("1, a, null");
        session.set("olap.lane", "flink");
        assertThat(rows("SELECT * FROM grown WHERE more IS NULL")).containsExactly("1, a, null");
    }

    /** Of each of these, a native text that looks right answers something else. */
    @Test
    void theLanesAgreeAtTheEdges(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE edges (id INT, w STRING, d DECIMAL(38, 0), m TIMESTAMP(0))");
        kit.run("INSERT INTO edges VALUES (1, 'a ', CAST('60000000000000000000000000000000000000' AS DECIMAL(38, 0)),"
                + " TIMESTAMP '1969-12-31 23:59:58'), (2, 'a', CAST('60000000000000000000000000000000000000' AS"
                + " DECIMAL(38, 0)), TIMESTAMP '2024-01-01 10:00:00'), (3, 'bc',"
                + " CAST('11000000000000000000000000000005' AS DECIMAL(38, 0)), CAST(NULL AS TIMESTAMP(0)))");
        for (String sql : List.of(
                "SELECT id, w = 'a ' OR w = 'bc' FROM edges",
                "SELECT id, w IN ('a ', 'bc'), w NOT IN ('a ', 'bc') FROM edges",
                "SELECT COUNT(*) FILTER (WHERE w = 'a ' OR w = 'bc') FROM edges",
                "SELECT id FROM edges WHERE w = 'a ' OR w IS NULL",
                "SELECT id, CASE WHEN w BETWEEN 'a ' AND 'b ' THEN 1 ELSE 0 END FROM edges",
                "SELECT SUM(d), AVG(d) FROM edges",
                "SELECT id, SUM(d) OVER (PARTITION BY id < 3) FROM edges",
                "SELECT SUM(d) > 0 FROM edges",
                "SELECT id, d / 11, d / 7 FROM edges",
                "SELECT AVG(d) FROM edges WHERE id = 3",
                "SELECT id, m + INTERVAL '0.5' SECOND, m - INTERVAL '0.5' SECOND FROM edges",
                "SELECT id, CAST(m + INTERVAL '0.5' SECOND AS TIMESTAMP(0)) FROM edges")) {
            session.set("olap.lane", "flink");
            List<String> flink = rows(sql);
            session.set("olap.lane", "auto");
            assertThat(rows(sql)).as(sql).containsExactlyInAnyOrderElementsOf(flink);
        }
    }

    @Test
    void theLanesAgreeAndSayWhichItWas() {
        String sql =
                "SELECT carrier, COUNT(*), SUM(delay) FROM flights WHERE flown >= DATE '2024-01-01' GROUP BY carrier"
                        + " ORDER BY carrier";
        session.set("olap.lane", "flink");
        List<String> flink = rows(sql);
        session.set("olap.lane", "native");
        assertThat(rows(sql)).isEqualTo(flink).containsExactly("AA, 2, 1.50", "UA, 1, -3.25");
        session.set("olap.lane", "auto");
        assertThat(rows(sql)).isEqualTo(flink);
        assertThat(gateway.queriesComputedNatively()).isEqualTo(2);
    }

    @Test
    void whatIsNotAdmittedGoesToFlinkUnlessThatIsForbidden() {
        String sql = "SELECT id FROM flights WHERE carrier LIKE '_A' ORDER BY id";
        assertThat(rows(sql)).containsExactly("1", "2", "3");
        session.set("olap.lane", "native");
        assertThatThrownBy(() -> rows(sql))
                .isInstanceOfSatisfying(
                        WarehouseException.class, e -> assertThat(e.code()).isEqualTo(OlapError.NOT_NATIVE))
                .hasMessageContaining("LIKE with '_'");
    }

    @Test
    void explainTellsLaneCutFilesAndReason() {
        assertThat(String.join("\n", rows("EXPLAIN SELECT carrier FROM flights WHERE id = 2")))
                .contains("== Lane ==\nnative")
                .containsPattern("cut: \\w+\\.flights=\\w+\\.flights@1")
                .contains("scan_0: ", ".flights, 1 of 1 files, 1 where they lie")
                .contains("== Optimized Execution Plan ==");
        assertThat(String.join("\n", rows("EXPLAIN SELECT id FROM flights WHERE carrier LIKE '_A'")))
                .contains("== Lane ==\nflink: LIKE with '_'");
        session.set("olap.lane", "flink");
        assertThat(String.join("\n", rows("EXPLAIN SELECT carrier FROM flights")))
                .contains("== Lane ==\nflink: olap.lane is flink");
    }

    @Test
    void aKnownShapeIsNotPlannedAgain() {
        session.set("olap.lane", "native");
        for (int id = 1; id <= 3; id++) {
            assertThat(rows("SELECT id FROM flights WHERE id = " + id + " AND flown > DATE '2023-12-3" + (id % 2)
                            + "'"))
                    .containsExactly(String.valueOf(id));
        }
        assertThat(gateway.shapes().misses()).isEqualTo(1);
        assertThat(gateway.shapes().hits()).isEqualTo(2);
        // Another type is another shape, and a value in the list of columns is none that is open.
        assertThat(rows("SELECT id FROM flights WHERE id = 1.0 AND flown > DATE '2023-12-31'"))
                .containsExactly("1");
        assertThat(rows("SELECT id, 'x' FROM flights WHERE id = 1")).containsExactly("1, x");
        assertThat(rows("SELECT id, 'y' FROM flights WHERE id = 1")).containsExactly("1, y");
        assertThat(gateway.shapes().misses()).isEqualTo(4);
    }

    @Test
    void markersTakeAnyValue() {
        session.set("olap.lane", "native");
        OlapStatement statement = session.prepare(
                "SELECT id FROM flights WHERE carrier = ? AND flown <= ? AND (delay < ? OR delay IS NULL)");
        assertThat(TestLanes.rows(session.announce(
                        statement.prepared(),
                        List.of("AA", LocalDate.of(2024, 1, 3), new java.math.BigDecimal("2.00")))))
                .containsExactlyInAnyOrder("1", "3");
        assertThat(TestLanes.rows(session.announce(
                        session.prepare(
                                        "SELECT id FROM flights WHERE carrier = ? AND flown <= ? AND (delay < ? OR delay IS NULL)")
                                .prepared(),
                        List.of("UA", LocalDate.of(2024, 1, 3), new java.math.BigDecimal("2.00")))))
                .containsExactly("2");
        assertThat(gateway.shapes().hits()).isEqualTo(1);
    }

    @Test
    void aCommitIsSeenAndAChangedTableIsPlannedAnew(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE changing " + COLUMNS);
        session.set("olap.lane", "native");
        String sql = "SELECT * FROM changing WHERE id = 9";
        assertThat(rows(sql)).isEmpty();
        kit.run("INSERT INTO changing VALUES (9, 'DL', DATE '2024-02-01', 7.00)");
        assertThat(rows(sql)).containsExactly("9, DL, 19754, 7.00");
        kit.run("ALTER TABLE changing ADD note STRING");
        assertThat(rows(sql)).containsExactly("9, DL, 19754, 7.00, null");
        kit.run("DROP TABLE changing");
        kit.run("CREATE TABLE changing (id BIGINT)");
        kit.run("INSERT INTO changing VALUES (9)");
        assertThat(rows(sql)).containsExactly("9");
    }

    @Test
    void rowsAreLookedUpByKeyInEveryState(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE accounts (id BIGINT, region STRING, balance DECIMAL(10, 2),"
                + " PRIMARY KEY (id, region) NOT ENFORCED) WITH ('bucket' = '2')");
        String one = "SELECT balance, id FROM accounts WHERE region = 'eu' AND id = ";
        assertThat(rows(one + 1)).isEmpty();
        kit.run("INSERT INTO accounts VALUES (1, 'eu', 10.00), (2, 'eu', 20.00), (2, 'us', 2.00)");
        assertThat(rows(one + 1)).containsExactly("10.00, 1");
        assertThat(rows(one + 9)).isEmpty();
        kit.run("INSERT INTO accounts VALUES (1, 'eu', 11.00)");
        assertThat(rows(one + 1)).containsExactly("11.00, 1");
        assertThat(rows("SELECT id, region FROM accounts WHERE id IN (1, 2, 2, 3) AND region IN ('eu', 'us')"))
                .containsExactlyInAnyOrder("1, eu", "2, eu", "2, us");
        assertThat(gateway.queriesLookedUp()).isEqualTo(5);
        // Half a key, or more than the key, is no lookup.
        assertThat(rows("SELECT id FROM accounts WHERE id = 1")).containsExactly("1");
        assertThat(rows("SELECT id FROM accounts WHERE id = 1 AND region = 'eu' AND balance > 11"))
                .isEmpty();
        assertThat(gateway.queriesLookedUp()).isEqualTo(5);
        assertThat(String.join("\n", rows("EXPLAIN " + one + 1))).contains("point: lookup by the primary key of");
    }

    @Test
    void anAnswerIsGivenAgainUntilItsTableChanges(TestWarehouse kit) throws Exception {
        String sql = "SELECT COUNT(*) FROM flights WHERE carrier = 'AA'";
        var lane = lanes.natively().orElseThrow();
        assertThat(rows(sql)).containsExactly("2");
        assertThat(rows(sql)).containsExactly("2");
        assertThat(lane.resultCacheHits()).isEqualTo(1);
        assertThat(rows("SELECT COUNT(*) FROM flights WHERE carrier = 'UA'")).containsExactly("1");
        kit.run("INSERT INTO flights VALUES (4, 'AA', DATE '2024-01-04', 0.00)");
        assertThat(rows(sql)).containsExactly("3");
        assertThat(lane.resultCacheHits()).isEqualTo(1);
        session.set("olap.result-cache", "off");
        assertThat(rows(sql)).containsExactly("3");
        assertThat(lane.resultCacheHits()).isEqualTo(1);
    }

    @Test
    void whatDependsOnTheClockIsPlannedEachTime() {
        rows("SELECT id FROM flights WHERE flown < CURRENT_DATE");
        rows("SELECT id FROM flights WHERE flown < CURRENT_DATE");
        assertThat(gateway.shapes().hits()).isZero();
        assertThat(gateway.shapes().size()).isZero();
    }

    @Test
    void aLongTextIsNotKept() {
        String some = "SELECT CHAR_LENGTH('%s') FROM flights WHERE id = 1";
        assertThat(rows(some.formatted("x"))).containsExactly("1");
        int kept = gateway.shapes().size();
        assertThat(rows(some.formatted("x".repeat(60_000)))).containsExactly("60000");
        assertThat(gateway.shapes().size()).isEqualTo(kept);
    }

    private List<String> rows(String sql) {
        return TestLanes.rows(session, sql);
    }
}
