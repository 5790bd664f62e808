package dev.weirhouse.server.bench;

import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.server.bench.TpchData.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Many queries at once, small and greedy ones, in little memory.
 *
 * <ol>
 *   <li>Each client asks for the queries of TPC-H, and for some that group and sort whole tables, one after the other in
 *       an order of chance, some natively and some in the lane that is chosen, and reads the answers to their ends.
 *   <li>What is answered is counted, and what is refused, by its code. Meanwhile the memory of the processes is watched.
 * </ol>
 */
final class MemoryBench implements Bench {

    private static final double SCALE = 1;
    private static final int CLIENTS = 50;

    /** So that some wait for their turn in the native lane, and some are refused before. */
    private static final int RUNNING = 40;

    private static final long PAUSE_MILLIS = 50;

    private static final long SEED = 5;
    private static final long MEGABYTE = 1L << 20;
    private static final long ENGINE_MEGABYTES = 512;

    /** What the engine's process takes beyond what queries share: a JVM with its heap, and DuckDB's own code. */
    private static final long ENGINE_BESIDES_MEGABYTES = 500;

    /** What a query that finds no room may be told. */
    private static final Set<String> REFUSALS =
            Set.of("NATIVE_QUEUE_FULL", "NATIVE_MEMORY_EXHAUSTED", "NATIVE_SPOOL_FULL", "TOO_MANY_QUERIES");

    private static final Pattern CODE = Pattern.compile("\\b([A-Z]+(?:_[A-Z]+)+)\\b");

    private static final List<String> GREEDY = List.of(
            "SELECT COUNT(*), MAX(n) FROM (SELECT l_comment, l_orderkey, COUNT(*) AS n FROM lineitem GROUP BY l_comment,"
                    + " l_orderkey) t",
            "SELECT l_comment, l_orderkey FROM lineitem ORDER BY l_comment DESC, l_orderkey LIMIT 10 OFFSET 100000",
            "SELECT COUNT(*) FROM lineitem a JOIN orders b ON a.l_orderkey = b.o_orderkey JOIN lineitem c ON"
                    + " c.l_orderkey = b.o_orderkey",
            "SELECT o_orderkey, o_comment FROM orders");

    @Override
    public String name() {
        return "olap-memory";
    }

    @Override
    public String description() {
        return "fifty clients with small and greedy queries in 512 MB: answered, queued or refused, and nothing dies";
    }

    /** What came of the queries. */
    private record Outcomes(LongAdder answered, Map<String, LongAdder> refused, Map<String, LongAdder> failed) {
        Outcomes() {
            this(new LongAdder(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        }
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        options.requireParts(Set.of());
        Map<String, String> settings =
                Map.of("native.memory", ENGINE_MEGABYTES + "mb", "olap.max-running-queries", Integer.toString(RUNNING));
        int clients = options.clients(CLIENTS);
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, settings)) {
            new TpchData(Kind.APPEND, options.scale().orElse(SCALE)).load(home, warehouse, report);
            report.note(
                    "%d clients with the stock JDBC driver; native queries share %d MB.", clients, ENGINE_MEGABYTES);
            Outcomes outcomes = new Outcomes();
            List<Double> peaks = new ArrayList<>();
            List<Double> answers = new ArrayList<>();
            for (int run = 0; run < options.runs(); run++) {
                long before = outcomes.answered().sum();
                long begun = System.nanoTime();
                peaks.add(ask(warehouse, clients, begun + options.duration().toNanos(), run, outcomes));
                answers.add((outcomes.answered().sum() - before) / ((System.nanoTime() - begun) / 1e9));
            }
            figures(warehouse, outcomes, new Runs(answers), new Runs(peaks), report);
        }
    }

    /** Lets all ask; the most that the engine held meanwhile, in MB. */
    private static double ask(BenchWarehouse warehouse, int clients, long end, int run, Outcomes outcomes)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            SplittableRandom random = new SplittableRandom(SEED + run);
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                SplittableRandom own = random.split();
                all.add(threads.submit(() -> {
                    askInTurn(warehouse, own, end, outcomes);
                    return null;
                }));
            }
            double peak = 0;
            for (Future<?> each : all) {
                while (!each.isDone()) {
                    peak = Math.max(peak, engineMegabytes(warehouse.pid()));
                    Thread.sleep(20);
                }
                each.get();
            }
            return peak;
        } finally {
            threads.shutdownNow();
        }
    }

    private static void askInTurn(BenchWarehouse warehouse, SplittableRandom random, long end, Outcomes outcomes)
            throws SQLException, InterruptedException {
        try (Connection connection = warehouse.connect(
                Kind.APPEND.database(),
                Map.of("olap.lane", random.nextBoolean() ? "native" : "auto", "olap.result-cache", "off"))) {
            do {
                int number = random.nextInt(Tpch.QUERIES + GREEDY.size());
                String text = number < Tpch.QUERIES ? Tpch.query(number + 1) : GREEDY.get(number - Tpch.QUERIES);
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery(text)) {
                    while (rows.next()) {
                        rows.getObject(1);
                    }
                    outcomes.answered().increment();
                } catch (SQLException e) {
                    String code = code(e);
                    Map<String, LongAdder> kind = REFUSALS.contains(code) ? outcomes.refused() : outcomes.failed();
                    kind.computeIfAbsent(code, name -> new LongAdder()).increment();
                    // Who is refused comes back a little later.
                    Thread.sleep(PAUSE_MILLIS);
                }
            } while (System.nanoTime() < end);
        }
    }

    private static String code(SQLException e) {
        Matcher found = CODE.matcher(String.valueOf(e.getMessage()));
        return found.find() ? found.group(1) : String.valueOf(e.getMessage());
    }

    /** What the engine's processes below a warehouse hold of memory now. */
    private static double engineMegabytes(long warehouse) {
        return ProcessHandle.of(warehouse).stream()
                .flatMap(ProcessHandle::descendants)
                .filter(process -> process.info().arguments().stream()
                        .anyMatch(line -> List.of(line).toString().contains("EngineMain")))
                .mapToDouble(process -> residentMegabytes(process.pid()))
                .sum();
    }

    private static double residentMegabytes(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / MEGABYTE)
                    .sum();
        } catch (IOException e) {
            // It has just ended.
            return 0;
        }
    }

    private static void figures(BenchWarehouse warehouse, Outcomes outcomes, Runs answers, Runs peaks, Report report)
            throws IOException {
        report.add(Figure.of("answers", "1/s", answers));
        report.add(Figure.of("engine, most resident", "MB", peaks));
        report.check(peaks.min() > 0, "the engine's memory was seen");
        report.check(outcomes.answered().sum() > 0, "some queries were answered");
        report.note("%,d queries were answered.", outcomes.answered().sum());
        new TreeMap<>(outcomes.refused())
                .forEach((code, count) -> report.note("%,d were refused with %s.", count.sum(), code));
        outcomes.failed().forEach((code, count) -> report.check(false, "%,d queries ended with %s", count.sum(), code));
        Optional<Double> deaths = warehouse.metric("weir_native_restarts_total");
        report.check(
                deaths.equals(Optional.of(0.0)), "the engine lived: it was restarted %s times", deaths.orElse(null));
        report.atMost(
                "engine, MB beyond the " + ENGINE_MEGABYTES + " that queries share",
                peaks.max() - ENGINE_MEGABYTES,
                ENGINE_BESIDES_MEGABYTES);
    }
}
