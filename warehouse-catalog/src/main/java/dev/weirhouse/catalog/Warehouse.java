package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.ConnectorBounds;
import dev.weirhouse.catalog.flink.FlinkCluster;
import dev.weirhouse.catalog.flink.SystemTables;
import dev.weirhouse.catalog.hive.EmbeddedMetastore;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.SignedCommits;
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

    /** A job that was cancelled has ended by then. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private final CatalogConfig config;
    private final Clock clock;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private StateStore state;
    private WarehouseCatalog catalog;
    private FlinkCluster cluster;
    private SystemTables systemTables;
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
        state.runs().forget(config.runRetention());
        state.sessions().forget(config.runRetention());
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
        LostCommits.recover(state.runs(), catalog.versioned(), Duration.ZERO);
        WarehouseTables.register(systemTables, state, catalog);
        ready.accept("catalog", config.warehouse());
        cluster = keep(FlinkCluster.start(config));
        ready.accept("cluster", cluster.address());
        gate = new Gate(config, state, catalog, cluster, bounds);
        keep(gate::closeAll);
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

    /** The records in a table's newest snapshot; empty when there is no such table, or nothing in it. */
    public Optional<Long> records(TableName table) {
        return WarehouseTables.records(catalog, table);
    }

    /** Looks for the commits of runs that failed a minute ago or earlier: what was cancelled may have committed all the same. */
    public void recoverCommits() {
        LostCommits.recover(state.runs(), catalog.versioned(), SETTLED);
    }

    /**
     * The commits of a streaming job to a table, after a snapshot.
     *
     * @param after the newest snapshot that was looked at before; 0 for none
     * @return empty when the table is gone, or its name stands for another version than this
     */
    public Optional<NewCommits> commits(TableName table, String version, String jobId, long after) {
        return SignedCommits.after(catalog.versioned(), table, version, jobId, after);
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
