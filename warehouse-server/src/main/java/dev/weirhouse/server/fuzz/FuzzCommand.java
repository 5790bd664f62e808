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
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
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

    /** How many mismatches were printed already. */
    private int told;

    @Override
    public Integer call() {
        if (queries < 1) {
            throw new WarehouseException(ServerError.ARGUMENT_INVALID, "--queries takes a number from 1.");
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
                FuzzReport report = compare(api, database, drawnFrom, queries);
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

    private FuzzReport compare(ApiClient api, String database, long drawnFrom, int count) {
        Random random = new Random(drawnFrom);
        RandomTables tables = new RandomTables(random);
        try (HttpLane flink = new HttpLane(api, database, "flink");
                HttpLane natively = new HttpLane(api, database, "native");
                HttpLane auto = new HttpLane(api, database, "auto")) {
            tables.statements().forEach(flink::statement);
            return new Fuzz(flink, natively, auto).run(new RandomQueries(random, tables), count, this::tellProgress);
        }
    }

    private void tellProgress(FuzzReport sofar) {
        if (sofar.comparisons() > 0) {
            out().println("  " + sofar.summary());
            sofar.mismatches().stream().skip(told).forEach(mismatch -> out().println(mismatch.script()));
            told = sofar.mismatches().size();
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
