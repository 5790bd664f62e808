package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Warehouse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * The opened floor: what passes the gate from now on is recorded, and the tables of the database {@code weir} that tell of it
 * are there.
 */
public final class Lineage implements AutoCloseable {

    /** Stands where the warehouse's own jobs have their lane. */
    public static final String FOREIGN = "FOREIGN";

    private static final Duration WRITE_AGAIN = Duration.ofSeconds(30);

    private final Warehouse warehouse;
    private final Jdbi reads;
    private final Derivations derivations;
    private final LineageGraph graph;
    private final SnapshotEdges snapshots;

    private Lineage(Warehouse warehouse) {
        this.warehouse = warehouse;
        reads = warehouse.state().reads();
        derivations = new Derivations(warehouse.state().jdbi(), warehouse.clock());
        graph = new LineageGraph(reads, derivations);
        snapshots = new SnapshotEdges(warehouse);
        derivations.forget(warehouse.config().runRetention());
        warehouse.gate().listen(derivations);
        LineageTables.register(warehouse.systemTables(), this);
        warehouse.housekeeping().every(WRITE_AGAIN, derivations::writeWaiting);
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
        derivations.writeWaiting();
        return snapshots;
    }

    /** The edges between tables that are asked for, the newest first. */
    List<TableEdge> tables(Wanted wanted, int limit) {
        derivations.writeWaiting();
        return reads.inTransaction(handle -> TableEdge.newest(handle, wanted, limit));
    }

    /** The edges between columns that are asked for, the newest first. */
    List<ColumnEdge> columns(Wanted wanted, int limit) {
        derivations.writeWaiting();
        return reads.withHandle(handle -> ColumnEdge.newest(handle, wanted, limit));
    }

    /**
     * Who read a table since then, or what is made of it such as a branch, those who did it often first. Of queries, whole days
     * are counted, in UTC; a streaming job reads until it ends.
     */
    public List<Reader> readers(String table, Instant since) {
        derivations.writeWaiting();
        warehouse.state().runs().flush();
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        WITH known AS (SELECT derivation_id FROM derivation_table WHERE source = :table
                            OR source > :table || '$' AND source < :table || '%')
                        SELECT principal, source, lane, job, SUM(runs) AS runs, MAX(last_at) AS last_at FROM (
                            SELECT r.principal, r.source, r.lane, j.name AS job, 1 AS runs,
                                COALESCE(r.finished_at, :now) AS last_at
                            FROM run r LEFT JOIN job j ON j.id = r.job_id WHERE r.derivation_id IN known
                            AND COALESCE(r.finished_at, :now) >= :since
                            UNION ALL
                            SELECT principal, source, lane, NULL, queries, last_at FROM derivation_use
                            WHERE derivation_id IN known AND last_at >= :since
                            UNION ALL
                            SELECT f.principal, f.source, 'FOREIGN', j.namespace || '/' || j.name, 1,
                                COALESCE(f.finished_at, f.updated_at)
                            FROM foreign_run f JOIN foreign_job j ON j.id = f.job_id
                            WHERE f.derivation_id IN known AND COALESCE(f.finished_at, f.updated_at) >= :since)
                        GROUP BY principal, source, lane, job ORDER BY runs DESC, principal, source
                        """)
                .bind("table", table)
                .bind("since", since.toEpochMilli())
                .bind("now", warehouse.clock().millis())
                .map((row, context) -> new Reader(
                        row.getString("principal"),
                        row.getString("source"),
                        Optional.of(row.getString("lane"))
                                .filter(lane -> !lane.equals(FOREIGN))
                                .map(Lane::valueOf),
                        Optional.ofNullable(row.getString("job")),
                        row.getLong("runs"),
                        row.getLong("last_at")))
                .list());
    }

    /** Whether anything is known to derive from a dataset or column, or it from anything. */
    public boolean knows(Node node) {
        derivations.writeWaiting();
        String sides = node.column().isEmpty()
                ? """
                SELECT EXISTS (SELECT 1 FROM derivation_table WHERE source = :dataset)
                OR EXISTS (SELECT 1 FROM derivation_table WHERE target = :dataset)
                """
                : """
                SELECT EXISTS (SELECT 1 FROM derivation_column WHERE source = :dataset AND source_column = :column)
                OR EXISTS (SELECT 1 FROM derivation_column WHERE target = :dataset AND target_column = :column)
                """;
        return reads.withHandle(handle -> handle.createQuery(sides)
                .bind("dataset", node.dataset())
                .bind("column", node.column())
                .mapTo(Boolean.class)
                .one());
    }

    @Override
    public void close() {
        derivations.close();
    }
}
