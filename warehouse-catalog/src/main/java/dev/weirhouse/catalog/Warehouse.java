package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.ConnectorBounds;
import dev.weirhouse.catalog.flink.FlinkCluster;
import dev.weirhouse.catalog.flink.SystemTables;
import dev.weirhouse.catalog.flink.flow.FlowKeeper;
import dev.weirhouse.catalog.hive.EmbeddedMetastore;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.paimon.TableChanges;
import dev.weirhouse.catalog.paimon.TableTwins;
import dev.weirhouse.catalog.queries.QueryLog;
import dev.weirhouse.catalog.state.StateStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opened ground floor, one for a process and a home.
 *
 * <p>Opened in this order, and closed in the reverse one: the home's lock, the state store, the metastore, the catalog,
 * the cluster, the gate.
 */
public final class Warehouse implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Warehouse.class);

    /** For how long the jobs of a process that died may go on, on a cluster that did not die with it. */
    private static final Duration LOST_ELSEWHERE = Duration.ofDays(1);

    /** How often it is asked whether a job takes its checkpoints so quickly that they would be gone by the next look. */
    private static final Duration LOOK_SOON = Duration.ofSeconds(1);

    /** How long a query that is over may be missing in {@code weir.queries}. */
    private static final Duration LOG_QUERIES = Duration.ofSeconds(5);

    private static final Duration FORGET = Duration.ofHours(1);

    /** How long a record of a run waits that the state store did not take. */
    private static final Duration RECORD_LATE = Duration.ofSeconds(30);

    private final CatalogConfig config;
    private final Clock clock;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final TableChanges changes = new TableChanges();
    private StateStore state;
    private WarehouseCatalog catalog;
    private SnapshotLeases leases;
    private FlinkCluster cluster;
    private SystemTables systemTables;
    private QueryLog queries;
    private RunCommits commits;
    private Housekeeping housekeeping;
    private Gate gate;
    private String metastoreUri;

    private Warehouse(CatalogConfig config, HomeLock lock, Clock clock) {
        this.config = config;
        this.clock = clock;
        keep(lock);
    }

    /** Opens a warehouse and reports nothing on the way. */
    public static Warehouse open(CatalogConfig config, Clock clock) {
        return open(config, HomeLock.acquire(config.home()), clock, (part, detail) -> {});
    }

    /**
     * Opens a warehouse.
     *
     * @param lock on the configuration's home; the warehouse lets go of it, also when it does not open
     * @param ready told of each part when it is ready, with a word about it
     * @throws WarehouseException STATE_CORRUPT, STATE_UNAVAILABLE, METASTORE_UNREACHABLE, CLUSTER_UNREACHABLE or
     *     ADDRESS_NOT_GUARDED; what was opened is closed again
     */
    public static Warehouse open(CatalogConfig config, HomeLock lock, Clock clock, BiConsumer<String, String> ready) {
        Warehouse warehouse = new Warehouse(config, lock, clock);
        try {
            warehouse.start(ready);
            return warehouse;
        } catch (RuntimeException | Error e) {
            warehouse.close();
            throw e;
        }
    }

    private void start(BiConsumer<String, String> ready) {
        state = keep(StateStore.open(config.stateFile(), clock));
        if (config.statePath().isEmpty()) {
            // The store lies in the home that this process has locked: whoever else wrote to it is gone.
            state.sessions().closeAbandoned();
            state.runs().loseAbandoned();
            state.jobs().expireOtherLeases();
        }
        forget();
        ready.accept("state", config.stateFile().toString());
        if (config.metastoreUri().isEmpty()) {
            metastoreUri = keep(EmbeddedMetastore.start(config)).uri();
        } else {
            metastoreUri = config.metastoreUri();
        }
        systemTables = new SystemTables();
        ConnectorBounds bounds = new ConnectorBounds(config);
        catalog = WarehouseCatalog.start(config, metastoreUri, state.versions(), systemTables, bounds);
        keep(catalog::stop);
        // A metastore elsewhere is known to be there only now.
        ready.accept("metastore", metastoreUri);
        queries = QueryLog.open(
                catalog.versioned(),
                WarehouseCatalog.SYSTEM_DATABASE,
                config.home().resolve("queries"),
                config.runRetention());
        keep(() -> {
            state.runs().flush();
            queries.close();
        });
        state.runs().logTo(queries::add);
        systemTables.registerStored(QueryLog.TABLE, () -> {
            state.runs().flush();
            queries.flush();
        });
        WarehouseTables.register(systemTables, state, catalog);
        ready.accept("catalog", config.warehouse());
        leases = keep(SnapshotLeases.open(config.home().resolve("cache").resolve("leases.txt"), clock));
        cluster = keep(FlinkCluster.start(config));
        ready.accept("cluster", cluster.address());
        commits = new RunCommits(
                state.runs(), catalog.versioned(), clock, cluster.isRemote() ? LOST_ELSEWHERE : Duration.ZERO);
        commits.look();
        housekeeping = keep(new Housekeeping());
        housekeeping.every(config.lookInterval(), commits::look);
        if (config.lookInterval().compareTo(RunCommits.QUICK) <= 0) {
            housekeeping.every(LOOK_SOON, commits::lookSoon);
        }
        housekeeping.every(LOG_QUERIES, queries::flush);
        housekeeping.every(RECORD_LATE, state.runs()::recordLate);
        housekeeping.every(FORGET, this::forget);
        gate = new Gate(
                config,
                state,
                catalog,
                cluster,
                bounds,
                new Cuts(state.runs(), queries, new StrongCuts(state.flows(), clock), leases, catalog.versioned()));
        keep(gate::closeAll);
    }

    private void forget() {
        state.runs().forget(config.runRetention());
        state.sessions().forget(config.runRetention());
        state.foreign().forget(config.runRetention());
    }

    private <T extends AutoCloseable> T keep(T part) {
        opened.push(part);
        return part;
    }

    public CatalogConfig config() {
        return config;
    }

    public Clock clock() {
        return clock;
    }

    public Gate gate() {
        return gate;
    }

    public StateStore state() {
        return state;
    }

    public FlinkCluster cluster() {
        return cluster;
    }

    /** Where a floor above adds tables of its own to the database {@code weir}. */
    public SystemTables systemTables() {
        return systemTables;
    }

    /** Databases, tables and columns. */
    public CatalogMetadata metadata() {
        return new CatalogMetadata(catalog);
    }

    /** The address that other engines reach the metastore at. */
    public String metastoreUri() {
        return metastoreUri;
    }

    /** What a name stands for now, as Paimon writes it: {@code db.t} or {@code db.t$branch_b}. */
    public String version(TableName table) {
        return catalog.versioned().versionName(table);
    }

    /** The records in a table's newest snapshot; empty when there is no such table, or nothing in it. */
    public Optional<Long> records(TableName table) {
        return WarehouseTables.records(catalog, table);
    }

    /** The newest commit that changed a table's rows; empty when there is no such table, or nothing in it. */
    public Optional<TableChange> newestChange(TableName table) {
        return changes.newest(catalog.versioned(), table);
    }

    /**
     * Makes an empty table with the columns, keys, partitions and options of a version.
     *
     * @param version as Paimon writes it
     * @param twin a name that is free, in a database that is there
     * @throws WarehouseException TABLE_NOT_FOUND, ALREADY_EXISTS, DATABASE_NOT_FOUND
     */
    public void makeTwin(String version, TableName twin) {
        TableTwins.make(catalog.versioned(), version, twin);
    }

    /** What changed nothing, once it is over. */
    public QueryLog queries() {
        return queries;
    }

    /** Where a floor above has things done again and again. */
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    /** Sets the boundaries of flows; for the one who leads their jobs. */
    public FlowKeeper flowKeeper() {
        return new FlowKeeper(catalog.versioned(), state.flows(), config.warehouse(), clock);
    }

    /** Keep what is read from expiring; those of statements and sessions are taken by the gate. */
    public SnapshotLeases leases() {
        return leases;
    }

    /**
     * Keeps the snapshots of a cut from expiring until it is let go of. What cannot be kept is left out: who relies on it looks
     * afterwards whether it is there.
     */
    public ReadLeases hold(Cut cut) {
        return ReadLeases.of(leases, cut, catalog.versioned());
    }

    /** Whether a name stands for a Paimon table. */
    public boolean isPaimon(TableName table) {
        return catalog.versioned().ofVersion(version(table)).isPresent();
    }

    /** Finds the commits of streaming jobs, and of runs that did not tell theirs. */
    public RunCommits commits() {
        return commits;
    }

    /** Points names at versions, all of them or none; every statement that begins afterwards follows. */
    public void point(Map<TableName, Version> targets) {
        state.versions().point(targets);
    }

    /** Each part with {@code ready}, or with what is wrong with it. */
    public Map<String, String> readiness() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("state", state.answers() ? "ready" : "the state store does not answer");
        parts.put("metastore", metastoreAnswers());
        parts.put("cluster", cluster.answers() ? "ready" : "the Flink cluster does not answer");
        return parts;
    }

    private String metastoreAnswers() {
        try {
            catalog.listDatabases();
            return "ready";
        } catch (RuntimeException e) {
            return "the metastore does not answer: " + e.getMessage();
        }
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                LOG.warn("A part of the warehouse did not close in order", e);
            }
        }
    }
}
