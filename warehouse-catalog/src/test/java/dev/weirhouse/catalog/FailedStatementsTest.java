package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not run leaves a record all the same, and its error says whose fault it is. */
final class FailedStatementsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELEC 1; WEIR-1001",
                "SELECT * FROM nosuch; WEIR-1046",
                "SET 'execution.target' = 'local'; WEIR-1005",
                "ADD JAR '/tmp/x.jar'; WEIR-1008",
                "CREATE TABLE f (a STRING) WITH ('connector' = 'jdbc', 'url' = 'x'); WEIR-1006",
            })
    void aRefusedStatementIsRecorded(String sql, String code) {
        try (Session session = TestWarehouse.session("failed")) {
            assertThatThrownBy(() -> run(session, sql)).hasMessageContaining(code);
            assertThat(failures(session)).containsExactly("OLAP|UNKNOWN|FAILED|" + code + "|" + sql);
            assertThat(run(
                            session,
                            "SELECT finished_at IS NOT NULL, CHAR_LENGTH(error) > 0 FROM weir.queries WHERE session_id = '"
                                    + session.id() + "' AND state = 'FAILED'"))
                    .containsExactly("true|true");
        }
    }

    /** Flink 1.20 generates code for some expressions that does not compile. */
    @Test
    void aDefectOfFlinksIsToldAsOne() {
        try (Session session = TestWarehouse.session("failed")) {
            run(session, "CREATE TABLE small (s SMALLINT)");
            assertThatThrownBy(() -> run(session, "SELECT SIGN(s) FROM small"))
                    .hasMessageContaining("Flink itself fails (CompileException): Line");
        }
    }

    @Test
    void aRefusedPreparationIsRecorded() {
        try (Session session = TestWarehouse.session("failed")) {
            assertThatThrownBy(() -> session.prepare("SELECT nosuch FROM weir.jobs"))
                    .hasMessageContaining("WEIR-1047");
            assertThat(failures(session)).containsExactly("OLAP|UNKNOWN|FAILED|WEIR-1047|SELECT nosuch FROM weir.jobs");
        }
    }

    @Test
    void aJobsStatementsAreCheckedAndRecordedToo() {
        Session job = TestWarehouse.get()
                .gate()
                .open(new Caller("tester", "junit", List.of(), Door.INTERNAL), Gate.Mode.STREAM);
        try (Session session = TestWarehouse.session("failed");
                job) {
            assertThatThrownBy(() -> job.planJob().add("SELECT '\0'", Function.identity()))
                    .hasMessageContaining("NUL");
            assertThatThrownBy(() -> job.planJob().add("SELECT '" + "x".repeat(2 << 20) + "'", Function.identity()))
                    .hasMessageContaining("statement.max-length");
            assertThatThrownBy(() -> job.planJob().add("INSERT INTO failed.nosuch SELECT 1", Function.identity()))
                    .hasMessageContaining("WEIR-1046");
            assertThat(run(
                            session,
                            "SELECT lane, error_code FROM weir.queries WHERE session_id = '" + job.id()
                                    + "' ORDER BY error_code"))
                    .containsExactly("STREAM|WEIR-1001", "STREAM|WEIR-1001", "STREAM|WEIR-1046");
        }
    }

    @Test
    void recordsHoldNoCredentials() {
        try (Session session = TestWarehouse.session("failed")) {
            assertThatThrownBy(() -> run(
                            session,
                            "CREATE TABLE k (a INT) WITH ('connector' = 'jdbc', 'password' = 'it''s me', 'url' = 'u')"))
                    .hasMessageContaining("WEIR-1006");
            run(
                    session,
                    "CREATE TEMPORARY TABLE k (a INT) WITH ('connector' = 'datagen', 'fields.a.secret.key' = 'hunter2')");
            assertThat(run(session, "SELECT sql_text FROM weir.queries WHERE session_id = '" + session.id() + "'")
                            .toString())
                    .contains("'password' = '***', 'url' = 'u'")
                    .contains("'fields.a.secret.key' = '***'")
                    .doesNotContain("s me")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void theWarehousesOptionsCannotBeGiven() {
        try (Session session = TestWarehouse.session("failed")) {
            for (String statement : List.of(
                    "CREATE TABLE fake (a INT) WITH ('weirhouse.system-table' = 'jobs')",
                    "CREATE TEMPORARY TABLE fake (a INT) WITH ('connector' = 'datagen', 'weirhouse.system-table' = 'jobs')",
                    "CREATE TABLE fake (a INT) WITH ('connector' = 'datagen', 'weirhouse.x' = 'y')")) {
                assertThatThrownBy(() -> run(session, statement)).hasMessageContaining("WEIR-1008");
            }
            run(session, "CREATE TABLE plain (a INT)");
            assertThatThrownBy(() -> run(session, "ALTER TABLE plain SET ('weirhouse.system-table' = 'jobs')"))
                    .hasMessageContaining("WEIR-1008");
        }
    }

    @Test
    void aTextNestedTooDeeplySaysSo() {
        try (Session session = TestWarehouse.session("failed")) {
            String deep = "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000);
            assertThatThrownBy(() -> run(session, deep)).hasMessageContaining("nested more deeply");
            session.set("table.sql-dialect", "hive");
            assertThatThrownBy(() -> run(session, deep)).hasMessageContaining("nested more deeply");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELECT 10 / (id - 1) FROM data_t; WEIR-1060",
                "SELECT MOD(10, id - 1) FROM data_t; WEIR-1060",
                "SELECT CAST(s AS INT) FROM data_t; WEIR-1059",
                "SELECT CAST(s AS DATE) FROM data_t; WEIR-1059",
                "SELECT CAST(s AS TIMESTAMP(3)) FROM data_t; WEIR-1059",
                "SELECT CAST(s AS BOOLEAN) FROM data_t; WEIR-1059",
                "INSERT INTO data_t SELECT 10 / (id - 1), s FROM data_t; WEIR-1060",
            })
    void whatTheDataDoesNotAllowIsTheUsers(String sql, String code) {
        try (Session session = TestWarehouse.session("failed")) {
            run(session, "CREATE TABLE IF NOT EXISTS data_t (id INT, s STRING)");
            run(session, "INSERT OVERWRITE data_t VALUES (1, 'abc')");
            assertThatThrownBy(() -> run(session, sql)).hasMessageContaining(code);
        }
    }

    private static List<String> failures(Session session) {
        return run(
                session,
                "SELECT lane, kind, state, error_code, sql_text FROM weir.queries WHERE session_id = '" + session.id()
                        + "' AND state = 'FAILED'");
    }
}
