package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.catalog.flink.PlannerSession;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.catalog.flink.QueryPlan.OpenLiteral;
import dev.weirhouse.catalog.flink.Renames;
import dev.weirhouse.catalog.flink.Scans;
import dev.weirhouse.catalog.flink.SettingBounds;
import dev.weirhouse.catalog.flink.StatementScope;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.catalog.flink.Statements;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStart;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.catalog.state.StateStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.operations.QueryOperation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A caller's conversation with the warehouse: settings, current database, temporary objects.
 *
 * <p>Thread-safe; statements are compiled and submitted one at a time, and their answers may be read at the same time.
 */
public final class Session implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final String id = UUID.randomUUID().toString();
    private final Caller caller;
    private final PlannerSession planner;
    private final Statements statements;
    private final SettingBounds settingBounds;
    private final WarehouseCatalog catalog;
    private final StateStore state;

    /** Changes of the catalog by any session. */
    private final AtomicLong changes;

    private final GuardedListener listener;
    private final Cuts cuts;

    private final int maxLength;
    private final Consumer<Session> onClose;
    private final ReentrantLock lock = new ReentrantLock(true);
    private volatile boolean closed;

    /** Changes of the session's own settings and objects; counted under the lock. */
    private volatile long ownChanges;

    /** Whether a temporary object was made here. */
    private boolean ownsObjects;

    private volatile Context context;

    private final SessionReads reads;

    private record Context(long catalog, long session, Dialect dialect, String text) {}

    Session(
            Caller caller,
            PlannerSession planner,
            Statements statements,
            SettingBounds settingBounds,
            WarehouseCatalog catalog,
            StateStore state,
            AtomicLong changes,
            GuardedListener listener,
            Cuts cuts,
            int maxLength,
            Consumer<Session> onClose) {
        this.caller = requireNonNull(caller, "caller is null");
        this.planner = planner;
        this.statements = statements;
        this.settingBounds = settingBounds;
        this.catalog = catalog;
        this.state = state;
        this.changes = changes;
        this.listener = listener;
        this.cuts = cuts;
        this.reads = new SessionReads(planner, cuts);
        this.maxLength = maxLength;
        this.onClose = onClose;
        state.sessions().opened(id, caller);
    }

    public String id() {
        return id;
    }

    public Caller caller() {
        return caller;
    }

    /** Notes the script whose statements this session runs. */
    public void runs(String scriptId, String scriptName) {
        state.sessions().runs(id, scriptId, scriptName);
    }

    public String currentDatabase() {
        return locked(() -> planner.catalogs().getCurrentDatabase());
    }

    public Dialect dialect() {
        return locked(() -> planner.isHiveDialect() ? Dialect.HIVE : Dialect.FLINK);
    }

    /** All settings with their values, in order of keys. */
    public Map<String, String> settings() {
        return locked(planner::settings);
    }

    /**
     * Changes a setting.
     *
     * @throws WarehouseException SETTING_NOT_ALLOWED, SETTING_INVALID
     */
    public void set(String key, String value) {
        settingBounds.check(key, value);
        locked(() -> {
            reads.changes(key);
            planner.config().set(key, value);
            ownChanges++;
            return null;
        });
    }

    /**
     * Gives a setting the value that the session began with.
     *
     * @throws WarehouseException SETTING_NOT_ALLOWED
     */
    public void reset(String key) {
        settingBounds.checkKey(key);
        locked(() -> {
            reads.changes(key);
            planner.reset(key);
            ownChanges++;
            return null;
        });
    }

    /**
     * Makes a database the current one.
     *
     * @throws WarehouseException DATABASE_NOT_FOUND
     */
    public void use(String database) {
        locked(() -> compiling(() -> {
            planner.catalogs().setCurrentDatabase(database);
            ownChanges++;
            return null;
        }));
    }

    /** Databases, tables and columns, without a job. */
    public CatalogMetadata metadata() {
        return new CatalogMetadata(catalog);
    }

    /**
     * Parses and validates a statement and runs nothing.
     *
     * @throws WarehouseException a USER error with its place
     */
    public Prepared prepare(String sql) {
        return locked(() -> {
            checkOpen();
            Compiled compiled = recordingRefusal(sql, Lane.OLAP, () -> {
                StatementTexts.check(sql, maxLength);
                return reads.scope().run(() -> compiling(() -> statements.describe(sql)));
            });
            // What shows names and plans changes nothing, and knows its columns only once it ran.
            ResolvedSchema schema = compiled.kind() == StatementKind.METADATA
                    ? compiling(
                            () -> planner.execute(compiled.operations().get(0)).getResolvedSchema())
                    : compiled.schema();
            return new Prepared(sql, dialect(), compiled.kind(), schema, compiled.parameters());
        });
    }

    /**
     * Plans a query with values for its markers and runs nothing.
     *
     * @throws WarehouseException a USER error with its place; NOT_SUPPORTED when the statement is no query
     */
    public QueryPlan plan(String sql, List<?> parameters) {
        return planned(sql, literals -> statements.bind(sql, parameters), false);
    }

    /**
     * Plans a query for whatever values its markers may have, and those of its literals that its plan does not depend on.
     *
     * @throws WarehouseException a USER error with its place; NOT_SUPPORTED when the statement is no query of Flink's
     *     dialect, or when its plan depends on a marker's value
     */
    public QueryPlan planOpen(String sql) {
        return planned(sql, literals -> statements.open(sql, literals), true);
    }

    /**
     * The queries in a statement, as Flink understands them before it optimises them; nothing is run.
     *
     * @throws WarehouseException a USER error with its place
     */
    public List<StatementTree> trees(String sql) {
        return locked(() -> {
            checkOpen();
            StatementTexts.check(sql, maxLength);
            return reads.scope().run(() -> compiling(() -> StatementTree.of(statements.bind(sql, List.of()))));
        });
    }

    private QueryPlan planned(String sql, Function<List<OpenLiteral>, Compiled> compilation, boolean open) {
        return locked(() -> {
            checkOpen();
            StatementTexts.check(sql, maxLength);
            StatementScope scope = reads.scope();
            String plannedIn = context();
            return scope.run(() -> compiling(() -> {
                List<OpenLiteral> literals = new ArrayList<>();
                Compiled compiled = compilation.apply(literals);
                if (compiled.kind() != StatementKind.QUERY) {
                    throw new WarehouseException(CatalogError.NOT_SUPPORTED, "Only a query has a plan of this kind.");
                }
                QueryOperation query = (QueryOperation) compiled.operations().get(0);
                return new QueryPlan(
                        open ? planner.openLogicalPlan(query) : planner.logicalPlan(query),
                        scope.tables(),
                        compiled.schema(),
                        compiled.parameters(),
                        literals,
                        scope.views(),
                        Scans.isRepeatable(query),
                        plannedIn,
                        planner.settings(),
                        listener.compiled(() -> StatementTree.of(compiled), scope.allUses(), false),
                        scope.cut());
            }));
        });
    }

    /**
     * Runs a statement without parameters.
     *
     * @throws WarehouseException when it cannot be compiled or submitted
     */
    public Answer execute(String sql, Lane lane) {
        return run(sql, List.of(), lane, Map.of());
    }

    /**
     * Runs an INSERT, whose rows go to a table that stands in for the one that it names. It is recorded as a run, and not as
     * something that the other table derives from.
     *
     * @param twins by the table that the statement names, the one that is written
     * @throws WarehouseException when it cannot be compiled or submitted
     */
    public Answer executeInto(String sql, Map<TableName, TableName> twins, Lane lane) {
        return run(sql, List.of(), lane, twins);
    }

    /**
     * Runs a statement with values for its markers.
     *
     * @param parameters null, Boolean, a Number, String, byte[], LocalDate, LocalTime, LocalDateTime or Instant for each
     *     marker
     * @throws WarehouseException when it cannot be compiled or submitted
     */
    public Answer execute(Prepared prepared, List<?> parameters, Lane lane) {
        return run(prepared.sql(), parameters, lane, Map.of());
    }

    /**
     * Compiles the statements of a streaming job, without running any: SET and USE take effect, temporary objects are
     * made, and writes are gathered.
     *
     * @throws WarehouseException a USER error
     */
    public JobPlan planJob() {
        return new JobPlan(planner, lock, this::compiledForJob);
    }

    /**
     * What decides, beside its text, its values and its tables, what a query of this session means: dialect, current
     * database, settings, temporary objects, and how often the catalog was changed through the gate. Two sessions of one
     * context give one query one meaning.
     */
    public String context() {
        Context known = context;
        long now = changes.get();
        if (known != null && known.catalog() == now && known.session() == ownChanges) {
            return known.text();
        }
        return locked(() -> {
            checkOpen();
            Dialect dialect = dialect();
            String text = Digest.of(now + "|" + dialect + "|" + currentDatabase() + "|" + planner.settings() + "|"
                    + reads.boundary() + "|"
                    + (ownsObjects ? id + "@" + ownChanges : ""));
            context = new Context(now, ownChanges, dialect, text);
            return text;
        });
    }

    /** The text of a view of the catalog; empty when there is none of this name. */
    public Optional<String> viewText(ObjectPath view) {
        return catalog.viewText(view);
    }

    /** What a name stands for now, as Paimon writes it. */
    public String version(TableName name) {
        return catalog.versioned().versionName(name);
    }

    /**
     * Records a query that this session does not run itself.
     *
     * @param answeredBy what computes it
     * @param derivation what its answer derives from, as its plan says
     * @param began when it did
     */
    public RecordedRun record(
            String sql, Lane lane, AnsweredBy answeredBy, String cut, Optional<String> derivation, Instant began) {
        // A lookup does not wait for what the session runs beside it.
        Context known = context;
        Dialect dialect = known != null && known.session() == ownChanges ? known.dialect() : dialect();
        RunStart start = start(
                lane, StatementKind.QUERY, sql, cut, dialect, StatementUses.NONE, derivation, Optional.of(answeredBy));
        return new RecordedRun(state.runs().startSoon(start, began), cut, answeredBy, state.runs());
    }

    private Answer run(String sql, List<?> parameters, Lane lane, Map<TableName, TableName> twins) {
        return locked(() -> {
            checkOpen();
            reads.begin();
            String runId = RunStore.newId();
            StatementScope scope = recordingRefusal(sql, lane, () -> {
                StatementTexts.check(sql, maxLength);
                return reads.scope(() -> compiling(() -> statements.bind(sql, parameters)));
            });
            scope.writesInstead(twins);
            Compiled compiled = recordingRefusal(sql, lane, () -> {
                Compiled bound =
                        scope.run(() -> compiling(() -> planner.signed(runId, () -> statements.bind(sql, parameters))));
                reads.checkRowChanges(bound);
                return bound;
            });
            boolean changesData = compiled.kind().changesData();
            RunStart start = start(
                    lane,
                    compiled.kind(),
                    sql,
                    scope.cut(),
                    dialect(),
                    changesData ? scope.allUses() : StatementUses.NONE,
                    twins.isEmpty()
                            ? listener.compiled(() -> trees(compiled), scope.allUses(), changesData)
                            : Optional.empty(),
                    compiled.kind() == StatementKind.QUERY ? Optional.of(AnsweredBy.FLINK) : Optional.empty());
            if (changesData) {
                state.runs().start(runId, start);
            } else {
                state.runs().startSoon(runId, start);
            }
            ReadLeases leases = cuts.hold(scope.tables().all());
            WrittenTables written = WrittenTables.of(scope, runId, catalog.versioned());
            scope.partitions().begin();
            try {
                return scope.run(() -> new FlinkAnswer(
                        runId,
                        start.cut(),
                        leases,
                        compiled,
                        planner.execute(compiled, runId),
                        written,
                        state.runs(),
                        changesData));
            } catch (Exception | StackOverflowError | LinkageError | OutOfMemoryError | AssertionError e) {
                leases.close();
                WarehouseException failure = Failures.running(e);
                if (changesData) {
                    state.runs().end(runId, RunEnd.failed(failure));
                } else {
                    state.runs().endSoon(runId, RunEnd.failed(failure));
                }
                throw failure;
            } finally {
                noteChanges(compiled);
            }
        });
    }

    /** What the session asks of the tables of one query. */
    public Consistency consistency() {
        return reads.consistency();
    }

    /**
     * The cut that a query reads to be consistent; empty when all of its tables name a moment, or there are none.
     *
     * @throws WarehouseException CUT_NOT_STRONG, CUT_TOO_OLD
     */
    public Optional<Cut> strongCut(List<TableRead> tables, Consistency consistency) {
        return reads.strongCut(tables, consistency);
    }

    private List<StatementTree> trees(Compiled compiled) {
        return compiled.kind() == StatementKind.DDL
                ? Stream.concat(StatementTree.of(compiled).stream(), Renames.of(compiled, planner).stream())
                        .toList()
                : StatementTree.of(compiled);
    }

    private void noteChanges(Compiled compiled) {
        switch (compiled.kind()) {
            case SESSION -> ownsObjects |= compiled.operations().stream().anyMatch(Statements::isTemporary);
            case DDL, CALL -> changes.incrementAndGet();
            default -> {
                return;
            }
        }
        ownChanges++;
    }

    /** Compiles a statement of a streaming job on the scope of the job's plan. */
    private Compiled compiledForJob(String sql) {
        checkOpen();
        return recordingRefusal(sql, Lane.STREAM, () -> {
            StatementTexts.check(sql, maxLength);
            return compiling(() -> statements.bind(sql, List.of()));
        });
    }

    /** A statement that is not let in leaves a record as one that runs does; its answer does not wait for that. */
    private <T> T recordingRefusal(String sql, Lane lane, Supplier<T> compilation) {
        try {
            return compilation.get();
        } catch (WarehouseException e) {
            RunStart refused = start(
                    lane,
                    StatementKind.UNKNOWN,
                    sql,
                    "",
                    dialect(),
                    StatementUses.NONE,
                    Optional.empty(),
                    Optional.empty());
            state.runs().failedSoon(refused, RunEnd.failed(e));
            throw e;
        }
    }

    private RunStart start(
            Lane lane,
            StatementKind kind,
            String sql,
            String cut,
            Dialect dialect,
            StatementUses uses,
            Optional<String> derivation,
            Optional<AnsweredBy> answeredBy) {
        return new RunStart(
                lane,
                kind,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.of(id),
                caller,
                dialect,
                RecordedText.of(sql, maxLength),
                cut,
                uses,
                derivation,
                answeredBy);
    }

    private void checkOpen() {
        if (closed) {
            throw new WarehouseException(CatalogError.SESSION_NOT_FOUND, "The session " + id + " is closed.");
        }
    }

    /** Flink's planner is partly Scala, which throws checked exceptions that no signature tells of. */
    private static <T> T compiling(Supplier<T> action) {
        try {
            return action.get();
        } catch (Exception | StackOverflowError | LinkageError | OutOfMemoryError | AssertionError e) {
            throw Failures.compiling(e);
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the session and its temporary objects; answers that are being read go on. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        onClose.accept(this);
        reads.close();
        state.sessions().closed(id);
        try {
            planner.close();
        } catch (IOException e) {
            LOG.warn("session={} left files behind", id, e);
        }
    }
}
