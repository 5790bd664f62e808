package dev.weirhouse.server.bench;

import dev.weirhouse.server.bench.Clients.Opening;
import dev.weirhouse.server.bench.Clients.Round;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rows by their keys, while a stream upserts into the same table.
 *
 * <ol>
 *   <li>A stream job writes rows with keys by chance, at a stated rate, and commits every five seconds.
 *   <li>Each door is used for a while by all clients, which warms it.
 *   <li>Then the doors take turns, round for round: REST and the stock JDBC driver with a prepared statement, to whichever
 *       lane the warehouse chooses and to Flink, and the same driver to a server that answers a constant.
 * </ol>
 */
final class PointBench implements Bench {

    private static final int CLIENTS = 8;
    private static final double SCALE = 1;
    private static final long ROWS_AT_SCALE_1 = 6_000_000;
    private static final int UPSERTS_PER_SECOND = 1_000;
    private static final long SEED = 7;
    /** The JVM compiles for about so long; with less, the first rounds are a third of the others. */
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(20);

    private static final String DATABASE = "point";
    private static final String JOB = "bench-upserts";
    private static final String QUERY = "SELECT id, name, amount, category, note FROM items WHERE id = ?";
    private static final String COLUMNS = "id BIGINT, name STRING, amount DECIMAL(15, 2), category INT, note STRING";
    private static final String CREATE = "CREATE TABLE items (" + COLUMNS
            + ", PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '4', 'write-buffer-size' = '128mb')";

    private static final String NOTE = "what there is to say of item ";

    private static final int LOOKED_AT = 20;

    private static final double LEAST_OF_FLINK = 1_000;
    private static final double LEAST_OVER_REST = 3_000;
    private static final double LEAST_OF_CONSTANT = 0.75;

    private static final String REST = "rest";
    private static final String JDBC = "jdbc";
    private static final String CONSTANT = "jdbc-constant";
    private static final String REST_FLINK = "rest-flink";
    private static final String JDBC_FLINK = "jdbc-flink";
    private static final Set<String> PARTS = new LinkedHashSet<>(List.of(CONSTANT, REST, JDBC, REST_FLINK, JDBC_FLINK));

    /** How the note of a row begins that this run's stream has written. */
    private final String changed = "anew at " + System.currentTimeMillis() + ": " + NOTE;

    @Override
    public String name() {
        return "olap-point";
    }

    @Override
    public String description() {
        return "rows by primary key of 6 million while a stream upserts: REST, JDBC, a constant, Flink";
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        options.requireParts(PARTS);
        long rows = Math.max(1, Math.round(options.scale().orElse(SCALE) * ROWS_AT_SCALE_1));
        Map<String, String> settings = Map.of("cluster.managed-memory", "512mb");
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, settings)) {
            load(home, warehouse, rows, report);
            warehouse.calls().applyJob(JOB, upserts(rows));
            try (ConstantServer constant = ConstantServer.start()) {
                report.note(
                        "%d clients in this process, %,d rows, %,d upserts a second with a commit every 5 s; rounds of %s"
                                + " s after a warm-up of %d s at each door.",
                        options.clients(CLIENTS),
                        rows,
                        UPSERTS_PER_SECOND,
                        Report.number(options.duration().toMillis() / 1e3),
                        warmUp(options).toSeconds());
                Turns turns = new Turns(
                        openings(warehouse, constant),
                        Set.of(REST_FLINK, JDBC_FLINK),
                        options.clients(CLIENTS),
                        rows,
                        SEED,
                        warmUp(options));
                figures(turns.take(options), report);
                checkChanges(warehouse, report);
            } finally {
                warehouse.calls().removeJob(JOB);
            }
        }
    }

    private static Duration warmUp(BenchOptions options) {
        Duration twice = options.duration().multipliedBy(2);
        return twice.compareTo(LONGEST_WARM_UP) < 0 ? twice : LONGEST_WARM_UP;
    }

    private static void load(BenchHome home, BenchWarehouse warehouse, long rows, Report report) throws IOException {
        String recipe = rows + " rows\n" + CREATE + "\n";
        if (home.holds(DATABASE, recipe)) {
            report.note("The table of %,d rows is there.", rows);
            return;
        }
        home.forget(DATABASE);
        long begun = System.nanoTime();
        Path numbers = Files.createDirectories(home.inbox()).resolve("numbers.csv");
        try {
            writeNumbers(rows, numbers);
            warehouse.script("load-" + DATABASE, script(numbers));
        } finally {
            Files.deleteIfExists(numbers);
        }
        home.remember(DATABASE, recipe);
        report.note("The table of %,d rows was made in %.0f s.", rows, (System.nanoTime() - begun) / 1e9);
    }

    private static void writeNumbers(long last, Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (long number = 1; number <= last; number++) {
                out.write(Long.toString(number));
                out.write('\n');
            }
        }
    }

    private static String script(Path numbers) {
        return "DROP DATABASE IF EXISTS " + DATABASE + " CASCADE;\nCREATE DATABASE " + DATABASE + ";\nUSE " + DATABASE
                + ";\n" + CREATE + ";\nCREATE TEMPORARY TABLE numbers (id BIGINT) WITH ('connector' = 'filesystem',"
                + " 'path' = '" + numbers.toUri() + "', 'format' = 'csv');\nINSERT INTO items SELECT " + values(NOTE)
                + " FROM numbers;\nCALL sys.compact(`table` => '" + DATABASE
                + ".items', compact_strategy => 'full');\n";
    }

    private static String values(String note) {
        return "id, CONCAT('item ', CAST(id AS STRING)), CAST(MOD(id, 100000) AS DECIMAL(15, 2)),"
                + " CAST(MOD(id, 100) AS INT), CONCAT('" + note + "', CAST(id AS STRING))";
    }

    private String upserts(long rows) {
        return "SET 'execution.checkpointing.interval' = '5 s';\n"
                + "CREATE TEMPORARY TABLE changes (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '"
                + UPSERTS_PER_SECOND + "', 'fields.id.min' = '1', 'fields.id.max' = '" + rows + "');\n"
                + "INSERT INTO " + DATABASE + ".items SELECT "
                + values(changed)
                + " FROM changes;\n";
    }

    private static Map<String, Opening> openings(BenchWarehouse warehouse, ConstantServer constant) {
        Map<String, Opening> openings = new LinkedHashMap<>();
        openings.put(CONSTANT, () -> JdbcDoor.toConstant(constant.connect(warehouse.driver()), QUERY));
        openings.put(REST, () -> rest(warehouse, "auto"));
        openings.put(JDBC, () -> jdbc(warehouse, "auto"));
        openings.put(REST_FLINK, () -> rest(warehouse, "flink"));
        openings.put(JDBC_FLINK, () -> jdbc(warehouse, "flink"));
        return openings;
    }

    private static Door rest(BenchWarehouse warehouse, String lane) throws Exception {
        return new RestDoor(warehouse.address().http(), warehouse.api(), DATABASE, lane, QUERY);
    }

    private static Door jdbc(BenchWarehouse warehouse, String lane) throws Exception {
        return JdbcDoor.toTable(
                warehouse.connect(DATABASE, Map.of("olap.lane", lane, "olap.result-cache", "off")), QUERY);
    }

    /** A lookup sees what the stream has written. */
    private void checkChanges(BenchWarehouse warehouse, Report report) throws Exception {
        try (Connection scan = warehouse.connect(DATABASE, Map.of("olap.lane", "native"));
                Connection lookup = warehouse.connect(DATABASE, Map.of());
                Statement statement = scan.createStatement();
                ResultSet ids = statement.executeQuery(
                        "SELECT id FROM items WHERE note LIKE '" + changed + "%' LIMIT " + LOOKED_AT);
                PreparedStatement byKey = lookup.prepareStatement(QUERY)) {
            int seen = 0;
            while (ids.next()) {
                byKey.setLong(1, ids.getLong(1));
                try (ResultSet row = byKey.executeQuery()) {
                    seen += row.next() && row.getString("note").startsWith(changed) ? 1 : 0;
                }
            }
            report.check(seen == LOOKED_AT, "%d of %d rows that the stream wrote are found by key", seen, LOOKED_AT);
        }
    }

    private static void figures(Map<String, List<Round>> rounds, Report report) {
        Map<String, Figure> rates = new LinkedHashMap<>();
        // Flink comes first, because the others are compared with it.
        for (String part : List.of(CONSTANT, REST_FLINK, JDBC_FLINK, REST, JDBC)) {
            List<Round> of = rounds.getOrDefault(part, List.of());
            if (of.isEmpty()) {
                continue;
            }
            Figure rate = Turns.rate(part, of);
            Figure flink = rates.get(part + "-flink");
            rates.put(part, report.add(flink == null ? rate : rate.against(flink)));
            Turns.latencies(part, of, report);
            // The driver by itself, with a server that does nothing, is far from that: its bound is the constant.
            if (flink != null && part.equals(REST)) {
                report.atLeast(
                        part + ", answers over Flink's", rates.get(part).ratio().orElseThrow(), LEAST_OF_FLINK);
            }
        }
        if (rates.containsKey(REST)) {
            report.atLeast("rest, answers a second", rates.get(REST).value(), LEAST_OVER_REST);
        }
        if (rates.containsKey(JDBC) && rates.containsKey(CONSTANT)) {
            Figure share = report.add(new Figure(
                    "jdbc answers against a constant",
                    "1/s",
                    rates.get(JDBC).runs(),
                    Optional.of(rates.get(CONSTANT))));
            report.atLeast(
                    "jdbc, answers over those of a constant", share.ratio().orElseThrow(), LEAST_OF_CONSTANT);
        }
    }
}
