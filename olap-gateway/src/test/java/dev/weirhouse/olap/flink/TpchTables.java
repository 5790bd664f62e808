package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.testkit.TestWarehouse;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tables of TPC-H in a warehouse. */
final class TpchTables {

    private TpchTables() {}

    /** @param keyed whether the tables have primary keys */
    static void load(TestWarehouse kit, double scale, boolean keyed) throws Exception {
        Path folder = Files.createTempDirectory(
                Files.createDirectories(kit.warehouse().config().inbox()), "tpch");
        for (Tpch.Table table : Tpch.TABLES) {
            String name = table.name();
            Path file = Files.createDirectory(folder.resolve(name)).resolve("part.csv");
            Tpch.write(table, scale, 1, 1, file);
            String key = keyed ? ", PRIMARY KEY (" + table.primaryKey() + ") NOT ENFORCED" : "";
            kit.run("DROP TABLE IF EXISTS " + name);
            kit.run("DROP TABLE IF EXISTS " + name + "_file");
            kit.run("CREATE TABLE " + name + " (" + table.columns() + key + ")");
            kit.run("CREATE TABLE " + name + "_file (" + table.columns()
                    + ") WITH ('connector' = 'filesystem', 'path' = '" + file.toUri()
                    + "', 'format' = 'csv', 'csv.field-delimiter' = '|', 'csv.disable-quote-character' = 'true')");
            kit.run("INSERT INTO " + name + " SELECT * FROM " + name + "_file");
        }
    }
}
