package dev.weirhouse.olap.tpch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.lineage.Derivation;
import dev.weirhouse.lineage.Origin;
import dev.weirhouse.lineage.flink.ColumnOrigins;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The queries of TPC-H, written as inserts, against a list that was made by hand. */
@WarehouseTest
final class TpchOriginsTest {

    private static final Path BY_HAND = Path.of("src", "test", "lineage", "tpch.txt");

    @Test
    void eachColumnDerivesFromWhatTheListSays(TestWarehouse kit) throws Exception {
        for (Tpch.Table table : Tpch.TABLES) {
            kit.run("CREATE TABLE " + table.name() + " (" + table.columns() + ")");
        }
        Map<String, String> found = new LinkedHashMap<>();
        try (Session session = kit.warehouse().gate().open(Caller.internal("origins"), Gate.Mode.BATCH)) {
            session.use(kit.database());
            for (int number = 1; number <= Tpch.QUERIES; number++) {
                String query = String.format("q%02d", number);
                StatementTree tree = session.trees("CREATE TABLE out_" + query + " AS " + Tpch.query(number))
                        .get(0);
                assertThat(tree.target()).contains(kit.database() + ".out_" + query);
                for (Derivation.Column column :
                        ColumnOrigins.of(tree.tree(), tree.columns()).columns()) {
                    found.put(query + " " + column.name(), told(column));
                }
            }
        }
        Map<String, String> expected = new LinkedHashMap<>();
        for (String line : Files.readAllLines(BY_HAND)) {
            if (!line.startsWith("#")) {
                String[] parts = line.split(":", 2);
                expected.put(parts[0], sorted(parts[1]));
            }
        }
        assertThat(found).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static String told(Derivation.Column column) {
        return column.unresolved().orElseGet(() -> column.origins().stream()
                .filter(origin -> origin.dependence().isDirect())
                .map(TpchOriginsTest::told)
                .sorted()
                .collect(Collectors.joining(", ")));
    }

    /** A column of TPC-H tells its table by its first letters. */
    private static String told(Origin origin) {
        assertThat(Tpch.TABLES.stream()
                        .filter(table -> origin.table().endsWith("." + table.name()))
                        .flatMap(table -> table.columnNames().stream()))
                .contains(origin.column());
        return origin.column() + " "
                + origin.dependence().name().substring(0, 1).toLowerCase(Locale.ROOT);
    }

    private static String sorted(String origins) {
        return java.util.Arrays.stream(origins.split(","))
                .map(String::strip)
                .filter(origin -> !origin.isEmpty())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
