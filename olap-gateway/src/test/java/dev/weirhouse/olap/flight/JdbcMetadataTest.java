package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weirhouse.olap.StockDriver;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What SQL tools ask for when they draw their tree of tables; none of it may run a job. */
@WarehouseTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JdbcMetadataTest {

    private final StockDriver driver = new StockDriver();
    private TestWarehouse house;
    private OpenDoor open;
    private Connection connection;
    private DatabaseMetaData metadata;

    @BeforeAll
    void openDoor(TestWarehouse warehouse) throws Exception {
        house = warehouse;
        house.run("CREATE TABLE route_delay (origin STRING, dest STRING, flights INT NOT NULL,"
                + " mean DECIMAL(10, 2), seen TIMESTAMP(3), PRIMARY KEY (origin, dest) NOT ENFORCED)");
        house.run("CREATE TABLE routexdelay (i INT)");
        house.run("CREATE VIEW routes AS SELECT origin FROM route_delay");
        open = OpenDoor.into(house, Map.of());
        connection = driver.connect(open.url(), "user", "alice", "password", "any");
        metadata = connection.getMetaData();
    }

    @AfterAll
    void closeDoor() throws SQLException {
        connection.close();
        open.close();
    }

    @Test
    void catalogsAndDatabases() throws SQLException {
        assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).containsExactly("weirhouse");
        assertThat(column(metadata.getSchemas(), "TABLE_SCHEM")).contains("default", "weir", house.database());
        assertThat(column(metadata.getSchemas("weirhouse", "we%"), "TABLE_SCHEM"))
                .containsExactly("weir");
        assertThat(column(metadata.getSchemas("other", "%"), "TABLE_SCHEM")).isEmpty();
        assertThat(column(metadata.getTableTypes(), "TABLE_TYPE")).containsExactly("SYSTEM TABLE", "TABLE", "VIEW");
    }

    @Test
    void tablesByPatternAndType() throws SQLException {
        assertThat(tables("%")).containsExactly("route_delay", "routexdelay", "routes");
        assertThat(tables("route_delay")).containsExactly("route_delay", "routexdelay");
        assertThat(tables("route\\_delay")).containsExactly("route_delay");
        assertThat(tables("ROUTE\\_DELAY")).containsExactly("route_delay");
        assertThat(tables("%", "VIEW")).containsExactly("routes");
        assertThat(tables("%", "TABLE")).containsExactly("route_delay", "routexdelay");
        assertThat(column(metadata.getTables(null, "weir", "jobs", new String[] {"SYSTEM TABLE"}), "TABLE_NAME"))
                .containsExactly("jobs");
        assertThat(tables("none")).isEmpty();
    }

    @Test
    void columnsWithTypes() throws SQLException {
        try (ResultSet columns = metadata.getColumns(null, house.database(), "route\\_delay", "%")) {
            List<String> seen = new ArrayList<>();
            while (columns.next()) {
                seen.add(columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME") + " "
                        + columns.getInt("COLUMN_SIZE") + " " + columns.getString("IS_NULLABLE"));
            }
            assertThat(seen)
                    .containsExactly(
                            "origin STRING 2147483647 NO",
                            "dest STRING 2147483647 NO",
                            "flights INT 10 NO",
                            "mean DECIMAL(10, 2) 10 YES",
                            "seen TIMESTAMP(3) 23 YES");
        }
        assertThat(column(metadata.getColumns(null, house.database(), "routes", "ori%"), "COLUMN_NAME"))
                .containsExactly("origin");
        assertThat(column(metadata.getColumns(null, "weir", "runs", "run_id"), "COLUMN_NAME"))
                .containsExactly("run_id");
    }

    @Test
    void keysInOrderOfTheirColumns() throws SQLException {
        try (ResultSet keys = metadata.getPrimaryKeys(null, house.database(), "route_delay")) {
            List<String> seen = new ArrayList<>();
            while (keys.next()) {
                seen.add(keys.getString("COLUMN_NAME") + " " + keys.getInt("KEY_SEQ"));
            }
            assertThat(seen).containsExactly("dest 2", "origin 1");
        }
        assertThat(column(metadata.getPrimaryKeys(null, house.database(), "routexdelay"), "COLUMN_NAME"))
                .isEmpty();
        assertThat(column(metadata.getImportedKeys(null, house.database(), "route_delay"), "FK_NAME"))
                .isEmpty();
        assertThat(column(metadata.getExportedKeys(null, house.database(), "route_delay"), "FK_NAME"))
                .isEmpty();
    }

    /** Tools read these without asking whether they may: one that throws breaks quoting or the whole connection. */
    @Test
    void everyPropertyOfTheDatabaseAnswers() {
        for (Method property : DatabaseMetaData.class.getMethods()) {
            if (property.getParameterCount() == 0 && property.getReturnType() != ResultSet.class) {
                assertThatCode(() -> property.invoke(metadata))
                        .as(property.getName())
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void namesAreQuotedWithBackquotes() throws SQLException {
        assertThat(metadata.getIdentifierQuoteString()).isEqualTo("`");
        assertThat(metadata.getSearchStringEscape()).isEqualTo("\\");
        assertThat(metadata.getDatabaseProductName()).isEqualTo("Weirhouse");
        assertThat(metadata.getSchemaTerm()).isEqualTo("database");
        assertThat(metadata.supportsTransactions()).isFalse();
        assertThat(metadata.isReadOnly()).isFalse();
        assertThat(metadata.getSQLKeywords()).contains("OVERWRITE");
    }

    private List<String> tables(String pattern, String... types) throws SQLException {
        return column(
                metadata.getTables("weirhouse", house.database(), pattern, types.length == 0 ? null : types),
                "TABLE_NAME");
    }

    /** A result set without rows has no columns in this driver, so its name is only looked for in rows. */
    private static List<String> column(ResultSet answer, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        try (answer) {
            while (answer.next()) {
                values.add(answer.getString(name));
            }
        }
        return values;
    }
}
