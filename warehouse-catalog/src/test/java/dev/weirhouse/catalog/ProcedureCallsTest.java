package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Procedures follow a name to its version. The name {@code pointed} has no table of its own: who misses the version finds none. */
final class ProcedureCallsTest {

    private static Session session;

    @BeforeAll
    static void aNameThatStandsForAnotherTable() {
        session = TestWarehouse.session("calls");
        run(
                session,
                "CREATE TABLE real_one (id BIGINT, dt STRING, PRIMARY KEY (dt, id) NOT ENFORCED) PARTITIONED BY (dt)");
        run(session, "INSERT INTO real_one VALUES (1, 'a')");
        run(session, "INSERT INTO real_one VALUES (2, 'b')");
        run(session, "CALL sys.create_tag('calls.real_one', 'start')");
        TestWarehouse.get()
                .point(Map.of(
                        new TableName("calls", "pointed"),
                        new Version(new TableName("calls", "real_one"), Optional.empty())));
    }

    @AfterAll
    static void close() {
        session.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter_column_default_value(`table` => 'calls.pointed', `column` => 'dt', default_value => 'z')",
                "clear_consumers('calls.pointed')",
                "compact('calls.pointed')",
                "compact(order_by => '', `table` => 'calls.pointed')",
                "compact_manifest('calls.pointed')",
                "create_branch('calls.pointed', 'br1')",
                "create_branch('calls.pointed', 'br2', 'start')",
                "create_tag('calls.pointed', 't1')",
                "create_tag(tag => 'a.b', `table` => 'calls.pointed')",
                "create_tag_from_timestamp(`table` => 'calls.pointed', tag => 't2', `timestamp` => CAST(1 AS BIGINT))",
                "drop_partition('calls.pointed', 'dt=nosuch')",
                "expire_changelogs(`table` => 'calls.pointed', retain_max => 9)",
                "expire_partitions(`table` => 'calls.pointed', expiration_time => '100000 d', timestamp_formatter =>"
                        + " 'yyyy', timestamp_pattern => '$dt', expire_strategy => 'update-time')",
                "expire_snapshots(`table` => 'calls.pointed', retain_max => 99)",
                "expire_tags('calls.pointed', '2000-01-01 00:00:00')",
                "mark_partition_done('calls.pointed', 'dt=a')",
                "purge_files('calls.nosuch_but_pointed')",
                "remove_orphan_files('calls.pointed')",
                "remove_unexisting_files('calls.pointed')",
                "repair('calls.pointed')",
                "reset_consumer('calls.pointed', 'c1', CAST(1 AS BIGINT))",
                "rewrite_file_index('calls.pointed')",
                "trigger_tag_automatic_creation('calls.pointed')",
            })
    void eachProcedureFollowsTheName(String call) {
        if (call.contains("nosuch_but_pointed")) {
            run(session, "CREATE TABLE emptied (id BIGINT)");
            TestWarehouse.get()
                    .point(Map.of(
                            new TableName("calls", "nosuch_but_pointed"),
                            new Version(new TableName("calls", "emptied"), Optional.empty())));
        }
        assertThat(run(session, "CALL sys." + call)).isNotNull();
    }

    @Test
    void tagsAndBranchesOfTheVersionAreMeant() {
        run(session, "CALL sys.create_tag('calls.pointed', 'life')");
        assertThat(run(session, "SELECT tag_name FROM real_one$tags")).contains("life");
        run(session, "CALL sys.rename_tag('calls.pointed', 'life', 'new.life')");
        run(session, "CALL sys.replace_tag('calls.pointed', 'new.life')");
        run(session, "CALL sys.delete_tag('calls.pointed', 'new.life')");
        assertThat(run(session, "SELECT tag_name FROM real_one$tags")).doesNotContain("life", "new.life");
        run(session, "CALL sys.create_branch('calls.pointed', 'life')");
        run(session, "CALL sys.delete_branch('calls.pointed', 'life')");
        assertThat(run(session, "SELECT branch_name FROM real_one$branches")).doesNotContain("life");
    }

    @Test
    void aTagThatLooksLikeATableIsATag() {
        run(session, "CREATE TABLE other (id BIGINT)");
        run(session, "INSERT INTO other VALUES (1)");
        run(session, "CALL sys.create_tag('calls.other', 'calls.pointed')");
        assertThat(run(session, "SELECT tag_name FROM other$tags")).containsExactly("calls.pointed");
        run(session, "CALL sys.rollback_to('calls.other', 'calls.pointed')");
        run(session, "CALL sys.rollback_to(`table` => 'calls.other', snapshot_id => CAST(1 AS BIGINT))");
        assertThat(run(session, "SELECT * FROM other")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compact('calls' || '.pointed')",
                "compact(`table` => CONCAT('calls', '.pointed'))",
                "compact(CAST(NULL AS STRING))",
                "repair('calls')",
                "repair('calls.pointed,calls.real_one')",
                "repair()",
                "remove_orphan_files('calls.*')",
                "compact_database(including_tables => 'calls.pointed')",
                "compact_database('calls')",
                "create_tag(tag => 'x')",
            })
    void aTableThatIsNotWrittenOutIsRefused(String call) {
        assertThatThrownBy(() -> run(session, "CALL sys." + call)).hasMessageContaining("WEIR-1008");
    }
}
