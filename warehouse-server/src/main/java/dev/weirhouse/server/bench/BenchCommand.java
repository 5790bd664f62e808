package dev.weirhouse.server.bench;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir bench}: measures the warehouse against its baselines. */
@Command(
        name = "bench",
        description = "Measure the warehouse against its baselines, on the same data in the same run.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:measured, whether or not the figures reach their goals",
            "1:the bench could not be run",
            "2:an answer was wrong"
        })
public final class BenchCommand implements Callable<Integer> {

    private static final List<Bench> BENCHES = List.of(
            new TpchBench(),
            new PointBench(),
            new DashboardBench(),
            new FreshnessBench(),
            new MemoryBench(),
            new LineageBench(),
            new IngestBench(),
            new StrongReadBench());

    /** The names, for the command's help. */
    static final class Names implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return BENCHES.stream().map(Bench::name).iterator();
        }
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            completionCandidates = Names.class,
            description = "What to measure: ${COMPLETION-CANDIDATES}.")
    private String name;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures there, as an array of JSON objects.")
    private Path json;

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            description = "The home of the warehouse that is measured, which is kept with its data. Default: bench-data"
                    + " in the repository, else in the current folder.")
    private Path home;

    @Option(names = "--scale", paramLabel = "N", description = "How much data, 1 for 6 million rows.")
    private Double scale;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "How long one round of clients lasts. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "How many clients ask at once. Default: the bench's own number.")
    private Integer clients;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each figure is measured. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--flink-runs",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often Flink is measured, which is slow; 0 leaves it out. Default: ${DEFAULT-VALUE}.")
    private int flinkRuns;

    @Option(
            names = "--trino",
            paramLabel = "FILE",
            description = "The archive of a Trino server (io.trino:trino-server:tar.gz), which olap-tpch then measures"
                    + " too; it needs a Java of its own in /usr/lib/jvm. Default: Trino is left out.")
    private Path trino;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description = "The parts to run, parted by commas. Default: all.")
    private List<String> only = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Bench bench = BENCHES.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new WarehouseException(
                        ServerError.ARGUMENT_INVALID,
                        "There is no bench '" + name + "'. There are: " + String.join(", ", new Names()) + "."));
        BenchOptions options = new BenchOptions(
                scale == null ? OptionalDouble.empty() : OptionalDouble.of(scale),
                Duration.ofMillis((long) (seconds * 1000)),
                clients == null ? OptionalInt.empty() : OptionalInt.of(clients),
                runs,
                flinkRuns,
                Optional.ofNullable(trino),
                only);
        BenchHome place = new BenchHome(home == null ? byDefault() : home);
        Report report = new Report(spec.commandLine().getOut());
        place.prepare();
        report.note("%s: %s", bench.name(), bench.description());
        report.note(
                "%d cores, Java %d. The warehouse lives in %s.",
                Runtime.getRuntime().availableProcessors(), Runtime.version().feature(), place.folder());
        bench.run(place, options, report);
        report.sum();
        if (json != null) {
            write(report);
        }
        return report.everyCheckHeld() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static Path byDefault() {
        Path install = Path.of(System.getProperty("weir.install", "."));
        return (Files.exists(install.resolve("pom.xml")) ? install : Path.of(".")).resolve("bench-data");
    }

    private void write(Report report) {
        try {
            Files.writeString(json, report.json().toPrettyString() + "\n");
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE, "The file " + json + " cannot be written: " + e, e);
        }
    }
}
