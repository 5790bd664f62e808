package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir lineage}: what a number derives from, and who uses it. */
@Command(
        name = "lineage",
        description = "Show what a table or column derives from, what derives from it, and who reads it.",
        mixinStandardHelpOptions = true)
public final class LineageCommand implements Callable<Integer> {

    private static final String LINEAGE = "/api/v1/lineage";
    private static final Set<String> NUMBERS = Set.of("runs");
    private static final List<String> OF_READERS = List.of("user", "source", "lane", "job", "runs", "lastAt");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    @Parameters(
            paramLabel = "NAME",
            description =
                    "DATABASE.TABLE, DATABASE.TABLE.COLUMN, or a place outside such as file:/data/flights[#COLUMN].")
    private String name;

    @ArgGroup
    private Question question = new Question();

    /** What is asked; the first when nothing is. */
    private static final class Question {
        @Option(names = "--up", description = "What it derives from. The default.")
        private boolean up;

        @Option(names = "--down", description = "What derives from it: who breaks if it changes.")
        private boolean down;

        @Option(names = "--readers", description = "Who reads the table.")
        private boolean readers;
    }

    @Option(names = "--depth", paramLabel = "N", description = "How many steps far. Default: 10.")
    private Integer depth;

    @Option(
            names = "--direct",
            description = "Leave out what merely decides which rows there are: filters, joins, groups.")
    private boolean direct;

    @Option(
            names = "--at",
            paramLabel = "SNAPSHOT|TIME",
            description = "The snapshots that a snapshot of the table rests on; or what was known at a time, such as"
                    + " 2024-01-31T12:00:00Z.")
    private String at;

    @Option(names = "--days", paramLabel = "N", description = "With --readers: how many days back. Default: 30.")
    private Integer days;

    @ArgGroup
    private Form form = new Form();

    /** How the answer is printed; as a tree when nothing is said. */
    private static final class Form {
        @Option(names = "--json", description = "Print the answer as JSON.")
        private boolean json;

        @Option(names = "--dot", description = "Print the graph in the language of Graphviz.")
        private boolean dot;
    }

    @Override
    public Integer call() {
        ApiClient client = server.client("lineage");
        String of = "?of=" + ApiClient.segment(name);
        boolean ofSnapshot = at != null && at.matches("[0-9]+");
        if (form.dot && (question.readers || ofSnapshot)) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID, "--dot draws a graph, and --readers and --at SNAPSHOT have none.");
        }
        if (question.readers) {
            JsonNode answer = client.get(LINEAGE + "/readers" + of + (days == null ? "" : "&days=" + days));
            return list(answer, "readers", OF_READERS);
        }
        String reach = depth == null ? "" : "&depth=" + depth;
        if (ofSnapshot) {
            if (question.down) {
                throw new WarehouseException(
                        ServerError.ARGUMENT_INVALID, "--at SNAPSHOT goes up alone: leave --down out.");
            }
            JsonNode answer = client.get(LINEAGE + "/snapshots" + of + "&snapshot=" + at + reach);
            return snapshots(answer);
        }
        JsonNode walk = client.get(LINEAGE + of + "&direction=" + (question.down ? "down" : "up") + reach
                + (direct ? "&direct=true" : "") + (at == null ? "" : "&at=" + ApiClient.segment(at)));
        PrintWriter out = spec.commandLine().getOut();
        if (form.json) {
            out.println(walk.toPrettyString());
        } else if (form.dot) {
            LineageDrawing.dot(walk).forEach(out::println);
        } else {
            LineageDrawing.tree(walk).forEach(out::println);
        }
        out.flush();
        return ExitCode.OK;
    }

    private int snapshots(JsonNode answer) {
        PrintWriter out = spec.commandLine().getOut();
        if (form.json) {
            out.println(answer.toPrettyString());
        } else {
            SnapshotDrawing.tree(answer.path("edges")).forEach(out::println);
        }
        out.flush();
        return ExitCode.OK;
    }

    private int list(JsonNode answer, String what, List<String> columns) {
        PrintWriter out = spec.commandLine().getOut();
        if (form.json) {
            out.println(answer.toPrettyString());
            return ExitCode.OK;
        }
        TablePrinter printer = new TablePrinter(out);
        printer.begin(columns.stream()
                .map(column -> new ColumnInfo(column, NUMBERS.contains(column) ? "BIGINT" : "STRING"))
                .toList());
        ArrayNode rows = ApiClient.JSON.createArrayNode();
        answer.path(what).forEach(found -> {
            ArrayNode row = rows.addArray();
            columns.forEach(column -> row.add(found.path(column).asText("")));
        });
        printer.rows(rows);
        out.flush();
        return ExitCode.OK;
    }
}
