package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.StatementUses;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStart;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.server.cli.ApiClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast a large graph is walked, and how fast runs are recorded in it.
 *
 * <ol>
 *   <li>A state store is filled with {@link LineageGraphData}: 10,000 jobs, 100,000 runs and a million edges at scale 1.
 *   <li>Runs that read three snapshots and add one are begun and ended in it, by so many clients at once.
 *   <li>A warehouse is started on it, and asked over REST what columns by chance derive from to depth 10, and what derives from
 *       them. The baseline is one recursive query of the same store, as other catalogs have it, without the answer's way.
 * </ol>
 */
final class LineageBench implements Bench {

    private static final int JOBS = 10_000;
    private static final int DEPTH = 10;
    private static final int WALKS = 50;
    private static final int CLIENTS = 4;
    private static final double MOST_MILLIS = 100;
    private static final double LEAST_RUNS = 500;
    private static final long SEED = 7;

    @Override
    public String name() {
        return "lineage-scale";
    }

    @Override
    public String description() {
        return "walks through a graph of a million edges, and runs recorded in it";
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        LineageGraphData data = new LineageGraphData(
                (int) Math.max(LineageGraphData.LAYERS, JOBS * options.scale().orElse(1)));
        Path file = home.folder().resolve("lineage-" + data.jobs() + ".db");
        String recipe = data.jobs() + " jobs of seed " + SEED + ", version 1";
        if (!home.holds("lineage", recipe)) {
            home.forget("lineage");
            for (String end : List.of("", "-wal", "-shm")) {
                Files.deleteIfExists(Path.of(file + end));
            }
            try (StateStore store = StateStore.open(file, Clock.systemUTC())) {
                data.write(store, SEED);
            }
            home.remember("lineage", recipe);
        }
        report.note(
                "%,d jobs, %,d runs and %,d edges, walked to depth %d", data.jobs(), data.runs(), data.edges(), DEPTH);
        Rounds recursive = new Rounds();
        try (StateStore store = StateStore.open(file, Clock.systemUTC())) {
            record(store, data, options, report);
            for (int round = 0; round < options.runs(); round++) {
                recursive.add(columns(data, LineageGraphData.LAYERS).stream()
                        .map(column -> recursively(store, column))
                        .toList());
            }
        }
        Map<String, String> settings = Map.of("state.path", file.toString(), "runs.retention", "36500d");
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, settings)) {
            Rounds up = walk(warehouse, columns(data, LineageGraphData.LAYERS), "up", options, report);
            Rounds down = walk(warehouse, columns(data, 0), "down", options, report);
            Figure baseline = Figure.of("up by a recursive query, p50", "ms", new Runs(recursive.medians));
            report.add(baseline);
            report.add(Figure.of("up p50", "ms", new Runs(up.medians)).against(baseline));
            report.add(Figure.of("up p99", "ms", new Runs(up.slowest)));
            report.add(Figure.of("down p50", "ms", new Runs(down.medians)));
            report.add(Figure.of("down p99", "ms", new Runs(down.slowest)));
            report.atMost("up, p99 in ms", new Runs(up.slowest).median(), MOST_MILLIS);
            report.atMost("down, p99 in ms", new Runs(down.slowest).median(), MOST_MILLIS);
        }
    }

    /** The median and the 99th percentile of each round of walks, in milliseconds. */
    private static final class Rounds {
        private final List<Double> medians = new ArrayList<>();
        private final List<Double> slowest = new ArrayList<>();

        void add(List<Double> millis) {
            Runs runs = new Runs(millis);
            medians.add(runs.median());
            slowest.add(runs.percentile(99));
        }
    }

    private static void record(StateStore store, LineageGraphData data, BenchOptions options, Report report)
            throws Exception {
        int clients = options.clients(CLIENTS);
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Double> rates = new ArrayList<>();
            for (int round = 0; round < options.runs(); round++) {
                long end = System.nanoTime() + options.duration().toNanos();
                long began = System.nanoTime();
                List<Callable<Integer>> all = new ArrayList<>();
                for (int client = 0; client < clients; client++) {
                    Random random = new Random(SEED + 31L * round + client);
                    all.add(() -> recorded(store, data, random, end));
                }
                int runs = 0;
                for (Future<Integer> each : threads.invokeAll(all)) {
                    runs += each.get();
                }
                rates.add(runs * 1e9 / (System.nanoTime() - began));
            }
            Figure figure = Figure.of("runs recorded", "1/s", new Runs(rates));
            report.add(figure);
            report.atLeast("runs recorded a second", figure.value(), LEAST_RUNS);
        } finally {
            threads.shutdownNow();
            store.jdbi().useHandle(handle -> handle.execute("DELETE FROM run WHERE principal <> 'bench'"));
        }
    }

    private static int recorded(StateStore store, LineageGraphData data, Random random, long end) {
        int runs = 0;
        while (System.nanoTime() < end) {
            int layer = 1 + random.nextInt(LineageGraphData.LAYERS);
            int index = random.nextInt(data.width());
            long snapshot = System.nanoTime();
            List<TableUse> uses = new ArrayList<>();
            for (int neighbour = 0; neighbour < 3; neighbour++) {
                uses.add(use(data.table(layer - 1, index + neighbour), OptionalLong.of(snapshot), false));
            }
            TableUse target = use(data.table(layer, index), OptionalLong.of(snapshot), true);
            uses.add(target);
            String id = RunStore.newId();
            store.runs()
                    .start(
                            id,
                            new RunStart(
                                    Lane.BATCH,
                                    StatementKind.WRITE,
                                    Optional.empty(),
                                    OptionalInt.empty(),
                                    Optional.empty(),
                                    Caller.internal("bench"),
                                    Dialect.FLINK,
                                    "INSERT INTO " + target.table() + " SELECT …",
                                    "",
                                    StatementUses.of(uses),
                                    Optional.of(data.derivation(layer, index)),
                                    Optional.empty()));
            Commit commit = new Commit(
                    target.table(),
                    target.version(),
                    snapshot,
                    "APPEND",
                    OptionalLong.empty(),
                    System.currentTimeMillis(),
                    1,
                    0,
                    1,
                    List.of());
            store.runs().end(id, RunEnd.finished(OptionalLong.of(1)).with(List.of(commit)));
            runs++;
        }
        return runs;
    }

    private static TableUse use(String table, OptionalLong snapshot, boolean written) {
        String[] name = table.split("\\.", 2);
        return new TableUse(new TableName(name[0], name[1]), table, snapshot, written);
    }

    /** Columns of a layer by chance, the same at each run. */
    private static List<String> columns(LineageGraphData data, int layer) {
        Random random = new Random(SEED);
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < WALKS; i++) {
            columns.add(data.table(layer, random.nextInt(data.width())) + "."
                    + LineageGraphData.column(random.nextInt(LineageGraphData.COLUMNS)));
        }
        return columns;
    }

    private static Rounds walk(
            BenchWarehouse warehouse, List<String> columns, String direction, BenchOptions options, Report report) {
        ApiClient api = warehouse.api();
        Rounds rounds = new Rounds();
        long edges = 0;
        boolean whole = true;
        // The first round warms the process up, and does not count.
        for (int round = 0; round <= options.runs(); round++) {
            List<Double> millis = new ArrayList<>();
            edges = 0;
            for (String column : columns) {
                String path = "/api/v1/lineage?of=" + ApiClient.segment(column) + "&direction=" + direction + "&depth="
                        + DEPTH;
                long began = System.nanoTime();
                JsonNode answer = api.get(path);
                millis.add((System.nanoTime() - began) / 1e6);
                edges += answer.path("edges").size();
                whole &= answer.path("whole").asBoolean();
            }
            if (round > 0) {
                rounds.add(millis);
            }
        }
        report.check(whole && edges > 0, "%s: every walk is whole, and finds something", direction);
        report.note("%s: %,d edges on average", direction, edges / columns.size());
        return rounds;
    }

    private static double recursively(StateStore store, String column) {
        String table = column.substring(0, column.lastIndexOf('.'));
        String name = column.substring(column.lastIndexOf('.') + 1);
        long began = System.nanoTime();
        store.reads().useHandle(handle -> handle.createQuery(
                        """
                        WITH RECURSIVE up (dataset, name, depth) AS (
                            VALUES (:dataset, :name, 0)
                            UNION
                            SELECT c.source, c.source_column, depth + 1 FROM up JOIN derivation_column c
                            ON c.target = up.dataset AND c.target_column IN (up.name, '') WHERE depth < :depth)
                        SELECT COUNT(*) FROM up
                        """)
                .bind("dataset", table)
                .bind("name", name)
                .bind("depth", DEPTH)
                .mapTo(Long.class)
                .one());
        return (System.nanoTime() - began) / 1e6;
    }
}
