package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no text may reach: {@code W} is the folder that may be read, {@code O} another beside it. */
final class EngineLockTest {

    @TempDir
    static Path folder;

    private static OpenEngine open;
    private static Path warehouse;
    private static Path outside;

    @BeforeAll
    static void start() throws IOException, SQLException {
        warehouse = Files.createDirectories(folder.resolve("warehouse"));
        outside = Files.createDirectories(folder.resolve("outside"));
        Files.writeString(warehouse.resolve("open.csv"), "a\n1\n");
        Files.writeString(outside.resolve("secret.csv"), "a\n2\n");
        Files.createSymbolicLink(warehouse.resolve("link"), outside);
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("COPY (SELECT i, 'row ' || i AS s FROM range(1000) t(i)) TO '"
                    + warehouse.resolve("rows.parquet") + "'");
        }
        open = new OpenEngine(folder, Map.of("native.memory", "128mb"));
    }

    @AfterAll
    static void nothingIsLeft() {
        open.close();
    }

    @Test
    void filesOfTheWarehouseAreRead() {
        assertThat(open.rows(text("SELECT a FROM read_csv('W/open.csv')"))).containsExactly(List.of(1L));
        String parquet = text("SELECT s FROM read_parquet(['W/rows.parquet']) WHERE i = CAST(? AS BIGINT)");
        assertThat(open.rows(parquet, 7L)).containsExactly(List.of("row 7"));
        assertThat(open.rows(parquet, 1000L)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM read_csv('/etc/passwd')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM read_blob('/etc/passwd')",
                "SELECT * FROM read_text('file:///etc/passwd')",
                "SELECT * FROM '/etc/passwd'",
                "SELECT * FROM glob('/etc/*')",
                "SELECT * FROM read_csv('O/secret.csv')",
                "SELECT * FROM read_csv('W/../outside/secret.csv')",
                "SELECT * FROM read_csv('W/link/secret.csv')",
                "SELECT * FROM read_csv('W/link/../outside/secret.csv')",
                "SELECT * FROM read_csv('Wx/../outside/secret.csv')",
                "SELECT * FROM read_text('/proc/self/environ')",
                "SELECT * FROM read_text('W/link/s*')",
                "SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')",
                "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
                "SELECT getenv('HOME')",
                "COPY (SELECT 1) TO 'O/evil.csv'",
                "COPY (SELECT 1) TO 'W/evil.csv'",
                "SELECT 1; COPY (SELECT 1) TO 'W/evil.csv'",
                "COPY (SELECT 1) TO 'W/evil.csv'; SELECT 1",
                "WITH a AS (SELECT 1) SELECT * FROM a; EXPORT DATABASE 'W/evil'",
                "EXPORT DATABASE 'W/evil'",
                "ATTACH 'W/evil.db'",
                "ATTACH ':memory:' AS other",
                "INSTALL httpfs",
                "LOAD httpfs",
                "LOAD 'W/evil.so'",
                "CREATE SECRET s (TYPE s3)",
                "CREATE TABLE t (a INTEGER)",
                "CREATE MACRO m(a) AS a",
                "SET threads = 1",
                "SET memory_limit = '10GB'",
                "RESET lock_configuration",
                "PRAGMA enable_external_access",
                "SET enable_external_access = true",
                "SET allowed_directories = ['/']",
                "SET SESSION TimeZone = 'Asia/Tokyo'",
                "BEGIN TRANSACTION",
                "PREPARE p AS SELECT 1",
                "EXECUTE p",
                "CALL pragma_version()",
                "CHECKPOINT",
                "SELECT 1; SELECT 2",
                "",
                "SELECT * FROM query('COPY (SELECT 1) TO ''W/evil.csv''')",
                "SELECT * FROM query_table('O/secret.csv')",
            })
    void everythingElseIsRefused(String sql) throws IOException {
        assertThat(open.failure(text(sql))).isNotEmpty().doesNotContain("2\n");
        try (Stream<Path> files = Files.list(warehouse)) {
            assertThat(files)
                    .containsExactlyInAnyOrder(
                            warehouse.resolve("open.csv"),
                            warehouse.resolve("link"),
                            warehouse.resolve("rows.parquet"));
        }
        assertThat(outside).isDirectoryContaining("glob:**/secret.csv");
        assertThat(open.rows("SELECT current_setting('lock_configuration'), current_setting('enable_external_access')"))
                .containsExactly(List.of(true, false));
    }

    @Test
    void theProcessKnowsNoEnvironmentAndNobodyElseSeesItsFolder() throws IOException {
        Path environment = Path.of("/proc", Long.toString(open.pid()), "environ");
        assertThat(new String(Files.readAllBytes(environment), StandardCharsets.UTF_8))
                .doesNotContain("HOME=", "PATH=/");
        assertThat(Files.getPosixFilePermissions(open.folders().temp())).hasSize(3);
        assertThat(OpenEngine.lives(open.folders())).singleElement().satisfies(life -> assertThat(
                        Files.getPosixFilePermissions(life))
                .hasSize(3));
    }

    private static String text(String sql) {
        return sql.replace("W/", warehouse + "/")
                .replace("Wx/", warehouse + "x/")
                .replace("O/", outside + "/");
    }
}
