package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStoreClient;
import org.apache.hadoop.hive.metastore.TableType;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.metastore.api.SerDeInfo;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A view means the same from both dialects: that of its own. */
final class ViewDialectTest {

    private static Session flink;
    private static Session hive;

    @BeforeAll
    static void views() {
        flink = TestWarehouse.session("dialects");
        run(flink, "CREATE TABLE n (id INT, s STRING)");
        run(flink, "INSERT INTO n VALUES (1, 'a'), (9, CAST(NULL AS STRING))");
        hive = TestWarehouse.session("dialects");
        hive.set("table.sql-dialect", "hive");
        run(flink, "CREATE VIEW fhalf AS SELECT id / 2 AS half, s FROM n");
        run(hive, "CREATE VIEW hhalf AS SELECT id / 2 AS half, nvl(s, '-') AS s FROM n");
    }

    @AfterAll
    static void close() {
        flink.close();
        hive.close();
    }

    @Test
    void aViewMeansWhatItsOwnDialectSays() {
        String fromFlink = "SELECT half, s FROM fhalf ORDER BY half";
        assertThat(run(flink, fromFlink)).containsExactly("0|a", "4|null");
        assertThat(run(hive, fromFlink)).containsExactly("0|a", "4|null");
        String fromHive = "SELECT half, s FROM hhalf ORDER BY half";
        assertThat(run(hive, fromHive)).containsExactly("0.5|a", "4.5|-");
        assertThat(run(flink, fromHive)).containsExactly("0.5|a", "4.5|-");
    }

    @Test
    void bothMeetInOneStatement() {
        String join = "SELECT f.half, h.half, f.half / 2 FROM fhalf f JOIN hhalf h ON f.s = h.s";
        assertThat(run(flink, join)).containsExactly("0|0.5|0");
        assertThat(run(hive, join)).containsExactly("0|0.5|0.0");
        String self = "SELECT COUNT(*) FROM fhalf a JOIN fhalf b ON a.half = b.half JOIN hhalf c ON c.half > a.half";
        assertThat(run(flink, self)).containsExactly("3");
        assertThat(run(hive, self)).containsExactly("3");
    }

    @Test
    void viewsNestAcrossDialects() {
        run(flink, "CREATE VIEW f_on_h AS SELECT half * 2 AS whole, s FROM hhalf");
        run(hive, "CREATE VIEW h_on_f AS SELECT half / 4 AS eighth, nvl(s, 'none') AS s FROM fhalf");
        run(hive, "CREATE VIEW h_on_f_on_h AS SELECT whole / 2 AS half, concat(s, '!') AS s FROM f_on_h");
        run(flink, "CREATE VIEW f_on_h_on_f AS SELECT CAST(eighth AS INT) / 2 AS x, s FROM h_on_f");
        for (Session reader : List.of(flink, hive)) {
            assertThat(run(reader, "SELECT whole, s FROM f_on_h ORDER BY s")).containsExactly("9.0|-", "1.0|a");
            assertThat(run(reader, "SELECT eighth, s FROM h_on_f ORDER BY s")).containsExactly("0.0|a", "1.0|none");
            assertThat(run(reader, "SELECT half, s FROM h_on_f_on_h ORDER BY s"))
                    .containsExactly("4.5|-!", "0.5|a!");
            assertThat(run(reader, "SELECT x, s FROM f_on_h_on_f ORDER BY s")).containsExactly("0|a", "0|none");
        }
    }

    @Test
    void viewsAreWrittenFromAndExplained() {
        run(flink, "CREATE TABLE target (a DOUBLE, b STRING)");
        assertThat(run(flink, "INSERT INTO target SELECT half, s FROM hhalf")).containsExactly("2");
        assertThat(run(hive, "INSERT INTO target SELECT half, s FROM fhalf")).containsExactly("2");
        assertThat(run(flink, "SELECT SUM(a) FROM target")).containsExactly("9.0");
        assertThat(run(flink, "EXPLAIN SELECT * FROM hhalf").toString()).contains("dialects, n");
        assertThat(run(hive, "EXPLAIN SELECT * FROM fhalf").toString()).contains("dialects, n");
        assertThat(run(flink, "SELECT half FROM (SELECT * FROM hhalf WHERE s IN (SELECT s FROM fhalf)) t"))
                .containsExactly("0.5");
    }

    @Test
    void aViewKeepsItsDialectWhenItIsAlteredAndShowsItsOwnText() {
        run(flink, "CREATE VIEW f_kept AS SELECT id / 2 AS half FROM n");
        run(hive, "ALTER VIEW f_kept SET TBLPROPERTIES ('k' = 'v')");
        run(hive, "ALTER VIEW f_kept RENAME TO f_moved");
        assertThat(run(hive, "SELECT half FROM f_moved ORDER BY half")).containsExactly("0", "4");
        assertThat(run(flink, "SELECT half FROM f_moved ORDER BY half")).containsExactly("0", "4");
        run(hive, "CREATE VIEW h_kept AS SELECT id / 2 AS half FROM n");
        run(flink, "ALTER VIEW h_kept RENAME TO h_moved");
        assertThat(run(flink, "SHOW CREATE VIEW h_moved").toString())
                .contains("`n`.`id` / 2")
                .doesNotContain("view_1");
        assertThat(run(flink, "SELECT half FROM h_moved ORDER BY half")).containsExactly("0.5", "4.5");
        run(flink, "ALTER VIEW h_moved AS SELECT id / 2 AS half FROM n");
        assertThat(run(hive, "SELECT half FROM h_moved ORDER BY half")).containsExactly("0", "4");
        assertThatThrownBy(() -> run(
                        hive,
                        "CREATE VIEW evil TBLPROPERTIES ('weirhouse.view-dialect' = 'flink') AS SELECT id FROM n"))
                .hasMessageContaining("WEIR-1008");
    }

    @Test
    void temporaryViewsKeepTheirDialectToo() {
        run(flink, "CREATE TEMPORARY VIEW tmp AS SELECT id / 2 AS half FROM n");
        flink.set("table.sql-dialect", "hive");
        try {
            assertThat(run(flink, "SELECT half FROM tmp ORDER BY half")).containsExactly("0", "4");
        } finally {
            flink.set("table.sql-dialect", "default");
        }
    }

    @Test
    void anotherEnginesViewIsHives() throws Exception {
        HiveConf conf = new HiveConf();
        conf.set("hive.metastore.uris", TestWarehouse.get().metastoreUri());
        HiveMetaStoreClient metastore = new HiveMetaStoreClient(conf);
        try {
            createView(metastore, "foreign_half", "SELECT `n`.`id` / 2 AS `half` FROM `dialects`.`n`");
            createView(
                    metastore,
                    "foreign_evil",
                    "SELECT cast(reflect('java.lang.System', 'nanoTime') AS double) AS `half` FROM `dialects`.`n`");
        } finally {
            metastore.close();
        }
        for (Session reader : List.of(flink, hive)) {
            assertThat(run(reader, "SELECT half FROM foreign_half ORDER BY half"))
                    .containsExactly("0.5", "4.5");
            assertThatThrownBy(() -> run(reader, "SELECT half FROM foreign_evil"))
                    .hasMessageContaining("WEIR-1008");
        }
    }

    private static void createView(HiveMetaStoreClient metastore, String name, String text) throws Exception {
        StorageDescriptor storage = new StorageDescriptor();
        storage.setCols(List.of(new FieldSchema("half", "double", null)));
        storage.setSerdeInfo(new SerDeInfo());
        Table view = new Table();
        view.setDbName("dialects");
        view.setTableName(name);
        view.setSd(storage);
        view.setPartitionKeys(List.of());
        view.setParameters(new java.util.HashMap<>(Map.of("made.by", "another engine")));
        view.setTableType(TableType.VIRTUAL_VIEW.name());
        view.setViewOriginalText(text);
        view.setViewExpandedText(text);
        metastore.createTable(view);
    }
}
