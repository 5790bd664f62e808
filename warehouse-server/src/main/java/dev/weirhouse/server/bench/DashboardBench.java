package dev.weirhouse.server.bench;

import dev.weirhouse.server.bench.Clients.Opening;
import dev.weirhouse.server.bench.Clients.Round;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Forty kinds of questions with values that change, asked by many clients at once while a stream commits every five
 * seconds.
 *
 * <ol>
 *   <li>Before the stream begins, each kind is asked of both lanes, and the answers are compared, unless Flink is left out.
 *   <li>Then the ways take turns, round for round: answers that may be given again while no table of theirs has changed,
 *       answers that are each computed, and Flink.
 * </ol>
 */
final class DashboardBench implements Bench {

    private static final int CLIENTS = 8;
    private static final double SCALE = 0.5;
    private static final long ROWS_AT_SCALE_1 = 6_000_000;
    private static final int SALES_PER_SECOND = 1_000;
    private static final long SEED = 11;
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final String JOB = "bench-sales";

    private static final String CACHED = "cached";
    private static final String COMPUTED = "computed";
    private static final String FLINK = "flink";
    private static final Set<String> PARTS = new LinkedHashSet<>(List.of(FLINK, COMPUTED, CACHED));

    @Override
    public String name() {
        return "olap-dashboard";
    }

    @Override
    public String description() {
        return "forty kinds of questions with changing values while a stream commits every 5 s: cached, computed, Flink";
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        options.requireParts(PARTS);
        long rows = Math.max(100_000, Math.round(options.scale().orElse(SCALE) * ROWS_AT_SCALE_1));
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, Map.of("cluster.managed-memory", "512mb"))) {
            new DashboardData(rows).load(home, warehouse, report);
            if (options.flinkRuns() > 0) {
                compare(warehouse, report);
            }
            warehouse.calls().applyJob(JOB, DashboardData.stream(SALES_PER_SECOND));
            try {
                report.note(
                        "%d clients with the stock JDBC driver in this process, %d kinds of questions with %d values each,"
                                + " %,d sales a second with a commit every 5 s; rounds of %s s after a warm-up of %d s.",
                        options.clients(CLIENTS),
                        DashboardData.shapes(),
                        DashboardData.VALUES,
                        SALES_PER_SECOND,
                        Report.number(options.duration().toMillis() / 1e3),
                        WARM_UP.toSeconds());
                measure(warehouse, options, report);
            } finally {
                warehouse.calls().removeJob(JOB);
            }
        }
    }

    private static void compare(BenchWarehouse warehouse, Report report) throws Exception {
        try (Engine natively = engine(warehouse, "native");
                Engine flink = engine(warehouse, "flink")) {
            for (String text : DashboardData.texts().subList(0, DashboardData.shapes())) {
                Optional<String> difference = SameRows.difference(
                        flink.ask(text).rows(), natively.ask(text).rows());
                report.check(difference.isEmpty(), "%s: %s", text, difference.orElse(""));
            }
        }
    }

    private static Engine engine(BenchWarehouse warehouse, String lane) throws Exception {
        return new JdbcEngine(warehouse.connect(DashboardData.DATABASE, Map.of("olap.lane", lane)));
    }

    private static void measure(BenchWarehouse warehouse, BenchOptions options, Report report) throws Exception {
        Map<String, Map<String, String>> settings = Map.of(
                CACHED, Map.of("olap.result-cache", "on"),
                COMPUTED, Map.of("olap.result-cache", "off"),
                FLINK, Map.of("olap.lane", "flink"));
        List<String> texts = DashboardData.texts();
        Map<String, Opening> ways = new LinkedHashMap<>();
        for (String part : PARTS) {
            ways.put(
                    part,
                    () -> new DashboardDoor(warehouse.connect(DashboardData.DATABASE, settings.get(part)), texts));
        }
        Turns turns = new Turns(ways, Set.of(FLINK), options.clients(CLIENTS), texts.size(), SEED, WARM_UP);
        figures(turns.take(options), report);
    }

    private static void figures(Map<String, List<Round>> rounds, Report report) {
        Optional<Figure> flink = Optional.empty();
        for (Map.Entry<String, List<Round>> part : rounds.entrySet()) {
            Figure rate = Turns.rate(part.getKey(), part.getValue());
            report.add(flink.map(rate::against).orElse(rate));
            if (part.getKey().equals(FLINK)) {
                flink = Optional.of(rate);
            }
            Turns.latencies(part.getKey(), part.getValue(), report);
        }
    }
}
