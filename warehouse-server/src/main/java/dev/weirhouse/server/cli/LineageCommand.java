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

/** {@code weir lineage}: what a number or an answer derives from, and who uses it. */
@Command(
        name = "lineage",
        description =
                "Show what a table, a column or the answer of a query derives from, what derives from it, and who reads it.",
        mixinStandardHelpOptions = true)
public final class LineageCommand implements Callable<Integer> {

    private static final String LINEAGE = "/api/v1/lineage";
    private static final Set<String> NUMBERS = Set.of("runs");
    private static final List<String> OF_READERS = List.of("user", "source", "lane", "job", "runs", "lastAt");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    @ArgGroup(multiplicity = "1")
    private Subject subject;

    /** Of what it is asked. */
    private static final class Subject {
        @Parameters(
                paramLabel = "NAME",
                description =
                        "DATABASE.TABLE, DATABASE.TABLE.COLUMN, or a place outside such as file:/data/flights[#COLUMN].")
        private String name;

        @Option(
                names = "--query",
                paramLabel = "ID",
                description =
                        "The snapshots that the answer of a query rests on. The id is the query_id of weir.queries,"
                                + " or the run_id of weir.runs.")
        private String query;
    }

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
            description = "The snapshots that a snapshot of the table rests on, with --down those that rest on it; of a"
                    + " column what was known when the snapshot was added; or what was known at a time, such as"
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
        String reach = depth == null ? "" : "&depth=" + depth;
        if (subject.query != null) {
            refuse("--query", "--up", "--down", "--readers", "--direct", "--at", "--days", "--dot");
            return snapshots(client.get(LINEAGE + "/snapshots?query=" + ApiClient.segment(subject.query) + reach));
        }
        String of = "?of=" + ApiClient.segment(subject.name);
        if (question.readers) {
            refuse("--readers", "--depth", "--direct", "--at", "--dot");
            JsonNode answer = client.get(LINEAGE + "/readers" + of + (days == null ? "" : "&days=" + days));
            return list(answer, "readers", OF_READERS);
        }
        if (days != null) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID, "--days goes with --readers alone: leave it out.");
        }
        String way = "&direction=" + (question.down ? "down" : "up") + reach;
        boolean ofSnapshot = at != null && at.matches("[0-9]+");
        if (ofSnapshot && !isColumn(subject.name)) {
            refuse("--at SNAPSHOT of a table", "--direct", "--dot");
            return snapshots(client.get(LINEAGE + "/snapshots" + of + "&snapshot=" + at + way));
        }
        String then = at == null ? "" : (ofSnapshot ? "&snapshot=" : "&at=") + ApiClient.segment(at);
        JsonNode walk = client.get(LINEAGE + of + way + (direct ? "&direct=true" : "") + then);
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

    /** What has no meaning beside an option is not passed over in silence. */
    private void refuse(String beside, String... options) {
        for (String option : options) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new WarehouseException(
                        ServerError.ARGUMENT_INVALID, option + " has no meaning with " + beside + ": leave it out.");
            }
        }
    }

    private static boolean isColumn(String name) {
        return name.split("\\.", 3).length == 3;
    }

    private int snapshots(JsonNode answer) {
        PrintWriter out = spec.commandLine().getOut();
        if (form.json) {
            out.println(answer.toPrettyString());
        } else {
            SnapshotDrawing.tree(answer).forEach(out::println);
        }
        out.flush();
        return ExitCode.OK;
    }

    private int list(JsonNode answer, String what, List<String> columns) {
        PrintWriter out = spec.commandLine().getOut();
        if (form.json) {
            out.println(answer.toPrettyString());
            out.flush();
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
