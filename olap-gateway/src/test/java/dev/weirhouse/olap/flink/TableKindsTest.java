package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of table reads natively as Flink reads it, at its newest snapshot and at an earlier one: on a file system whose
 * files the engine reads where they lie, and on one that only Paimon reads. Flink is asked for all kinds in one job.
 * {@code -Dweir.seed} draws other commits.
 */
@WarehouseTest
final class TableKindsTest {

    private static final int COMMITS = 5;

    private static final String KEY = "id INT, p STRING, v INT, w STRING, PRIMARY KEY (id, p) NOT ENFORCED";

    /**
     * A kind of table.
     *
     * @param inPlace whether the engine reads it in place at every moment, where it knows the file system
     */
    private record Kind(String name, boolean inPlace, boolean deletes, String definition) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("append", true, false, "(id INT, p STRING, v INT, w STRING)"),
            new Kind("parts", true, false, "(id INT, p STRING, v INT, w STRING) PARTITIONED BY (p)"),
            new Kind("keyed", true, true, "(" + KEY + ") WITH ('bucket' = '3')"),
            new Kind("keyed_parts", true, true, "(" + KEY + ") PARTITIONED BY (p) WITH ('bucket' = '1')"),
            new Kind("keyed_dynamic", true, true, "(" + KEY + ") WITH ('bucket' = '-1')"),
            new Kind("keyed_thin", true, true, "(" + KEY + ") WITH ('bucket' = '2', 'data-file.thin-mode' = 'true')"),
            new Kind("keyed_write_only", true, true, "(" + KEY + ") WITH ('bucket' = '2', 'write-only' = 'true')"),
            new Kind(
                    "vectors",
                    true,
                    true,
                    "(" + KEY + ") PARTITIONED BY (p) WITH ('bucket' = '1', 'deletion-vectors.enabled' = 'true')"),
            // Those that Paimon reads or merges for the engine.
            new Kind("orc", false, false, "(id INT, p STRING, v INT, w STRING) WITH ('file.format' = 'orc')"),
            new Kind("avro", false, true, "(" + KEY + ") WITH ('bucket' = '1', 'file.format' = 'avro')"),
            new Kind("partial", false, false, "(" + KEY + ") WITH ('bucket' = '1', 'merge-engine' = 'partial-update')"),
            new Kind(
                    "summed",
                    false,
                    false,
                    "(" + KEY
                            + ") WITH ('bucket' = '1', 'merge-engine' = 'aggregation', 'fields.v.aggregate-function' = 'sum')"),
            new Kind("first_row", false, false, "(" + KEY + ") WITH ('bucket' = '1', 'merge-engine' = 'first-row')"),
            new Kind("sequenced", false, true, "(" + KEY + ") WITH ('bucket' = '2', 'sequence.field' = 'v')"),
            new Kind("ignoring", false, true, "(" + KEY + ") WITH ('bucket' = '2', 'ignore-delete' = 'true')"));

    /** What is asked after a commit beside all rows. */
    private static final List<String> OTHERS = List.of(
            "p, COUNT(*), MAX(w) FROM {} WHERE v > 50 GROUP BY p",
            "COUNT(*) FROM {}",
            "v, id FROM {} WHERE p = '01' AND id = 7");

    @TempDir
    private Path folder;

    @Test
    void randomCommitsReadAsFlinkReadsThem(TestWarehouse kit) throws Exception {
        long seed = Long.getLong("weir.seed", 42);
        Random random = new Random(seed);
        TableFiles files = InProcess.files(kit, folder);
        TableFiles copies = InProcess.filesThroughPaimon(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("kinds"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            InProcess through = new InProcess(session, copies, duck);
            Map<Kind, RandomCommits> commits = new LinkedHashMap<>();
            for (Kind kind : KINDS) {
                kit.run("CREATE TABLE " + kind.name() + " " + kind.definition());
                String all = "SELECT * FROM " + kind.name();
                assertThat(both.natively(both.plan(all))).as(all).isEmpty();
                commits.put(kind, new RandomCommits(both.table(all), folder, random));
            }
            for (int commit = 0; commit < COMMITS; commit++) {
                String place = "seed " + seed + ", commit " + commit + ": ";
                for (Kind kind : KINDS) {
                    change(kit, kind, commit);
                    if (random.nextInt(3) == 0) {
                        commits.get(kind).compact();
                    }
                    commits.get(kind).write(1 + random.nextInt(60), kind.deletes());
                }
                same(both, through, place, table -> "* FROM " + table);
                if (commit > 0 && commit <= OTHERS.size()) {
                    String other = OTHERS.get(commit - 1);
                    same(both, through, place, table -> other.replace("{}", table));
                }
            }
            same(
                    both,
                    through,
                    "seed " + seed + ": ",
                    table -> "* FROM " + table + " /*+ OPTIONS('scan.snapshot-id' = '2') */");
            assertThat(files.hits()).as("a new snapshot costs what changed").isPositive();
            assertThat(copies.hits()).as("a new snapshot costs what changed").isPositive();
            assertNothingInPlace(through);
        }
    }

    private static void change(TestWarehouse kit, Kind kind, int commit) throws Exception {
        switch (commit) {
            case 2 -> kit.run("ALTER TABLE " + kind.name() + " ADD (n BIGINT)");
            case 3 -> kit.run("ALTER TABLE " + kind.name() + " RENAME w TO word");
            case 4 -> kit.run("ALTER TABLE " + kind.name() + " MODIFY v BIGINT");
            default -> {}
        }
    }

    private static void assertNothingInPlace(InProcess through) {
        assertThat(through.read()).as("files read through Paimon").isPositive().isEqualTo(through.throughPaimon());
    }

    /** @param query what is selected from a table of a name, of the same types for each */
    private static void same(InProcess both, InProcess through, String place, UnaryOperator<String> query)
            throws Exception {
        Map<String, List<List<String>>> flink =
                both.flink(KINDS.stream().collect(Collectors.toMap(Kind::name, kind -> query.apply(kind.name()))));
        for (Kind kind : KINDS) {
            String sql = "SELECT " + query.apply(kind.name());
            List<List<String>> rows = flink.getOrDefault(kind.name(), List.of());
            int throughPaimon = both.throughPaimon();
            QueryPlan plan = both.plan(sql);
            assertThat(both.natively(plan)).as(place + sql).containsExactlyInAnyOrderElementsOf(rows);
            assertThat(through.natively(plan))
                    .as("through Paimon, " + place + sql)
                    .containsExactlyInAnyOrderElementsOf(rows);
            if (kind.inPlace()) {
                assertThat(both.throughPaimon()).as(place + sql).isEqualTo(throughPaimon);
            }
        }
    }

    @Test
    void keysOfAllTypesMeet(TestWarehouse kit) throws Exception {
        Map<String, List<Object>> types = new LinkedHashMap<>();
        types.put("BOOLEAN", List.of(true, false));
        types.put("TINYINT", List.of((byte) -1, (byte) 1));
        types.put("BIGINT", List.of(Long.MIN_VALUE, 5L));
        types.put("DECIMAL(30, 3)", List.of(decimal("-1.500"), decimal("123456789012345678901234567.891")));
        types.put("DATE", List.of(day("1969-12-31"), day("2024-02-29")));
        types.put("TIMESTAMP(3)", List.of(time("1969-12-31T23:59:59.999"), time("2024-02-29T01:02:03.004")));
        types.put("TIMESTAMP(6)", List.of(time("1969-12-31T23:59:59.999999"), time("2024-02-29T01:02:03")));
        types.put("TIMESTAMP(9)", List.of(time("1969-12-31T23:59:59.999999999"), time("2024-02-29T01:02:03")));
        types.put("CHAR(3)", List.of(BinaryString.fromString("a  "), BinaryString.fromString("abc")));
        types.put(
                "STRING",
                List.of(BinaryString.fromString(""), BinaryString.fromString("a "), BinaryString.fromString("ä😀")));
        types.put("DOUBLE", List.of(-0.0, 0.0, Double.NaN));
        TableFiles files = InProcess.files(kit, folder);
        TableFiles copies = InProcess.filesThroughPaimon(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("kinds"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            InProcess through = new InProcess(session, copies, duck);
            Map<String, String> queries = new LinkedHashMap<>();
            for (Map.Entry<String, List<Object>> type : types.entrySet()) {
                String name = "key" + queries.size();
                kit.run("CREATE TABLE " + name + " (k " + type.getKey()
                        + ", v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('bucket' = '1')");
                RandomCommits commits = new RandomCommits(both.table("SELECT v FROM " + name), folder, new Random());
                for (int value : List.of(1, 2)) {
                    commits.write(type.getValue().stream()
                            .<InternalRow>map(key -> GenericRow.of(key, value))
                            .toList());
                }
                queries.put(name, columns(type.getKey(), types.keySet()) + " FROM " + name);
            }
            Map<String, List<List<String>>> flink = both.flink(queries);
            for (Map.Entry<String, String> query : queries.entrySet()) {
                QueryPlan plan = both.plan("SELECT " + query.getValue());
                assertThat(both.natively(plan))
                        .as(query.getValue())
                        .containsExactlyInAnyOrderElementsOf(flink.get(query.getKey()));
                assertThat(through.natively(plan))
                        .as("through Paimon, " + query.getValue())
                        .containsExactlyInAnyOrderElementsOf(flink.get(query.getKey()));
            }
            assertNothingInPlace(through);
        }
    }

    /** A column of each type that is read natively, NULL but for the key's own: so the tables' rows can be united. */
    private static String columns(String own, Collection<String> types) {
        List<String> columns = new ArrayList<>(List.of("v"));
        for (String type : types) {
            if (!type.equals("TIMESTAMP(9)")) {
                columns.add(type.equals(own) ? "k" : "CAST(NULL AS " + type + ")");
            }
        }
        return String.join(", ", columns);
    }

    private static Decimal decimal(String text) {
        return Decimal.fromBigDecimal(new BigDecimal(text), 30, 3);
    }

    private static int day(String text) {
        return (int) LocalDate.parse(text).toEpochDay();
    }

    private static Timestamp time(String text) {
        return Timestamp.fromLocalDateTime(LocalDateTime.parse(text));
    }
}
