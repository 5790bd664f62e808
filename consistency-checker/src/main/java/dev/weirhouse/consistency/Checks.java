package dev.weirhouse.consistency;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.Check.Reading;
import dev.weirhouse.consistency.CheckStore.Alone;
import dev.weirhouse.consistency.CheckStore.Start;
import dev.weirhouse.consistency.Finding.Place;
import dev.weirhouse.consistency.diff.DiffReport;
import dev.weirhouse.consistency.diff.Floats;
import dev.weirhouse.consistency.diff.OpenRelation;
import dev.weirhouse.consistency.diff.TableDiff;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import dev.weirhouse.olap.OlapGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checks of a warehouse: declared ones, which are run again and again, and comparisons that are made once. What is asked for
 * begins at once and ends later; {@link #await} waits for it.
 *
 * <p>Thread-safe.
 */
public final class Checks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Checks.class);

    private static final Duration FORGET = Duration.ofMinutes(10);
    private static final int CLOSE_SECONDS = 10;

    /** The most rows that a comparison tells of each kind. */
    public static final int MOST_SAMPLES = 1_000;

    private final Warehouse warehouse;
    private final CheckConfig config;
    private final Path folder;
    private final CheckStore store;
    private final CheckRuns runs;
    private final DeclaredChecks declared;
    private final JobRecomputation recomputation;
    private final LaneAgreement lanes;
    private final SourceComparison sources;
    private final CheckSchedule schedule;

    /** Two threads: leases are kept while tables that answer slowly are looked at. */
    private final ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "weir-checks");
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    });

    /** By the clock that says how old results are. */
    private Instant forgotten = Instant.MIN;

    private Checks(Warehouse warehouse, OlapGateway gateway, CheckConfig config) {
        this.warehouse = warehouse;
        this.config = config;
        this.folder = warehouse.config().home().resolve("tmp").resolve("checks");
        this.store = new CheckStore(warehouse.state(), warehouse.clock());
        this.runs = new CheckRuns(store, config);
        this.declared = new DeclaredChecks(warehouse, gateway, store);
        this.recomputation = new JobRecomputation(warehouse);
        this.lanes = new LaneAgreement(warehouse, gateway);
        this.sources = new SourceComparison(warehouse, config.sources());
        this.schedule = new CheckSchedule(warehouse, store);
    }

    /** Opens the floor: what processes that died have left is ended and swept, and checks are run when they are due. */
    public static Checks open(Warehouse warehouse, OlapGateway gateway, CheckConfig config) {
        Checks checks = new Checks(warehouse, gateway, config);
        try {
            checks.start();
            return checks;
        } catch (RuntimeException | Error e) {
            checks.close();
            throw e;
        }
    }

    private void start() {
        sweepFolder();
        store.endLost(runs.running(), warehouse.config().statePath().isEmpty() ? Alone.YES : Alone.NOT_KNOWN, lost());
        sweepTwins();
        CheckTables.register(warehouse.systemTables(), store);
        long pause = config.pollInterval().toMillis();
        // Each turn tells of its own failures.
        Future<?> unusedTurns =
                clockwork.scheduleWithFixedDelay(() -> guarded(this::turn), pause, pause, TimeUnit.MILLISECONDS);
        Future<?> unusedTends =
                clockwork.scheduleWithFixedDelay(() -> guarded(runs::tend), pause, pause, TimeUnit.MILLISECONDS);
    }

    private void sweepFolder() {
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sweepTwins() {
        recomputation.sweep(id -> store.result(id)
                .filter(result -> result.state() == CheckState.RUNNING)
                .isPresent());
    }

    private static Finding lost() {
        return Finding.error(new WarehouseException(
                CheckError.CHECK_LOST, "The process that ran the check died in its middle: run it again."));
    }

    private void guarded(Runnable part) {
        try {
            part.run();
        } catch (RuntimeException | Error e) {
            // Also an error: whatever leaves here ends the clockwork for good.
            LOG.warn("checks are looked at again in {}", config.pollInterval(), e);
        }
    }

    /** Does what is due now; this happens by itself. */
    synchronized void turn() {
        runs.tend();
        if (store.endLost(runs.running(), Alone.NOT_KNOWN, lost()) > 0) {
            sweepTwins();
        }
        schedule.turn((check, cause) -> begin(check, cause, check.caller()).isPresent());
        Instant now = warehouse.clock().instant();
        if (forgotten.plus(FORGET).isBefore(now)) {
            forgotten = now;
            store.forget(now.minus(config.retention()));
        }
    }

    /**
     * What is declared.
     *
     * @param table empty of a query that is about no table in particular
     */
    public record Declaration(
            String name,
            Optional<TableName> table,
            CheckRule rule,
            CheckTrigger trigger,
            Severity severity,
            Reading consistency) {}

    /**
     * Declares a check; it is validated and not run.
     *
     * @throws WarehouseException CHECK_INVALID, CHECK_EXISTS, or a USER error of its table, columns or query
     */
    public Check declare(Declaration declaration, Caller caller) {
        Check check = new Check(
                declaration.name(),
                declaration.table(),
                declaration.rule(),
                declaration.trigger(),
                declaration.severity(),
                declaration.consistency(),
                caller,
                Instant.ofEpochMilli(warehouse.clock().millis()));
        declared.validate(check, new Work(config.timeout()));
        if (!store.declare(check)) {
            throw new WarehouseException(
                    CheckError.CHECK_EXISTS,
                    "There is a check " + check.name() + " already. Drop it first: weir check drop " + check.name()
                            + ".");
        }
        LOG.info("check={} rule={} table={} trigger={}", check.name(), check.rule(), check.subject(), check.trigger());
        return check;
    }

    /** All checks, in order of names. */
    public List<Check> list() {
        return store.all();
    }

    /**
     * A check by its name.
     *
     * @throws WarehouseException CHECK_NOT_FOUND
     */
    public Check load(String name) {
        return store.find(name).orElseThrow(() -> notFound(name));
    }

    private static WarehouseException notFound(String name) {
        return new WarehouseException(
                CheckError.CHECK_NOT_FOUND, "There is no check '" + name + "'. See: weir check list.");
    }

    /** The results of a check, the newest first. */
    public List<CheckResult> results(String check, int most) {
        return store.newest(check, most);
    }

    /**
     * Forgets a check with its results; one that runs is cancelled.
     *
     * @throws WarehouseException CHECK_NOT_FOUND
     */
    public void drop(String name) {
        store.newest(name, 1).forEach(result -> runs.cancel(result.id()));
        if (!store.drop(name)) {
            throw notFound(name);
        }
        LOG.info("check={} dropped", name);
    }

    /**
     * Begins to run a check.
     *
     * @return its result, RUNNING
     * @throws WarehouseException CHECK_NOT_FOUND, CHECK_RUNNING, TOO_MANY_CHECKS
     */
    public CheckResult run(String name, Caller caller) {
        Check check = load(name);
        return begin(check, CheckCause.DEMAND, caller)
                .orElseThrow(() -> new WarehouseException(
                        CheckError.CHECK_RUNNING,
                        "The check " + name + " runs already: its result comes with weir check show " + name + "."));
    }

    private Optional<CheckResult> begin(Check check, CheckCause cause, Caller caller) {
        return runs.start(
                new Start(
                        Optional.of(check.name()),
                        check.rule().kind(),
                        check.subject(),
                        cause,
                        check.severity(),
                        caller.principal()),
                (id, work) -> declared.run(check, work));
    }

    /**
     * Begins to compare two tables, or versions, branches, snapshots or tags of one.
     *
     * @param samples how many rows that differ are told, of each kind
     * @return the result, RUNNING
     * @throws WarehouseException RELATION_INVALID, TOO_MANY_CHECKS
     */
    public CheckResult compareTables(Relation left, Relation right, int samples, Caller caller) {
        return compare("TABLES", left + " with " + right, caller, (id, work) -> {
            try (Session session = warehouse.gate().open(named(caller, "check diff"), Gate.Mode.BATCH);
                    OpenRelation one = OpenRelation.open(warehouse, session, left);
                    OpenRelation other = OpenRelation.open(warehouse, session, right)) {
                DiffReport report = TableDiff.of(one, other, limits(samples, Floats.EXACT), work::goOn);
                return Finding.of(
                                report.differences(),
                                one.cut() + ", " + other.cut(),
                                report.agrees() ? "They are the same." : report.differences() + " differences.",
                                Optional.of(Evidence.json(report)))
                        .at(place(one));
            }
        });
    }

    /** The version and snapshot that a result speaks of. */
    @FunctionalInterface
    interface PlaceOf {
        Optional<Place> of(OpenRelation relation);
    }

    /**
     * Begins to compare a table with the one of a source database that it is a copy of.
     *
     * @param table with a moment, it is looked at once
     * @param source what the configuration calls the database
     * @param sourceTable as the database calls it, with its schema before it and a dot
     * @param columns that are compared; none for all
     * @param settle how long a row may take from the database to the table; what differs is looked at again after it
     * @param samples how many rows that differ are told, of each kind
     * @return the result, RUNNING
     * @throws WarehouseException SOURCE_NOT_FOUND, TOO_MANY_CHECKS
     */
    public CheckResult compareSource(
            Relation table,
            String source,
            String sourceTable,
            List<String> columns,
            Duration settle,
            int samples,
            Caller caller) {
        String unusedUrl = sources.url(source);
        SourceComparison.Question question = new SourceComparison.Question(table, source, sourceTable, columns, settle);
        return compare(
                "SOURCE",
                question.toString(),
                caller,
                (id, work) -> sources.run(
                        question, limits(samples, Floats.EXACT), named(caller, "check source"), this::place, work));
    }

    private Optional<Place> place(OpenRelation relation) {
        OptionalLong snapshot = relation.parts().snapshot();
        String version = relation.parts().version();
        return snapshot.isEmpty()
                ? Optional.empty()
                : Optional.of(new Place(
                        version,
                        snapshot.getAsLong(),
                        warehouse
                                .commits()
                                .snapshot(version, snapshot.getAsLong())
                                .map(stored -> OptionalLong.of(stored.committedAt()))
                                .orElse(OptionalLong.empty())));
    }

    /**
     * Begins to compare what a streaming job has made with what its text makes of the same inputs.
     *
     * @param boundary of the job's flow; empty for the newest that all of its tables have reached
     * @param samples how many rows that differ are told, of each table and kind
     * @return the result, RUNNING
     * @throws WarehouseException TOO_MANY_CHECKS
     */
    public CheckResult compareJob(String job, OptionalLong boundary, int samples, Caller caller) {
        return compare(
                "JOB",
                job + (boundary.isPresent() ? " at boundary " + boundary.getAsLong() : ""),
                caller,
                (id, work) -> recomputation.run(
                        new JobRecomputation.Question(job, boundary),
                        id,
                        limits(samples, Floats.AS_SUMS),
                        named(caller, "check job " + job),
                        work));
    }

    /**
     * Begins to compare the answers of the lanes to a query.
     *
     * @param database where names are looked up first; empty for the default
     * @param settings of the session
     * @return the result, RUNNING
     * @throws WarehouseException TOO_MANY_CHECKS
     */
    public CheckResult compareLanes(
            String sql, Optional<String> database, Map<String, String> settings, Caller caller) {
        return compare(
                "LANES",
                sql.strip().replaceAll("\\s+", " "),
                caller,
                (id, work) -> lanes.run(
                        new LaneAgreement.Question(sql, database, settings), named(caller, "check lanes"), work));
    }

    private CheckResult compare(String kind, String subject, Caller caller, CheckRuns.Search search) {
        return runs.start(
                        new Start(
                                Optional.empty(), kind, subject, CheckCause.DEMAND, Severity.ERROR, caller.principal()),
                        search)
                .orElseThrow();
    }

    private Limits limits(int samples, Floats floats) {
        return new Limits(folder, config.memory().bytes(), Math.max(0, Math.min(samples, MOST_SAMPLES)), floats);
    }

    private static Caller named(Caller caller, String source) {
        return new Caller(caller.principal(), source, caller.tags(), Door.INTERNAL);
    }

    /**
     * A result as it is now.
     *
     * @throws WarehouseException RESULT_NOT_FOUND
     */
    public CheckResult result(String id) {
        return store.result(id)
                .orElseThrow(() -> new WarehouseException(
                        CheckError.RESULT_NOT_FOUND, "There is no result '" + id + "', or not any more."));
    }

    /**
     * A result, once it is there or the time is up.
     *
     * @throws WarehouseException RESULT_NOT_FOUND
     */
    public CheckResult await(String id, Duration atMost) {
        runs.await(id, atMost);
        return result(id);
    }

    /**
     * Ends what runs; what is over stays as it is.
     *
     * @throws WarehouseException RESULT_NOT_FOUND
     */
    public CheckResult cancel(String id) {
        runs.cancel(id);
        return result(id);
    }

    /** Ends what runs here, as errors. */
    @Override
    public void close() {
        clockwork.shutdownNow();
        try {
            if (!clockwork.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("checks are still looked at while the warehouse closes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        runs.close();
        CheckTables.remove(warehouse.systemTables());
    }
}
