package dev.weirhouse.server.bench;

import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.olap.tpch.Tpch.Table;
import dev.weirhouse.server.bench.Engine.Timed;
import dev.weirhouse.server.bench.TpchData.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The queries of TPC-H, natively through the stock JDBC driver, on Flink through the same door, and by DuckDB itself over
 * the same files.
 *
 * <ol>
 *   <li>A small query is asked some hundred times, which warms the ways to the engines.
 *   <li>Each query is asked of all three, which warms them, and the answers are compared.
 *   <li>Then all queries are asked in turn, several times, each of one engine after the other; who is first takes turns.
 * </ol>
 */
final class TpchBench implements Bench {

    private static final double SCALE = 1;
    private static final long MEMORY_GIGABYTES = 2;

    /** How much longer than DuckDB the native lane may take, and which part of Flink's time. */
    private static final double MOST_OF_DUCKDB = 1.3;

    private static final double LEAST_OF_FLINK = 20;

    /** Small queries that come first: a few dozen larger ones leave most of the driver and the door uncompiled. */
    private static final int DOOR_WARM_UP = 500;

    private static final String SMALL = "SELECT r_regionkey, r_name FROM region";

    private static final Set<String> QUERIES = IntStream.rangeClosed(1, Tpch.QUERIES)
            .mapToObj(TpchBench::label)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    private static final Set<String> KINDS =
            Stream.of(Kind.values()).map(Kind::label).collect(Collectors.toCollection(LinkedHashSet::new));

    @Override
    public String name() {
        return "olap-tpch";
    }

    @Override
    public String description() {
        return "the 22 queries of TPC-H at scale 1: native, DuckDB over the same files, Flink";
    }

    private static String label(int query) {
        return String.format("q%02d", query);
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        Set<String> parts = new LinkedHashSet<>(KINDS);
        parts.addAll(QUERIES);
        options.requireParts(parts);
        int threads = Runtime.getRuntime().availableProcessors();
        Map<String, String> settings = Map.of(
                "native.threads",
                Integer.toString(threads),
                "native.memory",
                MEMORY_GIGABYTES + "gb",
                "cluster.parallelism",
                Integer.toString(threads),
                "cluster.managed-memory",
                "1gb",
                "cluster.network-memory",
                "256mb");
        report.note(
                "Native and DuckDB: %d threads and %d GB each. Flink: parallelism %d, 1 GB for sorts and joins. The queries"
                        + " come from this process, the warehouse, its engine and DuckDB have their own.",
                threads, MEMORY_GIGABYTES, threads);
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, settings)) {
            for (Kind kind : Kind.values()) {
                if (options.wants(kind.label(), KINDS)) {
                    new TpchData(kind, options.scale().orElse(SCALE)).load(home, warehouse, report);
                    measure(warehouse, kind, threads, options, report);
                }
            }
        }
    }

    /** One of those that are asked the same. */
    private record Contestant(String label, Engine engine, int runs, Map<String, List<Double>> seconds) {

        Contestant(String label, Engine engine, int runs) {
            this(label, engine, runs, new LinkedHashMap<>());
        }

        Timed ask(String sql) throws Exception {
            return engine.ask(sql);
        }

        void measure(String query, String sql) throws Exception {
            seconds.computeIfAbsent(query, name -> new ArrayList<>())
                    .add(engine.ask(sql).seconds());
        }

        /** The time of all queries, for each run. */
        Runs totals() {
            return new Runs(IntStream.range(0, runs)
                    .mapToObj(run -> seconds.values().stream()
                            .mapToDouble(times -> times.get(run))
                            .sum())
                    .toList());
        }
    }

    private static void measure(BenchWarehouse warehouse, Kind kind, int threads, BenchOptions options, Report report)
            throws Exception {
        String database = kind.database();
        try (Engine natively = new JdbcEngine(
                        warehouse.connect(database, Map.of("olap.lane", "native", "olap.result-cache", "off")));
                Engine flink = new JdbcEngine(warehouse.connect(database, Map.of("olap.lane", "flink")));
                Engine duck = duckDb(flink, threads)) {
            Contestant first = new Contestant("native", natively, options.runs());
            Contestant raw = new Contestant("duckdb", duck, options.runs());
            Optional<Contestant> slow = options.flinkRuns() == 0
                    ? Optional.empty()
                    : Optional.of(new Contestant("flink", flink, options.flinkRuns()));
            for (int i = 0; i < DOOR_WARM_UP; i++) {
                first.ask(SMALL);
                raw.ask(SMALL);
            }
            Map<String, String> queries = new LinkedHashMap<>();
            for (int number = 1; number <= Tpch.QUERIES; number++) {
                if (options.wants(label(number), QUERIES) && warm(kind, number, first, raw, slow, report)) {
                    queries.put(label(number), Tpch.query(number));
                }
            }
            int runs = Math.max(options.runs(), options.flinkRuns());
            for (int run = 0; run < runs; run++) {
                for (Map.Entry<String, String> query : queries.entrySet()) {
                    for (Contestant each : turns(run, first, raw, slow)) {
                        if (run < each.runs()) {
                            each.measure(query.getKey(), each == raw ? duckText(query.getValue()) : query.getValue());
                        }
                    }
                }
                report.note("%s: run %d of %d is done.", kind.label(), run + 1, runs);
            }
            if (!queries.isEmpty()) {
                figures(kind, queries.keySet(), first, raw, slow, report);
            }
        }
    }

    private static List<Contestant> turns(int run, Contestant first, Contestant raw, Optional<Contestant> slow) {
        List<Contestant> turns = new ArrayList<>(run % 2 == 0 ? List.of(first, raw) : List.of(raw, first));
        slow.ifPresent(turns::add);
        return turns;
    }

    /** Asks each for the first time and compares; false when the query has no native answer to measure. */
    private static boolean warm(
            Kind kind, int number, Contestant first, Contestant raw, Optional<Contestant> slow, Report report)
            throws Exception {
        String sql = Tpch.query(number);
        String what = kind.label() + " " + label(number);
        List<List<String>> found;
        try {
            found = first.ask(sql).rows();
        } catch (SQLException e) {
            report.check(false, "%s is answered natively: %s", what, e.getMessage());
            return false;
        }
        Optional<String> toRaw = SameRows.roughDifference(raw.ask(duckText(sql)).rows(), found);
        report.check(toRaw.isEmpty(), "%s answers as DuckDB does: %s", what, toRaw.orElse(""));
        if (slow.isPresent()) {
            Optional<String> toFlink = SameRows.difference(slow.get().ask(sql).rows(), found);
            report.check(toFlink.isEmpty(), "%s answers as Flink does: %s", what, toFlink.orElse(""));
        }
        return true;
    }

    private static void figures(
            Kind kind,
            Set<String> queries,
            Contestant first,
            Contestant raw,
            Optional<Contestant> slow,
            Report report) {
        for (String query : queries) {
            Figure duck =
                    report.add(figure(kind, query, raw, new Runs(raw.seconds().get(query))));
            Figure natively = report.add(
                    figure(kind, query, first, new Runs(first.seconds().get(query)))
                            .against(duck));
            slow.ifPresent(flink -> report.add(
                    figure(kind, query, flink, new Runs(flink.seconds().get(query)))
                            .against(natively)));
        }
        Figure duck = report.add(figure(kind, "total", raw, raw.totals()));
        Figure natively =
                report.add(figure(kind, "total", first, first.totals()).against(duck));
        report.atMost(
                kind.label() + ", native time over DuckDB's", natively.ratio().orElseThrow(), MOST_OF_DUCKDB);
        slow.ifPresent(flink -> {
            Figure total =
                    report.add(figure(kind, "total", flink, flink.totals()).against(natively));
            report.atLeast(
                    kind.label() + ", Flink's time over native", total.ratio().orElseThrow(), LEAST_OF_FLINK);
        });
    }

    private static Figure figure(Kind kind, String query, Contestant contestant, Runs runs) {
        return Figure.of(kind.label() + " " + query + " " + contestant.label(), "s", runs);
    }

    /** DuckDB with a view for each table, over the files that the table's newest snapshot consists of. */
    private static Engine duckDb(Engine warehouse, int threads) throws Exception {
        List<String> statements = new ArrayList<>(List.of(
                "SET threads = " + threads,
                "SET memory_limit = '" + MEMORY_GIGABYTES + "GB'",
                // As the native engine is set: none of these is an advantage of one of them.
                "SET preserve_insertion_order = false",
                "SET parquet_metadata_cache = true",
                "SET prefetch_all_parquet_files = true",
                "SET validate_external_file_cache = 'NO_VALIDATION'"));
        for (Table table : Tpch.TABLES) {
            String files = warehouse.ask("SELECT file_path FROM `" + table.name() + "$files`").rows().stream()
                    .map(row -> "'" + row.get(0).replaceFirst("^file:", "") + "'")
                    .collect(Collectors.joining(", "));
            statements.add("CREATE VIEW " + table.name() + " AS SELECT " + String.join(", ", table.columnNames())
                    + " FROM read_parquet([" + files + "])");
        }
        return RawDuckDb.start(statements);
    }

    private static String duckText(String sql) {
        return sql.replace('`', '"');
    }
}
