package dev.weirhouse.olap.flight;

import dev.weirhouse.olap.StockDriver;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import dev.weirhouse.testkit.script.JdbcConnection;
import dev.weirhouse.testkit.script.SqlScripts;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The module's SQL scripts through the stock JDBC driver. */
@WarehouseTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class JdbcScriptsTest {

    private final StockDriver driver = new StockDriver();
    private OpenDoor open;

    @BeforeAll
    void openDoor(TestWarehouse house) {
        open = OpenDoor.into(house, Map.of());
    }

    @AfterAll
    void closeDoor() {
        open.close();
    }

    @TestFactory
    Stream<DynamicTest> scripts() {
        return SqlScripts.tests(
                user -> new JdbcConnection(driver.connect(open.url(), "user", user, "password", "any")));
    }
}
