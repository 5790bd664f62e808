package dev.weirhouse.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line says by itself, without a warehouse. */
final class MainTest {

    private static final String NOBODY = "http://127.0.0.1:1";

    private record Outcome(int status, String out, String err) {}

    private static Outcome run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int status = line.execute(arguments);
        return new Outcome(status, out.toString(), err.toString());
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHasHelp() {
        return helps(Main.commandLine(), List.of());
    }

    private static Stream<DynamicTest> helps(CommandLine line, List<String> path) {
        DynamicTest own = DynamicTest.dynamicTest(String.join(" ", path) + " --help", () -> {
            Outcome outcome =
                    run(Stream.concat(path.stream(), Stream.of("--help")).toArray(String[]::new));
            assertThat(outcome.status()).isEqualTo(ExitCode.OK);
            assertThat(outcome.out()).startsWith("Usage: weir").contains("--help");
            assertThat(outcome.err()).isEmpty();
        });
        return Stream.concat(
                Stream.of(own),
                line.getSubcommands().entrySet().stream()
                        .flatMap(entry -> helps(
                                entry.getValue(),
                                Stream.concat(path.stream(), Stream.of(entry.getKey()))
                                        .toList())));
    }

    @Test
    void aMistypedCommandOrOptionIsAUserError() {
        Outcome command = run("sqll");
        assertThat(command.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(command.err()).startsWith("[WEIR-1511] ARGUMENT_INVALID: ").contains("weir sql");
        Outcome option = run("sql", "--ouput", "csv");
        assertThat(option.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(option.err()).contains("--output");
        assertThat(run("run").status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(run("sql", "-e", "x", "-f", "y").status()).isEqualTo(ExitCode.USER_ERROR);
    }

    @Test
    void whenNoWarehouseAnswersTheMessageSaysHowToStartOne() {
        for (String[] arguments :
                new String[][] {{"sql", "-e", "SELECT 1", "--server", NOBODY}, {"job", "list", "--server", NOBODY}}) {
            Outcome outcome = run(arguments);
            assertThat(outcome.status()).isEqualTo(ExitCode.USER_ERROR);
            assertThat(outcome.err())
                    .startsWith("[WEIR-4501] SERVER_UNREACHABLE: ")
                    .contains("weir up")
                    .doesNotContain("\tat ");
        }
        assertThat(run("sql", "-e", "x", "--server", "nonsense").err()).startsWith("[WEIR-1511]");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Outcome outcome = run("run", "/no/such/file.sql", "--server", NOBODY);
        assertThat(outcome.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(outcome.err()).startsWith("[WEIR-1510] FILE_UNREADABLE: There is no file /no/such/file.sql.");
    }

    @Test
    void theDoctorReportsAConfigurationThatCannotBeRead(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("weirhouse.yaml"), "htpp.port: 1\n");
        Outcome outcome = run("doctor", "--config", file.toString(), "--json");
        assertThat(outcome.status()).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(outcome.out()).contains("unknown key 'htpp.port'; did you mean 'http.port'?");
    }
}
