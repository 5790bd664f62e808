package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Warehouse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opened floor: what passes the gate from now on is recorded, and the tables of the database {@code weir} that tell of it
 * are there.
 */
public final class Lineage implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lineage.class);

    /** Much less than Paimon keeps a snapshot; whoever asks for snapshots has them looked at then. */
    private static final long LOOK_SECONDS = 30;

    private final ScheduledExecutorService looking;
    private final Jdbi jdbi;
    private final Derivations derivations;
    private final LineageGraph graph;
    private final SnapshotEdges snapshots;

    private Lineage(Warehouse warehouse) {
        jdbi = warehouse.state().jdbi();
        derivations = new Derivations(jdbi, warehouse.clock());
        graph = new LineageGraph(jdbi);
        StreamCommits streams = new StreamCommits(warehouse);
        snapshots = new SnapshotEdges(jdbi, streams);
        derivations.forget();
        warehouse.gate().listen(derivations);
        LineageTables.register(warehouse.systemTables(), this);
        looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "stream-commits");
            thread.setDaemon(true);
            return thread;
        });
        looking.scheduleWithFixedDelay(() -> look(warehouse, streams), 0, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    private static void look(Warehouse warehouse, StreamCommits streams) {
        try {
            streams.look();
            warehouse.recoverCommits();
        } catch (RuntimeException e) {
            // An exception would end the looking for good.
            LOG.warn("what streaming jobs committed is looked for again", e);
        }
    }

    /** Opens the floor of a warehouse, once. */
    public static Lineage open(Warehouse warehouse) {
        return new Lineage(warehouse);
    }

    /** What derives from what. */
    public LineageGraph graph() {
        return graph;
    }

    /** Which runs read and added which snapshots. */
    public SnapshotEdges snapshots() {
        return snapshots;
    }

    /** The edges between tables, the newest first. */
    List<TableEdge> tables(int limit) {
        derivations.flush();
        return jdbi.inTransaction(handle -> TableEdge.newest(handle, limit));
    }

    /** The edges between columns, the newest first. */
    List<ColumnEdge> columns(int limit) {
        derivations.flush();
        return jdbi.withHandle(handle -> ColumnEdge.newest(handle, limit));
    }

    /** Who read a table since then, those who did it often first. */
    public List<Reader> readers(String table, Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        """
                        SELECT r.principal, r.source, r.lane, j.name AS job, COUNT(*) AS runs, MAX(r.started_at) AS last_at
                        FROM run r LEFT JOIN job j ON j.id = r.job_id
                        WHERE r.derivation_id IN (SELECT derivation_id FROM derivation_table WHERE source = :table)
                        AND (r.started_at >= :since OR r.state = 'RUNNING')
                        GROUP BY r.principal, r.source, r.lane, j.name ORDER BY runs DESC, r.principal, r.source
                        """)
                .bind("table", table)
                .bind("since", since.toEpochMilli())
                .map((row, context) -> new Reader(
                        row.getString("principal"),
                        row.getString("source"),
                        Lane.valueOf(row.getString("lane")),
                        Optional.ofNullable(row.getString("job")),
                        row.getLong("runs"),
                        row.getLong("last_at")))
                .list());
    }

    /** Whether anything is known to derive from a dataset, or it from anything. */
    public boolean knows(String dataset) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        """
                        SELECT EXISTS (SELECT 1 FROM derivation_table WHERE source = :name)
                        OR EXISTS (SELECT 1 FROM derivation_table WHERE target = :name)
                        """)
                .bind("name", dataset)
                .mapTo(Boolean.class)
                .one());
    }

    @Override
    public void close() {
        looking.shutdownNow();
        derivations.close();
    }
}
