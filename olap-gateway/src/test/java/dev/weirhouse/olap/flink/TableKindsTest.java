package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.paimon.SnapshotLeases;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
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
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                SnapshotLeases leases = new SnapshotLeases("test", Clock.systemUTC())) {
            session.use(kit.database());
            TableFiles files = new TableFiles(
                    folder.resolve("cache"),
                    1L << 30,
                    Map.of(kit.files().uri(), kit.home().resolve("warehouse")),
                    leases);
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

    private static final String KEY = "id INT, p STRING, v INT, w STRING, PRIMARY KEY (id, p) NOT ENFORCED";

    /** The kinds that the engine reads in place at every moment. */
    private static final Map<String, String> IN_PLACE = Map.of(
            "append", "(id INT, p STRING, v INT, w STRING)",
            "parts", "(id INT, p STRING, v INT, w STRING) PARTITIONED BY (p)",
            "keyed", "(" + KEY + ") WITH ('bucket' = '3')",
            "keyed_parts", "(" + KEY + ") PARTITIONED BY (p) WITH ('bucket' = '1')",
            "keyed_dynamic", "(" + KEY + ") WITH ('bucket' = '-1')",
            "keyed_thin", "(" + KEY + ") WITH ('bucket' = '2', 'data-file.thin-mode' = 'true')",
            "keyed_write_only", "(" + KEY + ") WITH ('bucket' = '2', 'write-only' = 'true')",
            "vectors", "(" + KEY + ") PARTITIONED BY (p) WITH ('bucket' = '1', 'deletion-vectors.enabled' = 'true')");

    /** Those that Paimon merges for the engine. */
    private static final Map<String, String> THROUGH_PAIMON = Map.of(
            "partial", "(" + KEY + ") WITH ('bucket' = '1', 'merge-engine' = 'partial-update')",
            "first_row", "(" + KEY + ") WITH ('bucket' = '1', 'merge-engine' = 'first-row')",
            "sequenced", "(" + KEY + ") WITH ('bucket' = '2', 'sequence.field' = 'v')",
            "ignoring", "(" + KEY + ") WITH ('bucket' = '2', 'ignore-delete' = 'true')");

    private static final Set<String> WITHOUT_DELETES = Set.of("append", "parts", "partial", "first_row");

    @Test
    void randomCommitsReadAsFlinkReadsThem(TestWarehouse kit) throws Exception {
        long seed = Long.getLong("weir.test.seed", 42);
        try (Session session = kit.warehouse().gate().open(Caller.internal("kinds"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                SnapshotLeases leases = new SnapshotLeases("test", Clock.systemUTC())) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files(kit, leases), duck);
            for (Map.Entry<String, String> kind : IN_PLACE.entrySet()) {
                commits(kit, both, kind.getKey(), kind.getValue(), seed);
                assertThat(both.throughPaimon()).as("files of " + kind.getKey()).isZero();
            }
            for (Map.Entry<String, String> kind : THROUGH_PAIMON.entrySet()) {
                commits(kit, both, kind.getKey(), kind.getValue(), seed);
            }
        }
    }

    private TableFiles files(TestWarehouse kit, SnapshotLeases leases) {
        return new TableFiles(
                folder.resolve("cache"),
                1L << 30,
                Map.of(kit.files().uri(), kit.home().resolve("warehouse")),
                leases);
    }

    private void commits(TestWarehouse kit, InProcess both, String name, String definition, long seed)
            throws Exception {
        Random random = new Random(seed + name.hashCode());
        kit.run("CREATE TABLE " + name + " " + definition);
        RandomCommits commits = new RandomCommits(both.table("SELECT * FROM " + name), folder, random);
        boolean deletes = !WITHOUT_DELETES.contains(name);
        String word = "w";
        for (int commit = 0; commit < 7; commit++) {
            if (commit == 3) {
                kit.run("ALTER TABLE " + name + " ADD (n BIGINT)");
            } else if (commit == 4) {
                kit.run("ALTER TABLE " + name + " RENAME w TO word");
                word = "word";
            } else if (commit == 6) {
                kit.run("ALTER TABLE " + name + " MODIFY v BIGINT");
            }
            if (random.nextInt(3) == 0) {
                commits.compact();
            }
            commits.write(1 + random.nextInt(60), deletes);
            String place = "seed " + seed + ", commit " + commit + ": ";
            same(both, place, "SELECT * FROM " + name);
            List<String> others = List.of(
                    "SELECT p, COUNT(*), MAX(" + word + ") FROM " + name + " WHERE v > 50 GROUP BY p",
                    "SELECT COUNT(*) FROM " + name,
                    "SELECT v, id FROM " + name + " WHERE p = '01' AND id = 7");
            if (commit % 2 == 1) {
                same(both, place, others.get(random.nextInt(others.size())));
            }
        }
        same(both, "seed " + seed + ", ", "SELECT * FROM " + name + " /*+ OPTIONS('scan.snapshot-id' = '3') */");
    }

    @Test
    void keysOfAllTypesMeet(TestWarehouse kit) throws Exception {
        Map<String, List<String>> types = new LinkedHashMap<>();
        types.put("BOOLEAN", List.of("TRUE", "FALSE"));
        types.put("TINYINT", List.of("-1", "1"));
        types.put("BIGINT", List.of("-9223372036854775807", "5"));
        types.put("DECIMAL(30, 3)", List.of("-1.5", "'123456789012345678901234567.891'"));
        types.put("DATE", List.of("DATE '1969-12-31'", "DATE '2024-02-29'"));
        types.put(
                "TIMESTAMP(3)", List.of("TIMESTAMP '1969-12-31 23:59:59.999'", "TIMESTAMP '2024-02-29 01:02:03.004'"));
        types.put("TIMESTAMP(6)", List.of("TIMESTAMP '1969-12-31 23:59:59.999999'", "TIMESTAMP '2024-02-29 01:02:03'"));
        types.put(
                "TIMESTAMP(9)",
                List.of("TIMESTAMP '1969-12-31 23:59:59.999999999'", "TIMESTAMP '2024-02-29 01:02:03'"));
        types.put("CHAR(3)", List.of("'a'", "'abc'"));
        types.put("STRING", List.of("''", "'a '", "'ä😀'"));
        types.put("DOUBLE", List.of("CAST('-0.0' AS DOUBLE)", "0e0", "CAST('NaN' AS DOUBLE)"));
        try (Session session = kit.warehouse().gate().open(Caller.internal("kinds"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                SnapshotLeases leases = new SnapshotLeases("test", Clock.systemUTC())) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files(kit, leases), duck);
            int table = 0;
            for (Map.Entry<String, List<String>> type : types.entrySet()) {
                String name = "key" + table++;
                kit.run("CREATE TABLE " + name + " (k " + type.getKey()
                        + ", v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('bucket' = '1')");
                for (int value : List.of(1, 2)) {
                    kit.run("INSERT INTO " + name + " VALUES "
                            + type.getValue().stream()
                                    .map(key -> "(CAST(" + key + " AS " + type.getKey() + "), " + value + ")")
                                    .collect(Collectors.joining(", ")));
                }
                boolean readable = !Set.of("CHAR(3)", "TIMESTAMP(9)").contains(type.getKey());
                same(both, type.getKey() + ": ", "SELECT " + (readable ? "k, v" : "v") + " FROM " + name);
            }
        }
    }

    private static void same(InProcess both, String place, String sql) throws Exception {
        assertThat(both.natively(both.plan(sql))).as(place + sql).containsExactlyInAnyOrderElementsOf(both.flink(sql));
    }

    private static void same(InProcess both, String sql) throws Exception {
        assertThat(both.natively(both.plan(sql))).as(sql).containsExactlyInAnyOrderElementsOf(both.flink(sql));
    }
}
