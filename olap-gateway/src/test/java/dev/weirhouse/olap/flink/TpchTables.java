package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.testkit.TestWarehouse;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tables of TPC-H in a warehouse. */
final class TpchTables {

    private TpchTables() {}

    static void load(TestWarehouse kit, double scale) throws Exception {
        Path folder = Files.createTempDirectory(
                Files.createDirectories(kit.warehouse().config().inbox()), "tpch");
        for (Tpch.Table table : Tpch.TABLES) {
            String name = table.name();
            Path file = Files.createDirectory(folder.resolve(name)).resolve("part.csv");
            Tpch.write(table, scale, 1, 1, file);
            kit.run("CREATE TABLE " + name + " (" + table.columns() + ")");
            kit.run("CREATE TABLE IF NOT EXISTS " + name + "_file (" + table.columns()
                    + ") WITH ('connector' = 'filesystem', 'path' = '" + file.toUri()
                    + "', 'format' = 'csv', 'csv.field-delimiter' = '|', 'csv.disable-quote-character' = 'true')");
            kit.run("INSERT INTO " + name + " SELECT * FROM " + name + "_file");
        }
    }
}
