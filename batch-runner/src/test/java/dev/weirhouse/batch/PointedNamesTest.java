package dev.weirhouse.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Version;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Scripts of both dialects follow names that are pointed at branches and back, several in one transaction. */
@WarehouseTest
final class PointedNamesTest {

    @Test
    void scriptsFollow(TestWarehouse house) throws Exception {
        TableName facts = new TableName(house.database(), "facts");
        TableName notes = new TableName(house.database(), "notes");
        for (TableName table : List.of(facts, notes)) {
            house.run("CREATE TABLE " + table.table() + " (id BIGINT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
            house.run("INSERT INTO " + table.table() + " VALUES (1, 'main')");
            house.run("CALL sys.create_tag('" + table + "', 'start')");
            house.run("CALL sys.create_branch('" + table + "', 'fix', 'start')");
            house.run("INSERT INTO `" + table.table() + "$branch_fix` VALUES (1, 'fixed')");
        }
        house.run("CREATE TABLE copied (a STRING, b STRING)");
        try (BatchScripts scripts =
                new BatchScripts(house.warehouse().gate(), new BatchConfig(2, 1, 2, 10), house.clock())) {
            for (Dialect dialect : Dialect.values()) {
                assertThat(copied(house, scripts, dialect)).containsExactly("main main");
                house.warehouse()
                        .point(Map.of(
                                facts, new Version(facts, Optional.of("fix")),
                                notes, new Version(notes, Optional.of("fix"))));
                assertThat(copied(house, scripts, dialect)).containsExactly("fixed fixed");
                house.warehouse().point(Map.of(facts, Version.itself(facts), notes, Version.itself(notes)));
            }
            assertThat(copied(house, scripts, Dialect.FLINK)).containsExactly("main main");
        }
    }

    private static List<String> copied(TestWarehouse house, BatchScripts scripts, Dialect dialect) throws Exception {
        String text = "USE " + house.database() + ";\nINSERT OVERWRITE " + (dialect == Dialect.HIVE ? "TABLE " : "")
                + "copied SELECT f.v, n.v FROM facts f JOIN notes n ON f.id = n.id;";
        ScriptOutcome outcome = scripts.run(
                new Script("pointed.sql", text, dialect, Map.of()), Caller.internal("test"), ScriptListener.SILENT);
        assertThat(outcome.error()).isEmpty();
        return house.run("SELECT a, b FROM copied").rows().stream()
                .map(row -> String.join(" ", row))
                .toList();
    }
}
