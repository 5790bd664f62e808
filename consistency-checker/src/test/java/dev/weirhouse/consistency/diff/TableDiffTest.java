package dev.weirhouse.consistency.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.consistency.Relation;
import dev.weirhouse.consistency.diff.DiffReport.Kind;
import dev.weirhouse.consistency.diff.DiffReport.Parts;
import dev.weirhouse.consistency.diff.DiffReport.Sample;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import dev.weirhouse.testkit.fault.SeededFaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Tables are compared to the row, and what need not be read is not. */
@WarehouseTest
final class TableDiffTest {

    private static final int SAMPLES = 10;
    private static final long MUCH = 1 << 26;
    private static final int SEEDS = 3;

    @TempDir
    private Path folder;

    private DiffReport diff(TestWarehouse kit, String left, String right) {
        return diff(kit, left, right, new Limits(folder, MUCH, SAMPLES, Floats.EXACT));
    }

    private static DiffReport diff(TestWarehouse kit, String left, String right, Limits limits) {
        try (Session session = kit.open("differ", Gate.Mode.BATCH);
                OpenRelation one =
                        OpenRelation.open(kit.warehouse(), session, Relation.parse(kit.database() + "." + left));
                OpenRelation other =
                        OpenRelation.open(kit.warehouse(), session, Relation.parse(kit.database() + "." + right))) {
            return TableDiff.of(one, other, limits, () -> {});
        }
    }

    @Test
    void byKeyRowsAreMissingOrChangedColumnByColumn(TestWarehouse kit) throws Exception {
        for (String table : List.of("orders_a", "orders_b")) {
            kit.run("CREATE TABLE " + table + " (dt STRING, id INT, amount DECIMAL(10, 2), note STRING,"
                    + " PRIMARY KEY (dt, id) NOT ENFORCED) PARTITIONED BY (dt) WITH ('bucket' = '2')");
        }
        kit.run("INSERT INTO orders_a VALUES ('1', 1, 1.00, 'x'), ('1', 2, 2.00, CAST(NULL AS STRING)),"
                + " ('2', 3, 3.00, 'same'), ('2', 4, 4.00, 'here')");
        kit.run("INSERT INTO orders_b VALUES ('1', 1, 1.50, 'y'), ('1', 2, 2.00, ''), ('2', 3, 3.00, 'same'),"
                + " ('2', 5, 5.00, 'there'), ('3', 6, 6.00, 'there')");
        DiffReport report = diff(kit, "orders_a", "orders_b");
        assertThat(report.schema()).isEmpty();
        assertThat(report.key()).containsExactly("dt", "id");
        assertThat(report.onlyLeft()).isEqualTo(1);
        assertThat(report.onlyRight()).isEqualTo(2);
        assertThat(report.changed()).isEqualTo(2);
        assertThat(report.changedColumns()).isEqualTo(Map.of("amount", 1L, "note", 2L));
        assertThat(report.agrees()).isFalse();
        assertThat(report.samples())
                .contains(
                        new Sample(Kind.ONLY_LEFT, List.of("2", "4", "4.00", "here"), List.of()),
                        new Sample(Kind.CHANGED, List.of("1", "1", "1.00", "x"), List.of("1", "1", "1.50", "y")));
        assertThat(diff(kit, "orders_a", "orders_a").agrees()).isTrue();
    }

    @Test
    void withoutAKeyRowsAreCounted(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE log_a (v INT, w DOUBLE)");
        kit.run("CREATE TABLE log_b (v INT, w DOUBLE)");
        kit.run("INSERT INTO log_a VALUES (1, 0.5), (1, 0.5), (1, 0.5), (2, CAST(NULL AS DOUBLE)), (3, 3.0)");
        kit.run("INSERT INTO log_b VALUES (1, 0.5), (2, CAST(NULL AS DOUBLE)), (2, CAST(NULL AS DOUBLE)), (3, 3.0)");
        DiffReport report = diff(kit, "log_a", "log_b");
        assertThat(report.key()).isEmpty();
        assertThat(report.onlyLeft()).isEqualTo(2);
        assertThat(report.onlyRight()).isEqualTo(1);
        assertThat(report.changed()).isZero();
    }

    @Test
    void whatDiffersInColumnsAndKeysIsToldAndTheRestCompared(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE old_shape (id INT, v STRING, gone INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE new_shape (id INT, v STRING, w BIGINT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE keyless (id BIGINT, v STRING)");
        kit.run("INSERT INTO old_shape VALUES (1, 'a', 1), (2, 'b', 2)");
        kit.run("INSERT INTO new_shape VALUES (1, 'a', 9), (2, 'c', 9)");
        kit.run("INSERT INTO keyless VALUES (1, 'a'), (2, 'b')");
        DiffReport report = diff(kit, "old_shape", "new_shape");
        assertThat(report.schema())
                .containsExactly("the column gone is on the left alone", "the column w is on the right alone");
        assertThat(report.columns()).containsExactly("id", "v");
        assertThat(report.changedColumns()).isEqualTo(Map.of("v", 1L));
        assertThat(report.agrees()).isFalse();
        DiffReport keyless = diff(kit, "old_shape", "keyless");
        assertThat(keyless.schema())
                .anyMatch(line -> line.startsWith("the column id is INT"))
                .anyMatch(line -> line.contains("primary key is id on the left, and none on the right"));
        assertThat(keyless.columns()).containsExactly("v");
        assertThat(keyless.rowsAgree()).isTrue();
        assertThat(keyless.agrees()).isFalse();
    }

    @Test
    void theSameFilesAreNotReadAndEqualChecksumsNotCompared(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE parted (dt STRING, id INT, v INT, PRIMARY KEY (dt, id) NOT ENFORCED)"
                + " PARTITIONED BY (dt) WITH ('bucket' = '2', 'write-only' = 'true')");
        kit.run("INSERT INTO parted SELECT CAST(dt AS STRING), id, id FROM (VALUES (1), (2), (3)) AS d (dt),"
                + " (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) AS i (id)");
        kit.run("INSERT INTO parted VALUES ('2', 1, 100)");
        DiffReport report = diff(kit, "parted@1", "parted@2");
        assertThat(report.changed()).isEqualTo(1);
        assertThat(report.parts().all()).isEqualTo(6);
        assertThat(report.parts().sameFiles()).isEqualTo(5);
        assertThat(report.parts().rows()).as("of one bucket, twice").isLessThan(33);
        assertThat(diff(kit, "parted@2", "parted").parts()).isEqualTo(new Parts(6, 6, 0, 0));

        kit.run("INSERT INTO parted VALUES ('2', 1, 1)");
        DiffReport undone = diff(kit, "parted@1", "parted@3");
        assertThat(undone.agrees()).isTrue();
        assertThat(undone.parts().sameFiles()).isEqualTo(5);
        assertThat(undone.parts().sameSums()).isEqualTo(1);
        kit.run("CREATE TABLE copied (dt STRING, id INT, v INT, PRIMARY KEY (dt, id) NOT ENFORCED)"
                + " PARTITIONED BY (dt) WITH ('bucket' = '3')");
        kit.run("INSERT INTO copied SELECT * FROM parted");
        DiffReport copy = diff(kit, "parted", "copied");
        assertThat(copy.agrees()).isTrue();
        assertThat(copy.parts().all()).as("partitions, for buckets are others").isEqualTo(3);
        assertThat(copy.parts().sameSums()).isEqualTo(3);
    }

    @Test
    void ofALogOnlyWhatWasAddedIsRead(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE growing (v INT) WITH ('write-only' = 'true')");
        kit.run("INSERT INTO growing VALUES (1), (2), (3)");
        kit.run("INSERT INTO growing VALUES (4), (4)");
        DiffReport report = diff(kit, "growing@1", "growing");
        assertThat(report.onlyLeft()).isZero();
        assertThat(report.onlyRight()).isEqualTo(2);
        assertThat(report.parts().rows()).isEqualTo(4);
        assertThat(report.left()).isEqualTo(kit.database() + ".growing@1");
    }

    @Test
    void thePartitionOfNullIsOneWhateverItIsCalled(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE named_a (dt STRING, v INT) PARTITIONED BY (dt)");
        kit.run("CREATE TABLE named_b (dt STRING, v INT) PARTITIONED BY (dt)"
                + " WITH ('partition.default-name' = 'nowhere')");
        for (String table : List.of("named_a", "named_b")) {
            kit.run("INSERT INTO " + table + " VALUES (CAST(NULL AS STRING), 1), ('1', 2)");
        }
        DiffReport report = diff(kit, "named_a", "named_b");
        assertThat(report.agrees()).as(report.toString()).isTrue();
        assertThat(report.parts().all()).isEqualTo(2);
    }

    @Test
    void branchesTagsAndEmptyTablesAreCompared(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE branched (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED)");
        DiffReport empty = diff(kit, "branched", "branched");
        assertThat(empty.agrees()).isTrue();
        assertThat(empty.left()).isEqualTo(kit.database() + ".branched");
        kit.run("INSERT INTO branched VALUES (1, 1), (2, 2)");
        kit.run("CALL sys.create_tag('" + kit.database() + ".branched', 'before', CAST(1 AS BIGINT))");
        kit.run("CALL sys.create_branch('" + kit.database() + ".branched', 'fix', 'before')");
        kit.run("INSERT INTO `branched$branch_fix` VALUES (2, 20)");
        kit.run("INSERT INTO branched VALUES (3, 3)");
        assertThat(diff(kit, "branched@before", "branched").onlyRight()).isEqualTo(1);
        DiffReport report = diff(kit, "branched$branch_fix", "branched");
        assertThat(report.changed()).isEqualTo(1);
        assertThat(report.onlyRight()).isEqualTo(1);
        kit.run("CREATE VIEW seen AS SELECT * FROM branched");
        assertThatThrownBy(() -> diff(kit, "seen", "branched")).hasMessageContaining("WEIR-1604");
        assertThatThrownBy(() -> diff(kit, "nothing", "branched")).hasMessageContaining("WEIR-1046");
        assertThatThrownBy(() -> diff(kit, "branched@99", "branched")).hasMessageContaining("WEIR-1049");
        assertThatThrownBy(() -> Relation.parse("branched")).hasMessageContaining("WEIR-1603");
    }

    @Test
    void moreThanTheHeapHoldsGoesToFilesAndSamplesAreBounded(TestWarehouse kit) throws Exception {
        int rows = 20_000;
        for (String table : List.of("wide_a", "wide_b")) {
            kit.run("CREATE TABLE " + table + " (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
            kit.run("CREATE TEMPORARY TABLE numbered_" + table + " (id INT) WITH ('connector' = 'datagen',"
                    + " 'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '" + rows + "',"
                    + " 'number-of-rows' = '" + rows + "')");
            kit.run("INSERT INTO " + table + " SELECT id, '" + table + "' || REPEAT('x', 300) FROM numbered_" + table);
        }
        DiffReport report = diff(kit, "wide_a", "wide_b", new Limits(folder, 1 << 20, 3, Floats.EXACT));
        assertThat(report.changed()).isEqualTo(rows);
        assertThat(report.samples()).hasSize(3);
        assertThat(report.samples().get(0).left().get(1)).hasSize(201).endsWith("…");
        DiffReport little = diff(kit, "wide_a", "wide_b", new Limits(folder, 1 << 14, 3, Floats.EXACT));
        assertThat(little.changed()).as("in more piles than are open at once").isEqualTo(rows);
        assertThat(little.parts().rows())
                .as("once for each time")
                .isGreaterThan(2 * report.parts().rows());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).as("no file is left").isEmpty();
        }
    }

    @Test
    void sumsOfFloatsMayDifferInTheirLastDigits(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE sums_a (id INT, d DOUBLE, f FLOAT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE sums_b (id INT, d DOUBLE, f FLOAT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO sums_a VALUES (1, 0.3E0, CAST(1.0 AS FLOAT)), (2, 1E0, CAST(1 AS FLOAT))");
        kit.run("INSERT INTO sums_b VALUES (1, 0.30000000000000004E0, CAST(1.000001 AS FLOAT)),"
                + " (2, 1.0001E0, CAST(1 AS FLOAT))");
        assertThat(diff(kit, "sums_a", "sums_b").changed()).isEqualTo(2);
        assertThat(diff(kit, "sums_a", "sums_b", new Limits(folder, MUCH, SAMPLES, Floats.AS_SUMS))
                        .changed())
                .isEqualTo(1);
    }

    @Test
    void valuesOfAllTypesAreCompared(TestWarehouse kit) throws Exception {
        String columns = "(id INT, b BOOLEAN, t TIMESTAMP(3), z TIMESTAMP_LTZ(6), d DATE, x BYTES, a ARRAY<INT>,"
                + " m MAP<STRING, INT>, r ROW<p INT, q STRING>, PRIMARY KEY (id) NOT ENFORCED)";
        String row = "1, TRUE, TIMESTAMP '2024-01-31 12:00:00.5', TO_TIMESTAMP_LTZ(1700000000000, 3), DATE"
                + " '2024-01-31', X'00FF', ARRAY[1, 2], MAP['a', 1, 'b', 2], ROW(1, 'it''s')";
        kit.run("CREATE TABLE types_a " + columns);
        kit.run("CREATE TABLE types_b " + columns);
        kit.run("INSERT INTO types_a SELECT " + row);
        kit.run("INSERT INTO types_b SELECT " + row.replace("'a', 1, 'b', 2", "'b', 2, 'a', 1"));
        assertThat(diff(kit, "types_a", "types_b").agrees())
                .as("a map has no order")
                .isTrue();
        kit.run("INSERT INTO types_b SELECT "
                + row.replace("ARRAY[1, 2]", "ARRAY[2, 1]").replace("00FF", "00FE"));
        DiffReport report = diff(kit, "types_a", "types_b");
        assertThat(report.changedColumns()).isEqualTo(Map.of("a", 1L, "x", 1L));
        assertThat(report.samples().get(0).left())
                .containsExactly(
                        "1",
                        "TRUE",
                        "2024-01-31 12:00:00.500",
                        "2023-11-14 22:13:20.000000Z",
                        "2024-01-31",
                        "00ff",
                        "['1', '2']",
                        "['a'='1', 'b'='2']",
                        "['1', 'it''s']");
    }

    @TestFactory
    Stream<DynamicTest> whatIsPlantedIsFoundExactly(TestWarehouse kit) {
        return SeededFaults.tests(SEEDS, faults -> {
            String name = "seeded_" + faults.seed();
            boolean keyed = faults.happens(0.5);
            Map<Integer, String> left = new TreeMap<>();
            for (int i = 0; i < 400; i++) {
                left.put(faults.between(0, 1_000), "v" + faults.between(0, 5));
            }
            Map<Integer, String> right = new HashMap<>(left);
            for (int i = 0; i < faults.between(1, 40); i++) {
                int id = faults.between(0, 1_200);
                if (faults.happens(0.4)) {
                    right.remove(id);
                } else {
                    right.put(id, "w" + faults.between(0, 5));
                }
            }
            String shape = keyed
                    ? " (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '" + faults.between(1, 5)
                            + "')"
                    : " (id INT, v STRING)";
            kit.run("CREATE TABLE " + name + "_a" + shape);
            kit.run("CREATE TABLE " + name + "_b" + shape);
            insert(kit, name + "_a", left);
            insert(kit, name + "_b", right);
            long changed = left.entrySet().stream()
                    .filter(row -> right.containsKey(row.getKey())
                            && !right.get(row.getKey()).equals(row.getValue()))
                    .count();
            long onlyLeft =
                    left.keySet().stream().filter(id -> !right.containsKey(id)).count();
            long onlyRight =
                    right.keySet().stream().filter(id -> !left.containsKey(id)).count();
            DiffReport report = diff(kit, name + "_a", name + "_b");
            assertThat(List.of(report.onlyLeft(), report.onlyRight(), report.changed()))
                    .isEqualTo(
                            keyed
                                    ? List.of(onlyLeft, onlyRight, changed)
                                    : List.of(onlyLeft + changed, onlyRight + changed, 0L));
        });
    }

    private static void insert(TestWarehouse kit, String table, Map<Integer, String> rows) throws Exception {
        List<Map.Entry<Integer, String>> all = List.copyOf(rows.entrySet());
        for (int from : IntStream.iterate(0, start -> start < all.size(), start -> start + 200)
                .toArray()) {
            kit.run("INSERT INTO " + table + " VALUES "
                    + all.subList(from, Math.min(all.size(), from + 200)).stream()
                            .map(row -> "(" + row.getKey() + ", '" + row.getValue() + "')")
                            .collect(Collectors.joining(", ")));
        }
    }
}
