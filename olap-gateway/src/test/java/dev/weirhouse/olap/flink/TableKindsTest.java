package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of table reads natively as Flink reads it, at its newest snapshot and at an earlier one. */
@WarehouseTest
final class TableKindsTest {

    @TempDir
    private Path folder;

    @Test
    void everyKindOfTableReadsAsFlinkReadsIt(TestWarehouse kit) throws Exception {
        try (Session session = kit.warehouse().gate().open(Caller.internal("kinds"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            TableFiles files = new TableFiles(folder.resolve("cache"), 1L << 30, List.of(kit.home()));
            InProcess both = new InProcess(session, files, duck);
            String key = "id INT, p STRING, v INT, w STRING, PRIMARY KEY (id, p) NOT ENFORCED";
            List<String> tables = List.of(
                    "a0 (id INT, p STRING, v INT, w STRING)",
                    "a1 (id INT, p STRING, v INT, w STRING) PARTITIONED BY (p)",
                    "a2 (id INT, p STRING, v INT, w STRING) WITH ('file.format' = 'orc')",
                    "a3 (id INT, p STRING, v INT, w STRING) WITH ('file.format' = 'avro')",
                    "k0 (" + key + ") WITH ('bucket' = '2')",
                    "k1 (" + key + ") PARTITIONED BY (p) WITH ('bucket' = '1')",
                    "k2 (" + key + ") WITH ('bucket' = '1', 'merge-engine' = 'partial-update')",
                    "k3 (" + key
                            + ") WITH ('bucket' = '1', 'merge-engine' = 'aggregation', 'fields.v.aggregate-function' = 'sum')",
                    "k4 (" + key + ") WITH ('bucket' = '1', 'merge-engine' = 'first-row')",
                    "k5 (" + key + ") WITH ('bucket' = '1', 'deletion-vectors.enabled' = 'true')",
                    "k6 (" + key + ") WITH ('bucket' = '1', 'sequence.field' = 'v')",
                    "k7 (" + key + ") WITH ('bucket' = '1', 'file.format' = 'avro')",
                    "k8 (" + key + ") WITH ('bucket' = '-1')");
            for (String table : tables) {
                String name = table.substring(0, 2);
                kit.run("CREATE TABLE " + table);
                same(both, "SELECT * FROM " + name);
                kit.run("INSERT INTO " + name
                        + " VALUES (1, 'x', 10, 'one'), (2, 'x', 20, CAST(NULL AS STRING)), (3, 'y', 30, 'three')");
                kit.run("INSERT INTO " + name
                        + " VALUES (1, 'x', 5, 'uno'), (3, 'y', CAST(NULL AS INT), 'tres'), (4, 'z', 40, 'four')");
                same(both, "SELECT * FROM " + name);
                kit.run("INSERT INTO " + name + " VALUES (2, 'x', 7, 'dos'), (5, 'y', 50, 'five')");
                same(both, "SELECT * FROM " + name);
                same(both, "SELECT p, COUNT(*), SUM(v), MAX(w) FROM " + name + " GROUP BY p");
                same(both, "SELECT * FROM " + name + " /*+ OPTIONS('scan.snapshot-id' = '1') */");
                kit.run("ALTER TABLE " + name + " ADD (n BIGINT)");
                same(both, "SELECT * FROM " + name);
                kit.run("INSERT INTO " + name + " VALUES (6, 'x', 60, 'six', 600), (1, 'x', 1, 'ein', 100)");
                kit.run("ALTER TABLE " + name + " RENAME w TO word");
                same(both, "SELECT * FROM " + name);
                same(both, "SELECT n, word FROM " + name + " WHERE v > 5");
            }
            assertThat(files.hits()).as("a new snapshot costs what changed").isPositive();
        }
    }

    private static void same(InProcess both, String sql) throws Exception {
        assertThat(both.natively(both.plan(sql))).as(sql).containsExactlyInAnyOrderElementsOf(both.flink(sql));
    }
}
