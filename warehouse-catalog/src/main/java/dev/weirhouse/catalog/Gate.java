package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.ConnectorBounds;
import dev.weirhouse.catalog.flink.FlinkCluster;
import dev.weirhouse.catalog.flink.PlannerSession;
import dev.weirhouse.catalog.flink.SettingBounds;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.catalog.flink.Statements;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.state.StateStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.flink.api.common.RuntimeExecutionMode;

/**
 * The one place that every statement passes, through whichever door and for whichever lane: session, dialect, names
 * resolved to versions and snapshots, what it may touch, the record of its run.
 *
 * <p>Thread-safe.
 */
public final class Gate {

    /** What a session's statements are compiled for. */
    public enum Mode {
        /** Tables are bounded: queries, scripts, inserts that end. */
        BATCH,
        /** Tables go on: the statements of a streaming job. */
        STREAM
    }

    private final CatalogConfig config;
    private final StateStore state;
    private final WarehouseCatalog catalog;
    private final FlinkCluster cluster;
    private final SettingBounds settings;
    private final ConnectorBounds connectors;
    private final Cuts cuts;
    private final Set<Session> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong changes = new AtomicLong();
    private final GuardedListener listener = new GuardedListener();

    Gate(
            CatalogConfig config,
            StateStore state,
            WarehouseCatalog catalog,
            FlinkCluster cluster,
            ConnectorBounds connectors,
            Cuts cuts) {
        this.config = config;
        this.state = state;
        this.catalog = catalog;
        this.cluster = cluster;
        this.settings = new SettingBounds(config);
        this.connectors = connectors;
        this.cuts = cuts;
    }

    /**
     * Opens a session.
     *
     * @throws WarehouseException TOO_MANY_SESSIONS
     */
    public Session open(Caller caller, Mode mode) {
        return open(caller, mode, Map.of());
    }

    /**
     * Opens a session with settings of its owner's, which the allow-list does not bind.
     *
     * @throws WarehouseException TOO_MANY_SESSIONS
     */
    public Session open(Caller caller, Mode mode, Map<String, String> defaults) {
        if (open.size() >= config.maxSessions()) {
            throw new WarehouseException(
                    CatalogError.TOO_MANY_SESSIONS,
                    open.size() + " sessions are open, and session.max allows no more. Close some, or raise it.");
        }
        PlannerSession planner = PlannerSession.open(
                cluster,
                catalog,
                mode == Mode.STREAM ? RuntimeExecutionMode.STREAMING : RuntimeExecutionMode.BATCH,
                defaults);
        Session session = new Session(
                caller,
                planner,
                new Statements(planner, settings, connectors, catalog.versioned()),
                settings,
                catalog,
                state,
                changes,
                listener,
                cuts,
                (int) Math.min(Integer.MAX_VALUE, config.maxStatementLength().bytes()),
                open::remove);
        open.add(session);
        return session;
    }

    /** Has what statements derive from told to a listener from now on; there is one. */
    public void listen(StatementListener told) {
        listener.listen(told);
    }

    /**
     * Tells of a statement that no session runs, such as a streaming job's.
     *
     * @param trees made only now; where they cannot be, the tables are told
     * @param uses all tables that it reads and writes
     * @return what it derives from, as {@link StatementListener#compiled} names it
     */
    public Optional<String> learn(Supplier<List<StatementTree>> trees, StatementUses uses) {
        return listener.compiled(trees, uses, true);
    }

    /** How many sessions are open. */
    public int openSessions() {
        return open.size();
    }

    void closeAll() {
        open.forEach(Session::close);
    }
}
