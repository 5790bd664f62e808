package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several moments of a table in one statement, and what a hint may say. */
final class TimeTravelTest {

    private static Session session;
    private static String afterFirst;

    @BeforeAll
    static void threeCommits() {
        session = TestWarehouse.session("moments");
        run(session, "CREATE TABLE t (id BIGINT, v STRING)");
        run(session, "INSERT INTO t VALUES (1, 'one')");
        run(session, "CALL sys.create_tag('moments.t', 'first')");
        afterFirst = run(session, "SELECT CAST(LOCALTIMESTAMP AS STRING)").get(0);
        run(session, "INSERT INTO t VALUES (2, 'two')");
        run(session, "INSERT INTO t VALUES (3, 'three')");
        run(session, "CREATE VIEW at_first AS SELECT id FROM t /*+ OPTIONS('scan.snapshot-id' = '1') */");
        run(session, "CALL sys.create_branch('moments.t', 'b', 'first')");
        run(session, "INSERT INTO `t$branch_b` VALUES (10, 'b'), (11, 'b')");
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t /*+ OPTIONS('scan.snapshot-id' = '1') */",
                "t /*+ OPTIONS('scan.tag-name' = 'first') */",
                "t /*+ OPTIONS('scan.timestamp' = '${afterFirst}') */",
                "t FOR SYSTEM_TIME AS OF TIMESTAMP '${afterFirst}'",
                "at_first",
            })
    void aMomentStaysWhereItIsNamed(String earlier) {
        String then = "SELECT 'then', COUNT(*) FROM " + earlier.replace("${afterFirst}", afterFirst);
        String now = "SELECT 'now', COUNT(*) FROM t";
        assertThat(rowsAndCut(then + " UNION ALL " + now))
                .containsExactlyInAnyOrder("then|1", "now|3", "moments.t=moments.t@1, moments.t=moments.t@3");
        assertThat(rowsAndCut(now + " UNION ALL " + then))
                .containsExactlyInAnyOrder("then|1", "now|3", "moments.t=moments.t@1, moments.t=moments.t@3");
        assertThat(rowsAndCut("SELECT n.id, o.id FROM t n LEFT JOIN (SELECT * FROM "
                        + earlier.replace("${afterFirst}", afterFirst) + ") o ON n.id = o.id"))
                .containsExactlyInAnyOrder("1|1", "2|null", "3|null", "moments.t=moments.t@1, moments.t=moments.t@3");
    }

    @Test
    void momentsOfOneTableAreReadBesideEachOther() {
        assertThat(rowsAndCut("SELECT COUNT(*) FROM t /*+ OPTIONS('scan.snapshot-id' = '1') */ a,"
                        + " t /*+ OPTIONS('scan.snapshot-id' = '2') */ b, t c"))
                .containsExactly("6", "moments.t=moments.t@1, moments.t=moments.t@2, moments.t=moments.t@3");
        assertThat(rowsAndCut("SELECT COUNT(*) FROM t /*+ OPTIONS('scan.mode' = 'latest-full') */ a JOIN t b ON a.id ="
                        + " b.id"))
                .containsExactly("3", "moments.t=moments.t@3");
        assertThat(rowsAndCut("SELECT COUNT(*) FROM t /*+ OPTIONS('incremental-between' = '1,3') */"))
                .containsExactly("2", "moments.t=moments.t");
    }

    /** Flink makes one scan of two that differ in their columns. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "t /*+ OPTIONS('scan.snapshot-id' = '1') */",
                "t /*+ OPTIONS('scan.tag-name' = 'first') */",
                "(SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '${afterFirst}')",
            })
    void otherColumnsOfAMomentAreOfTheSameMoment(String earlier) {
        String moment = earlier.replace("${afterFirst}", afterFirst);
        assertThat(run(session, "SELECT l.id, r.v FROM " + moment + " l, " + moment + " r"))
                .containsExactly("1|one");
        assertThat(run(
                        session,
                        "SELECT 'id', COUNT(id) FROM " + moment + " x UNION ALL SELECT 'v', COUNT(v) FROM " + moment
                                + " y UNION ALL SELECT 'now', COUNT(v) FROM t"))
                .containsExactlyInAnyOrder("id|1", "v|1", "now|3");
    }

    @Test
    void hiveReadsTheSameMomentsThroughAView() {
        session.set("table.sql-dialect", "hive");
        try {
            assertThat(rowsAndCut("SELECT n.id, o.id FROM t n LEFT JOIN at_first o ON n.id = o.id"))
                    .containsExactlyInAnyOrder(
                            "1|1", "2|null", "3|null", "moments.t=moments.t@1, moments.t=moments.t@3");
        } finally {
            session.set("table.sql-dialect", "default");
        }
    }

    @Test
    void aBranchHasANameOfItsOwn() {
        assertThat(rowsAndCut("SELECT COUNT(*) FROM `t$branch_b`"))
                .containsExactly("3", "moments.t$branch_b=moments.t$branch_b@2");
        assertThat(rowsAndCut("SELECT COUNT(*) FROM `t$branch_b` /*+ OPTIONS('scan.snapshot-id' = '1') */"))
                .containsExactly("1", "moments.t$branch_b=moments.t$branch_b@1");
        assertThat(rowsAndCut("SELECT COUNT(*) FROM `t$branch_b` b, t"))
                .containsExactly("9", "moments.t=moments.t@3, moments.t$branch_b=moments.t$branch_b@2");
        run(session, "CREATE TABLE w (id BIGINT)");
        run(session, "INSERT INTO w VALUES (1)");
        run(session, "CALL sys.create_tag('moments.w', 'start')");
        run(session, "CALL sys.create_branch('moments.w', 'b', 'start')");
        try (Answer answer = session.execute("INSERT INTO `w$branch_b` SELECT id FROM t", Lane.BATCH)) {
            assertThat(answer.affectedRows()).isEqualTo(3);
            assertThat(cut(answer)).isEqualTo("moments.t=moments.t@3; moments.w$branch_b=moments.w$branch_b");
        }
        assertThat(run(session, "SELECT COUNT(*) FROM w")).containsExactly("1");
        assertThat(run(session, "SELECT COUNT(*) FROM `w$branch_b`")).containsExactly("4");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELECT * FROM t /*+ OPTIONS('branch' = 'b') */; 1008; t$branch_b",
                "INSERT INTO t /*+ OPTIONS('branch' = 'b') */ VALUES (1, 'x'); 1008; t$branch_b",
                "SELECT * FROM t /*+ OPTIONS('scan.fallback-branch' = 'b') */; 1008; t$branch_b",
                "SELECT * FROM t$files /*+ OPTIONS('branch' = 'b') */; 1008; $branch_b",
                "INSERT INTO t /*+ OPTIONS('commit.user-prefix' = 'b') */ VALUES (1, 'x'); 1008; sign",
                "SELECT * FROM t /*+ OPTIONS('nosuch.option' = '1') */; 1002; nosuch.option",
                "SELECT * FROM t /*+ OPTIONS('scan.snapshotid' = '1') */; 1002; 'scan.snapshot-id'",
                "SELECT * FROM t /*+ OPTIONS('scan.snapshot-id' = 'abc') */; 1002; 'abc' is no value",
                "SELECT * FROM t /*+ OPTIONS('scan.mode' = 'sideways') */; 1002; 'sideways' is no value",
                "SELECT * FROM t$snapshots /*+ OPTIONS('scan.snapshot-id' = '1') */; 1002; takes no hint",
                "SELECT * FROM t$files /*+ OPTIONS('nosuch.option' = '1') */; 1002; nosuch.option",
                "SELECT * FROM t /*+ OPTIONS('scan.snapshot-id' = '99') */; 1049; 99",
                "SELECT * FROM t /*+ OPTIONS('scan.tag-name' = 'nosuch') */; 1049; nosuch",
            })
    void hintsThatWouldMislead(String sql, int code, String words) {
        assertThatThrownBy(() -> run(session, sql))
                .hasMessageStartingWith("[WEIR-" + code + "] ")
                .hasMessageContaining(words);
    }

    @Test
    void hintsThatPaimonHeeds() {
        assertThat(run(session, "SELECT COUNT(*) FROM t$files /*+ OPTIONS('scan.snapshot-id' = '1') */"))
                .containsExactly("1");
        assertThat(run(session, "SELECT COUNT(*) FROM t$files")).containsExactly("3");
        assertThat(run(session, "INSERT INTO t /*+ OPTIONS('sink.parallelism' = '1') */ SELECT * FROM t WHERE id > 99"))
                .containsExactly("0");
    }

    private static List<String> rowsAndCut(String sql) {
        try (Answer answer = session.execute(sql, Lane.OLAP)) {
            String cut = cut(answer);
            List<String> rows = new java.util.ArrayList<>(run(answer));
            rows.add(cut);
            return rows;
        }
    }

    private static String cut(Answer answer) {
        return TestWarehouse.get()
                .state()
                .runs()
                .find(answer.runId())
                .orElseThrow()
                .cut();
    }
}
