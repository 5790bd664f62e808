package dev.weirhouse.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.cli.ApiClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as users run it, for few comparisons: a warehouse in a process of its own, and three lanes over HTTP. */
final class FuzzCommandTest {

    private static final int COMPARISONS = 300;

    @TempDir
    private Path folder;

    private final StringWriter told = new StringWriter();

    private int fuzz(String... arguments) {
        PrintWriter out = new PrintWriter(told, true);
        return new CommandLine(new FuzzCommand())
                .setOut(out)
                .setErr(out)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, result) -> {
                    e.printStackTrace(out);
                    return ExitCode.USER_ERROR;
                })
                .execute(arguments);
    }

    @Test
    void theLanesAgreeAndTheOutcomeIsTold() throws Exception {
        Path json = folder.resolve("fuzz.json");
        int status = fuzz(
                "--seed", "3", "--queries", String.valueOf(COMPARISONS), "--tables", "few", "--json", json.toString());
        assertThat(status).as(told.toString()).isEqualTo(ExitCode.OK);
        assertThat(told.toString()).contains("seed 3", "CREATE TABLE keyed0 (", "0 mismatches", "types: ", "parts: ");
        JsonNode outcome = ApiClient.JSON.readTree(Files.readString(json));
        assertThat(outcome.path("comparisons").asInt()).isGreaterThanOrEqualTo(COMPARISONS);
        assertThat(outcome.path("nativeShare").asDouble()).isGreaterThanOrEqualTo(0.8);
        assertThat(outcome.path("parts").size()).isPositive();
        assertThat(outcome.path("tables").size()).isPositive();
        assertThat(outcome.path("settings").path("table.local-time-zone").asText())
                .isNotEmpty();
        assertThat(outcome.path("mismatches")).isEmpty();
    }

    @Test
    void nothingIsComparedWhereNoWarehouseAnswers() {
        assertThat(fuzz("--server", "http://127.0.0.1:1", "--queries", "1")).isEqualTo(ExitCode.USER_ERROR);
        assertThat(fuzz("--queries", "0")).isEqualTo(ExitCode.USER_ERROR);
    }
}
