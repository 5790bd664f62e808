package dev.weirhouse.server.cli;

import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.SqlScript;
import dev.weirhouse.catalog.WarehouseException.Position;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.cli.AnswerPrinter.Format;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir sql}: statements from the command line, a file, a pipe or a person. */
@Command(
        name = "sql",
        description = "Run SQL statements: given text, a file, standard input, or typed at a prompt.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:every statement was done",
            "1:the first statement failed, or no warehouse answers",
            "4:a later statement failed; those before it were done",
            "5:cancelled or out of time"
        })
public final class SqlCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    @ArgGroup
    private Text given;

    private static final class Text {
        @Option(names = "-e", paramLabel = "TEXT", description = "The statements, parted by ';'.")
        private String text;

        @Option(names = "-f", paramLabel = "FILE", description = "A file with the statements.")
        private Path file;
    }

    @Option(
            names = "--output",
            paramLabel = "FORM",
            description = "How answers are printed: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private Format output;

    @Option(names = "--json", description = "The same as --output json.")
    private boolean json;

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description = "The dialect of the statements: flink or hive. Default: ${DEFAULT-VALUE}.",
            defaultValue = "flink")
    private String dialect;

    @Option(names = "--database", paramLabel = "NAME", description = "Where names are looked up first.")
    private String database;

    @Option(
            names = "--as-of-query",
            paramLabel = "ID",
            description =
                    "Read every table at the snapshot at which the statement of this id read it, as long as that is kept."
                            + " The id is the query_id of weir.queries, or the run_id of weir.runs.")
    private String asOfQuery;

    @Option(
            names = "--cut",
            description = "Say after each statement, on standard error, its id and the snapshots that it read.")
    private boolean cut;

    @Option(
            names = "--max-rows",
            paramLabel = "N",
            description = "The most rows to print for a statement. Default: all.",
            defaultValue = "0",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    private long maxRows;

    @Option(names = "-D", paramLabel = "NAME=VALUE", description = "A variable, $${NAME} in the statements.")
    private Map<String, String> variables = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException {
        Dialect.parse(dialect);
        ApiClient api = server.client("sql");
        boolean interactive = given == null && isTerminal();
        PrintWriter out = spec.commandLine().getOut();
        AnswerPrinter answers = (json ? Format.JSON : output).printer(out);
        AnswerPrinter printer = cut ? new CutPrinter(answers, spec.commandLine().getErr()) : answers;
        try (SqlClient client = new SqlClient(
                api,
                dialect.toLowerCase(Locale.ROOT),
                Optional.ofNullable(database),
                asOfQuery == null ? Map.of() : Map.of(Cut.SETTING, Cut.OF_QUERY + asOfQuery))) {
            if (interactive) {
                return new SqlShell(client, printer, Dialect.parse(dialect), maxRows).run();
            }
            return runAll(client, printer);
        }
    }

    /** Since Java 22 there is always a console, unless the launcher asks for the old one with {@code -Djdk.console}. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        return System.console() != null;
    }

    private int runAll(SqlClient client, AnswerPrinter printer) throws IOException {
        Thread onInterrupt = new Thread(client::cancel, "weir-sql-cancel");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        boolean someDone = false;
        try {
            for (SqlScript.Statement statement :
                    SqlScript.parse(text(), Dialect.parse(dialect)).statements()) {
                SqlScript.Bound bound = statement.bind(variables);
                try {
                    client.run(bound.sql(), maxRows, printer, elapsed -> {});
                } catch (ApiFailure e) {
                    spec.commandLine().getErr().println(inFile(e, bound));
                    return someDone && e.exitCode() == ExitCode.USER_ERROR ? ExitCode.PARTIAL : e.exitCode();
                }
                someDone = true;
            }
            return ExitCode.OK;
        } finally {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        }
    }

    /** The error's message, with the place in the text instead of that in the statement. */
    private String inFile(ApiFailure error, SqlScript.Bound bound) {
        var location = error.body().path("location");
        if (!location.isObject()) {
            return error.getMessage() + " (" + name() + bound.statement().position() + ")";
        }
        Position there = new Position(
                location.path("line").asInt(1), location.path("column").asInt(1));
        return error.getMessage().replaceFirst(there.toString(), name() + bound.inFile(there));
    }

    private String name() {
        return given != null && given.file != null ? given.file + " " : "";
    }

    private String text() throws IOException {
        if (given == null) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return given.text != null ? given.text : TextFile.read(given.file);
    }
}
