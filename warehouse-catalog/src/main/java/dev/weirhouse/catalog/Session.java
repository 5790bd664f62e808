package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.catalog.flink.PlannerSession;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.catalog.flink.SettingBounds;
import dev.weirhouse.catalog.flink.StatementScope;
import dev.weirhouse.catalog.flink.Statements;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStart;
import dev.weirhouse.catalog.state.StateStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.QueryOperation;
import org.apache.flink.table.operations.StatementSetOperation;
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
    private final int maxLength;
    private final Consumer<Session> onClose;
    private final ReentrantLock lock = new ReentrantLock(true);
    private volatile boolean closed;

    Session(
            Caller caller,
            PlannerSession planner,
            Statements statements,
            SettingBounds settingBounds,
            WarehouseCatalog catalog,
            StateStore state,
            int maxLength,
            Consumer<Session> onClose) {
        this.caller = requireNonNull(caller, "caller is null");
        this.planner = planner;
        this.statements = statements;
        this.settingBounds = settingBounds;
        this.catalog = catalog;
        this.state = state;
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
            planner.config().set(key, value);
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
            planner.reset(key);
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
                check(sql);
                return new StatementScope().run(() -> compiling(() -> statements.describe(sql)));
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
     * Plans a query and runs nothing.
     *
     * @throws WarehouseException a USER error with its place; NOT_SUPPORTED when the statement is no query
     */
    public QueryPlan plan(String sql, List<?> parameters) {
        return locked(() -> {
            check(sql);
            StatementScope scope = new StatementScope();
            return scope.run(() -> compiling(() -> {
                Compiled compiled = statements.bind(sql, parameters);
                if (compiled.kind() != StatementKind.QUERY) {
                    throw new WarehouseException(CatalogError.NOT_SUPPORTED, "Only a query has a plan of this kind.");
                }
                return new QueryPlan(
                        planner.logicalPlan(
                                (QueryOperation) compiled.operations().get(0)),
                        scope.tables(),
                        compiled.schema(),
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
        return run(sql, List.of(), lane);
    }

    /**
     * Runs a statement with values for its markers.
     *
     * @param parameters null, Boolean, a Number, String, byte[], LocalDate, LocalTime, LocalDateTime or Instant for each
     *     marker
     * @throws WarehouseException when it cannot be compiled or submitted
     */
    public Answer execute(Prepared prepared, List<?> parameters, Lane lane) {
        return run(prepared.sql(), parameters, lane);
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

    private Answer run(String sql, List<?> parameters, Lane lane) {
        return locked(() -> {
            checkOpen();
            StatementScope scope = new StatementScope();
            Compiled compiled = recordingRefusal(sql, lane, () -> {
                check(sql);
                return scope.run(() -> compiling(() -> statements.bind(sql, parameters)));
            });
            boolean changes = compiled.kind() == StatementKind.WRITE
                    || compiled.kind() == StatementKind.DDL
                    || compiled.kind() == StatementKind.CALL;
            RunStart start = start(lane, compiled.kind(), sql, scope.cut());
            String runId = changes ? state.runs().start(start) : state.runs().startSoon(start);
            WrittenTables written = WrittenTables.before(compiled, catalog.versioned(), runId);
            try {
                return scope.run(() ->
                        new FlinkAnswer(runId, compiled, executed(compiled, written), written, state.runs(), changes));
            } catch (RuntimeException | OutOfMemoryError e) {
                WarehouseException failure = Failures.running(e);
                state.runs().end(runId, RunEnd.failed(failure));
                throw failure;
            }
        });
    }

    /** Compiles a statement of a streaming job on the scope of the job's plan. */
    private Compiled compiledForJob(String sql) {
        checkOpen();
        return recordingRefusal(sql, Lane.STREAM, () -> {
            check(sql);
            return compiling(() -> statements.bind(sql, List.of()));
        });
    }

    /** A statement that is not let in leaves a record as one that runs does; its answer does not wait for that. */
    private <T> T recordingRefusal(String sql, Lane lane, Supplier<T> compilation) {
        try {
            return compilation.get();
        } catch (WarehouseException e) {
            state.runs().failedSoon(start(lane, StatementKind.UNKNOWN, sql, ""), RunEnd.failed(e));
            throw e;
        }
    }

    private RunStart start(Lane lane, StatementKind kind, String sql, String cut) {
        return new RunStart(
                lane,
                kind,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.of(id),
                caller,
                dialect(),
                RecordedText.of(sql, maxLength),
                cut);
    }

    private TableResultInternal executed(Compiled compiled, WrittenTables written) {
        List<Operation> operations = compiled.operations();
        Operation first = operations.get(0);
        if (compiled.kind() != StatementKind.WRITE) {
            TableResultInternal result = null;
            for (Operation operation : operations) {
                result = planner.execute(operation);
            }
            return result;
        }
        return written.signed(planner.config(), () -> {
            if (first instanceof StatementSetOperation set) {
                return planner.execute(set.getOperations());
            }
            if (operations.size() == 1) {
                return planner.execute(first);
            }
            List<ModifyOperation> writes = new ArrayList<>();
            operations.forEach(operation -> writes.add((ModifyOperation) operation));
            return planner.execute(writes);
        });
    }

    private void checkOpen() {
        if (closed) {
            throw new WarehouseException(CatalogError.SESSION_NOT_FOUND, "The session " + id + " is closed.");
        }
    }

    private void check(String sql) {
        if (sql.length() > maxLength) {
            throw new WarehouseException(
                    CatalogError.SYNTAX_ERROR,
                    "The statement has " + sql.length() + " characters; statement.max-length allows " + maxLength
                            + ".");
        }
        if (sql.isBlank()) {
            throw new WarehouseException(CatalogError.SYNTAX_ERROR, "The statement is empty.");
        }
        int nul = sql.indexOf('\0');
        if (nul >= 0) {
            throw new WarehouseException(
                    CatalogError.SYNTAX_ERROR, "The statement has a NUL character at offset " + nul + ".");
        }
        OperatorChains.check(sql);
    }

    private static <T> T compiling(Supplier<T> action) {
        try {
            return action.get();
        } catch (RuntimeException | StackOverflowError | LinkageError | OutOfMemoryError e) {
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
        state.sessions().closed(id);
        try {
            planner.close();
        } catch (IOException e) {
            LOG.warn("session={} left files behind", id, e);
        }
    }
}
