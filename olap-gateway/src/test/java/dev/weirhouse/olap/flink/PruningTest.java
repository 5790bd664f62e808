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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that can have no wanted row are not read, and no row is lost by that. {@code -Dweir.seed} draws other commits and
 * filters.
 */
@WarehouseTest
final class PruningTest {

    private static final int COMMITS = 4;
    private static final int FILTERS = 24;

    @TempDir
    private Path folder;

    @Test
    void partitionsBucketsAndRangesAreLeftOut(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE days (id INT, p STRING, v INT) PARTITIONED BY (p)");
        kit.run("CREATE TABLE keyed (id INT, v INT, t TIMESTAMP(3), c DECIMAL(10, 2), PRIMARY KEY (id) NOT ENFORCED)"
                + " WITH ('bucket' = '4')");
        kit.run("INSERT INTO keyed SELECT id, 10 * id, TIMESTAMPADD(DAY, id - 1, TIMESTAMP '2024-01-01 00:00:00'),"
                + " CAST(id + 0.5 AS DECIMAL(10, 2)) FROM (VALUES (1), (2), (3), (4), (5), (6), (7)) AS t (id)");
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("pruning"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            RandomCommits days = new RandomCommits(
                    new InProcess(session, files, duck).table("SELECT id FROM days"), folder, new Random());
            List<InternalRow> rows = new ArrayList<>();
            for (int day = 0; day < 4; day++) {
                rows.add(GenericRow.of(10 * day, BinaryString.fromString("0" + day), null));
                rows.add(GenericRow.of(10 * day + 5, BinaryString.fromString("0" + day), 7));
            }
            days.write(rows);
            Map<String, Integer> read = Map.ofEntries(
                    Map.entry("id FROM days", 4),
                    Map.entry("id FROM days WHERE p = '02'", 1),
                    Map.entry("id FROM days WHERE '02' < p", 1),
                    Map.entry("id FROM days WHERE p IN ('01', '03')", 2),
                    Map.entry("id FROM days WHERE p <> '01' AND id >= 12", 2),
                    Map.entry("id FROM days WHERE id = 30", 1),
                    Map.entry("id FROM days WHERE id > 100", 0),
                    Map.entry("id FROM days WHERE id BETWEEN 4 AND 9 AND p = '00'", 1),
                    Map.entry("id FROM days WHERE p IS NULL", 0),
                    Map.entry("id FROM days WHERE id + 1 = 3", 4),
                    Map.entry("id FROM days WHERE p = '00' OR id = 11", 4),
                    Map.entry("id FROM keyed WHERE id = 5", 1),
                    Map.entry("id FROM keyed WHERE t = TIMESTAMP '2024-01-01 00:00:00'", 1),
                    Map.entry("id FROM keyed WHERE c < 1.55", 1));
            Map<String, String> queries = new LinkedHashMap<>();
            read.keySet().forEach(query -> queries.put("q" + queries.size(), query));
            Map<String, List<List<String>>> flink = new InProcess(session, files, duck).flink(queries);
            queries.forEach((name, query) -> {
                InProcess both = new InProcess(session, files, duck);
                assertThat(natively(both, "SELECT " + query))
                        .as(query)
                        .containsExactlyInAnyOrderElementsOf(flink.getOrDefault(name, List.of()));
                assertThat(both.read()).as(query).isEqualTo(read.get(query));
                assertThat(both.ofFiles()).as(query).isGreaterThan(1);
            });
        }
    }

    @Test
    void randomFiltersFindAllTheirRows(TestWarehouse kit) throws Exception {
        long seed = Long.getLong("weir.seed", 42);
        Random random = new Random(seed);
        String columns = "id INT, p STRING, v INT, w STRING, a DATE, c DECIMAL(10, 2), t TIMESTAMP(3), o BOOLEAN";
        String key = columns + ", PRIMARY KEY (id, p) NOT ENFORCED";
        Map<String, String> kinds = new TreeMap<>(Map.of(
                "append", "(" + columns + ") PARTITIONED BY (p)",
                "keyed", "(" + key + ") WITH ('bucket' = '3')",
                "keyed_parts", "(" + key + ") PARTITIONED BY (p) WITH ('bucket' = '2', 'bucket-key' = 'id')",
                "vectors", "(" + key + ") WITH ('bucket' = '1', 'deletion-vectors.enabled' = 'true')",
                "partial", "(" + key + ") WITH ('bucket' = '1', 'merge-engine' = 'partial-update')"));
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("pruning"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            for (Map.Entry<String, String> kind : kinds.entrySet()) {
                String name = "random_" + kind.getKey();
                kit.run("CREATE TABLE " + name + " " + kind.getValue());
                RandomCommits commits = new RandomCommits(both.table("SELECT * FROM " + name), folder, random);
                boolean deletes =
                        kind.getKey().startsWith("keyed") || kind.getKey().equals("vectors");
                for (int commit = 0; commit < COMMITS; commit++) {
                    if (commit == 2) {
                        kit.run("ALTER TABLE " + name + " MODIFY v BIGINT");
                        commits.compact();
                    }
                    commits.write(1 + random.nextInt(8), deletes);
                }
            }
            filters(both, kinds.keySet(), "seed " + seed, random);
            assertThat(both.read()).as("of " + both.ofFiles() + " files").isLessThan(both.ofFiles() * 9 / 10);
        }
    }

    /** Flink evaluates all filters over one scan of each table, which none of them prunes, and all tables in one job. */
    private static void filters(InProcess both, Set<String> kinds, String place, Random random) throws Exception {
        List<String> filters = new ArrayList<>();
        List<String> aggregates = new ArrayList<>();
        for (int i = 0; i < FILTERS; i++) {
            String filter = filter(random);
            filters.add(filter);
            aggregates.add("COUNT(*) FILTER (WHERE " + filter + "), SUM(id) FILTER (WHERE " + filter + ")");
        }
        Map<String, List<List<String>>> flink = both.flink(kinds.stream()
                .collect(Collectors.toMap(
                        kind -> kind, kind -> String.join(", ", aggregates) + " FROM random_" + kind)));
        for (String kind : kinds) {
            List<String> expected = flink.get(kind).get(0);
            for (int i = 0; i < filters.size(); i++) {
                String sql = "SELECT COUNT(*), SUM(id) FROM random_" + kind + " WHERE " + filters.get(i);
                assertThat(natively(both, sql))
                        .as(place + ": " + sql)
                        .containsExactly(expected.subList(2 * i, 2 * i + 2));
            }
        }
    }

    private static List<List<String>> natively(InProcess both, String sql) {
        try {
            return both.natively(both.plan(sql));
        } catch (Exception e) {
            throw new AssertionError(sql, e);
        }
    }

    private static String filter(Random random) {
        String one = comparison(random);
        return switch (random.nextInt(4)) {
            case 0 -> one + " AND " + comparison(random);
            case 1 -> one + " OR " + comparison(random);
            default -> one;
        };
    }

    private static String comparison(Random random) {
        String[] columns = {"id", "p", "v", "w", "a", "c", "t", "o"};
        String column = columns[random.nextInt(columns.length)];
        String[] operators = {" = ", " <> ", " < ", " <= ", " > ", " >= "};
        return switch (random.nextInt(8)) {
            case 0 -> column + " IS NULL";
            case 1 -> column + " IS NOT NULL";
            case 2 -> column + " IN (" + value(column, random) + ", " + value(column, random) + ")";
            case 3 -> column + " NOT IN (" + value(column, random) + ", " + value(column, random) + ")";
            default -> column + operators[random.nextInt(operators.length)] + value(column, random);
        };
    }

    private static String value(String column, Random random) {
        return switch (column) {
            case "id" -> String.valueOf(random.nextInt(42));
            case "v" -> random.nextInt(10) == 0 ? "5000000000" : String.valueOf(random.nextInt(100));
            case "p" -> List.of("'x'", "'y'", "'01'", "'z'").get(random.nextInt(4));
            case "w" -> "'w" + random.nextInt(1000) + "'";
            case "a" -> "DATE '2022-0" + (1 + random.nextInt(5)) + "-10'";
            case "c" -> random.nextInt(100) + "." + random.nextInt(10);
            case "t" -> "TIMESTAMP '2023-11-14 22:" + (13 + random.nextInt(3)) + ":20.5'";
            default -> random.nextBoolean() ? "TRUE" : "FALSE";
        };
    }
}
