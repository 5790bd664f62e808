package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.cli.ApiClient;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What consistency costs.
 *
 * <ol>
 *   <li>The bank's jobs run ({@link Bank}). One client asks the same of five tables, of the newest of each and of the newest
 *       common boundary in turn, in the lane that is chosen, without the result cache.
 *   <li>The age of an answer is how long ago its boundary was still the newest that the roots had, as the server says it.
 * </ol>
 */
final class StrongReadBench implements Bench {

    private static final double MOST_TIMES = 1.1;

    /** The jobs on the longest way from the root: debits, balances, totals. */
    private static final long CHAIN_MILLIS = Bank.SLOWEST_MILLIS + 500 + 200;

    @Override
    public String name() {
        return "strong-read";
    }

    @Override
    public String description() {
        return "queries of one moment against queries of the newest of each table, and how old they are";
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        options.requireParts(Set.of());
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, Map.of("cluster.slots", "8"))) {
            ApiClient api = warehouse.api();
            Bank.open(api, Bank.DRAWN);
            try {
                awaitBoundary(api);
                measure(warehouse, options, report);
            } finally {
                Bank.close(api);
            }
        }
    }

    private static JsonNode common(ApiClient api) {
        return api.get("/api/v1/flows/" + Bank.NAME).path("common");
    }

    private static void awaitBoundary(ApiClient api) throws InterruptedException {
        // The first job of a fresh cluster takes its time; so many boundaries in the state is a steady one.
        while (common(api).path("number").asLong() < 20) {
            Thread.sleep(100);
        }
    }

    private static void measure(BenchWarehouse warehouse, BenchOptions options, Report report) throws Exception {
        List<Double> latestMillis = new ArrayList<>();
        List<Double> strongMillis = new ArrayList<>();
        List<Double> ageMillis = new ArrayList<>();
        int torn = 0;
        try (Connection latest =
                        warehouse.connect("default", Map.of("read.consistency", "latest", "olap.result-cache", "off"));
                Connection strong = warehouse.connect(
                        "default", Map.of("read.consistency", "strong", "olap.result-cache", "off"))) {
            for (int run = 0; run < options.runs(); run++) {
                List<Double> a = new ArrayList<>();
                List<Double> b = new ArrayList<>();
                List<Double> ages = new ArrayList<>();
                long end = System.nanoTime() + options.duration().toNanos();
                while (System.nanoTime() < end) {
                    torn += isWhole(timed(latest, a)) ? 0 : 1;
                    // The answer is of this boundary or of a later one: it is no older than what is told.
                    Instant confirmed = Instant.parse(
                            common(warehouse.api()).path("confirmedAt").asText());
                    report.check(isWhole(timed(strong, b)), "a strong answer adds up");
                    ages.add((double) (System.currentTimeMillis() - confirmed.toEpochMilli()));
                }
                latestMillis.add(new Runs(a).percentile(50));
                strongMillis.add(new Runs(b).percentile(50));
                ageMillis.add(new Runs(ages).percentile(50));
            }
        }
        report.check(torn > 0, "some answers of the newest of each table do not add up");
        report.note("%,d answers of the newest of each table did not add up.", torn);
        Figure newest = report.add(Figure.of("latest, median", "ms", new Runs(latestMillis)));
        Figure agreed = report.add(
                Figure.of("strong, median", "ms", new Runs(strongMillis)).against(newest));
        Runs age = new Runs(ageMillis);
        report.add(Figure.of("age of what is strong", "ms", age));
        report.note(
                "The slowest job has a checkpoint every %d ms, the longest way of jobs one every %d ms in all.",
                Bank.SLOWEST_MILLIS, CHAIN_MILLIS);
        report.atMost("strong over latest", agreed.value() / newest.value(), MOST_TIMES);
        report.note("age over the slowest interval: %.1f at the median", age.median() / Bank.SLOWEST_MILLIS);
    }

    private static List<Long> timed(Connection connection, List<Double> millis) throws SQLException {
        long begun = System.nanoTime();
        List<Long> row = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(Bank.SUMS)) {
            rows.next();
            for (int i = 1; i <= 5; i++) {
                row.add(rows.getLong(i));
            }
        }
        millis.add((System.nanoTime() - begun) / 1e6);
        return row;
    }

    private static boolean isWhole(List<Long> row) {
        return row.subList(0, 4).stream().allMatch(value -> value == 0);
    }
}
