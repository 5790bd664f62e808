package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.Consistency;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir check}: comparisons, and checks that are run again and again. */
@Command(
        name = "check",
        description = "Compare tables, jobs and lanes; declare, run and look at checks.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit status of what runs:%n",
        exitCodeList = {
            "0:it agrees or holds, or it does not and is a warning",
            "1:it is not known: the result says why",
            "2:it does not agree or hold",
            "5:cancelled or out of time"
        })
public final class CheckCommand {

    private static final String CHECKS = "/api/v1/checks";
    private static final String COMPARISONS = "/api/v1/comparisons";
    private static final String RESULTS = "/api/v1/check-results";
    private static final long WAIT_MILLIS = 2000;

    private static final List<String> LISTED =
            List.of("name", "table", "kind", "runBy", "severity", "state", "snapshot", "finishedAt", "message");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOption server = new ServerOption();

    /** How a comparison of rows is told. */
    static final class ComparisonOptions {
        @Option(
                names = "--samples",
                paramLabel = "N",
                defaultValue = "10",
                description = "How many rows that differ are shown, of each kind. Default: ${DEFAULT-VALUE}.")
        private int samples;

        @Option(names = "--json", description = "Print the result as JSON.")
        private boolean json;
    }

    @Command(
            name = "diff",
            description = "Compare two tables, or versions, branches, snapshots or tags of one, to the row.",
            mixinStandardHelpOptions = true)
    int diff(
            @Parameters(
                            paramLabel = "A",
                            description =
                                    "DATABASE.TABLE; with $branch_NAME behind it for a branch, and with @SNAPSHOT or"
                                            + " @TAG for a moment.")
                    String left,
            @Parameters(paramLabel = "B", description = "As A.") String right,
            @Mixin ComparisonOptions options) {
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("left", left)
                .put("right", right)
                .put("samples", options.samples);
        ApiClient api = client();
        return follow(api, api.post(COMPARISONS + "/tables", request), options.json);
    }

    @Command(
            name = "job",
            description = "Compare what a job of a flow has made with what its text makes of the same inputs at once.",
            mixinStandardHelpOptions = true)
    int job(
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--at-boundary",
                            paramLabel = "N",
                            description =
                                    "The boundary. Default: the newest that all of the job's tables have reached.")
                    Long boundary,
            @Mixin ComparisonOptions options) {
        ObjectNode request = ApiClient.JSON.createObjectNode().put("job", name).put("samples", options.samples);
        if (boundary != null) {
            request.put("boundary", boundary);
        }
        ApiClient api = client();
        return follow(api, api.post(COMPARISONS + "/jobs", request), options.json);
    }

    @Command(
            name = "source",
            description = "Compare a table with the one of a source database that it is a copy of, to the row.",
            mixinStandardHelpOptions = true)
    int source(
            @Parameters(
                            paramLabel = "TABLE",
                            description =
                                    "DATABASE.TABLE; with @SNAPSHOT or @TAG for a moment, which is looked at once.")
                    String table,
            @Parameters(paramLabel = "SOURCE", description = "What check.sources calls the database.") String source,
            @Parameters(paramLabel = "SOURCE_TABLE", description = "As the database calls it: SCHEMA.TABLE.")
                    String sourceTable,
            @Option(
                            names = "--columns",
                            paramLabel = "COLUMN,…",
                            split = ",",
                            description = "The columns that are compared. Default: all.")
                    List<String> columns,
            @Option(
                            names = "--settle",
                            paramLabel = "TIME",
                            defaultValue = "10s",
                            description = "How long a row may take to the table: what differs is looked at again after"
                                    + " it; 0s looks once. Default: ${DEFAULT-VALUE}.")
                    String settle,
            @Mixin ComparisonOptions options) {
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("table", table)
                .put("source", source)
                .put("sourceTable", sourceTable)
                .put("settleMillis", settle.strip().matches("0\\s*(ms|s)?") ? 0 : millis("--settle", settle))
                .put("samples", options.samples);
        if (columns != null) {
            columns.forEach(request.putArray("columns")::add);
        }
        ApiClient api = client();
        return follow(api, api.post(COMPARISONS + "/sources", request), options.json);
    }

    @Command(
            name = "lanes",
            description = "Compare the answers of the lanes to a query, at one cut.",
            mixinStandardHelpOptions = true)
    int lanes(
            @Parameters(paramLabel = "SQL", description = "The query.") String sql,
            @Option(names = "--database", paramLabel = "NAME", description = "Where names are looked up first.")
                    String database,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the session.")
                    Map<String, String> settings,
            @Option(names = "--json", description = "Print the result as JSON.") boolean json) {
        ObjectNode request = ApiClient.JSON.createObjectNode().put("sql", sql);
        if (database != null) {
            request.put("database", database);
        }
        (settings == null ? new LinkedHashMap<String, String>() : settings).forEach(request.putObject("settings")::put);
        ApiClient api = client();
        return follow(api, api.post(COMPARISONS + "/lanes", request), json);
    }

    /** What a check asks; one of it. */
    static final class RuleOptions {
        @Option(names = "--not-null", paramLabel = "COLUMN,…", split = ",", description = "No NULL in the columns.")
        private List<String> notNull;

        @Option(names = "--unique", paramLabel = "COLUMN,…", split = ",", description = "No two rows alike in them.")
        private List<String> unique;

        @Option(
                names = "--range",
                arity = "3",
                paramLabel = "COLUMN LEAST MOST",
                hideParamSyntax = true,
                description = "Values from the least to the most, both included; * leaves a side open.")
        private List<String> range;

        @Option(
                names = "--references",
                arity = "2",
                paramLabel = "COLUMN TABLE.COLUMN",
                hideParamSyntax = true,
                description = "Values that are there in another table's column: DATABASE.TABLE.COLUMN.")
        private List<String> references;

        @Option(
                names = "--fresh",
                paramLabel = "AGE",
                description =
                        "The newest change is at most so old: 500ms, 30s, 10min, 2h. With --column, the greatest time"
                                + " in it.")
        private String fresh;

        @Option(
                names = "--rows-within",
                paramLabel = "PERCENT",
                description =
                        "The number of rows differs from the median of the latest ten counts by at most that: 20%%.")
        private String rowsWithin;

        @Option(names = "--sql", paramLabel = "QUERY", description = "The query answers no row.")
        private String sql;
    }

    /** When a check is run; on demand when nothing is said. */
    static final class TriggerOptions {
        @Option(names = "--after-commits", description = "Run it when the table has new commits.")
        private boolean afterCommits;

        @Option(names = "--every", paramLabel = "PERIOD", description = "Run it so often: 30s, 10min, 2h.")
        private String every;

        @Option(
                names = "--cron",
                paramLabel = "EXPRESSION",
                description = "Run it by a cron expression of five fields, in UTC: '0 6 * * MON-FRI'.")
        private String cron;
    }

    @Command(
            name = "declare",
            description = "Declare a check; it is validated and not run.",
            mixinStandardHelpOptions = true)
    int declare(
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--table",
                            paramLabel = "DATABASE.TABLE",
                            description = "The table that the check is about; --sql alone may go without.")
                    String table,
            @ArgGroup(multiplicity = "1") RuleOptions rule,
            @Option(names = "--column", paramLabel = "NAME", description = "With --fresh: the column that has times.")
                    String column,
            @ArgGroup TriggerOptions trigger,
            @Option(
                            names = "--severity",
                            paramLabel = "NAME",
                            defaultValue = "error",
                            description = "error, or warning: a failure does not show in the exit status. Default:"
                                    + " ${DEFAULT-VALUE}.")
                    String severity,
            @Option(names = "--strong", description = "Read the tables of the check at one boundary of their flow.")
                    boolean strong,
            @Option(names = "--json", description = "Print the check as JSON.") boolean json) {
        ObjectNode request = ApiClient.JSON
                .createObjectNode()
                .put("name", name)
                .put("severity", severity.toUpperCase(Locale.ROOT))
                .put("consistency", strong ? "STRONG" : "LATEST");
        if (table != null) {
            request.put("table", table);
        }
        if (column != null && rule.fresh == null) {
            throw invalid("--column belongs to --fresh.");
        }
        rule(rule, column, request.putObject("rule"));
        trigger(trigger, request);
        JsonNode made = client().post(CHECKS, request);
        return json ? print(made) : show(made);
    }

    private static void rule(RuleOptions rule, String column, ObjectNode json) {
        if (rule.notNull != null) {
            json.put("kind", "NOT_NULL");
            rule.notNull.forEach(json.putArray("columns")::add);
        } else if (rule.unique != null) {
            json.put("kind", "UNIQUE");
            rule.unique.forEach(json.putArray("columns")::add);
        } else if (rule.range != null) {
            json.put("kind", "RANGE").putArray("columns").add(rule.range.get(0));
            bound(json, "least", rule.range.get(1));
            bound(json, "most", rule.range.get(2));
        } else if (rule.references != null) {
            String other = rule.references.get(1);
            int dot = other.lastIndexOf('.');
            if (dot < 0) {
                throw invalid("--references names a column of another table: DATABASE.TABLE.COLUMN.");
            }
            json.put("kind", "REFERENCES")
                    .put("other", other.substring(0, dot))
                    .put("otherColumn", other.substring(dot + 1))
                    .putArray("columns")
                    .add(rule.references.get(0));
        } else if (rule.fresh != null) {
            json.put("kind", "FRESH").put("withinMillis", millis("--fresh", rule.fresh));
            if (column != null) {
                json.putArray("columns").add(column);
            }
        } else if (rule.rowsWithin != null) {
            String percent = rule.rowsWithin.strip().replaceFirst("\\s*%$", "");
            if (!percent.matches("\\d{1,7}")) {
                throw invalid("--rows-within is a whole number of percent, such as 20%.");
            }
            json.put("kind", "ROWS").put("percent", Integer.parseInt(percent));
        } else {
            json.put("kind", "SQL").put("sql", rule.sql);
        }
    }

    private static void bound(ObjectNode json, String key, String value) {
        if (!value.equals("*")) {
            json.put(key, value);
        }
    }

    private static void trigger(TriggerOptions trigger, ObjectNode json) {
        if (trigger == null) {
            json.put("runBy", "DEMAND");
        } else if (trigger.afterCommits) {
            json.put("runBy", "COMMITS");
        } else if (trigger.every != null) {
            json.put("runBy", "EVERY").put("everyMillis", millis("--every", trigger.every));
        } else {
            json.put("runBy", "CRON").put("cron", trigger.cron);
        }
    }

    /** The units are those of 'read.consistency'. */
    private static long millis(String option, String text) {
        try {
            return Consistency.parse("strong within " + text)
                    .within()
                    .orElseThrow()
                    .toMillis();
        } catch (IllegalArgumentException e) {
            throw invalid(option + " cannot be '" + text + "': it is a number with a unit: 500ms, 30s, 10min, 2h.");
        }
    }

    private static WarehouseException invalid(String why) {
        return new WarehouseException(ServerError.ARGUMENT_INVALID, why);
    }

    @Command(name = "run", description = "Run a check and wait for its result.", mixinStandardHelpOptions = true)
    int run(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--json", description = "Print the result as JSON.") boolean json) {
        ApiClient api = client();
        return follow(api, api.post(path(name) + "/run"), json);
    }

    @Command(
            name = "list",
            description = "List all checks, each with its newest result.",
            mixinStandardHelpOptions = true)
    int list(@Option(names = "--json", description = "Print the checks as JSON.") boolean json) {
        JsonNode checks = client().get(CHECKS);
        if (json) {
            return print(checks);
        }
        TablePrinter printer = new TablePrinter(out());
        printer.begin(LISTED.stream()
                .map(name -> new ColumnInfo(name, name.equals("snapshot") ? "BIGINT" : "STRING"))
                .toList());
        var rows = ApiClient.JSON.createArrayNode();
        checks.path("checks").forEach(check -> {
            var row = rows.addArray();
            LISTED.forEach(name -> row.add(
                    switch (name) {
                        case "kind" -> check.path("rule").path("kind").asText();
                        case "state", "snapshot", "finishedAt", "message" ->
                            check.path("newest").path(name).asText("");
                        default -> check.path(name).asText("");
                    }));
        });
        printer.rows(rows);
        return ExitCode.OK;
    }

    @Command(name = "show", description = "Show a check with its newest results.", mixinStandardHelpOptions = true)
    int showOne(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--json", description = "Print the check as JSON.") boolean json) {
        JsonNode check = client().get(path(name));
        return json ? print(check) : show(check);
    }

    @Command(name = "drop", description = "Forget a check with its results.", mixinStandardHelpOptions = true)
    int drop(@Parameters(paramLabel = "NAME") String name) {
        client().delete(path(name));
        out().println("dropped " + CellText.visible(name));
        out().flush();
        return ExitCode.OK;
    }

    private int follow(ApiClient api, JsonNode begun, boolean json) {
        String path = RESULTS + "/" + begun.path("id").asText();
        Thread onInterrupt = new Thread(() -> api.delete(path), "weir-check-cancel");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        JsonNode result = begun;
        try {
            while (result.path("state").asText().equals("RUNNING")) {
                result = api.get(path + "?waitMillis=" + WAIT_MILLIS);
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        }
        if (json) {
            print(result);
        } else {
            CheckPrinter.result(result, out());
        }
        return CheckPrinter.exitCode(result);
    }

    private int show(JsonNode check) {
        CheckPrinter.check(check, out());
        return ExitCode.OK;
    }

    private int print(JsonNode answer) {
        out().println(answer.toPrettyString());
        out().flush();
        return ExitCode.OK;
    }

    private static String path(String name) {
        return CHECKS + "/" + ApiClient.segment(name);
    }

    private ApiClient client() {
        return server.client("check");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
