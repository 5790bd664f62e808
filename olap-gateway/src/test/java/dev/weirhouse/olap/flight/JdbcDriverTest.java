package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.StockDriver;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a user of the stock JDBC driver does, against a real warehouse. */
@WarehouseTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JdbcDriverTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StockDriver driver = new StockDriver();
    private TestWarehouse house;
    private OpenDoor open;
    private Connection connection;

    @BeforeAll
    void openDoor(TestWarehouse warehouse) throws Exception {
        house = warehouse;
        open = OpenDoor.into(house, Map.of("olap.max-running-queries", "2", "flight.batch-size", "64kb"));
        house.run(
                "CREATE TABLE flights (id BIGINT, origin STRING, fare DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED)");
        house.run("INSERT INTO flights VALUES (1, 'ATL', 120.50), (2, 'ORD', 99.99), (3, 'SFO', 310.00)");
        house.run("CREATE TABLE ticks (i BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '100',"
                + " 'number-of-rows' = '100000000')");
    }

    @AfterAll
    void closeDoor() {
        open.close();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = driver.connect(open.url(), "user", "alice", "password", "any");
    }

    @AfterEach
    void disconnect() throws SQLException {
        connection.close();
    }

    @Test
    void queriesAnswerRows() throws SQLException {
        assertThat(query("SELECT id, origin, fare FROM flights ORDER BY id"))
                .containsExactly(
                        List.of(1L, "ATL", new BigDecimal("120.50")),
                        List.of(2L, "ORD", new BigDecimal("99.99")),
                        List.of(3L, "SFO", new BigDecimal("310.00")));
    }

    @Test
    void aNakedSelectAnswers() throws SQLException {
        assertThat(query("SELECT 1")).containsExactly(List.of(1));
    }

    @Test
    void longAnswersComeInManyBatches() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT a.id * 1000000 + b.i FROM flights a CROSS JOIN (VALUES (1), (2)) AS b(i)"
                                + " CROSS JOIN UNNEST(SPLIT(REPEAT('x,', 20000), ',')) AS c(x)")) {
            int count = 0;
            while (rows.next()) {
                count++;
            }
            assertThat(count).isEqualTo(3 * 2 * 20_001);
        }
    }

    @Test
    void everyTypeHasAJavaValue() throws SQLException {
        List<Object> row = query(
                        "SELECT CAST(1 AS TINYINT), CAST(2 AS SMALLINT), CAST(1.5 AS FLOAT), CAST(2.5 AS DOUBLE),"
                                + " TRUE, DATE '2001-01-14', TIME '23:59:00', TIMESTAMP '2001-01-14 23:59:00.125',"
                                + " X'00FF', CAST(NULL AS STRING), ARRAY[1, 2], MAP['k', 7], ROW(1, 'x'),"
                                + " INTERVAL '1 02:03:04' DAY TO SECOND, INTERVAL '14' MONTH")
                .get(0);
        assertThat(row.subList(0, 5)).containsExactly((byte) 1, (short) 2, 1.5, 2.5, true);
        assertThat(row.get(5)).isEqualTo(Date.valueOf("2001-01-14"));
        assertThat(row.get(6)).hasToString("23:59:00");
        assertThat(row.get(7)).isEqualTo(Timestamp.valueOf("2001-01-14 23:59:00.125"));
        assertThat((byte[]) row.get(8)).containsExactly(0, 0xFF);
        assertThat(row.get(9)).isNull();
        assertThat(row.get(10)).hasToString("[1,2]");
        assertThat(row.get(11)).hasToString("{\"k\":7}");
        assertThat(row.get(12).toString()).contains("1").contains("x");
        assertThat(row.get(13)).hasToString("PT26H3M4S");
        assertThat(row.get(14)).hasToString("P14M");
    }

    @Test
    void timesOfLocalZoneAreShownInTheSessionsZone() throws SQLException {
        String noon = "SELECT TO_TIMESTAMP_LTZ(979473600, 0)";
        try (Connection tokyo =
                driver.connect(open.url() + "&session.table.local-time-zone=Asia/Tokyo", "user", "t", "password", "")) {
            assertThat(query(tokyo, noon)).containsExactly(List.of(Timestamp.valueOf("2001-01-14 21:00:00")));
        }
        update("SET 'table.local-time-zone' = 'Europe/Berlin'");
        assertThat(query(noon)).containsExactly(List.of(Timestamp.valueOf("2001-01-14 13:00:00")));
    }

    @Test
    void insertsSayHowManyRows() throws SQLException {
        update("CREATE TABLE inserted (i INT)");
        assertThat(update("INSERT INTO inserted VALUES (1), (2), (3)")).isEqualTo(3);
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.execute("INSERT INTO inserted SELECT i FROM inserted WHERE i > 1"))
                    .isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(2);
        }
        assertThat(query("SELECT COUNT(*) FROM inserted")).containsExactly(List.of(5L));
    }

    @Test
    void preparedStatementsTakeParametersOfEachKind() throws SQLException {
        update("CREATE TABLE typed (a BIGINT, b STRING, c DECIMAL(10, 2), d TIMESTAMP(3), e DATE, f DOUBLE, g BOOLEAN,"
                + " h BYTES)");
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO typed VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, 1);
            insert.setString(2, "O'Hare & \"co\" ✈");
            insert.setBigDecimal(3, new BigDecimal("1.50"));
            insert.setTimestamp(4, Timestamp.valueOf("2001-01-14 23:59:00.125"));
            insert.setDate(5, Date.valueOf("2001-01-14"));
            insert.setDouble(6, 2.5);
            insert.setBoolean(7, true);
            insert.setBytes(8, new byte[] {1, 2});
            assertThat(insert.executeUpdate()).isEqualTo(1);
            insert.setLong(1, 2);
            insert.setNull(2, Types.VARCHAR);
            assertThat(insert.executeUpdate()).isEqualTo(1);
        }
        try (PreparedStatement select = connection.prepareStatement("SELECT b, c, d, e FROM typed WHERE a = ?")) {
            select.setLong(1, 1);
            assertThat(rows(select.executeQuery()))
                    .containsExactly(List.of(
                            "O'Hare & \"co\" ✈",
                            new BigDecimal("1.50"),
                            Timestamp.valueOf("2001-01-14 23:59:00.125"),
                            Date.valueOf("2001-01-14")));
            select.setLong(1, 2);
            assertThat(rows(select.executeQuery()).get(0).get(0)).isNull();
        }
    }

    @Test
    void timesOfDayAreBoundToTheMillisecond() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT CAST(? AS TIME(0))")) {
            select.setTime(1, Time.valueOf("10:11:12"));
            assertThat(rows(select.executeQuery()).get(0).get(0)).hasToString("10:11:12");
        }
    }

    @Test
    void aPreparedStatementChangesThingsHoweverItIsRun() throws SQLException {
        update("CREATE TABLE ways (i INT)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ways VALUES (1)")) {
            // The driver takes every prepared statement that is run this way for a query.
            insert.execute();
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ways VALUES (?)")) {
            for (int i = 2; i <= 3; i++) {
                insert.setInt(1, i);
                insert.addBatch();
            }
            assertThat(insert.executeBatch()).containsExactly(2);
        }
        assertThat(query("SELECT SUM(i), COUNT(*) FROM ways")).containsExactly(List.of(6, 3L));
    }

    @Test
    void statementsAboutTheSessionAndTheCatalogWork() throws SQLException {
        update("CREATE DATABASE IF NOT EXISTS jdbc_side");
        update("USE jdbc_side");
        assertThat(query("SHOW CURRENT DATABASE")).containsExactly(List.of("jdbc_side"));
        update("CREATE VIEW origins AS SELECT origin FROM " + house.database() + ".flights");
        assertThat(query("SHOW TABLES")).containsExactly(List.of("origins"));
        assertThat(query("DESCRIBE origins").get(0)).startsWith("origin", "STRING");
        assertThat(query("EXPLAIN SELECT 1").get(0).get(0).toString()).contains("Plan");
        update("USE " + house.database());
        update("DROP DATABASE jdbc_side CASCADE");
    }

    @Test
    void proceduresAreCalled() throws SQLException {
        update("CREATE TABLE tagged (i INT)");
        update("INSERT INTO tagged VALUES (1)");
        query("CALL sys.create_tag(`table` => '" + house.database() + ".tagged', `tag` => 'first')");
        update("INSERT INTO tagged VALUES (2)");
        assertThat(query("SELECT COUNT(*) FROM tagged /*+ OPTIONS('scan.tag-name' = 'first') */"))
                .containsExactly(List.of(1L));
    }

    @Test
    void oneStatementRunsAsManyTextsAsItLikes() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int i = 0; i < 250; i++) {
                statement.execute("USE " + house.database());
            }
            assertThat(statement.execute("SELECT 1")).isTrue();
        }
    }

    @Test
    void errorsCarryCodeAndPlace() {
        failsWith("[WEIR-1001] SYNTAX_ERROR: line 1:1", "SELEC 1");
        failsWith("[WEIR-1046] TABLE_NOT_FOUND: line 2:6", "SELECT *\nFROM nowhere");
        failsWith("[WEIR-1047] COLUMN_NOT_FOUND: line 1:8", "SELECT nope FROM flights");
        failsWith("[WEIR-1005] SETTING_NOT_ALLOWED", "SET 'security.kerberos.login.keytab' = '/etc/passwd'");
        failsWith("[WEIR-1059] DATA_ERROR", "SELECT CAST(origin AS INT) FROM flights");
    }

    @Test
    void aClientThatLeavesCancelsItsQuery() throws SQLException {
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT i FROM ticks");
        assertThat(rows.next()).isTrue();
        assertThat(open.gateway().runningQueries()).isEqualTo(1);
        statement.close();
        nothingRuns();
    }

    @Test
    void cancelEndsAQueryThatIsBeingRead() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery("SELECT i FROM ticks");
            assertThat(rows.next()).isTrue();
            statement.cancel();
            nothingRuns();
        }
    }

    @Test
    void aQueryThatTakesTooLongIsEndedWithItsReason() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            ResultSet rows = statement.executeQuery("SELECT i FROM ticks");
            house.clock().advance(Duration.ofMinutes(31));
            assertThatThrownBy(() -> rows(rows)).hasMessageContaining("[WEIR-2002] TIMED_OUT");
        }
        nothingRuns();
    }

    @Test
    void oneMoreThanMayRunIsRefusedAtOnce() throws SQLException {
        try (Statement first = connection.createStatement();
                Statement second = connection.createStatement()) {
            first.executeQuery("SELECT i FROM ticks");
            second.executeQuery("SELECT i FROM ticks");
            failsWith("[WEIR-2400] TOO_MANY_QUERIES", "SELECT 1");
        }
        nothingRuns();
        assertThat(query("SELECT 1")).containsExactly(List.of(1));
    }

    @Test
    void theSessionKnowsItsUserSourceAndTags() throws SQLException {
        String url = open.url() + "&source=sqltool&clientTags=nightly,finance";
        try (Connection tagged = driver.connect(url, "user", "bob", "password", "secret")) {
            assertThat(query(tagged, "SELECT 1")).hasSize(1);
            OlapSession session = sessionsOf("bob").get(0);
            assertThat(session.caller().source()).isEqualTo("sqltool");
            assertThat(session.caller().tags()).containsExactly("nightly", "finance");
            assertThat(query(
                            tagged,
                            "SELECT principal, source FROM weir.sessions WHERE session_id = '" + session.id() + "'"))
                    .containsExactly(List.of("bob", "sqltool"));
        }
    }

    @Test
    void aConnectionWithoutAUserKeepsItsSession() throws SQLException {
        String url = open.door().jdbcUrl() + "&database=" + house.database();
        try (Connection anonymous = driver.connect(url)) {
            try (Statement statement = anonymous.createStatement()) {
                statement.execute("CREATE TEMPORARY VIEW mine AS SELECT 7 AS i");
            }
            assertThat(query(anonymous, "SELECT i FROM mine")).containsExactly(List.of(7));
            assertThat(sessionsOf("anonymous")).hasSize(1);
        }
    }

    /** The driver says nothing of its session when a connection closes; the end of the network connection does. */
    @Test
    void aClosedConnectionLeavesItsSessionSoon() throws SQLException {
        Connection other = driver.connect(open.url(), "user", "dora", "password", "");
        assertThat(query(other, "SELECT 1")).hasSize(1);
        assertThat(sessionsOf("dora")).hasSize(1);
        house.clock().advance(Duration.ofMinutes(2));
        assertThat(query(other, "SELECT 1")).hasSize(1);
        other.close();
        Eventually.within(PATIENCE).holds("the session is gone", () -> {
            house.clock().advance(Duration.ofMinutes(2));
            assertThat(sessionsOf("dora")).isEmpty();
        });
    }

    /** With a catalog in its URL the driver closes the session, and then once more over the closed connection. */
    @Test
    void aConnectionToTheCatalogClosesItsSession() throws SQLException {
        Connection other = driver.connect(open.url() + "&catalog=weirhouse", "user", "emil", "password", "");
        assertThat(query(other, "SELECT 1")).hasSize(1);
        assertThatThrownBy(other::close).hasMessageContaining("Channel shutdown");
        assertThat(sessionsOf("emil")).isEmpty();
    }

    @Test
    void aConnectionToWhatIsNotThereIsRefused() {
        assertThatThrownBy(() ->
                        driver.connect(open.door().jdbcUrl() + "&schema=nowhere", "user", "alice", "password", ""))
                .hasMessageContaining("[WEIR-1045] DATABASE_NOT_FOUND");
        assertThatThrownBy(() -> driver.connect(open.door().jdbcUrl() + "&catalog=other"))
                .isInstanceOf(SQLException.class);
    }

    private List<OlapSession> sessionsOf(String user) {
        return open.gateway().sessions().stream()
                .filter(session -> session.caller().principal().equals(user))
                .toList();
    }

    private void nothingRuns() {
        Eventually.within(PATIENCE)
                .answers("nothing runs", () -> open.gateway().runningQueries(), running -> running == 0);
    }

    private void failsWith(String message, String sql) {
        assertThatThrownBy(() -> query(sql)).isInstanceOf(SQLException.class).hasMessageContaining(message);
    }

    private int update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private List<List<Object>> query(String sql) throws SQLException {
        return query(connection, sql);
    }

    private static List<List<Object>> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return rows(statement.executeQuery(sql));
        }
    }

    private static List<List<Object>> rows(ResultSet answer) throws SQLException {
        List<List<Object>> rows = new ArrayList<>();
        ResultSetMetaData metadata = answer.getMetaData();
        while (answer.next()) {
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= metadata.getColumnCount(); i++) {
                Object value = answer.getObject(i);
                // An array reads from the batch that it came in.
                row.add(value instanceof Array ? value.toString() : value);
            }
            rows.add(row);
        }
        return rows;
    }
}
