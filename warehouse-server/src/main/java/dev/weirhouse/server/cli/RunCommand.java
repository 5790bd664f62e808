package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.ExitCode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir run}: a batch script, followed to its end. */
@Command(
        name = "run",
        description = "Run a batch script and follow it to its end.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every statement was done",
            "1:the first statement failed, or no warehouse answers",
            "4:a later statement failed; those before it were done",
            "5:cancelled or out of time"
        })
public final class RunCommand implements Callable<Integer> {

    private static final String SCRIPTS = "/api/v1/scripts";
    private static final long WAIT_MILLIS = 2000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    @Parameters(paramLabel = "FILE", description = "The script.")
    private Path file;

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description = "The dialect that the script begins in: flink or hive. Default: ${DEFAULT-VALUE}.",
            defaultValue = "flink")
    private String dialect;

    @Option(names = "-D", paramLabel = "NAME=VALUE", description = "A variable, $${NAME} in the script.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print the outcome as JSON when the script has ended.")
    private boolean json;

    @Override
    public Integer call() {
        ApiClient api = server.client("run");
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("name", file.getFileName().toString())
                .put("dialect", dialect.toLowerCase(Locale.ROOT))
                .put("text", TextFile.read(file));
        variables.forEach(request.putObject("variables")::put);
        JsonNode script = api.post(SCRIPTS, request);
        String path = SCRIPTS + "/" + script.path("id").asText();
        Thread onInterrupt = new Thread(() -> api.delete(path), "weir-run-cancel");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            return follow(api, path, script);
        } finally {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        }
    }

    private int follow(ApiClient api, String path, JsonNode first) {
        PrintWriter out = spec.commandLine().getOut();
        JsonNode script = first;
        int told = 0;
        while (true) {
            if (!json) {
                told = tell(script.path("statements"), told, out);
            }
            if (isEnd(script)) {
                break;
            }
            script = api.get(path + "?waitMillis=" + WAIT_MILLIS + "&ended=" + ended(script.path("statements")));
        }
        if (json) {
            out.println(script.toPrettyString());
        }
        out.flush();
        return exitCode(script);
    }

    private static int ended(JsonNode statements) {
        int ended = 0;
        for (JsonNode statement : statements) {
            ended += isEnd(statement) ? 1 : 0;
        }
        return ended;
    }

    private static boolean isEnd(JsonNode scriptOrStatement) {
        return switch (scriptOrStatement.path("state").asText()) {
            case "QUEUED", "RUNNING" -> false;
            default -> true;
        };
    }

    /** Prints the statements that ended since, in order; answers how many are told now. */
    private static int tell(JsonNode statements, int told, PrintWriter out) {
        int next = told;
        while (next < statements.size() && isEnd(statements.get(next))) {
            JsonNode statement = statements.get(next++);
            String rows = statement.has("rows")
                    ? String.format(
                            Locale.ROOT, ", %,d rows", statement.path("rows").asLong())
                    : "";
            out.printf(
                    Locale.ROOT,
                    "%3d  line %-5d %-9s %6.1f s%s  %s%n",
                    statement.path("number").asInt(),
                    statement.path("line").asInt(),
                    statement.path("state").asText().toLowerCase(Locale.ROOT),
                    statement.path("elapsedMillis").asLong() / 1000.0,
                    rows,
                    summary(statement.path("sql").asText()));
        }
        out.flush();
        return next;
    }

    private static String summary(String sql) {
        String line = sql.replaceAll("\\s+", " ");
        return CellText.visible(line.length() <= 60 ? line : line.substring(0, 59) + "…");
    }

    private int exitCode(JsonNode script) {
        return switch (script.path("state").asText()) {
            case "FINISHED" -> ExitCode.OK;
            case "CANCELLED" -> {
                spec.commandLine().getErr().println("The script was cancelled.");
                yield ExitCode.CANCELLED;
            }
            default -> {
                ApiFailure error = new ApiFailure(script.path("error"));
                spec.commandLine().getErr().println(file + ": " + error.getMessage());
                boolean someDone =
                        script.path("statements").path(0).path("state").asText().equals("FINISHED");
                yield someDone && error.exitCode() == ExitCode.USER_ERROR ? ExitCode.PARTIAL : error.exitCode();
            }
        };
    }
}
