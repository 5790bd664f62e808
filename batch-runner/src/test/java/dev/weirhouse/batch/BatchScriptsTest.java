package dev.weirhouse.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.batch.StatementState.Failed;
import dev.weirhouse.batch.StatementState.Finished;
import dev.weirhouse.batch.StatementState.Running;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException.Position;
import dev.weirhouse.catalog.flink.flow.FlowKeeper;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@WarehouseTest
class BatchScriptsTest {

    private static final Caller CALLER = Caller.internal("batch test");

    /** Writes for as long as nobody stops it. */
    private static final String ENDLESS =
            """
            CREATE TEMPORARY TABLE ticks (n BIGINT) WITH (
              'connector' = 'datagen', 'rows-per-second' = '1', 'number-of-rows' = '100000');
            INSERT INTO flights SELECT n, 'AA', 'ORD', 1, '2001-01-09' FROM ticks;
            SELECT 1;
            """;

    private static TestWarehouse warehouse;
    private static BatchScripts scripts;

    @BeforeAll
    static void fillTables(TestWarehouse given) throws Exception {
        warehouse = given;
        scripts = new BatchScripts(warehouse.warehouse().gate(), new BatchConfig(2, 1, 2, 10), warehouse.clock());
        warehouse.run(
                """
                CREATE TABLE flights (id BIGINT, carrier STRING, origin STRING, delay INT, dt STRING)
                PARTITIONED BY (dt)""");
        warehouse.run(
                """
                INSERT INTO flights VALUES
                  (1, 'AA', 'ORD', 10, '2001-01-01'), (2, 'AA', 'LAX', 20, '2001-01-01'),
                  (3, 'UA', 'ORD', 30, '2001-01-02'), (4, 'UA', 'ORD', CAST(NULL AS INT), '2001-01-02')""");
    }

    @AfterAll
    static void close() {
        scripts.close();
    }

    @Test
    void runsAHiveScript() throws Exception {
        warehouse.run("CREATE TABLE daily (origin STRING, flights BIGINT, worst INT, dt STRING) PARTITIONED BY (dt)");
        warehouse.run("CREATE TABLE words (word STRING, number BIGINT)");
        warehouse.run("CREATE TABLE late (id BIGINT)");
        warehouse.run("CREATE TABLE early (id BIGINT)");
        ScriptOutcome outcome = run(
                Dialect.HIVE,
                Map.of("db", warehouse.database(), "limit", "15"),
                """
                -- nightly; totals
                USE ${db};
                set hive.exec.dynamic.partition.mode=nonstrict;
                set hivevar:first='2001-01-01';
                set day_two=2001-01-02;

                INSERT OVERWRITE TABLE daily PARTITION (dt)
                SELECT origin, count(*), max(nvl(delay, 0)), dt FROM flights
                WHERE dt IN (${first}, '${hiveconf:day_two}') GROUP BY origin, dt;

                INSERT OVERWRITE TABLE words
                SELECT word, count(*) FROM flights LATERAL VIEW explode(split(concat(carrier, ';', origin), ';')) w AS word
                GROUP BY word;

                FROM flights
                INSERT OVERWRITE TABLE late SELECT id WHERE delay > ${hivevar:limit}
                INSERT OVERWRITE TABLE early SELECT id WHERE delay <= ${limit};

                SELECT word, number FROM words ORDER BY word
                """);
        assertThat(outcome.error()).isEmpty();
        assertThat(outcome.state()).isEqualTo(ScriptState.FINISHED);
        assertThat(outcome.statements()).extracting(StatementStatus::position).contains(new Position(7, 1));
        assertThat(outcome.statements().subList(4, 7)).allSatisfy(statement -> {
            Finished finished = (Finished) statement.state();
            assertThat(finished.kind()).isEqualTo(StatementKind.WRITE);
            assertThat(finished.runId()).isPresent();
        });
        assertThat(((Finished) outcome.statements().get(4).state()).rows()).hasValue(3);
        assertThat(((Finished) outcome.statements().get(7).state()).rows()).hasValue(2);

        assertThat(rows("SELECT * FROM daily ORDER BY dt, origin"))
                .containsExactly("LAX 1 20 2001-01-01", "ORD 1 10 2001-01-01", "ORD 2 30 2001-01-02");
        assertThat(rows("SELECT * FROM words ORDER BY word")).containsExactly("AA 2", "LAX 1", "ORD 3", "UA 2");
        assertThat(rows("SELECT * FROM late ORDER BY id")).containsExactly("2", "3");
        assertThat(rows("SELECT * FROM early ORDER BY id")).containsExactly("1");
    }

    @Test
    void settingsAndDatabaseEndWithTheScript() throws Exception {
        ScriptOutcome first = run(
                Dialect.FLINK,
                Map.of("db", warehouse.database()),
                "SET 'table.sql-dialect' = 'hive'; USE ${db}; SELECT nvl(max(id), 0) FROM flights WHERE dt < '2001-01-03'");
        assertThat(first.error()).isEmpty();
        ScriptOutcome second = run(Dialect.FLINK, Map.of(), "SELECT count(*) FROM flights");
        assertThat(second.error()).get().satisfies(error -> assertThat(error.code())
                .isEqualTo(CatalogError.TABLE_NOT_FOUND));
    }

    @Test
    void aFailedStatementStopsTheScriptAndSaysWhere() throws Exception {
        warehouse.run("CREATE TABLE kept (id BIGINT)");
        ScriptOutcome outcome = run(
                Dialect.FLINK,
                Map.of("db", warehouse.database(), "columns", "id,\n  'a longer text'"),
                """
                USE ${db};
                INSERT INTO kept SELECT 1;
                SELECT ${columns},
                  no_such_column FROM flights;
                INSERT INTO kept SELECT 2;
                """);
        assertThat(outcome.state()).isEqualTo(ScriptState.FAILED);
        assertThat(outcome.statements())
                .extracting(statement -> statement.state().name())
                .containsExactly("FINISHED", "FINISHED", "FAILED", "SKIPPED");
        assertThat(outcome.error()).get().satisfies(error -> {
            assertThat(error.code()).isEqualTo(CatalogError.COLUMN_NOT_FOUND);
            assertThat(error.position()).contains(new Position(4, 3));
            assertThat(error.detail()).startsWith("Statement 3 of 'test.sql': ").contains("no_such_column");
        });
        Failed failed = (Failed) outcome.statements().get(2).state();
        assertThat(failed.error().position()).contains(new Position(4, 3));
        assertThat(rows("SELECT * FROM kept")).containsExactly("1");
    }

    @Test
    void aFailureWhileRunningIsPlacedAtItsStatement() {
        ScriptOutcome outcome = run(
                Dialect.FLINK,
                Map.of("db", warehouse.database()),
                "USE ${db};\n  SELECT 1 / (id - id) FROM flights WHERE dt = '2001-01-01'");
        assertThat(outcome.state()).isEqualTo(ScriptState.FAILED);
        assertThat(outcome.error()).get().satisfies(error -> {
            assertThat(error.position()).contains(new Position(2, 3));
            assertThat(error.code()).isNotEqualTo(CatalogError.INTERNAL);
        });
    }

    @Test
    void theListenerHearsEachMoveAndTheFirstRows() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        ScriptListener listener = new ScriptListener() {
            @Override
            public void onScript(ScriptRun run, ScriptState state) {
                heard.add("script " + state);
            }

            @Override
            public void onStatement(ScriptRun run, StatementStatus statement) {
                heard.add(statement.number() + " " + statement.state().name());
            }

            @Override
            public void onRows(ScriptRun run, StatementStatus statement, ResolvedSchema columns, List<RowData> rows) {
                heard.add(statement.number() + " " + columns.getColumnNames() + " "
                        + rows.stream().map(row -> row.getInt(0)).toList());
                throw new IllegalStateException("a listener's fault");
            }
        };
        ScriptOutcome outcome = scripts.run(
                script(Dialect.FLINK, Map.of(), "SELECT n FROM (VALUES (1), (2), (3)) AS t (n); SHOW DATABASES"),
                CALLER,
                listener);
        assertThat(outcome.state()).isEqualTo(ScriptState.FINISHED);
        assertThat(heard.subList(0, 5))
                .containsExactly("script QUEUED", "script RUNNING", "1 RUNNING", "1 [n] [1, 2]", "1 FINISHED");
        assertThat(heard).last().isEqualTo("script FINISHED");
        assertThat(((Finished) outcome.statements().get(0).state()).rows()).isEqualTo(OptionalLong.of(2));
    }

    @Test
    void scriptsAreCancelledAndBounded() throws Exception {
        ScriptRun first = endless();
        ScriptRun second = endless();
        ScriptRun waiting = endless();
        try {
            awaitWriting(first);
            awaitWriting(second);
            assertThat(waiting.state()).isEqualTo(ScriptState.QUEUED);
            assertThatThrownBy(this::endless)
                    .hasMessageStartingWith("[WEIR-2300] TOO_MANY_SCRIPTS: 2 scripts run and 1 wait");

            waiting.cancel();
            assertThat(waiting.await().state()).isEqualTo(ScriptState.CANCELLED);
            assertThat(waiting.statements()).extracting(s -> s.state().name()).containsOnly("SKIPPED");

            first.cancel();
            ScriptOutcome cancelled = first.await();
            assertThat(cancelled.state()).isEqualTo(ScriptState.CANCELLED);
            assertThat(cancelled.error()).isEmpty();
            assertThat(cancelled.statements())
                    .extracting(statement -> statement.state().name())
                    .containsExactly("FINISHED", "FINISHED", "CANCELLED", "SKIPPED");
            assertThat(run(Dialect.FLINK, Map.of(), "SELECT 1").state()).isEqualTo(ScriptState.FINISHED);
        } finally {
            first.cancel();
            second.cancel();
            waiting.cancel();
        }
        assertThat(second.await().state()).isEqualTo(ScriptState.CANCELLED);
        assertThat(scripts.load(second.id())).isSameAs(second);
        assertThat(rows("SELECT count(*) FROM flights WHERE dt = '2001-01-09'")).containsExactly("0");
        second.cancel();
        assertThat(second.state()).isEqualTo(ScriptState.CANCELLED);
    }

    @Test
    void endedScriptsAreKeptForAWhile() {
        BatchConfig config = new BatchConfig(1, 1, 1, 1);
        try (BatchScripts few = new BatchScripts(warehouse.warehouse().gate(), config, warehouse.clock())) {
            Script script = script(Dialect.FLINK, Map.of(), "SET 'table.local-time-zone' = 'UTC'");
            String oldest = few.run(script, CALLER, ScriptListener.SILENT).id();
            few.run(script, CALLER, ScriptListener.SILENT);
            String last = few.run(script, CALLER, ScriptListener.SILENT).id();
            assertThat(few.list()).extracting(ScriptRun::id).hasSize(2).endsWith(last);
            assertThatThrownBy(() -> few.load(oldest)).hasMessageStartingWith("[WEIR-1301] SCRIPT_NOT_FOUND: ");
        }
    }

    @Test
    void aClosedLaneCancelsAndRefuses() throws Exception {
        BatchScripts closing =
                new BatchScripts(warehouse.warehouse().gate(), new BatchConfig(1, 1, 1, 1), warehouse.clock());
        ScriptRun running = closing.submit(endlessScript(), CALLER, ScriptListener.SILENT);
        awaitWriting(running);
        closing.close();
        assertThat(running.await().state()).isEqualTo(ScriptState.CANCELLED);
        assertThatThrownBy(() -> closing.submit(endlessScript(), CALLER, ScriptListener.SILENT))
                .hasMessageStartingWith("[WEIR-3003] SHUTTING_DOWN: ");
    }

    @Test
    void aStrongScriptReadsABoundary() throws Exception {
        for (String table : List.of("root", "other")) {
            warehouse.run("CREATE TABLE " + table + " (id BIGINT)");
            warehouse.run("INSERT INTO " + table + " VALUES (1)");
        }
        warehouse.run("CREATE TABLE counted (dialect STRING, roots BIGINT, others BIGINT)");
        FlowStore flows = warehouse.warehouse().state().flows();
        FlowKeeper keeper = warehouse.warehouse().flowKeeper();
        flows.create(
                "batch",
                List.of(new TableName(warehouse.database(), "root"), new TableName(warehouse.database(), "other")),
                Duration.ofMillis(1),
                "test");
        try {
            keeper.turn(job -> false);
            warehouse.run("INSERT INTO root VALUES (2)");
            for (Dialect dialect : Dialect.values()) {
                if (dialect == Dialect.HIVE) {
                    warehouse.run("INSERT INTO other VALUES (2)");
                    keeper.turn(job -> false);
                    warehouse.run("INSERT INTO other VALUES (3)");
                }
                String set = dialect == Dialect.HIVE
                        ? "SET read.consistency=strong;\n"
                        : "SET 'read.consistency' = 'strong';\n";
                String insert = "INSERT INTO counted SELECT '" + dialect
                        + "', r.n, o.n FROM (SELECT COUNT(*) AS n FROM root) r"
                        + " CROSS JOIN (SELECT COUNT(*) AS n FROM other) o;\n";
                assertThat(run(dialect, Map.of(), "USE " + warehouse.database() + ";\n" + set + insert)
                                .error())
                        .isEmpty();
                ScriptOutcome refused = run(
                        dialect, Map.of(), "USE " + warehouse.database() + ";\n" + set + "SELECT id FROM flights;\n");
                assertThat(refused.error())
                        .hasValueSatisfying(error -> assertThat(error.code()).isEqualTo(CatalogError.CUT_NOT_STRONG));
            }
            assertThat(rows("SELECT * FROM counted ORDER BY dialect")).containsExactly("FLINK 1 1", "HIVE 2 2");
            assertThat(keeper.problems()).isEmpty();
        } finally {
            flows.drop("batch");
            keeper.turn(job -> false);
        }
    }

    private ScriptRun endless() {
        return scripts.submit(endlessScript(), CALLER, ScriptListener.SILENT);
    }

    private Script endlessScript() {
        return script(Dialect.FLINK, Map.of(), "USE " + warehouse.database() + ";\n" + ENDLESS);
    }

    private static void awaitWriting(ScriptRun run) throws Exception {
        Eventually.within(Duration.ofSeconds(60)).holds("the script writes", () -> assertThat(
                        run.statements().get(2).state())
                .isInstanceOf(Running.class));
    }

    private ScriptOutcome run(Dialect dialect, Map<String, String> variables, String text) {
        return scripts.run(script(dialect, variables, text), CALLER, ScriptListener.SILENT);
    }

    private static Script script(Dialect dialect, Map<String, String> variables, String text) {
        return new Script("test.sql", text, dialect, variables);
    }

    private List<String> rows(String sql) throws Exception {
        return warehouse.run(sql).rows().stream()
                .map(row -> String.join(" ", row))
                .toList();
    }
}
