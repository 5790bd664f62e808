package dev.weirhouse.server.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.config.ConfigOptions;
import dev.weirhouse.server.doctor.Finding.State;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir doctor}. */
@Command(
        name = "doctor",
        description = "Look for what keeps a warehouse from running here, and say what to do about it.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:nothing is wrong", "2:something is wrong"})
public final class DoctorCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Finding> findings = findings();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Map.of("findings", findings)));
        } else {
            findings.forEach(finding -> print(finding, out));
        }
        out.flush();
        return findings.stream().anyMatch(finding -> finding.state() == State.WRONG)
                ? ExitCode.CHECK_FAILED
                : ExitCode.OK;
    }

    private List<Finding> findings() {
        try {
            return new Doctor(options.load()).examine();
        } catch (WarehouseException e) {
            // Without settings that can be read there is no home and no port to look at.
            return List.of(Finding.wrong("configuration", e.getMessage(), "Mend the configuration, then look again."));
        }
    }

    private static void print(Finding finding, PrintWriter out) {
        String mark = finding.state().name().toLowerCase(Locale.ROOT);
        out.printf(Locale.ROOT, "%-8s %-14s %s%n", mark, finding.subject(), finding.detail());
        if (!finding.advice().isEmpty()) {
            out.printf(Locale.ROOT, "%-8s %-14s → %s%n", "", "", finding.advice());
        }
    }
}
