package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir flow}: streaming jobs that are read together. */
@Command(
        name = "flow",
        description = "Declare, look at and drop flows: streaming jobs that are read together.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class FlowCommand {

    private static final String FLOWS = "/api/v1/flows";

    private static final List<String> LISTED = List.of("name", "roots", "newest", "common", "jobs", "problem");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    @Command(name = "create", description = "Declare a flow and show what it costs.", mixinStandardHelpOptions = true)
    int create(
            @Parameters(paramLabel = "NAME", description = "What jobs name it by: SET 'stream.flow' = 'NAME'.")
                    String name,
            @Option(
                            names = "--root",
                            paramLabel = "TABLE",
                            required = true,
                            description = "A table that everything in the flow derives from; once for each.")
                    List<String> roots,
            @Option(
                            names = "--interval",
                            paramLabel = "MILLIS",
                            description = "How often a boundary is set, at most. Default: ${DEFAULT-VALUE}.",
                            defaultValue = "1000")
                    long interval,
            @Option(names = "--json", description = "Print the flow as JSON.") boolean json) {
        ObjectNode request = ApiClient.JSON.createObjectNode().put("name", name).put("intervalMillis", interval);
        roots.forEach(request.putArray("roots")::add);
        return show(client().post(FLOWS, request), json);
    }

    @Command(name = "list", description = "List all flows.", mixinStandardHelpOptions = true)
    int list(@Option(names = "--json", description = "Print the flows as JSON.") boolean json) {
        JsonNode flows = client().get(FLOWS);
        if (json) {
            out().println(flows.toPrettyString());
            return ExitCode.OK;
        }
        TablePrinter printer = new TablePrinter(out());
        printer.begin(
                LISTED.stream().map(name -> new ColumnInfo(name, "STRING")).toList());
        var rows = ApiClient.JSON.createArrayNode();
        flows.path("flows").forEach(flow -> {
            var row = rows.addArray();
            LISTED.forEach(name -> row.add(
                    switch (name) {
                        case "newest", "common" ->
                            flow.path(name).path("number").asText("");
                        case "jobs" -> String.valueOf(flow.path(name).size());
                        case "roots" -> String.join(", ", ApiClient.JSON.convertValue(flow.path(name), String[].class));
                        default -> flow.path(name).asText("");
                    }));
        });
        printer.rows(rows);
        return ExitCode.OK;
    }

    @Command(
            name = "show",
            description = "Show a flow: its boundaries, and which of them each table has reached.",
            mixinStandardHelpOptions = true)
    int showOne(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--json", description = "Print the flow as JSON.") boolean json) {
        return show(client().get(FLOWS + "/" + ApiClient.segment(name)), json);
    }

    @Command(
            name = "drop",
            description = "Forget a flow that no job belongs to; its tables stay.",
            mixinStandardHelpOptions = true)
    int drop(@Parameters(paramLabel = "NAME") String name) {
        client().delete(FLOWS + "/" + ApiClient.segment(name));
        out().println("dropped " + CellText.visible(name));
        out().flush();
        return ExitCode.OK;
    }

    private int show(JsonNode flow, boolean json) {
        if (json) {
            out().println(flow.toPrettyString());
        } else {
            flow.properties().forEach(field -> {
                if (field.getKey().equals("progress")) {
                    out().println("progress:");
                    field.getValue().properties().forEach(table -> out().println("  " + CellText.visible(table.getKey())
                            + ": " + table.getValue().asText()));
                } else if (field.getValue().has("number")) {
                    out().println(field.getKey() + ": "
                            + field.getValue().path("number").asText() + ", set at "
                            + field.getValue().path("createdAt").asText() + ", the newest until "
                            + field.getValue().path("confirmedAt").asText());
                } else {
                    out().println(field.getKey() + ": " + CellText.of(field.getValue()));
                }
            });
        }
        out().flush();
        return ExitCode.OK;
    }

    private ApiClient client() {
        return server.client("flow");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
