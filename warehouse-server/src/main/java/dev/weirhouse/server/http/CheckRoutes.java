package dev.weirhouse.server.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.Check;
import dev.weirhouse.consistency.Check.Reading;
import dev.weirhouse.consistency.CheckCause;
import dev.weirhouse.consistency.CheckResult;
import dev.weirhouse.consistency.CheckState;
import dev.weirhouse.consistency.CheckTrigger;
import dev.weirhouse.consistency.CheckTrigger.Kind;
import dev.weirhouse.consistency.Checks;
import dev.weirhouse.consistency.Checks.Declaration;
import dev.weirhouse.consistency.Relation;
import dev.weirhouse.consistency.RuleSpec;
import dev.weirhouse.consistency.Severity;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Checks: declared, looked at, run, dropped; and comparisons that are made once. What runs is begun, and then asked for. */
final class CheckRoutes {

    private static final int DEFAULT_SAMPLES = 10;
    private static final int DEFAULT_RESULTS = 20;
    private static final int MOST_RESULTS = 1_000;
    private static final long DEFAULT_SETTLE_MILLIS = 10_000;
    private static final long MOST_SETTLE_MILLIS = 3_600_000;

    private final Checks checks;
    private final ServerConfig config;

    CheckRoutes(Checks checks, ServerConfig config) {
        this.checks = checks;
        this.config = config;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/checks", this::list),
                Route.post("/api/v1/checks", this::declare),
                Route.get("/api/v1/checks/{name}", this::show),
                Route.delete("/api/v1/checks/{name}", this::drop),
                Route.post("/api/v1/checks/{name}/run", this::run),
                Route.post("/api/v1/comparisons/tables", this::compareTables),
                Route.post("/api/v1/comparisons/jobs", this::compareJob),
                Route.post("/api/v1/comparisons/lanes", this::compareLanes),
                Route.post("/api/v1/comparisons/sources", this::compareSource),
                Route.get("/api/v1/check-results/{id}", this::result),
                Route.delete("/api/v1/check-results/{id}", this::cancel));
    }

    /**
     * A check to declare.
     *
     * @param table DATABASE.TABLE; null of a query about no table in particular
     * @param runBy DEMAND, COMMITS, EVERY or CRON; null for DEMAND
     * @param everyMillis of EVERY
     * @param cron of CRON
     * @param severity ERROR or WARNING; null for ERROR
     * @param consistency LATEST or STRONG; null for LATEST
     */
    record CheckRequest(
            String name,
            String table,
            RuleSpec rule,
            String runBy,
            Long everyMillis,
            String cron,
            String severity,
            String consistency) {
        CheckRequest {
            if (name == null || rule == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'name' or 'rule' is missing.");
            }
        }

        Declaration declaration() {
            Kind kind = runBy == null ? Kind.DEMAND : one(Kind.class, "runBy", runBy);
            String times = kind == Kind.EVERY && everyMillis != null
                    ? String.valueOf(everyMillis)
                    : kind == Kind.CRON && cron != null ? cron : "";
            return new Declaration(
                    name,
                    Optional.ofNullable(table).map(CheckRequest::tableName),
                    rule.rule(),
                    new CheckTrigger(kind, times),
                    severity == null ? Severity.ERROR : one(Severity.class, "severity", severity),
                    consistency == null ? Reading.LATEST : one(Reading.class, "consistency", consistency));
        }

        private static TableName tableName(String text) {
            Relation named = Relation.parse(text);
            if (named.snapshot().isPresent() || named.tag().isPresent()) {
                throw new WarehouseException(
                        ServerError.REQUEST_MALFORMED,
                        "A check is about a table, and not about a moment of it: " + text);
            }
            return new TableName(named.database(), named.table());
        }

        private static <T extends Enum<T>> T one(Class<T> type, String key, String text) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(each -> each.name().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new WarehouseException(
                            ServerError.REQUEST_MALFORMED,
                            "'" + key + "' cannot be '" + text + "': it is one of "
                                    + Arrays.stream(type.getEnumConstants())
                                            .map(Enum::name)
                                            .collect(Collectors.joining(", "))
                                    + "."));
        }
    }

    /**
     * A check as clients see it; what does not apply is null.
     *
     * @param newest its newest result
     * @param results the newest results, the newest first; null in lists
     */
    record CheckView(
            String name,
            String table,
            RuleSpec rule,
            Kind runBy,
            Long everyMillis,
            String cron,
            Severity severity,
            Reading consistency,
            String user,
            String declaredAt,
            ResultView newest,
            List<ResultView> results) {
        static CheckView of(Check check, List<CheckResult> results) {
            Kind kind = check.trigger().kind();
            String times = check.trigger().text();
            return new CheckView(
                    check.name(),
                    check.table().map(TableName::toString).orElse(null),
                    RuleSpec.of(check.rule()),
                    kind,
                    kind == Kind.EVERY ? Long.valueOf(times) : null,
                    kind == Kind.CRON ? times : null,
                    check.severity(),
                    check.consistency(),
                    check.caller().principal(),
                    check.declaredAt().toString(),
                    results.isEmpty() ? null : ResultView.of(results.get(0)),
                    results.stream().map(ResultView::of).toList());
        }

        /** The same without its results but the newest. */
        CheckView listed() {
            return new CheckView(
                    name, table, rule, runBy, everyMillis, cron, severity, consistency, user, declaredAt, newest, null);
        }
    }

    /**
     * How a check or comparison went; what is not known or does not apply is null.
     *
     * @param check its name; null of a comparison
     * @param evidence whatever shows it, in a form that depends on the kind
     */
    record ResultView(
            String id,
            String check,
            String kind,
            String subject,
            CheckCause cause,
            Severity severity,
            String user,
            CheckState state,
            String version,
            Long snapshot,
            String committedAt,
            String cut,
            Long violations,
            Long measure,
            String message,
            String errorCode,
            JsonNode evidence,
            String startedAt,
            String finishedAt) {
        static ResultView of(CheckResult result) {
            return new ResultView(
                    result.id(),
                    result.check().orElse(null),
                    result.kind(),
                    result.subject(),
                    result.cause(),
                    result.severity(),
                    result.principal(),
                    result.state(),
                    result.version().orElse(null),
                    number(result.snapshot()),
                    time(result.committedAt()),
                    result.cut(),
                    number(result.violations()),
                    number(result.measure()),
                    result.message(),
                    result.errorCode().orElse(null),
                    result.evidence().map(ResultView::tree).orElse(null),
                    Instant.ofEpochMilli(result.startedAt()).toString(),
                    time(result.finishedAt()));
        }

        private static JsonNode tree(String json) {
            try {
                return Json.MAPPER.readTree(json);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Long number(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }

        private static String time(OptionalLong millis) {
            return millis.isPresent() ? Instant.ofEpochMilli(millis.getAsLong()).toString() : null;
        }
    }

    /**
     * Tables to compare.
     *
     * @param left DATABASE.TABLE, with $branch_B behind it for a branch, and @SNAPSHOT or @TAG for a moment
     * @param samples how many rows that differ are told, of each kind; null for ten
     */
    record TablesRequest(String left, String right, Integer samples) {
        TablesRequest {
            if (left == null || right == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'left' or 'right' is missing.");
            }
        }
    }

    /**
     * A job to recompute.
     *
     * @param boundary of its flow; null for the newest that its tables have reached
     * @param samples how many rows that differ are told, of each table and kind; null for ten
     */
    record JobComparisonRequest(String job, Long boundary, Integer samples) {
        JobComparisonRequest {
            if (job == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'job' is missing.");
            }
        }
    }

    /**
     * A query for the lanes.
     *
     * @param database where names are looked up first; null for the default
     * @param settings of the session; null for none
     */
    record LanesRequest(String sql, String database, Map<String, String> settings) {
        LanesRequest {
            if (sql == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'sql' is missing.");
            }
        }
    }

    /**
     * A table to compare with that of a source database.
     *
     * @param table DATABASE.TABLE, with @SNAPSHOT or @TAG behind it for a moment
     * @param source what the configuration calls the database
     * @param sourceTable as the database calls it: SCHEMA.TABLE
     * @param columns that are compared; null for all
     * @param settleMillis how long a row may take to the table; 0 to look once, null for ten seconds
     * @param samples how many rows that differ are told, of each kind; null for ten
     */
    record SourceRequest(
            String table, String source, String sourceTable, List<String> columns, Long settleMillis, Integer samples) {
        SourceRequest {
            if (table == null || source == null || sourceTable == null) {
                throw new WarehouseException(
                        ServerError.REQUEST_MALFORMED, "'table', 'source' or 'sourceTable' is missing.");
            }
            if (settleMillis != null && (settleMillis < 0 || settleMillis > MOST_SETTLE_MILLIS)) {
                throw new WarehouseException(
                        ServerError.REQUEST_MALFORMED,
                        "'settleMillis' cannot be " + settleMillis + ": it is a number from 0 to " + MOST_SETTLE_MILLIS
                                + ".");
            }
        }

        Duration settle() {
            return Duration.ofMillis(settleMillis == null ? DEFAULT_SETTLE_MILLIS : settleMillis);
        }
    }

    private void list(Context request) {
        request.json(Map.of(
                "checks",
                checks.list().stream()
                        .map(check -> CheckView.of(check, checks.results(check.name(), 1))
                                .listed())
                        .toList()));
    }

    private void declare(Context request) {
        CheckRequest asked = Json.read(request.bodyAsBytes(), CheckRequest.class);
        Check made = checks.declare(asked.declaration(), RequestCaller.of(request));
        request.status(HttpStatus.OK).json(CheckView.of(made, List.of()));
    }

    private void show(Context request) {
        Check check = checks.load(request.pathParam("name"));
        long most = QueryNumber.find(request, "results", 1, MOST_RESULTS).orElse((long) DEFAULT_RESULTS);
        request.json(CheckView.of(check, checks.results(check.name(), (int) most)));
    }

    private void drop(Context request) {
        checks.drop(request.pathParam("name"));
        request.status(HttpStatus.NO_CONTENT);
    }

    private void run(Context request) {
        begun(request, checks.run(request.pathParam("name"), RequestCaller.of(request)));
    }

    private void compareTables(Context request) {
        TablesRequest asked = Json.read(request.bodyAsBytes(), TablesRequest.class);
        begun(
                request,
                checks.compareTables(
                        Relation.parse(asked.left()),
                        Relation.parse(asked.right()),
                        samples(asked.samples()),
                        RequestCaller.of(request)));
    }

    private void compareJob(Context request) {
        JobComparisonRequest asked = Json.read(request.bodyAsBytes(), JobComparisonRequest.class);
        begun(
                request,
                checks.compareJob(
                        asked.job(),
                        asked.boundary() == null ? OptionalLong.empty() : OptionalLong.of(asked.boundary()),
                        samples(asked.samples()),
                        RequestCaller.of(request)));
    }

    private void compareLanes(Context request) {
        LanesRequest asked = Json.read(request.bodyAsBytes(), LanesRequest.class);
        begun(
                request,
                checks.compareLanes(
                        asked.sql(),
                        Optional.ofNullable(asked.database()),
                        asked.settings() == null ? Map.of() : asked.settings(),
                        RequestCaller.of(request)));
    }

    private void compareSource(Context request) {
        SourceRequest asked = Json.read(request.bodyAsBytes(), SourceRequest.class);
        begun(
                request,
                checks.compareSource(
                        Relation.parse(asked.table()),
                        asked.source(),
                        asked.sourceTable(),
                        asked.columns() == null ? List.of() : asked.columns(),
                        asked.settle(),
                        samples(asked.samples()),
                        RequestCaller.of(request)));
    }

    private static int samples(Integer asked) {
        if (asked != null && (asked < 0 || asked > Checks.MOST_SAMPLES)) {
            throw new WarehouseException(
                    ServerError.REQUEST_MALFORMED,
                    "'samples' cannot be " + asked + ": it is a number from 0 to " + Checks.MOST_SAMPLES + ".");
        }
        return asked == null ? DEFAULT_SAMPLES : asked;
    }

    private void begun(Context request, CheckResult begun) {
        CheckResult result = checks.await(begun.id(), patience(request));
        request.status(result.state() == CheckState.RUNNING ? HttpStatus.ACCEPTED : HttpStatus.OK)
                .json(ResultView.of(result));
    }

    private void result(Context request) {
        request.json(ResultView.of(checks.await(request.pathParam("id"), patience(request))));
    }

    private void cancel(Context request) {
        request.json(ResultView.of(checks.cancel(request.pathParam("id"))));
    }

    private Duration patience(Context request) {
        long wait = QueryNumber.find(request, "waitMillis", 0, Long.MAX_VALUE).orElse(0L);
        return Duration.ofMillis(Math.min(wait, config.maxWait().toMillis()));
    }
}
