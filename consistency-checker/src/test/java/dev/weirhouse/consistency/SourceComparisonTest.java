package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables against those of a real PostgreSQL. */
@WarehouseTest
final class SourceComparisonTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ONCE = Duration.ZERO;
    private static final int SAMPLES = 1_000;

    @TempDir
    private static Path folder;

    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startPostgres() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(folder.toFile())
                .setDataDirectory(folder.resolve("data"))
                .start();
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        postgres.close();
    }

    private static void postgres(String... statements) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Waits until somebody has read rows of a table and has ended; the server counts no sooner. */
    private static void awaitLook(String table) {
        Eventually.within(Duration.ofMinutes(1)).answers("a look at " + table, () -> rowsRead(table), rows -> rows > 0);
    }

    private static long rowsRead(String table) throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT COALESCE(SUM(seq_tup_read), 0) FROM pg_stat_user_tables WHERE relname = ?")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static TestChecks open(TestWarehouse kit) {
        return TestChecks.open(
                kit,
                Map.of("check.poll-interval", "1h", "check.sources.shop", postgres.getJdbcUrl("postgres", "postgres")));
    }

    private static CheckResult begin(
            TestChecks open, TestWarehouse kit, String table, Duration settle, String... columns) {
        return open.checks()
                .compareSource(
                        Relation.parse(kit.database() + "." + table),
                        "shop",
                        "public." + table.replaceFirst("@.*", ""),
                        List.of(columns),
                        settle,
                        SAMPLES,
                        TestChecks.CALLER);
    }

    private static CheckResult compare(
            TestChecks open, TestWarehouse kit, String table, Duration settle, String... columns) {
        return open.ended(begin(open, kit, table, settle, columns));
    }

    private static JsonNode evidence(CheckResult result) throws Exception {
        return JSON.readTree(result.evidence().orElseThrow());
    }

    @Test
    void aCopyIsTheSameAndWhatIsNotIsTold(TestWarehouse kit) throws Exception {
        kit.run(
                "CREATE TABLE orders (id BIGINT, customer STRING, amount DECIMAL(12, 2), PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO orders VALUES (1, 'ann', 1.50), (2, CAST(NULL AS STRING), 20), (3, 'Zoë', -0.01)");
        postgres(
                "CREATE TABLE orders (amount NUMERIC(12, 2), id BIGINT PRIMARY KEY, customer TEXT)",
                "INSERT INTO orders VALUES (1.5, 1, 'ann'), (20, 2, NULL), (-0.01, 3, 'Zoë')");
        try (TestChecks open = open(kit)) {
            CheckResult same = compare(open, kit, "orders", ONCE);
            assertThat(same.state()).as(same.message()).isEqualTo(CheckState.PASSED);
            assertThat(same.cut())
                    .matches(".*" + kit.database() + "\\.orders@1.*, shop:public\\.orders@[0-9A-F]+/[0-9A-F]+");
            assertThat(same.version()).contains(kit.database() + ".orders");
            assertThat(same.snapshot()).hasValue(1);
            postgres(
                    "UPDATE orders SET customer = '' WHERE id = 2",
                    "DELETE FROM orders WHERE id = 3",
                    "INSERT INTO orders VALUES (4, 4, 'dan')");
            CheckResult differs = compare(open, kit, "orders", ONCE);
            assertThat(differs.state()).isEqualTo(CheckState.FAILED);
            assertThat(differs.violations()).hasValue(3);
            assertThat(evidence(differs).path("changedColumns").toString()).isEqualTo("{\"customer\":1}");
            assertThat(evidence(differs).path("samples").toString())
                    .contains("[\"2\",null,\"20.00\"]", "[\"2\",\"\",\"20.00\"]", "[\"3\",\"Zoë\",\"-0.01\"]")
                    .contains("[\"4\",\"dan\",\"4.00\"]");
            assertThat(compare(open, kit, "orders@1", Duration.ofHours(1)).violations())
                    .as("a table at a moment is looked at once")
                    .hasValue(3);
        }
    }

    @Test
    void valuesAreComparedAsTheTableHasThem(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE kinds (id INT, b BOOLEAN, s INT, d DOUBLE, f FLOAT, n DECIMAL(38, 10), t STRING,"
                + " y BYTES, day_ DATE, at_ TIMESTAMP(6), z TIMESTAMP_LTZ(3), i TIME, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO kinds VALUES"
                + " (1, TRUE, -32768, 0.1, CAST(0.1 AS FLOAT), CAST('1234567890123456789012345678.0123456789' AS DECIMAL(38, 10)), '', x'00ff',"
                + " DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999',"
                + " TO_TIMESTAMP_LTZ(-1, 3), TIME '23:59:59'),"
                + " (3, CAST(NULL AS BOOLEAN), CAST(NULL AS INT), CAST(NULL AS DOUBLE), CAST(NULL AS FLOAT),"
                + " CAST(NULL AS DECIMAL(38, 10)), CAST(NULL AS STRING), CAST(NULL AS BYTES), CAST(NULL AS DATE),"
                + " CAST(NULL AS TIMESTAMP(6)), CAST(NULL AS TIMESTAMP_LTZ(3)), CAST(NULL AS TIME))");
        // As literals, Flink's planner cannot have them.
        kit.run("CREATE TABLE names (x STRING, y STRING, s INT)");
        kit.run("INSERT INTO names VALUES ('NaN', '-Infinity', 32767)");
        kit.run("INSERT INTO kinds SELECT 2, FALSE, s, CAST(x AS DOUBLE), CAST(y AS FLOAT), -0.5,"
                + " 'a''b \\ 😀', x'', DATE '0001-01-01', TIMESTAMP '2024-02-29 00:00:00',"
                + " TO_TIMESTAMP_LTZ(1711846800123, 3), TIME '00:00:00' FROM names");
        postgres(
                "CREATE TABLE kinds (id INT PRIMARY KEY, b BOOLEAN, s SMALLINT, d FLOAT8, f FLOAT4, n NUMERIC, t VARCHAR(20),"
                        + " y BYTEA, day_ DATE, at_ TIMESTAMP, z TIMESTAMPTZ, i TIME)",
                "INSERT INTO kinds VALUES"
                        + " (1, true, -32768, 0.1, 0.1, 1234567890123456789012345678.0123456789, '', '\\x00ff', '1969-12-31',"
                        + " '1969-12-31 23:59:59.999999', '1970-01-01 01:59:59.9999+02', '23:59:59'),"
                        + " (2, false, 32767, 'NaN', '-Infinity', -0.5, 'a''b \\ 😀', '', '0001-01-01', '2024-02-29',"
                        + " '2024-03-31 01:00:00.1239+00', '00:00')",
                "INSERT INTO kinds (id) VALUES (3)");
        try (TestChecks open = open(kit)) {
            CheckResult same = compare(open, kit, "kinds", ONCE);
            assertThat(same.state()).as(same.message() + " " + same.evidence()).isEqualTo(CheckState.PASSED);
            postgres("UPDATE kinds SET d = 'Infinity', f = 'NaN', n = n + 0.00000000001, t = NULL, y = '\\x00fe',"
                    + " day_ = 'infinity', at_ = '-infinity', z = 'infinity', s = 0, b = NULL, i = '00:00:00.001'"
                    + " WHERE id = 1");
            assertThat(evidence(compare(open, kit, "kinds", ONCE))
                            .path("changedColumns")
                            .size())
                    .isEqualTo(11);
        }
    }

    @Test
    void columnsOfOneSideAreToldOrLeftOut(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE wide (id INT, v INT, tags ARRAY<STRING>, here INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO wide VALUES (1, 1, ARRAY['a'], 1)");
        postgres(
                "CREATE TABLE wide (id INT PRIMARY KEY, v INT, tags TEXT[], there INT)",
                "INSERT INTO wide VALUES (1, 1, '{a}', 1)");
        try (TestChecks open = open(kit)) {
            CheckResult all = compare(open, kit, "wide", ONCE);
            assertThat(all.state()).isEqualTo(CheckState.FAILED);
            assertThat(evidence(all).path("schema").toString())
                    .contains("here is on the left alone", "there is on the right alone", "tags is ARRAY");
            assertThat(compare(open, kit, "wide", ONCE, "id", "v").state()).isEqualTo(CheckState.PASSED);
            CheckResult unknown = compare(open, kit, "wide", ONCE, "w");
            assertThat(unknown.errorCode()).contains(CheckError.NOT_COMPARABLE.id());
            postgres("INSERT INTO wide VALUES (2, 1, '{}', 1)");
            CheckResult counted = compare(open, kit, "wide", Duration.ofHours(1), "v");
            assertThat(counted.violations())
                    .as("without the key, rows are counted, and looked at once")
                    .hasValue(1);
        }
    }

    @Test
    void whatIsOnItsWayDoesNotCountAndWhatIsLostDoes(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE late (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO late VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
        postgres(
                "CREATE TABLE late (id INT PRIMARY KEY, v INT)",
                "INSERT INTO late VALUES (1, 1), (2, 20), (3, 30), (4, 4), (5, 5), (6, 6)");
        try (TestChecks open = open(kit)) {
            CheckResult begun = begin(open, kit, "late", Duration.ofSeconds(15));
            awaitLook("late");
            // 2 and 5 arrive, 3 changes once more, 4 goes, and 6 is lost.
            kit.run("INSERT INTO late VALUES (2, 20), (5, 5)");
            postgres("UPDATE late SET v = 31 WHERE id = 3", "DELETE FROM late WHERE id = 4");
            CheckResult ended = open.ended(begun);
            assertThat(ended.state()).as(ended.message()).isEqualTo(CheckState.FAILED);
            assertThat(ended.violations()).hasValue(1);
            assertThat(evidence(ended).path("samples").toString()).contains("[\"6\",\"6\"]");
            assertThat(ended.message()).startsWith("1 differences. 2 other rows differ");
            assertThat(ended.snapshot()).hasValue(2);
        }
    }

    @Test
    void theWaitForTheSecondLookCanBeCancelled(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE waited (id INT, PRIMARY KEY (id) NOT ENFORCED)");
        postgres("CREATE TABLE waited (id INT PRIMARY KEY)", "INSERT INTO waited VALUES (1)");
        try (TestChecks open = open(kit)) {
            CheckResult begun = begin(open, kit, "waited", Duration.ofHours(1));
            awaitLook("waited");
            open.checks().cancel(begun.id());
            assertThat(open.ended(begun).errorCode()).contains(CatalogError.CANCELLED.id());
        }
    }

    @Test
    void aLookSeesTheDatabaseAtOnePosition(TestWarehouse kit) throws Exception {
        int rows = 2_000;
        kit.run("CREATE TABLE moving (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO moving VALUES "
                + IntStream.rangeClosed(1, rows)
                        .mapToObj(id -> "(" + id + ", 0)")
                        .collect(Collectors.joining(", ")));
        postgres(
                "CREATE TABLE moving (id INT PRIMARY KEY, v INT)",
                "INSERT INTO moving SELECT g, 0 FROM generate_series(1, " + rows + ") g");
        AtomicBoolean moves = new AtomicBoolean(true);
        // Row after row is changed, one in each transaction: what has changed by a position are the first ones.
        CompletableFuture<Void> mover = CompletableFuture.runAsync(() -> {
            try (Connection connection = postgres.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                for (int id = 1; moves.get() && id <= rows; id++) {
                    statement.execute("UPDATE moving SET v = 1 WHERE id = " + id);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        try (TestChecks open = open(kit)) {
            int looks = 0;
            for (int changed = 0; looks < 3 || changed == 0; looks++) {
                JsonNode report = evidence(compare(open, kit, "moving", ONCE));
                changed = report.path("changed").asInt();
                int most = changed;
                assertThat(report.path("onlyLeft").asInt()
                                + report.path("onlyRight").asInt())
                        .isZero();
                assertThat(StreamSupport.stream(report.path("samples").spliterator(), false)
                                .mapToInt(sample -> sample.path("left").get(0).asInt()))
                        .allMatch(id -> id <= most);
            }
        } finally {
            moves.set(false);
            mover.join();
        }
    }

    @Test
    void whatCannotBeReadIsAnErrorThatSaysWhy(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE shut (id INT, PRIMARY KEY (id) NOT ENFORCED)");
        postgres("CREATE TABLE shut (id INT)", "CREATE ROLE nobody LOGIN");
        Map<String, String> settings = Map.of(
                "check.poll-interval",
                "1h",
                "check.sources.shop",
                postgres.getJdbcUrl("postgres", "postgres"),
                "check.sources.shut",
                postgres.getJdbcUrl("nobody", "postgres"),
                "check.sources.gone",
                "jdbc:postgresql://127.0.0.1:1/x?user=x&password=hush");
        try (TestChecks open = TestChecks.open(kit, settings)) {
            Relation table = Relation.parse(kit.database() + ".shut");
            for (String[] asked : new String[][] {
                {"shop", "public.nosuch", "nosuch"},
                {"shop", "public.shut; DROP TABLE shut", "does not exist"},
                {"shop", "public.\"shut", "does not exist"},
                {"shut", "public.shut", "permission denied"},
                {"gone", "public.shut", "refused"}
            }) {
                CheckResult result = open.ended(
                        open.checks().compareSource(table, asked[0], asked[1], List.of(), ONCE, 1, TestChecks.CALLER));
                assertThat(result.state()).isEqualTo(CheckState.ERROR);
                assertThat(result.errorCode()).contains(CheckError.SOURCE_FAILED.id());
                assertThat(result.message()).contains(asked[2]).doesNotContain("hush");
            }
            assertThatThrownBy(() ->
                            open.checks().compareSource(table, "nosuch", "t", List.of(), ONCE, 1, TestChecks.CALLER))
                    .hasMessageContaining("gone, shop, shut");
        }
        assertThatThrownBy(() -> ConfigReader.read(CheckConfig.class, Map.of("check.sources.x", "jdbc:h2:mem:?hush")))
                .hasMessageContaining("check.sources.x")
                .hasMessageNotContaining("hush");
    }
}
