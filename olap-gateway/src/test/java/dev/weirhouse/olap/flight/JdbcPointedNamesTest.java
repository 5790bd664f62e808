package dev.weirhouse.olap.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Version;
import dev.weirhouse.olap.StockDriver;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A JDBC connection that stays open follows names that are pointed at branches and back, several in one transaction. */
@WarehouseTest
final class JdbcPointedNamesTest {

    private static final String JOIN = "SELECT f.v, n.v FROM facts f JOIN notes n ON f.id = n.id";

    @Test
    void anOpenConnectionFollows(TestWarehouse house) throws Exception {
        TableName facts = new TableName(house.database(), "facts");
        TableName notes = new TableName(house.database(), "notes");
        for (TableName table : List.of(facts, notes)) {
            house.run("CREATE TABLE " + table.table() + " (id BIGINT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
            house.run("INSERT INTO " + table.table() + " VALUES (1, 'main')");
            house.run("CALL sys.create_tag('" + table + "', 'start')");
            house.run("CALL sys.create_branch('" + table + "', 'fix', 'start')");
            house.run("INSERT INTO `" + table.table() + "$branch_fix` VALUES (1, 'fixed')");
        }
        try (OpenDoor open = OpenDoor.into(house, Map.of());
                Connection connection = new StockDriver().connect(open.url(), "user", "alice", "password", "any");
                PreparedStatement prepared = connection.prepareStatement(JOIN)) {
            assertThat(rows(connection)).containsExactly("main|main");
            assertThat(rows(prepared)).containsExactly("main|main");
            house.warehouse()
                    .point(Map.of(
                            facts, new Version(facts, Optional.of("fix")),
                            notes, new Version(notes, Optional.of("fix"))));
            assertThat(rows(connection)).containsExactly("fixed|fixed");
            assertThat(rows(prepared)).containsExactly("fixed|fixed");
            house.warehouse().point(Map.of(facts, Version.itself(facts), notes, Version.itself(notes)));
            assertThat(rows(connection)).containsExactly("main|main");
            assertThat(rows(prepared)).containsExactly("main|main");
        }
    }

    private static List<String> rows(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(JOIN)) {
            return rows(statement);
        }
    }

    private static List<String> rows(PreparedStatement statement) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                rows.add(result.getString(1) + "|" + result.getString(2));
            }
        }
        return rows;
    }
}
