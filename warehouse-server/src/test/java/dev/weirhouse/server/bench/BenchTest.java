package dev.weirhouse.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.cli.ApiClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as users run it, on a little data: a server in a process of its own, and the baselines beside it. */
final class BenchTest {

    @TempDir
    private Path folder;

    private record Outcome(int status, String told) {}

    private static Outcome bench(String... arguments) {
        StringWriter told = new StringWriter();
        PrintWriter out = new PrintWriter(told, true);
        int status = new CommandLine(new BenchCommand())
                .setOut(out)
                .setErr(out)
                .setExecutionExceptionHandler((e, command, result) -> {
                    e.printStackTrace(out);
                    return ExitCode.USER_ERROR;
                })
                .execute(arguments);
        return new Outcome(status, told.toString());
    }

    /** Runs a bench and answers the names of its figures. */
    private List<String> figures(String name, String... more) throws Exception {
        Path json = folder.resolve(name + ".json");
        List<String> arguments = new ArrayList<>(List.of(name, "--json", json.toString()));
        arguments.addAll(List.of("--home", folder.resolve("home").toString(), "--scale", "0.002"));
        arguments.addAll(List.of("--seconds", "0.5", "--clients", "2", "--runs", "1"));
        arguments.addAll(List.of(more));
        Outcome outcome = bench(arguments.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.told()).isEqualTo(ExitCode.OK);
        JsonNode figures = ApiClient.JSON.readTree(Files.readString(json));
        assertThat(figures).allSatisfy(figure -> {
            assertThat(figure.path("value").asDouble())
                    // A thread may take less than Linux counts.
                    .isGreaterThan(figure.path("name").asText().startsWith("CPU of the thread") ? -1 : 0);
            assertThat(figure.path("runs")).hasSize(1);
            assertThat(figure.path("ratio").isNull())
                    .isEqualTo(figure.path("baseline").isNull());
        });
        return StreamSupport.stream(figures.spliterator(), false)
                .map(figure -> figure.path("name").asText())
                .toList();
    }

    @Test
    void benchesRunOnALittleData() throws Exception {
        assertThat(figures("olap-tpch", "--only", "append,q06"))
                .containsExactly(Stream.of("q06", "total")
                        .flatMap(query ->
                                Stream.of("duckdb", "native", "flink").map(engine -> "append " + query + " " + engine))
                        .toArray(String[]::new));
        assertThat(figures("olap-point", "--only", "jdbc-constant,rest,jdbc,jdbc-flink"))
                .contains("jdbc-constant answers", "rest answers", "rest p99", "jdbc answers", "jdbc-flink p50")
                .doesNotContain("rest-flink answers");
        assertThat(figures("olap-freshness", "--only", "append")).contains("append commit to answer", "append p99");
        assertThat(figures("olap-memory")).containsExactly("answers", "engine, most resident");
        assertThat(figures("lineage-scale"))
                .containsExactly(
                        "runs recorded", "up by a recursive query, p50", "up p50", "up p99", "down p50", "down p99");
        assertThat(figures("lineage-ingest"))
                .containsExactly(
                        "CPU of 1,000 rows, not recorded",
                        "CPU of 1,000 rows, recorded",
                        "CPU, recorded over not",
                        "CPU of the thread that records");
        assertThat(figures("olap-dashboard", "--flink-runs", "0"))
                .contains("computed answers", "cached answers", "cached p99");
    }

    @Test
    void strongReadsAreMeasuredWhileJobsRun() throws Exception {
        assertThat(figures("strong-read")).containsExactly("latest, median", "strong, median", "age of what is strong");
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThat(bench("olap-nothing", "--home", folder.toString()))
                .satisfies(outcome -> assertThat(outcome.status()).isEqualTo(ExitCode.USER_ERROR))
                .satisfies(outcome -> assertThat(outcome.told()).contains("olap-tpch", "olap-point"));
        assertThat(bench("olap-tpch", "--home", folder.toString(), "--only", "q23")
                        .told())
                .contains("ARGUMENT_INVALID", "q22");
        assertThat(bench("olap-tpch", "--scale", "0").told()).contains("ARGUMENT_INVALID");
    }
}
