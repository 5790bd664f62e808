package dev.weirhouse.server.bench;

import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.olap.tpch.Tpch.Table;
import dev.weirhouse.server.bench.Engine.Timed;
import dev.weirhouse.server.bench.TpchData.Kind;
import java.nio.file.Path;
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
 * The queries of TPC-H, natively through the stock JDBC driver, on Flink through the same door, by DuckDB itself over the
 * same files, and by Trino over them where its archive is given.
 *
 * <ol>
 *   <li>A small query is asked some hundred times, which warms the ways to the engines.
 *   <li>Each query is asked of all, which warms them, and the answers are compared.
 *   <li>Then all queries are asked in turn, several times, each of one engine after the other; native and DuckDB take turns in
 *       being first.
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

    private static final String TOTAL = "total";

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
        return "the 22 queries of TPC-H at scale 1: native, DuckDB over the same files, Trino, Flink";
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
        try (BenchWarehouse warehouse = BenchWarehouse.start(home, settings);
                TrinoServer trino = trino(home, options, report)) {
            for (Kind kind : Kind.values()) {
                if (options.wants(kind.label(), KINDS)) {
                    new TpchData(kind, options.scale().orElse(SCALE)).load(home, warehouse, report);
                    measure(warehouse, Optional.ofNullable(trino), kind, threads, options, report);
                }
            }
        }
    }

    /** @return null where it is left out */
    private static TrinoServer trino(BenchHome home, BenchOptions options, Report report) throws Exception {
        if (options.trino().isEmpty()) {
            report.note("Trino is left out: --trino would name the archive of its server.");
            return null;
        }
        report.note("Trino: %s, %d GB for a query.", options.trino().get().getFileName(), MEMORY_GIGABYTES);
        return TrinoServer.start(options.trino().get(), home.folder().resolve("trino"), MEMORY_GIGABYTES);
    }

    /** How an answer is compared with the native one, which is the second. */
    private interface Comparing {
        Optional<String> difference(List<List<String>> expected, List<List<String>> found);
    }

    /**
     * One of those that are asked the same.
     *
     * @param quotes what it has around a name
     * @param seconds for each query, run by run
     */
    private record Contestant(
            String label,
            Engine engine,
            char quotes,
            int runs,
            Comparing comparing,
            Map<String, List<Double>> seconds) {

        Contestant(String label, Engine engine, char quotes, int runs, Comparing comparing) {
            this(label, engine, quotes, runs, comparing, new LinkedHashMap<>());
        }

        Timed ask(String sql) throws Exception {
            return engine.ask(quotes == '`' ? sql : sql.replace('`', quotes));
        }

        void measure(String query, String sql) throws Exception {
            seconds.computeIfAbsent(query, name -> new ArrayList<>()).add(ask(sql).seconds());
        }

        /** The time of all queries, for each run. */
        Runs totals() {
            return new Runs(IntStream.range(0, runs)
                    .mapToObj(run -> seconds.values().stream()
                            .mapToDouble(times -> times.get(run))
                            .sum())
                    .toList());
        }

        Figure figure(Kind kind, String query) {
            return Figure.of(
                    kind.label() + " " + query + " " + label,
                    "s",
                    query.equals(TOTAL) ? totals() : new Runs(seconds.get(query)));
        }
    }

    private static void measure(
            BenchWarehouse warehouse,
            Optional<TrinoServer> trino,
            Kind kind,
            int threads,
            BenchOptions options,
            Report report)
            throws Exception {
        String database = kind.database();
        try (Engine natively = new JdbcEngine(
                        warehouse.connect(database, Map.of("olap.lane", "native", "olap.result-cache", "off")));
                Engine flink = new JdbcEngine(warehouse.connect(database, Map.of("olap.lane", "flink")));
                Engine duck = duckDb(flink, threads);
                Engine other = trino.isPresent() ? trino.get().open(database, tables(flink)) : null) {
            Contestant first = new Contestant("native", natively, '`', options.runs(), SameRows::difference);
            List<Contestant> others = new ArrayList<>();
            others.add(new Contestant("duckdb", duck, '"', options.runs(), SameRows::roughDifference));
            if (other != null) {
                others.add(new Contestant("trino", other, '"', options.runs(), SameRows::roundedDifference));
            }
            if (options.flinkRuns() > 0) {
                others.add(new Contestant("flink", flink, '`', options.flinkRuns(), SameRows::difference));
            }
            for (int i = 0; i < DOOR_WARM_UP; i++) {
                first.ask(SMALL);
                others.get(0).ask(SMALL);
            }
            Map<String, String> queries = new LinkedHashMap<>();
            for (int number = 1; number <= Tpch.QUERIES; number++) {
                if (options.wants(label(number), QUERIES) && warm(kind, number, first, others, report)) {
                    queries.put(label(number), Tpch.query(number));
                }
            }
            int runs = Math.max(options.runs(), options.flinkRuns());
            for (int run = 0; run < runs; run++) {
                for (Map.Entry<String, String> query : queries.entrySet()) {
                    for (Contestant each : turns(run, first, others)) {
                        if (run < each.runs()) {
                            each.measure(query.getKey(), query.getValue());
                        }
                    }
                }
                report.note("%s: run %d of %d is done.", kind.label(), run + 1, runs);
            }
            if (!queries.isEmpty()) {
                figures(kind, queries.keySet(), first, others, report);
            }
        }
    }

    /** Native and DuckDB, which are compared most closely, take turns in being first. */
    private static List<Contestant> turns(int run, Contestant first, List<Contestant> others) {
        List<Contestant> turns = new ArrayList<>(others);
        turns.add(run % 2, first);
        return turns;
    }

    /** Asks each for the first time and compares; false when the query has no native answer to measure. */
    private static boolean warm(Kind kind, int number, Contestant first, List<Contestant> others, Report report)
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
        for (Contestant other : others) {
            Optional<String> difference =
                    other.comparing().difference(other.ask(sql).rows(), found);
            report.check(difference.isEmpty(), "%s answers as %s does: %s", what, other.label(), difference.orElse(""));
        }
        return true;
    }

    private static void figures(
            Kind kind, Set<String> queries, Contestant first, List<Contestant> others, Report report) {
        Set<String> all = new LinkedHashSet<>(queries);
        all.add(TOTAL);
        Map<String, Figure> totals = new LinkedHashMap<>();
        for (String query : all) {
            Contestant duckDb = others.get(0);
            Figure duck = report.add(duckDb.figure(kind, query));
            Figure natively = report.add(first.figure(kind, query).against(duck));
            totals.put(first.label(), natively);
            for (Contestant other : others.subList(1, others.size())) {
                totals.put(other.label(), report.add(other.figure(kind, query).against(natively)));
            }
        }
        report.atMost(
                kind.label() + ", native time over DuckDB's",
                totals.get(first.label()).ratio().orElseThrow(),
                MOST_OF_DUCKDB);
        if (totals.containsKey("flink")) {
            report.atLeast(
                    kind.label() + ", Flink's time over native",
                    totals.get("flink").ratio().orElseThrow(),
                    LEAST_OF_FLINK);
        }
    }

    /** The tables, with the files that their newest snapshots consist of. */
    private static List<FileTable> tables(Engine warehouse) throws Exception {
        List<FileTable> tables = new ArrayList<>();
        for (Table table : Tpch.TABLES) {
            List<Path> files = warehouse.ask("SELECT file_path FROM `" + table.name() + "$files`").rows().stream()
                    .map(row -> Path.of(row.get(0).replaceFirst("^file:", "")))
                    .toList();
            tables.add(new FileTable(table, files));
        }
        return tables;
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
        for (FileTable table : tables(warehouse)) {
            String files = table.files().stream().map(file -> "'" + file + "'").collect(Collectors.joining(", "));
            statements.add("CREATE VIEW " + table.name() + " AS SELECT "
                    + String.join(", ", table.table().columnNames()) + " FROM read_parquet([" + files + "])");
        }
        return RawDuckDb.start(statements);
    }
}
