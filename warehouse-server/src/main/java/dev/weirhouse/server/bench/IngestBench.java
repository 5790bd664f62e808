package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What it costs to record the commits of streaming jobs, and what they had read.
 *
 * <ol>
 *   <li>Two warehouses run at once, each with a job that lands rows at a fixed rate and a job that sums them up. One looks for
 *       commits as it does by default, the other once a day. So what disturbs the machine disturbs both.
 *   <li>The processor time of each process is divided by the rows that it has landed meanwhile, as the table's snapshots say. The
 *       state stores tell that the one has recorded its commits, and the other has not. Two processes are never quite alike, so
 *       each run has a pair of its own, and the other of them starts first.
 *   <li>Besides, the time of the thread that records, among what else it keeps in order, is told by itself.
 * </ol>
 */
final class IngestBench implements Bench {

    private static final double MOST_TIMES = 1.02;

    private static final int ROWS_PER_SECOND = 20_000;
    private static final Duration CHECKPOINTS = Duration.ofSeconds(5);

    /** Looks for commits are 30 s apart; a round has one of them at least when it lasts so many times 20 s. */
    private static final int ROUND_TIMES = 3;

    private static final String RECORDER = "housekeeping";

    private static final long POLL_MILLIS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final String TABLES =
            """
            CREATE DATABASE ingest;
            CREATE TABLE ingest.events (id BIGINT, kind INT, amount BIGINT);
            CREATE TABLE ingest.sums (kind INT, amount BIGINT, PRIMARY KEY (kind) NOT ENFORCED);
            """;

    private static final Map<String, String> JOBS = Map.of(
            "land",
            """
            CREATE TEMPORARY TABLE src (id BIGINT, kind INT, amount BIGINT) WITH ('connector' = 'datagen',
              'rows-per-second' = '%d', 'fields.kind.min' = '0', 'fields.kind.max' = '999');
            INSERT INTO ingest.events SELECT id, kind, amount FROM src;
            """
                    .formatted(ROWS_PER_SECOND),
            "sum",
            "INSERT INTO ingest.sums SELECT kind, SUM(amount) FROM ingest.events GROUP BY kind;");

    @Override
    public String name() {
        return "lineage-ingest";
    }

    @Override
    public String description() {
        return "streaming ingest with its lineage recorded, against the same without";
    }

    @Override
    public void run(BenchHome home, BenchOptions options, Report report) throws Exception {
        options.requireParts(Set.of());
        report.note(
                "%,d rows a second into each warehouse, checkpoints every %d s; a round is %d times the seconds.",
                ROWS_PER_SECOND, CHECKPOINTS.toSeconds(), ROUND_TIMES);
        List<Round> rounds = new ArrayList<>();
        for (int run = 0; run < options.runs(); run++) {
            rounds.add(round(home, run % 2 == 0, options, report));
        }
        Figure baseline = report.add(figure("CPU of 1,000 rows, not recorded", "ms", rounds, Round::without));
        report.add(
                figure("CPU of 1,000 rows, recorded", "ms", rounds, Round::with).against(baseline));
        Figure ratio =
                report.add(figure("CPU, recorded over not", "times", rounds, round -> round.with / round.without));
        Figure thread = report.add(figure("CPU of the thread that records", "%", rounds, Round::thread));
        report.atMost("CPU, recorded over not recorded", ratio.value(), MOST_TIMES);
        report.atMost("CPU of the thread that records, in % of all", thread.value(), (MOST_TIMES - 1) * 100);
    }

    private static Figure figure(String name, String unit, List<Round> rounds, ToDoubleFunction<Round> value) {
        return Figure.of(
                name, unit, new Runs(rounds.stream().mapToDouble(value).boxed().toList()));
    }

    /**
     * What two warehouses took in the same time.
     *
     * @param with milliseconds of the processor for 1,000 rows, of the one that records
     * @param without of the other
     * @param thread the part of the thread that records, in percent of the former
     */
    private record Round(double with, double without, double thread) {}

    private static Round round(BenchHome home, boolean recordedFirst, BenchOptions options, Report report)
            throws Exception {
        try (Side first = Side.start(home, recordedFirst);
                Side second = Side.start(home, !recordedFirst)) {
            Side recorded = recordedFirst ? first : second;
            Side unrecorded = recordedFirst ? second : first;
            long millis = options.duration().multipliedBy(ROUND_TIMES).toMillis();
            // So long both are used before they are measured.
            Thread.sleep(millis);
            Moment a = recorded.nextCommit();
            Moment b = unrecorded.nextCommit();
            Thread.sleep(millis);
            Moment c = recorded.nextCommit();
            Moment d = unrecorded.nextCommit();
            report.check(recorded.recordsCommits(), "the commits of the one are recorded");
            report.check(unrecorded.commitsRecorded() == 0, "the commits of the other are not");
            return new Round(
                    a.millisTo(c), b.millisTo(d), (c.recorder() - a.recorder()) / (c.seconds() - a.seconds()) * 100);
        }
    }

    /**
     * How far a warehouse is.
     *
     * @param seconds of the processor, of the whole process
     * @param recorder seconds of the processor, of the thread that records
     * @param rows in the table of events
     */
    private record Moment(double seconds, double recorder, long rows) {

        /** Milliseconds of the processor for 1,000 rows from here to there. */
        double millisTo(Moment later) {
            return (later.seconds - seconds) * 1e6 / (later.rows - rows);
        }
    }

    /** One of the two warehouses. */
    private record Side(BenchHome home, BenchWarehouse warehouse) implements AutoCloseable {

        /** Starts a warehouse that knows of no former one, and its jobs. */
        static Side start(BenchHome bench, boolean records) throws Exception {
            BenchHome home = new BenchHome(bench.folder().resolve(records ? "recorded" : "unrecorded"));
            BenchHome.delete(home.folder());
            home.prepare();
            Map<String, String> settings = records ? Map.of() : Map.of("runs.look-interval", "1d");
            Side side = new Side(home, BenchWarehouse.start(home, settings));
            try {
                side.warehouse.script("make", TABLES);
                JOBS.forEach((job, sql) -> side.warehouse
                        .calls()
                        .applyJob(
                                job,
                                "SET 'execution.checkpointing.interval' = '" + CHECKPOINTS.toSeconds() + " s';\n"
                                        + sql));
                side.awaitRows("events", 0);
                side.awaitRows("sums", 0);
                return side;
            } catch (Exception e) {
                side.close();
                throw e;
            }
        }

        /** Where it is when rows are committed next: what a commit holds is whole then. */
        Moment nextCommit() throws IOException, InterruptedException {
            long rows = awaitRows("events", rows("events"));
            ProcessCpu cpu = new ProcessCpu(warehouse.pid());
            return new Moment(cpu.seconds(), cpu.seconds(RECORDER), rows);
        }

        private long awaitRows(String table, long moreThan) throws IOException, InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() < end) {
                long rows = rows(table);
                if (rows > moreThan) {
                    return rows;
                }
                Thread.sleep(POLL_MILLIS);
            }
            throw new WarehouseException(
                    ServerError.SERVER_ANSWER_UNREADABLE,
                    "No rows were committed to " + table + " of " + home.folder() + " for " + PATIENCE + ".");
        }

        /** How many rows the newest snapshot of a table says that it has; 0 when it has none. */
        private long rows(String table) throws IOException {
            Path snapshots = home.folder()
                    .resolve("warehouse")
                    .resolve("ingest.db")
                    .resolve(table)
                    .resolve("snapshot");
            if (!Files.exists(snapshots)) {
                return 0;
            }
            // The hint to the newest may be empty for a moment, while it is written.
            long id;
            try (Stream<Path> files = Files.list(snapshots)) {
                id = files.map(file -> file.getFileName().toString())
                        .filter(name -> name.matches("snapshot-\\d+"))
                        .mapToLong(name -> Long.parseLong(name.substring(name.indexOf('-') + 1)))
                        .max()
                        .orElse(0);
            }
            if (id == 0) {
                return 0;
            }
            JsonNode newest = ApiClient.JSON.readTree(Files.readString(snapshots.resolve("snapshot-" + id)));
            return newest.path("totalRecordCount").asLong();
        }

        /** Whether it comes to record commits. */
        boolean recordsCommits() throws SQLException, InterruptedException {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (commitsRecorded() == 0 && System.nanoTime() < end) {
                Thread.sleep(POLL_MILLIS);
            }
            return commitsRecorded() > 0;
        }

        /** How many commits of the table of events its process has recorded, by the state store's file. */
        long commitsRecorded() throws SQLException {
            String url = "jdbc:sqlite:file:" + home.folder().resolve("state.db") + "?mode=ro";
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT COUNT(*) FROM run_write WHERE table_name = 'ingest.events' AND snapshot IS NOT NULL")) {
                return rows.getLong(1);
            }
        }

        @Override
        public void close() {
            warehouse.close();
        }
    }
}
