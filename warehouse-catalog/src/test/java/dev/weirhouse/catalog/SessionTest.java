package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SessionTest {

    @Test
    void createsFillsAndReadsTables() {
        try (Session session = TestWarehouse.session("basics")) {
            run(
                    session,
                    "CREATE TABLE t (id BIGINT, name STRING, amount DECIMAL(10,2), PRIMARY KEY (id) NOT ENFORCED)");
            assertThat(run(session, "INSERT INTO t VALUES (1, 'a', 1.5), (2, 'b', 2.5)"))
                    .containsExactly("2");
            assertThat(run(session, "INSERT INTO t VALUES (1, 'c', 3)")).containsExactly("1");
            assertThat(run(session, "SELECT * FROM t ORDER BY id")).containsExactly("1|c|3.00", "2|b|2.50");
            assertThat(run(session, "SELECT AVG(amount) FROM t")).containsExactly("2.750000");
            run(session, "CREATE VIEW v AS SELECT UPPER(name) AS n FROM t WHERE id = 1");
            assertThat(run(session, "SELECT * FROM v")).containsExactly("C");
            assertThat(run(session, "SHOW TABLES")).containsExactlyInAnyOrder("t", "v");
            assertThat(run(session, "SELECT COUNT(*) FROM t /*+ OPTIONS('scan.snapshot-id' = '1') */"))
                    .containsExactly("2");
            assertThat(session.metadata().primaryKey(new TableName("basics", "t")))
                    .containsExactly("id");
            assertThat(session.metadata().schema(new TableName("basics", "v")).getColumnNames())
                    .containsExactly("n");
        }
    }

    @Test
    void hiveDialectReadsAndOverwritesPaimonTables() {
        try (Session session = TestWarehouse.session("hive_lane")) {
            run(session, "CREATE TABLE src (id BIGINT, tags STRING)");
            run(session, "CREATE TABLE dst (id BIGINT, tag STRING, dt STRING) PARTITIONED BY (dt)");
            run(session, "INSERT INTO src VALUES (1, 'a,b'), (2, 'c')");
            session.set("table.sql-dialect", "hive");
            String overwrite =
                    "INSERT OVERWRITE TABLE dst PARTITION (dt) SELECT id, tag, concat('d', cast(id AS string))"
                            + " FROM src LATERAL VIEW explode(split(tags, ',')) e AS tag";
            assertThat(run(session, overwrite)).containsExactly("3");
            assertThat(run(session, overwrite)).containsExactly("3");
            assertThat(run(session, "SELECT id, tag, dt FROM dst ORDER BY id, tag"))
                    .containsExactly("1|a|d1", "1|b|d1", "2|c|d2");
            assertThat(run(session, "SHOW PARTITIONS dst")).containsExactly("dt=d1", "dt=d2");
            run(session, "CREATE TABLE plain (a int, b string) STORED AS PARQUET");
            run(
                    session,
                    "FROM src INSERT INTO TABLE plain SELECT cast(id AS int), tags INSERT INTO TABLE dst PARTITION"
                            + " (dt = 'x') SELECT id, tags");
            assertThat(run(session, "SELECT count(*) FROM plain")).containsExactly("2");
            assertThatThrownBy(() -> run(session, "SELECT reflect('java.lang.System', 'exit', 0)"))
                    .hasMessageContaining("WEIR-1008");
            assertThat(run(session, "SELECT '${env:PATH}', '${system:user.home}'"))
                    .containsExactly("${env:PATH}|${system:user.home}");
            assertThatThrownBy(() -> run(session, "SELECT TRANSFORM(id) USING 'cat' AS (x string) FROM src"))
                    .hasMessageContaining("WEIR-1008");
            session.set("table.sql-dialect", "default");
            assertThat(run(session, "SELECT a, b FROM plain ORDER BY a")).containsExactly("1|a,b", "2|c");
            assertThat(run(session, "SELECT COUNT(*) FROM dst WHERE dt = 'x'")).containsExactly("2");
        }
    }

    @Test
    void aNamePointedAtABranchIsFollowedEverywhere() {
        Warehouse warehouse = TestWarehouse.get();
        TableName name = new TableName("pointers", "t");
        try (Session session = TestWarehouse.session("pointers")) {
            run(session, "CREATE TABLE t (id BIGINT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
            run(session, "INSERT INTO t VALUES (1, 'main')");
            run(session, "CALL sys.create_tag('pointers.t', 'start')");
            run(session, "CALL sys.create_branch('pointers.t', 'fix', 'start')");

            warehouse.point(Map.of(name, new Version(name, Optional.of("fix"))));
            run(session, "INSERT INTO t VALUES (1, 'branch')");
            assertThat(run(session, "SELECT v FROM t")).containsExactly("branch");
            session.set("table.sql-dialect", "hive");
            assertThat(run(session, "SELECT v FROM t")).containsExactly("branch");
            session.set("table.sql-dialect", "default");
            run(session, "CALL sys.create_tag('pointers.t', 'on_branch')");
            run(session, "CALL sys.compact('pointers.t')");
            assertThat(run(session, "SELECT tag_name FROM t$tags")).contains("on_branch");
            run(session, "ALTER TABLE t ADD extra INT");
            assertThat(run(session, "SELECT v, extra FROM t")).containsExactly("branch|null");
            assertThat(run(session, "SELECT version FROM weir.tables WHERE database_name = 'pointers'"))
                    .containsExactly("pointers.t$branch_fix");

            warehouse.point(Map.of(name, Version.itself(name)));
            assertThat(run(session, "SELECT * FROM t")).containsExactly("1|main");
            assertThat(run(session, "SELECT tag_name FROM t$tags")).containsExactly("start");
        }
    }

    @Test
    void functionsAndTimeTravelGoThroughTheCatalog() throws Exception {
        try (Session session = TestWarehouse.session("travel")) {
            run(session, "CREATE FUNCTION shout AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFUpper'");
            assertThat(run(session, "SELECT shout('a')")).containsExactly("A");
            assertThat(run(session, "SHOW USER FUNCTIONS")).contains("shout");
            run(session, "CREATE TABLE t (id BIGINT)");
            run(session, "INSERT INTO t VALUES (1)");
            run(session, "CALL sys.create_tag('travel.t', 'one')");
            String between =
                    run(session, "SELECT CAST(LOCALTIMESTAMP AS STRING)").get(0);
            run(session, "INSERT INTO t VALUES (2)");
            assertThat(run(session, "SELECT COUNT(*) FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '" + between + "'"))
                    .containsExactly("1");
            assertThat(run(session, "SELECT COUNT(*) FROM t /*+ OPTIONS('scan.tag-name' = 'one') */"))
                    .containsExactly("1");
            assertThat(run(session, "SELECT COUNT(*) FROM t")).containsExactly("2");
            assertThatThrownBy(() -> run(session, "SELECT * FROM t /*+ OPTIONS('scan.snapshot-id' = '99') */"))
                    .hasMessageContaining("WEIR-1049");
        }
    }

    @Test
    void aSessionOpenedOnOneThreadServesOthers() throws Exception {
        try (Session session = TestWarehouse.session("threads")) {
            Thread[] threads = new Thread[2];
            List<String> answers = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> answers.addAll(run(
                        session, "SELECT MAX(a.x) FROM (VALUES (1), (2)) AS a(x) JOIN (VALUES (2)) AS b(y) ON x = y")));
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(answers).containsExactly("2", "2");
        }
    }

    @Test
    void settingsBelongToTheSession() {
        try (Session one = TestWarehouse.session("settings");
                Session two = TestWarehouse.session("settings")) {
            run(one, "SET 'table.local-time-zone' = 'Asia/Tokyo'");
            assertThat(run(one, "SELECT CAST(TO_TIMESTAMP_LTZ(0, 3) AS STRING)"))
                    .containsExactly("1970-01-01 09:00:00.000");
            assertThat(run(one, "SET")).contains("table.local-time-zone|Asia/Tokyo");
            assertThat(two.settings().get("table.local-time-zone")).isNotEqualTo("Asia/Tokyo");
            run(one, "RESET 'table.local-time-zone'");
            assertThat(one.settings().get("table.local-time-zone")).isNotEqualTo("Asia/Tokyo");
            run(one, "DROP DATABASE IF EXISTS settings_gone CASCADE");
            run(one, "CREATE DATABASE settings_gone");
            run(one, "CREATE TABLE settings_gone.t (a INT)");
            assertThatThrownBy(() -> run(one, "DROP DATABASE settings_gone")).isInstanceOf(WarehouseException.class);
            run(one, "DROP DATABASE settings_gone CASCADE");
            assertThat(run(one, "SHOW DATABASES")).contains("weir").doesNotContain("settings_gone");
        }
    }

    @Test
    void parametersAreBoundAsTypedValues() {
        try (Session session = TestWarehouse.session("parameters")) {
            run(
                    session,
                    "CREATE TABLE p (i INT, l BIGINT, s STRING, d DECIMAL(10,2), f DOUBLE, b BOOLEAN, day_ DATE,"
                            + " at_ TIMESTAMP(3), bin BYTES)");
            Prepared insert = session.prepare("INSERT INTO p VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
            assertThat(insert.kind()).isEqualTo(StatementKind.WRITE);
            assertThat(insert.parameters()).hasSize(9);
            run(session.execute(
                    insert,
                    List.of(
                            1,
                            5_000_000_000L,
                            "it's; -- ü ' \" ?",
                            new BigDecimal("12.34"),
                            1.5e-7,
                            true,
                            LocalDate.of(1969, 12, 31),
                            LocalDateTime.of(2001, 1, 1, 0, 1, 0, 123_000_000),
                            new byte[] {0, 127, -1}),
                    Lane.OLAP));
            run(session.execute(
                    insert, Arrays.asList(null, null, null, null, null, null, null, null, null), Lane.OLAP));
            Prepared query =
                    session.prepare("SELECT l, s, d, f, b, CAST(day_ AS STRING), at_ FROM p WHERE i = ? AND s <> ?");
            assertThat(query.schema().getColumnCount()).isEqualTo(7);
            assertThat(run(session.execute(query, List.of(1, "x'); DROP TABLE p; --"), Lane.OLAP)))
                    .containsExactly(
                            "5000000000|it's; -- ü ' \" ?|12.34|1.5E-7|true|1969-12-31|2001-01-01T00:01:00.123");
            assertThatThrownBy(() -> session.execute(query, List.of(1), Lane.OLAP))
                    .hasMessageContaining("WEIR-1010");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "SELEC 1; 1001; line 1:1",
                "SELECT * FROM nosuch; 1046; line 1:15",
                "SELECT nosuch FROM weir.jobs; 1047; line 1:8",
                "SELECT nosuch(1); 1048; line 1:8",
                "USE nosuch; 1045; ",
                "DROP TABLE nosuch; 1046; ",
                "CREATE DATABASE errors; 1050; ",
                "SET 'execution.target' = 'local'; 1005; ",
                "SET 'execution.runtime-mode' = 'streaming'; 1005; ",
                "ADD JAR '/tmp/x.jar'; 1008; ",
                "CREATE CATALOG c WITH ('type' = 'paimon', 'warehouse' = '/etc'); 1008; ",
                "EXECUTE PLAN '/etc/passwd'; 1008; ",
                "CREATE TABLE f (a STRING) WITH ('connector' = 'filesystem', 'path' = '/etc', 'format' = 'raw'); 1007; ",
                "CREATE TEMPORARY TABLE j (a STRING) WITH ('connector' = 'jdbc', 'url' = 'x'); 1006; ",
                "CALL sys.clone(`database` => 'a'); 1008; ",
                "CREATE TABLE weir.x (a INT); 1008; ",
                "CREATE FUNCTION r AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFReflect'; 1008; ",
                "CALL sys.merge_into(`target_table` => 'a.b'); 1008; ",
                "SET 'execution.checkpointing.dir' = 'file:///tmp/x'; 1005; ",
                "SET 'state.checkpoints.dir' = 'file:///tmp/x'; 1005; ",
                "SET 'execution.state-recovery.path' = '/tmp/x'; 1005; ",
                "CREATE DATABASE evil WITH ('location' = 'file:///etc/evil'); 1007; ",
                "CREATE TABLE e (a INT) WITH ('data-file.external-paths' = 'file:///etc'); 1007; ",
                "SELECT 1 SELECT 2; 1001; line 1:10",
            })
    void wrongStatementsSaySoWithCodeAndPlace(String sql, int code, String place) {
        try (Session session = TestWarehouse.session("errors")) {
            assertThatThrownBy(() -> run(session, sql))
                    .isInstanceOf(WarehouseException.class)
                    .hasMessageStartingWith("[WEIR-" + code + "] ")
                    .hasMessageContaining(place == null ? "" : place);
            assertThat(run(session, "SELECT 1")).containsExactly("1");
        }
    }

    @Test
    void filesOutsideTheBoundsAreNotReadThroughHintsOrLinks() throws Exception {
        try (Session session = TestWarehouse.session("bounds")) {
            var inbox = TestWarehouse.get().config().inbox();
            java.nio.file.Files.createDirectories(inbox.resolve("ok"));
            java.nio.file.Files.writeString(inbox.resolve("ok/a.txt"), "hello\n");
            java.nio.file.Files.deleteIfExists(inbox.resolve("link"));
            java.nio.file.Files.createSymbolicLink(inbox.resolve("link"), java.nio.file.Path.of("/etc"));
            run(
                    session,
                    "CREATE TEMPORARY TABLE f (a STRING) WITH ('connector' = 'filesystem', 'path' = '"
                            + inbox.resolve("ok") + "', 'format' = 'raw')");
            assertThat(run(session, "SELECT a FROM f")).containsExactly("hello");
            assertThatThrownBy(() -> run(session, "SELECT a FROM f /*+ OPTIONS('path' = '/etc/passwd') */"))
                    .hasMessageContaining("WEIR-1007");
            assertThatThrownBy(() ->
                            run(session, "SELECT a FROM f /*+ OPTIONS('path' = '" + inbox.resolve("link") + "') */"))
                    .hasMessageContaining("WEIR-1007");
            assertThatThrownBy(() -> run(
                            session, "SELECT a FROM f /*+ OPTIONS('path' = '" + inbox + "/ok/../../../../../etc') */"))
                    .hasMessageContaining("WEIR-1007");
        }
    }

    @Test
    void secretsAreReferencesAndAppearNowhere() throws Exception {
        try (Session session = TestWarehouse.session("secrets")) {
            var folder = TestWarehouse.get().config().inbox().resolve("secrets");
            java.nio.file.Files.createDirectories(folder);
            java.nio.file.Files.writeString(folder.resolve("a.csv"), "1\n");
            String ddl = "CREATE TABLE %s (a INT) WITH ('connector' = 'filesystem', 'path' = '" + folder
                    + "', 'format' = 'csv', 'csv.%s' = '${secret:%s}')";
            run(session, ddl.formatted("s", "password", "token"));
            run(session, ddl.formatted("nosuch", "password", "none"));
            run(session, ddl.formatted("misplaced", "null-literal", "token"));
            run(session, ddl.formatted("column_name", "properties.x", "token"));

            List<String> log = Collections.synchronizedList(new ArrayList<>());
            var appender =
                    new org.apache.logging.log4j.core.appender.AbstractAppender("kept", null, null, false, null) {
                        @Override
                        public void append(org.apache.logging.log4j.core.LogEvent event) {
                            log.add(event.getMessage().getFormattedMessage() + event.getThrown());
                        }
                    };
            appender.start();
            var logger = (org.apache.logging.log4j.core.Logger) org.apache.logging.log4j.LogManager.getRootLogger();
            logger.addAppender(appender);

            // The same table with a secret that is not there shows that the one before is looked up to be read.
            assertThat(run(session, "SELECT a FROM s")).containsExactly("1");
            assertThatThrownBy(() -> run(session, "SELECT a FROM nosuch")).hasMessageContaining("WEIR-1009");
            assertThatThrownBy(() -> run(session, "SELECT a FROM misplaced")).hasMessageContaining("WEIR-1009");
            assertThatThrownBy(() -> run(session, "SELECT a FROM column_name")).hasMessageContaining("WEIR-1009");

            java.nio.file.Files.writeString(folder.resolve("b.csv"), "no number\n");
            assertThatThrownBy(() -> run(session, "SELECT a FROM s")).satisfies(SessionTest::showsNoSecret);
            assertThatThrownBy(() -> run(session, "SELECT a FROM s /*+ OPTIONS('csv.nosuch' = 'x', 'nosuch' = 'y') */"))
                    .satisfies(SessionTest::showsNoSecret);
            for (String sql : List.of(
                    "SHOW CREATE TABLE s",
                    "EXPLAIN SELECT a FROM s",
                    "EXPLAIN INSERT INTO s VALUES (1)",
                    "SET",
                    "SELECT sql_text, error FROM weir.queries WHERE session_id = '" + session.id() + "'")) {
                assertThat(run(session, sql).toString()).as(sql).doesNotContain("s3cr3t");
            }
            run(
                    session,
                    "CREATE TEMPORARY TABLE p (a INT) WITH ('connector' = 'paimon', 'auto-create' = 'true', 'path' = '"
                            + folder.resolve("p") + "', 'token' = '${secret:token}')");
            assertThatThrownBy(() -> run(session, "SELECT a FROM p")).hasMessageContaining("WEIR-1009");
            logger.removeAppender(appender);
            assertThat(log).isNotEmpty().noneMatch(line -> line.contains("s3cr3t"));
        }
    }

    private static void showsNoSecret(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain("s3cr3t");
        }
    }

    @Test
    void everyStatementLeavesARunWithItsCut() {
        try (Session session = TestWarehouse.session("runs")) {
            run(session, "CREATE TABLE a (id BIGINT)");
            run(session, "INSERT INTO a VALUES (1)");
            run(session, "INSERT INTO a SELECT id + 1 FROM a");
            String read;
            try (Answer answer = session.execute("SELECT x.id FROM a x JOIN a y ON x.id = y.id", Lane.OLAP)) {
                read = answer.runId();
                run(answer);
            }
            assertThat(run(
                            session,
                            "SELECT kind, state, cut, row_count, answered_by FROM weir.queries WHERE query_id = '"
                                    + read + "'"))
                    .containsExactly("QUERY|FINISHED|runs.a=runs.a@2|2|FLINK");
            assertThat(run(
                            session,
                            "SELECT kind, state, cut, affected_rows FROM weir.runs WHERE session_id = '" + session.id()
                                    + "' AND sql_text LIKE 'INSERT INTO a SELECT%'"))
                    .containsExactly("WRITE|FINISHED|runs.a=runs.a@1; runs.a=runs.a|1");
            assertThat(run(
                            session,
                            "SELECT principal, source, tags FROM weir.sessions WHERE session_id = '" + session.id()
                                    + "'"))
                    .containsExactly("tester|junit|test");
        }
    }
}
