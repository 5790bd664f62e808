package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.state.RunRow;
import dev.weirhouse.catalog.state.RunState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each commit is recorded with its run, whatever the statement, and what cannot be found is told. */
final class RunCommitsTest {

    private static final String DATABASE = "commits";

    private Warehouse warehouse;
    private Session session;

    @BeforeEach
    void open() {
        warehouse = TestWarehouse.get();
        session = TestWarehouse.session(DATABASE);
    }

    @AfterEach
    void close() {
        run(session, "DROP TABLE IF EXISTS t");
        session.close();
    }

    /** The run of the newest statement. */
    private RunRow newest() {
        return warehouse.state().runs().newest(1).get(0);
    }

    /** Snapshot, kind, rows added and taken away; of the run's commits. */
    private List<String> commits(String runId) {
        return warehouse.state().jdbi().withHandle(handle -> handle.createQuery(
                        "SELECT snapshot || ' ' || kind || ' +' || rows_added || ' -' || rows_deleted AS told"
                                + " FROM run_write WHERE run_id = :run AND snapshot IS NOT NULL ORDER BY snapshot")
                .bind("run", runId)
                .mapTo(String.class)
                .list());
    }

    private List<String> missed(String runId) {
        return warehouse.state().jdbi().withHandle(handle -> handle.createQuery(
                        "SELECT reason FROM run_write WHERE run_id = :run AND kind = 'MISSED'")
                .bind("run", runId)
                .mapTo(String.class)
                .list());
    }

    private boolean isPending(String runId) {
        return warehouse.state().runs().openWrites().stream()
                .anyMatch(write -> write.runId().equals(runId));
    }

    private String commitOf(String sql) {
        run(session, sql);
        RunRow run = newest();
        assertThat(run.state()).isEqualTo(RunState.FINISHED);
        assertThat(isPending(run.id())).isFalse();
        return commits(run.id()).stream()
                .filter(told -> !told.contains("COMPACT"))
                .collect(Collectors.joining(", "));
    }

    @Test
    void everyStatementThatWritesTellsItsCommit() {
        run(
                session,
                "CREATE TABLE t (id INT, v STRING, part STRING, PRIMARY KEY (part, id) NOT ENFORCED)"
                        + " PARTITIONED BY (part)");
        assertThat(commitOf("INSERT INTO t VALUES (1, 'a', 'p'), (2, 'b', 'p'), (3, 'c', 'q')"))
                .isEqualTo("1 APPEND +3 -0");
        assertThat(commitOf("UPDATE t SET v = UPPER(v) WHERE id < 3")).isEqualTo("2 APPEND +2 -0");
        assertThat(commitOf("DELETE FROM t WHERE id = 1")).isEqualTo("3 APPEND +1 -0");
        assertThat(run(session, "DELETE FROM t WHERE part = 'q'")).containsExactly("-1");
        assertThat(commits(newest().id())).containsExactly("4 OVERWRITE +0 -1");
        assertThat(commitOf("INSERT OVERWRITE t PARTITION (part = 'p') VALUES (9, 'z')"))
                .startsWith("5 OVERWRITE +1");
        assertThat(commitOf("TRUNCATE TABLE t")).startsWith("6 OVERWRITE +0");
        run(session, "CREATE TABLE made AS SELECT 1 AS id");
        assertThat(commits(newest().id())).containsExactly("1 APPEND +1 -0");
        run(session, "DROP TABLE made");
    }

    @Test
    void aNameIsTheSameHoweverItIsWritten() {
        run(session, "CREATE TABLE t (id INT)");
        run(session, "INSERT INTO COMMITS.T VALUES (1)");
        run(session, "INSERT INTO t SELECT id + 1 FROM Commits.T");
        assertThat(newest().cut()).isEqualTo("commits.t=commits.t@1; commits.t=commits.t");
        assertThat(commits(newest().id())).containsExactly("2 APPEND +1 -0");
    }

    @Test
    void whatWasNotToldIsFoundUnderWhateverNameAndPatienceEnds() {
        run(session, "CREATE TABLE t (id INT)");
        run(session, "INSERT INTO t VALUES (1)");
        String run = newest().id();
        run(session, "CALL sys.create_tag('commits.t', 'start')");
        run(session, "CALL sys.create_branch('commits.t', 'other', 'start')");
        unsay(run, 0, null);
        TableName name = new TableName(DATABASE, "t");
        warehouse.point(Map.of(name, new Version(name, Optional.of("other"))));
        try {
            warehouse.commits().look();
        } finally {
            warehouse.point(Map.of(name, Version.itself(name)));
        }
        assertThat(commits(run)).containsExactly("1 APPEND +1 -0");
        assertThat(isPending(run)).as("it may commit a moment later").isTrue();
        endedLongAgo(run);
        warehouse.commits().look();
        assertThat(isPending(run)).isFalse();
        assertThat(missed(run)).isEmpty();
        assertThat(commits(run)).containsExactly("1 APPEND +1 -0");
    }

    @Test
    void aTableThatIsGoneOrRolledBackIsTold() {
        run(session, "CREATE TABLE t (id INT)");
        run(session, "INSERT INTO t VALUES (1)");
        String first = newest().id();
        run(session, "INSERT INTO t VALUES (2)");
        String second = newest().id();
        long committedAt =
                warehouse.commits().snapshot("commits.t", 2).orElseThrow().committedAt();
        run(session, "CALL sys.rollback_to(`table` => 'commits.t', snapshot_id => 1)");
        run(session, "INSERT INTO t VALUES (3)");
        String again = newest().id();
        assertThat(commits(second)).containsExactly("2 APPEND +1 -0");
        assertThat(commits(again)).containsExactly("2 APPEND +1 -0");

        unsay(again, 2, committedAt);
        endedLongAgo(again);
        warehouse.commits().look();
        assertThat(commits(again)).containsExactly("2 APPEND +1 -0");
        assertThat(missed(again)).singleElement().asString().contains("rolled back or made anew after snapshot 2");

        unsay(first, 0, null);
        endedLongAgo(first);
        run(session, "DROP TABLE t");
        warehouse.commits().look();
        assertThat(missed(first)).containsExactly("the table is not there any more");
        assertThat(isPending(first)).isFalse();
    }

    @Test
    void snapshotsThatExpiredUnseenAreTold() {
        run(
                session,
                "CREATE TABLE t (id INT) WITH ('snapshot.num-retained.min' = '1', 'snapshot.num-retained.max' = '1')");
        run(session, "INSERT INTO t VALUES (1)");
        String first = newest().id();
        unsay(first, 0, null);
        endedLongAgo(first);
        run(session, "INSERT INTO t VALUES (2)");
        run(session, "INSERT INTO t VALUES (3)");
        run(session, "CALL sys.expire_snapshots(`table` => 'commits.t', retain_max => 1)");
        warehouse.commits().look();
        assertThat(missed(first)).singleElement().asString().matches("snapshots 1 to \\d expired before .*");
        assertThat(isPending(first)).isFalse();
    }

    /** Makes the record what it is when the statement was cancelled before its commits were told. */
    private void unsay(String run, long snapshot, Long committedAt) {
        warehouse.state().jdbi().useTransaction(handle -> {
            handle.execute("DELETE FROM run_write WHERE run_id = ?", run);
            handle.execute("UPDATE run SET state = 'CANCELLED' WHERE id = ?", run);
            handle.execute(
                    "INSERT INTO run_pending (run_id, table_name, version, snapshot, committed_at)"
                            + " VALUES (?, 'commits.t', 'commits.t', ?, ?)",
                    run,
                    snapshot,
                    committedAt);
        });
    }

    private void endedLongAgo(String run) {
        warehouse
                .state()
                .jdbi()
                .useHandle(handle -> handle.execute("UPDATE run SET finished_at = 1 WHERE id = ?", run));
    }
}
