package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What SQL may reach: files, formats, functions, procedures. */
final class SqlBoundsTest {

    private static final Path HOME = TestWarehouse.get().config().home();
    private static final Path WAREHOUSE = HOME.resolve("warehouse");
    private static final Path INBOX = TestWarehouse.get().config().inbox();

    @Test
    void aTablesFilesAreReachedByItsNameAlone() throws IOException {
        try (Session session = TestWarehouse.session("fenced")) {
            run(session, "CREATE TABLE p (a INT)");
            run(session, "INSERT INTO p VALUES (1)");
            Path folder = WAREHOUSE.resolve("fenced.db/p");
            assertThat(folder.resolve("snapshot")).isDirectory();
            // A jar in the home's lib would be code of the server's.
            Path lib = HOME.resolve("lib");
            for (Path path : List.of(folder, folder.resolve("schema"), WAREHOUSE, lib, HOME, HOME.getParent())) {
                refused(session, 1007, file("f", path));
                refused(session, 1007, "CREATE TABLE q (a INT) WITH ('path' = '" + path + "')");
            }
            Files.createDirectories(INBOX);
            run(session, file("f", INBOX));
            refused(session, 1007, "INSERT OVERWRITE f /*+ OPTIONS('path' = '" + folder + "') */ VALUES ('x')");
            refused(session, 1007, "SELECT * FROM p /*+ OPTIONS('path' = '" + WAREHOUSE.resolve("x.db/q") + "') */");
            refused(session, 1007, "CREATE DATABASE elsewhere WITH ('location' = '" + WAREHOUSE + "')");

            session.set("table.sql-dialect", "hive");
            run(session, "CREATE TABLE h (a string)");
            run(session, "CREATE TABLE hp (a string) PARTITIONED BY (d string)");
            refused(session, 1007, "LOAD DATA INPATH '" + folder.resolve("snapshot") + "' INTO TABLE h");
            refused(session, 1007, "LOAD DATA LOCAL INPATH '" + HOME.resolve("state.db") + "' INTO TABLE h");
            refused(session, 1007, "INSERT OVERWRITE DIRECTORY '" + folder + "' SELECT * FROM h");
            refused(session, 1007, "CREATE EXTERNAL TABLE e (a string) LOCATION '" + folder + "'");
            refused(session, 1007, "ALTER TABLE h SET LOCATION 'file://" + folder.toAbsolutePath() + "'");
            refused(session, 1007, "ALTER TABLE hp ADD PARTITION (d = '1') LOCATION '" + folder + "'");
            Files.writeString(INBOX.resolve("loaded.txt"), "x\n");
            refused(session, 1002, "LOAD DATA INPATH '" + INBOX.resolve("loaded.txt") + "' INTO TABLE p");

            refused(session, 1007, "ALTER DATABASE fenced SET LOCATION 'file://" + folder.toAbsolutePath() + "'");
            run(session, "ALTER DATABASE fenced SET DBPROPERTIES ('note' = 'its own place does not hinder')");
            run(session, "INSERT INTO TABLE hp PARTITION (d = '1') SELECT 'x'");
            run(session, "ALTER TABLE h SET TBLPROPERTIES ('note' = 'its own place does not hinder')");
            assertThat(run(session, "SELECT a, d FROM hp")).containsExactly("x|1");
            session.set("table.sql-dialect", "default");
            run(session, "ALTER DATABASE fenced SET ('note' = 'nor here')");
            run(session, "ALTER TABLE p SET ('snapshot.num-retained.max' = '20')");
            refused(session, 1007, "CREATE TABLE alike LIKE p");
            run(session, "CREATE TABLE alike LIKE p (EXCLUDING OPTIONS)");
            run(session, "INSERT INTO alike SELECT * FROM p");
            assertThat(run(session, "SELECT a FROM alike")).containsExactly("1");
        }
    }

    @Test
    void whatIsLeftOfATableWithoutFilesCanBeDropped() throws IOException {
        try (Session session = TestWarehouse.session("orphans")) {
            run(session, "CREATE TABLE p (a INT)");
            run(session, "INSERT INTO p VALUES (1)");
            run(session, "CREATE TABLE never_opened (a INT)");
            delete(WAREHOUSE.resolve("orphans.db/p"));
            delete(WAREHOUSE.resolve("orphans.db/never_opened"));
            assertThat(run(session, "SHOW TABLES")).containsExactlyInAnyOrder("p", "never_opened");
            refused(session, 1046, "SELECT * FROM never_opened");
            run(session, "DROP TABLE p");
            run(session, "DROP TABLE never_opened");
            assertThat(run(session, "SHOW TABLES")).isEmpty();
            refused(session, 1046, "DROP TABLE p");
            run(session, "CREATE TABLE p (a INT)");
            run(session, "INSERT INTO p VALUES (2)");
            assertThat(run(session, "SELECT a FROM p")).containsExactly("2");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CALL sys.compact(`table` => 'b.t', compact_strategy => 'full', options => '%s')",
                "CALL sys.compact('b.t', '', '', '', '%s')",
                "CALL sys.compact_manifest(`table` => 'b.t', options => '%s')",
                "CALL sys.expire_snapshots(`table` => 'b.t', retain_max => 1, options => '%s')",
                "CALL sys.expire_partitions(`table` => 'b.t', expiration_time => '1 d', options => '%s')",
            })
    void optionsOfProceduresAreJudgedAsThoseOfTables(String call) {
        try (Session session = TestWarehouse.session("procedures_")) {
            refused(
                    session,
                    1007,
                    call.formatted("data-file.external-paths=file:///tmp/outside,"
                            + "data-file.external-paths.strategy=round-robin"));
            refused(session, 1015, call.formatted("sink.parallelism=20000"));
            refused(session, 1008, call.replace("'%s'", "CONCAT('data-file.external-paths', '=file:///tmp/outside')"));
        }
    }

    @Test
    void formatsOfHiveTablesAreThoseThatKeepToTheirFiles() {
        try (Session session = TestWarehouse.session("formats")) {
            session.set("table.sql-dialect", "hive");
            String symlinks = "INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat' OUTPUTFORMAT"
                    + " 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'";
            refused(session, 1008, "CREATE TABLE s (a string) STORED AS " + symlinks);
            refused(
                    session,
                    1008,
                    "CREATE TABLE s (a string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.NullStructSerDe'");
            refused(
                    session,
                    1008,
                    "CREATE TABLE s (a string) STORED AS AVRO TBLPROPERTIES ('avro.schema.url' = 'file:///etc/passwd')");
            run(session, "CREATE TABLE t (a string) STORED AS AVRO");
            refused(session, 1008, "ALTER TABLE t SET TBLPROPERTIES ('avro.schema.url' = 'http://localhost/x')");
            refused(session, 1008, "ALTER TABLE t SET SERDEPROPERTIES ('avro.schema.url' = 'http://localhost/x')");
            refused(session, 1008, "ALTER TABLE t SET SERDE 'org.apache.hadoop.hive.serde2.NullStructSerDe'");
            refused(
                    session,
                    1008,
                    "INSERT OVERWRITE DIRECTORY '" + INBOX.resolve("out")
                            + "' ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.NullStructSerDe' SELECT 'x'");
            for (String format : List.of("TEXTFILE", "SEQUENCEFILE", "RCFILE", "ORC", "PARQUET", "AVRO")) {
                run(session, "CREATE TABLE as_" + format + " (a string) STORED AS " + format);
                run(session, "INSERT INTO as_" + format + " SELECT 'x'");
                assertThat(run(session, "SELECT a FROM as_" + format))
                        .as(format)
                        .containsExactly("x");
            }
        }
    }

    @Test
    void loadingFilesLeavesTheFormatsOfOtherSessionsAlone() throws IOException {
        Files.createDirectories(INBOX);
        for (int round = 0; round < 2; round++) {
            Path file = Files.writeString(INBOX.resolve("f" + round + ".txt"), "a" + round + "\n");
            try (Session session = TestWarehouse.session("loads")) {
                session.set("table.sql-dialect", "hive");
                run(session, "CREATE TABLE IF NOT EXISTS ldt (a string)");
                run(session, "LOAD DATA INPATH '" + file + "' INTO TABLE ldt");
                assertThat(run(session, "SHOW CREATE TABLE ldt").toString()).contains("ldt");
            }
        }
        try (Session session = TestWarehouse.session("loads")) {
            session.set("table.sql-dialect", "hive");
            assertThat(run(session, "SELECT a FROM ldt")).containsExactlyInAnyOrder("a0", "a1");
            run(session, "CREATE TABLE av (a string) STORED AS AVRO");
            run(session, "INSERT INTO av SELECT 'x'");
            assertThat(run(session, "SELECT a FROM av")).containsExactly("x");
            run(session, "CREATE TABLE oc (a string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'");
            run(session, "INSERT INTO oc SELECT 'x'");
            assertThat(run(session, "SELECT a FROM oc")).containsExactly("x");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT reflect -- x\n('java.lang.System', 'lineSeparator')",
                "SELECT 1 AS `it's`, reflect('java.lang.System', 'lineSeparator')",
                "SELECT java_method('java.lang.System', 'lineSeparator')",
                "SELECT `reflect2`('a', 'length')",
                "SELECT in_file('a', '/etc/hostname')",
                "SELECT get_splits('SELECT 1', 1)",
                "CREATE FUNCTION r AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFReflect'",
                "CREATE FUNCTION r AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDTFGetSplits'",
                "CREATE FUNCTION r AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFBridge'",
                "CREATE FUNCTION r AS 'java.lang.Runtime'",
                "CREATE TEMPORARY FUNCTION r AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFInFile'",
                "/* */ CREATE -- x\nTEMPORARY FUNCTION r AS 'java.lang.Runtime'",
                "CREATE TEMPORARY FUNCTION r AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFUpper' USING JAR '/tmp/x.jar'",
            })
    void functionsThatRunCodeCannotBeReached(String sql) {
        try (Session session = TestWarehouse.session("functions_")) {
            session.set("table.sql-dialect", "hive");
            refused(session, 1008, sql);
        }
    }

    @Test
    void whatHiveCannotDoHereSaysSo() {
        try (Session session = TestWarehouse.session("hive_words")) {
            session.set("table.sql-dialect", "hive");
            for (String function : List.of("current_user", "logged_in_user", "current_groups", "current_authorizer")) {
                refused(session, 1013, "SELECT " + function + "()");
            }
            refused(session, 1013, "CREATE TEMPORARY MACRO twice (x int) x + x");
            run(session, "CREATE TEMPORARY FUNCTION shout AS 'org.apache.hadoop.hive.ql.udf.generic.GenericUDFUpper'");
            assertThat(run(session, "SELECT shout('a')")).containsExactly("A");
            run(session, "DROP TEMPORARY FUNCTION shout");
        }
    }

    @Test
    void aConnectorThatIsNotInstalledIsRefusedWhenItIsNamed() {
        try (Session session = TestWarehouse.session("connectors_")) {
            assertThatThrownBy(() -> run(session, "CREATE TABLE k (a INT) WITH ('connector' = 'absent')"))
                    .hasMessageStartingWith("[WEIR-1006]")
                    .hasMessageContaining("not installed")
                    .hasMessageContaining("datagen")
                    .hasMessageContaining("filesystem");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"properties.config.providers", "properties.config.providers.f.class", "debezium.config.providers"
            })
    void optionsThatReadTheServersFilesAreRefused(String option) {
        try (Session session = TestWarehouse.session("providers_")) {
            assertThatThrownBy(() -> run(
                            session, "CREATE TABLE k (a INT) WITH ('connector' = 'datagen', '" + option + "' = 'f')"))
                    .hasMessageStartingWith("[WEIR-1006]")
                    .hasMessageContaining(option);
        }
    }

    private static String file(String name, Path path) {
        return "CREATE TEMPORARY TABLE " + name + " (a STRING) WITH ('connector' = 'filesystem', 'path' = '" + path
                + "', 'format' = 'raw')";
    }

    private static void refused(Session session, int code, String sql) {
        assertThatThrownBy(() -> run(session, sql)).as(sql).hasMessageStartingWith("[WEIR-" + code + "] ");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
