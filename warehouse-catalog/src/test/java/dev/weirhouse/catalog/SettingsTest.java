package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a setting may be changed to. */
final class SettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "table.sql-dialect; foo; default, hive",
                "table.sql-dialect; ''; hive",
                "table.local-time-zone; foo; time zone",
                "parallelism.default; abc; whole number",
                "parallelism.default; 20000; from 1 to 8",
                "parallelism.default; 0; from 1 to 8",
                "table.exec.resource.default-parallelism; 20000; from 1 to 8",
                "pipeline.max-parallelism; 1000000; from 1 to 32768",
                "execution.checkpointing.interval; abc; duration",
                "execution.checkpointing.interval; 0 s; at least 100 ms",
                "execution.batch-shuffle-mode; some; ALL_EXCHANGES_BLOCKING",
                "table.exec.mini-batch.enabled; maybe; true or false",
                "restart-strategy.type; org.example.Mine; fixed-delay",
            })
    void valuesThatFlinkCouldNotReadAreRefusedAtOnce(String key, String value, String allowed) {
        try (Session session = TestWarehouse.session("settings_values")) {
            assertThatThrownBy(() -> run(session, "SET '" + key + "' = '" + value + "'"))
                    .hasMessageStartingWith("[WEIR-1015] SETTING_INVALID")
                    .hasMessageContaining("'" + key + "' cannot be '" + value + "'")
                    .hasMessageContaining(allowed);
            assertThatThrownBy(() -> session.set(key, value)).hasMessageContaining("WEIR-1015");
            assertThat(run(session, "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void valuesThatFlinkReadsAreTaken() {
        try (Session session = TestWarehouse.session("settings_values")) {
            Map.of(
                            "parallelism.default", "2",
                            "table.local-time-zone", "GMT+02:00",
                            "execution.runtime-mode", "BATCH",
                            "execution.batch-shuffle-mode", "ALL_EXCHANGES_PIPELINED",
                            "execution.checkpointing.interval", "2 s",
                            "table.exec.resource.default-parallelism", "-1",
                            "table.sql-dialect", "Hive")
                    .forEach(session::set);
            assertThat(run(session, "SELECT count(*) FROM (SELECT 1) t")).containsExactly("1");
            run(session, "RESET");
            assertThat(session.dialect()).isEqualTo(Dialect.FLINK);
        }
    }

    @Test
    void noStatementAsksForMoreTasksThanThereAreSlots() {
        try (Session session = TestWarehouse.session("settings_tasks")) {
            run(session, "CREATE TABLE t (a INT)");
            for (String sql : new String[] {
                "SELECT * FROM t /*+ OPTIONS('scan.parallelism' = '20000') */",
                "INSERT INTO t /*+ OPTIONS('sink.parallelism' = '20000') */ VALUES (1)",
                "CREATE TABLE u (a INT) WITH ('sink.parallelism' = '20000')",
                "ALTER TABLE t SET ('scan.parallelism' = '20000')",
                "CALL sys.remove_orphan_files(`table` => 'settings_tasks.t', parallelism => 20000)",
            }) {
                assertThatThrownBy(() -> run(session, sql)).as(sql).hasMessageContaining("WEIR-1015");
            }
        }
    }

    @Test
    void aSessionWhoseSettingsCannotBeReadCanStillBeMended() {
        try (Session session = TestWarehouse.get()
                .gate()
                .open(Caller.internal("test"), Gate.Mode.BATCH, Map.of("table.local-time-zone", "foo"))) {
            run(session, "RESET 'parallelism.default'");
            run(session, "SET 'table.local-time-zone' = 'UTC'");
            assertThat(run(session, "SELECT 1")).containsExactly("1");
        }
    }
}
