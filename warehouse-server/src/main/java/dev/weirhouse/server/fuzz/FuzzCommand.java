package dev.weirhouse.server.fuzz;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.fuzz.Fuzz;
import dev.weirhouse.olap.fuzz.FuzzReport;
import dev.weirhouse.olap.fuzz.RandomQueries;
import dev.weirhouse.olap.fuzz.RandomTables;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.cli.ApiFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir fuzz}: whether the lanes of the OLAP lane mean the same. */
@Command(
        name = "fuzz",
        description = "Compare Flink, the native lane and the lane that is chosen on queries drawn from a seed.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:the lanes agreed", "1:nothing could be compared", "2:the lanes disagreed about a query"})
public final class FuzzCommand implements Callable<Integer> {

    /** How many characters of a statement that failed are printed. */
    private static final int SHOWN = 300;

    /** Between the seeds of two workers. */
    private static final long SEED_STEP = 1_000_003;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "What tables, rows and queries are drawn from; the same again for the same number. Default: the"
                            + " clock's.")
    private Long seed;

    @Option(
            names = "--queries",
            paramLabel = "N",
            description = "How many comparisons to make, of an expression or a whole query each. Default:"
                    + " ${DEFAULT-VALUE}.",
            defaultValue = "2000")
    private int queries;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description =
                    "How many compare at once, each with its share of the queries, drawn from a seed of its own that"
                            + " follows from the first. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2")
    private int workers;

    @Option(
            names = "--tables",
            paramLabel = "EXTENT",
            description =
                    "How many tables to draw, ${COMPLETION-CANDIDATES}: all are of every merge engine and file format, few"
                            + " are made faster. Default: ${DEFAULT-VALUE}.",
            defaultValue = "all")
    private RandomTables.Extent extent;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the outcome as JSON too.")
    private Path json;

    @Option(
            names = "--keep",
            description = "Leave the tables where they are, and the folder of a warehouse of its own.")
    private boolean keep;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The warehouse to ask. Default: one of its own, which is started and ended.")
    private String server;

    @Option(names = "--user", paramLabel = "NAME", description = "Who asks. Default: the operating system's user.")
    private String user = System.getProperty("user.name");

    @Override
    public Integer call() {
        if (queries < 1 || workers < 1) {
            throw new WarehouseException(ServerError.ARGUMENT_INVALID, "--queries and --workers take numbers from 1.");
        }
        if (seed == null) {
            seed = System.nanoTime();
        }
        if (server != null) {
            return run(server);
        }
        try (OwnWarehouse own = OwnWarehouse.start(keep)) {
            if (keep) {
                out().println("The warehouse lies in " + own.folder() + ".");
            }
            return run(own.http());
        }
    }

    /** What is compared, and where. */
    private record Drawn(ApiClient api, String database, RandomTables tables) {

        HttpLane lane(String name) {
            return new HttpLane(api, database, name, tables.settings());
        }
    }

    private int run(String address) {
        ApiClient api = new ApiClient(address, user, "fuzz");
        String database = "fuzz_" + Long.toUnsignedString(seed);
        out().println("seed " + seed + ", database " + database + " at " + address);
        Random random = new Random(seed);
        Drawn drawn = new Drawn(api, database, new RandomTables(random, extent, database));
        tell(drawn.tables());
        long begun = System.nanoTime();
        try (HttpLane setup = new HttpLane(api, "default", "flink", Map.of())) {
            setup.statement("CREATE DATABASE " + database);
            try {
                FuzzReport report = compare(drawn, random);
                Duration took = Duration.ofNanos(System.nanoTime() - begun);
                tell(report, drawn.tables(), took);
                return report.mismatches().isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
            } finally {
                if (!keep) {
                    setup.statement("DROP DATABASE " + database + " CASCADE");
                }
            }
        }
    }

    private FuzzReport compare(Drawn drawn, Random random) {
        make(drawn);
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            List<Future<FuzzReport>> runs = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                String name = workers == 1 ? "" : "worker " + (worker + 1) + ": ";
                Random own = worker == 0 ? random : new Random(seed + SEED_STEP * worker);
                RandomQueries asked = new RandomQueries(own, drawn.tables());
                int share = queries / workers + (worker < queries % workers ? 1 : 0);
                runs.add(threads.submit(() -> compare(drawn, asked, share, name)));
            }
            List<FuzzReport> reports = new ArrayList<>();
            for (Future<FuzzReport> run : runs) {
                reports.add(run.get());
            }
            return FuzzReport.of(reports);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.CANCELLED, "The command was cancelled.", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private void make(Drawn drawn) {
        try (HttpLane lane = drawn.lane("flink")) {
            for (String statement : drawn.tables().statements()) {
                try {
                    lane.statement(statement);
                } catch (ApiFailure e) {
                    out().println("This failed: " + statement.substring(0, Math.min(SHOWN, statement.length())));
                    throw e;
                }
            }
        }
    }

    private FuzzReport compare(Drawn drawn, RandomQueries asked, int count, String worker) {
        try (HttpLane flink = drawn.lane("flink");
                HttpLane natively = drawn.lane("native");
                HttpLane auto = drawn.lane("auto")) {
            AtomicInteger told = new AtomicInteger();
            return new Fuzz(flink, natively, auto).run(asked, count, sofar -> tellProgress(worker, sofar, told));
        }
    }

    /** What a mismatch needs to be seen again, but the rows. */
    private void tell(RandomTables tables) {
        tables.settings().forEach((name, value) -> out().println("SET '" + name + "' = '" + value + "';"));
        tables.definitions().forEach(statement -> out().println(statement + ";"));
        out().flush();
    }

    /** @param told how many mismatches were told already */
    private synchronized void tellProgress(String worker, FuzzReport sofar, AtomicInteger told) {
        if (sofar.comparisons() > 0) {
            out().println("  " + worker + sofar.summary());
            sofar.mismatches().stream().skip(told.get()).forEach(mismatch -> out().println(mismatch.script()));
            told.set(sofar.mismatches().size());
            out().flush();
        }
    }

    private void tell(FuzzReport report, RandomTables tables, Duration took) {
        out().println(report);
        out().println("%.1f comparisons a second, in %d s"
                .formatted(report.comparisons() * 1000.0 / Math.max(1, took.toMillis()), took.toSeconds()));
        out().flush();
        if (json != null) {
            write(json(report, tables, took));
        }
    }

    private ObjectNode json(FuzzReport report, RandomTables tables, Duration took) {
        ObjectNode outcome = ApiClient.JSON
                .createObjectNode()
                .put("seed", seed)
                .put("comparisons", report.comparisons())
                .put("answeredNatively", report.answered())
                .put("wholeQueries", report.wholeQueries())
                .put("nativeShare", report.nativeShare())
                .put("seconds", took.toSeconds());
        ObjectNode settings = outcome.putObject("settings");
        tables.settings().forEach(settings::put);
        counts(outcome.putObject("tables"), report.tables());
        counts(outcome.putObject("types"), report.types());
        counts(outcome.putObject("parts"), report.parts());
        counts(outcome.putObject("notNative"), report.refusals());
        ArrayNode mismatches = outcome.putArray("mismatches");
        for (FuzzReport.Mismatch mismatch : report.mismatches()) {
            mismatches
                    .addObject()
                    .put("query", mismatch.query())
                    .put("smallest", mismatch.smallest())
                    .put("difference", mismatch.difference());
        }
        return outcome;
    }

    private static void counts(ObjectNode object, Map<String, Integer> counts) {
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(count -> object.put(count.getKey(), count.getValue()));
    }

    private void write(ObjectNode outcome) {
        try {
            Files.writeString(json, outcome.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.HOME_NOT_WRITABLE, "The file " + json + " cannot be written: " + e, e);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
