package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changes nothing stands in {@code weir.queries}, a table like others that nobody can write. */
final class QueryLogTest {

    @Test
    void aQueryIsThereWhenTheNextIsPlanned() {
        try (Session session = TestWarehouse.session("logged")) {
            run(session, "CREATE TABLE t (id INT)");
            run(session, "INSERT INTO t VALUES (1), (2), (3)");
            run(session, "SELECT id FROM t WHERE id > 1");
            assertThatThrownBy(() -> run(session, "SELECT nosuch FROM t")).hasMessageContaining("WEIR-1047");
            assertThat(run(
                            session,
                            "SELECT kind, state, sql_text, cut, row_count, error_code, lane, answered_by,"
                                    + " finished_at >= started_at, tags FROM weir.queries WHERE session_id = '"
                                    + session.id() + "' AND sql_text LIKE '%FROM t%' AND sql_text NOT LIKE '%weir.%'"
                                    + " ORDER BY started_at"))
                    .containsExactly(
                            "QUERY|FINISHED|SELECT id FROM t WHERE id > 1|logged.t=logged.t@1|2|null|OLAP|FLINK|true|test",
                            "UNKNOWN|FAILED|SELECT nosuch FROM t||null|WEIR-1047|OLAP|null|true|test");
            assertThat(run(session, "SELECT COUNT(*) FROM weir.runs WHERE kind = 'QUERY' AND state <> 'RUNNING'"))
                    .containsExactly("0");
        }
    }

    @Test
    void anEndlessNumberHoldsNobodyUp() {
        try (Session session = TestWarehouse.session("logged")) {
            String sql = "SELECT " + "1".repeat(1_000_000);
            assertThatThrownBy(() -> run(session, sql)).hasMessageContaining("WEIR-");
            assertTimeout(
                    Duration.ofSeconds(5),
                    () -> TestWarehouse.get().state().runs().flush());
        }
    }

    @Test
    void theSignatureOfCommitsIsNoSettingOfTheSession() {
        try (Session session = TestWarehouse.session("logged")) {
            run(session, "SELECT 1");
            assertThat(run(session, "SET").toString()).doesNotContain("commit.user-prefix");
            String context = session.context();
            run(session, "SELECT 2");
            assertThat(session.context()).isEqualTo(context);
        }
    }

    @Test
    void aQueryIsFoundByItsId() {
        try (Session session = TestWarehouse.session("logged");
                Answer answer = session.execute("SELECT 40 + 2", Lane.OLAP)) {
            run(answer);
            TestWarehouse.get().state().runs().flush();
            LoggedQuery query =
                    TestWarehouse.get().queries().find(answer.runId()).orElseThrow();
            assertThat(query.statement()).isEqualTo("SELECT 40 + 2");
            assertThat(query.state()).isEqualTo(RunState.FINISHED);
            assertThat(query.caller().tags()).isEqualTo(List.of("test"));
            assertThat(TestWarehouse.get().queries().find("no id")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO weir.queries SELECT * FROM weir.queries",
                "INSERT OVERWRITE weir.queries SELECT * FROM weir.queries",
                "TRUNCATE TABLE weir.queries",
                "DELETE FROM weir.queries WHERE dt = '2020-01-01'",
                "DROP TABLE weir.queries",
                "ALTER TABLE weir.queries SET ('snapshot.num-retained.min' = '1')",
                "ALTER TABLE weir.queries DROP PARTITION (dt = '2020-01-01')",
                "ALTER TABLE weir.queries RENAME TO mine",
                "CALL sys.rollback_to(`table` => 'weir.queries', snapshot_id => 1)",
                "CALL sys.create_branch('weir.queries', 'b')",
                "CREATE TABLE weir.queries (a INT)",
                "INSERT INTO WEIR.queries SELECT * FROM weir.queries",
                "TRUNCATE TABLE WEIR.QUERIES",
                "DROP TABLE Weir.queries",
                "CREATE TABLE WEIR.mine (a INT)",
                "DROP DATABASE WEIR CASCADE",
                "ALTER TABLE WEIR.queries SET ('snapshot.num-retained.min' = '1')",
                "INSERT INTO `weir`.`queries$branch_main` SELECT * FROM weir.queries",
            })
    void nobodyWritesIt(String sql) {
        try (Session session = TestWarehouse.session("logged")) {
            String kept = "SELECT COUNT(*) > 0 FROM weir.queries WHERE session_id = '" + session.id()
                    + "' AND sql_text = 'SELECT 1'";
            run(session, "SELECT 1");
            assertThat(run(session, kept)).containsExactly("true");
            assertThatThrownBy(() -> run(session, sql)).hasMessageContaining("WEIR-");
            assertThat(run(session, kept)).containsExactly("true");
        }
    }
}
