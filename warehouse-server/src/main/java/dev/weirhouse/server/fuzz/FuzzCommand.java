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
        long drawnFrom = seed == null ? System.nanoTime() : seed;
        if (server != null) {
            return run(server, drawnFrom);
        }
        try (OwnWarehouse own = OwnWarehouse.start(keep)) {
            if (keep) {
                out().println("The warehouse lies in " + own.folder() + ".");
            }
            return run(own.http(), drawnFrom);
        }
    }

    private int run(String address, long drawnFrom) {
        ApiClient api = new ApiClient(address, user, "fuzz");
        String database = "fuzz_" + Long.toUnsignedString(drawnFrom);
        out().println("seed " + drawnFrom + ", database " + database + " at " + address);
        out().flush();
        long begun = System.nanoTime();
        try (HttpLane setup = new HttpLane(api, "default", "flink")) {
            setup.statement("CREATE DATABASE " + database);
            try {
                FuzzReport report = compare(api, database, drawnFrom);
                Duration took = Duration.ofNanos(System.nanoTime() - begun);
                tell(report, drawnFrom, took);
                return report.mismatches().isEmpty() ? ExitCode.OK : ExitCode.CHECK_FAILED;
            } finally {
                if (!keep) {
                    setup.statement("DROP DATABASE " + database + " CASCADE");
                }
            }
        }
    }

    private FuzzReport compare(ApiClient api, String database, long drawnFrom) {
        Random random = new Random(drawnFrom);
        RandomTables tables = new RandomTables(random);
        try (HttpLane making = new HttpLane(api, database, "flink")) {
            tables.statements().forEach(making::statement);
        }
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            List<Future<FuzzReport>> runs = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                String name = workers == 1 ? "" : "worker " + (worker + 1) + ": ";
                RandomQueries drawn =
                        new RandomQueries(worker == 0 ? random : new Random(drawnFrom + SEED_STEP * worker), tables);
                int share = queries / workers + (worker < queries % workers ? 1 : 0);
                runs.add(threads.submit(() -> compare(api, database, drawn, share, name)));
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

    private FuzzReport compare(ApiClient api, String database, RandomQueries drawn, int count, String worker) {
        try (HttpLane flink = new HttpLane(api, database, "flink");
                HttpLane natively = new HttpLane(api, database, "native");
                HttpLane auto = new HttpLane(api, database, "auto")) {
            AtomicInteger told = new AtomicInteger();
            return new Fuzz(flink, natively, auto).run(drawn, count, sofar -> tellProgress(worker, sofar, told));
        }
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

    private void tell(FuzzReport report, long drawnFrom, Duration took) {
        out().println(report);
        out().println("%.1f comparisons a second, in %d s"
                .formatted(report.comparisons() * 1000.0 / Math.max(1, took.toMillis()), took.toSeconds()));
        out().flush();
        if (json != null) {
            write(json(report, drawnFrom, took));
        }
    }

    private static ObjectNode json(FuzzReport report, long drawnFrom, Duration took) {
        ObjectNode outcome = ApiClient.JSON
                .createObjectNode()
                .put("seed", drawnFrom)
                .put("comparisons", report.comparisons())
                .put("answeredNatively", report.answered())
                .put("wholeQueries", report.wholeQueries())
                .put("nativeShare", report.nativeShare())
                .put("seconds", took.toSeconds());
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
