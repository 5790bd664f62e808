package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How long after a commit a query shows it.
 *
 * <ol>
 *   <li>One client inserts a row and then the next, each with a number of its own; each insert is a commit.
 *   <li>Another asks for the greatest number, again and again, and notes when an answer first shows it.
 *   <li>The moment of a commit is the one that its snapshot bears. All clocks are this machine's.
 * </ol>
 */
final class FreshnessBench implements Bench {

    private static final String DATABASE = "fresh";
    private static final double MOST_MILLIS = 100;
    private static final int WARM_UP = 2;
    private static final String APPEND = "append";
    private static final String PRIMARY_KEY = "primary-key";
    private static final Set<String> PARTS = new LinkedHashSet<>(List.of(APPEND, PRIMARY_KEY));

    @Override
    public String name() {
        return "olap-freshness";
    }

    @Override
    public String description() {
        return "from a commit to the first answer that shows it";
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        options.requireParts(PARTS);
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, Map.of())) {
            warehouse.script(
                    "make-" + DATABASE,
                    "DROP DATABASE IF EXISTS " + DATABASE + " CASCADE;\nCREATE DATABASE " + DATABASE + ";\n");
            for (String part : PARTS) {
                if (options.wants(part, PARTS)) {
                    measure(home, warehouse, part, options, report);
                }
            }
        }
    }

    private static void measure(
            BenchHome home, BenchWarehouse warehouse, String part, BenchOptions options, Report report)
            throws Exception {
        String table = part.replace('-', '_');
        String columns = "number BIGINT" + (part.equals(APPEND) ? ")" : ", PRIMARY KEY (number) NOT ENFORCED)");
        warehouse.script("make-" + part, "CREATE TABLE " + DATABASE + "." + table + " (" + columns + ";\n");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Connection writer = warehouse.connect(DATABASE, Map.of());
                Connection reader =
                        warehouse.connect(DATABASE, Map.of("olap.lane", "native", "olap.result-cache", "off"))) {
            long end = System.nanoTime() + options.duration().toNanos();
            List<Long> seen = new ArrayList<>();
            int commits = 0;
            int least = WARM_UP + 1;
            while (commits < least || System.nanoTime() < end) {
                long number = ++commits;
                Future<Long> shown = thread.submit(() -> awaitNumber(reader, table, number, options));
                try (Statement insert = writer.createStatement()) {
                    insert.executeUpdate("INSERT INTO " + table + " VALUES (" + number + ")");
                }
                seen.add(shown.get());
            }
            figures(part, commitMillis(home, table), seen, report);
        } finally {
            thread.shutdownNow();
        }
    }

    /** Asks until an answer shows a number; the moment when it had come. */
    private static long awaitNumber(Connection reader, String table, long number, BenchOptions options)
            throws SQLException {
        // Some inserts take long on a busy machine, but none as long as this.
        long end = System.nanoTime() + options.duration().plusMinutes(2).toNanos();
        while (System.nanoTime() < end) {
            try (Statement statement = reader.createStatement();
                    ResultSet result = statement.executeQuery("SELECT MAX(number) FROM " + table)) {
                long found = result.next() ? result.getLong(1) : 0;
                if (found >= number) {
                    return System.currentTimeMillis();
                }
            }
        }
        throw new WarehouseException(
                ServerError.SERVER_ANSWER_UNREADABLE, "The row " + number + " of " + table + " never showed.");
    }

    /** When each insert was committed, in their order, as the table's snapshots say. */
    private static List<Long> commitMillis(BenchHome home, String table) throws IOException {
        Path snapshots = home.folder()
                .resolve("warehouse")
                .resolve(DATABASE + ".db")
                .resolve(table)
                .resolve("snapshot");
        List<Long> millis = new ArrayList<>();
        for (int id = 1; Files.exists(snapshots.resolve("snapshot-" + id)); id++) {
            JsonNode snapshot = ApiClient.JSON.readTree(Files.readString(snapshots.resolve("snapshot-" + id)));
            if (snapshot.path("commitKind").asText().equals("APPEND")) {
                millis.add(snapshot.path("timeMillis").asLong());
            }
        }
        return millis;
    }

    private static void figures(String part, List<Long> committed, List<Long> seen, Report report) {
        report.check(
                committed.size() == seen.size(),
                "%s: %d inserts are as many commits: %d",
                part,
                seen.size(),
                committed.size());
        List<Double> millis = new ArrayList<>();
        for (int i = WARM_UP; i < Math.min(committed.size(), seen.size()); i++) {
            millis.add((double) (seen.get(i) - committed.get(i)));
        }
        if (millis.isEmpty()) {
            return;
        }
        Runs runs = new Runs(millis);
        report.add(Figure.of(part + " commit to answer", "ms", runs));
        report.add(Figure.of(part + " p99", "ms", new Runs(List.of(runs.percentile(99)))));
        report.atMost(part + ", p99 in ms", runs.percentile(99), MOST_MILLIS);
    }
}
