package dev.weirhouse.lineage;

import dev.weirhouse.catalog.StoredSnapshot;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Which runs read which snapshots and added which. */
public final class SnapshotEdges {

    private static final String RUN_READS =
            """
            SELECT run_id, 0 AS written, table_name, version, snapshot, NULL AS position, NULL AS kind, NULL AS checkpoint,
                NULL AS committed_at, NULL AS rows_added, NULL AS rows_deleted, NULL AS bytes_added, partitions,
                class, reason FROM run_read
            """;

    private static final String CHECKPOINT_READS =
            """
            SELECT run_id, 0 AS written, table_name, version, snapshot, position, NULL AS kind, checkpoint, committed_at,
                NULL AS rows_added, NULL AS rows_deleted, NULL AS bytes_added, NULL AS partitions, class, reason
                FROM checkpoint_read
            """;

    private static final String WRITES =
            """
            SELECT run_id, 1 AS written, table_name, version, snapshot, NULL AS position, kind, checkpoint, committed_at,
                rows_added, rows_deleted, bytes_added, partitions, class, reason FROM run_write
            """;

    /** Of a stream whose checkpoints tell what it had read, they alone do. */
    private static final String ALL = WRITES + " UNION ALL " + CHECKPOINT_READS + " UNION ALL " + RUN_READS
            + " WHERE NOT EXISTS (SELECT 1 FROM checkpoint_read c WHERE c.run_id = run_read.run_id)"
            + """
             UNION ALL
            SELECT run_id, 1, table_name, version, NULL, NULL, 'PENDING', NULL, NULL, NULL, NULL, NULL, NULL, 'unknown',
                'it may have commits that are not recorded yet' FROM run_pending
            """;

    /** The kinds of commits that change rows; others rearrange files or count what is in them. */
    private static final Set<String> CHANGING = Set.of("APPEND", "OVERWRITE");

    private final Warehouse warehouse;
    private final Jdbi reads;

    SnapshotEdges(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.reads = warehouse.state().reads();
    }

    /** The newest commits, and what they rest on, first. */
    public List<SnapshotEdge> newest(int limit) {
        look();
        return reads.withHandle(handle -> handle.createQuery(
                        of(ALL) + " ORDER BY COALESCE(edge.committed_at, r.started_at) DESC, edge.run_id, written,"
                                + " edge.version, snapshot LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    private static String of(String edges) {
        return "SELECT edge.*, r.started_at, j.name AS job FROM (" + edges
                + ") AS edge JOIN run r ON r.id = edge.run_id LEFT JOIN job j ON j.id = r.job_id";
    }

    /** Has what was committed meanwhile recorded. */
    private void look() {
        warehouse.state().runs().flush();
        warehouse.commits().look();
    }

    /**
     * What a snapshot of a table rests on: the run that added it with all that the run read, then the same of each snapshot
     * that was read. Of a streaming job it is what it had read by the checkpoint that the snapshot was committed at.
     *
     * @param table the name; what it stands for now is meant
     * @param depth how many runs far, at least 1
     */
    public List<SnapshotEdge> behind(TableName table, long snapshot, int depth) {
        look();
        Set<SnapshotEdge> edges = new LinkedHashSet<>();
        Set<Added> seen = new HashSet<>();
        List<Wanted> wanted = List.of(new Wanted(table.toString(), warehouse.version(table), snapshot));
        for (int level = 0; level < depth && !wanted.isEmpty(); level++) {
            List<Wanted> next = new ArrayList<>();
            for (Wanted each : wanted) {
                SnapshotEdge write = writer(each);
                edges.add(write);
                if (!write.runId().isEmpty() && seen.add(new Added(write.runId(), write.checkpoint(), write.table()))) {
                    for (SnapshotEdge read : reads(write)) {
                        edges.add(read);
                        read.snapshot().stream()
                                .filter(id -> id > 0)
                                .forEach(id -> next.add(new Wanted(read.table(), read.version(), id)));
                    }
                }
            }
            wanted = next;
        }
        return List.copyOf(edges);
    }

    /** What a run, or a checkpoint of it, added to a table rests on the same. */
    private record Added(String runId, OptionalLong checkpoint, String table) {}

    private record Wanted(String table, String version, long snapshot) {}

    /** What only rearranges files holds the rows of the snapshot before it; what no recorded run committed is not known. */
    private SnapshotEdge writer(Wanted wanted) {
        for (long id = wanted.snapshot(); id > 0; id--) {
            Optional<StoredSnapshot> stored = warehouse.commits().snapshot(wanted.version(), id);
            Optional<SnapshotEdge> recorded = recorded(wanted.version(), id, stored);
            Optional<String> kind = recorded.flatMap(SnapshotEdge::kind).or(() -> stored.map(StoredSnapshot::kind));
            if (kind.isEmpty() || CHANGING.contains(kind.get())) {
                return recorded.orElse(unknown(wanted, id, stored));
            }
        }
        return unknown(wanted, wanted.snapshot(), Optional.empty());
    }

    /** A number may have been given again, after the table was rolled back or made anew: the one that is kept is meant. */
    private Optional<SnapshotEdge> recorded(String version, long snapshot, Optional<StoredSnapshot> stored) {
        return reads.withHandle(
                handle -> handle.createQuery(of(WRITES) + " WHERE edge.version = :version AND snapshot = :snapshot"
                                + " AND (:at IS NULL OR committed_at = :at) ORDER BY committed_at DESC LIMIT 1")
                        .bind("version", version)
                        .bind("snapshot", snapshot)
                        .bind("at", stored.map(StoredSnapshot::committedAt).orElse(null))
                        .map((row, context) -> read(row))
                        .findOne());
    }

    private static SnapshotEdge unknown(Wanted wanted, long snapshot, Optional<StoredSnapshot> stored) {
        return new SnapshotEdge(
                "",
                Optional.empty(),
                true,
                wanted.table(),
                wanted.version(),
                OptionalLong.of(snapshot),
                Optional.empty(),
                stored.map(StoredSnapshot::kind),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "unknown",
                Optional.of(
                        stored.map(kept -> "no run that is recorded committed it; its commit is signed " + kept.user())
                                .orElse("no run that is recorded committed it, and it is not kept any more")),
                stored.map(StoredSnapshot::committedAt).orElse(0L));
    }

    private List<SnapshotEdge> reads(SnapshotEdge write) {
        return reads.inTransaction(handle -> {
            List<SnapshotEdge> found = write.checkpoint().isEmpty()
                    ? List.of()
                    : handle.createQuery(
                                    of(CHECKPOINT_READS)
                                            + " WHERE edge.run_id = :run AND checkpoint = :checkpoint ORDER BY edge.version, snapshot")
                            .bind("run", write.runId())
                            .bind("checkpoint", write.checkpoint().getAsLong())
                            .map((row, context) -> read(row))
                            .list();
            if (found.isEmpty()) {
                found = handle.createQuery(of(RUN_READS) + " WHERE edge.run_id = :run ORDER BY edge.version, snapshot")
                        .bind("run", write.runId())
                        .map((row, context) -> read(row))
                        .list();
            }
            Set<String> others = others(handle, write);
            return found.stream()
                    .filter(read -> !others.contains(read.table()))
                    .distinct()
                    .toList();
        });
    }

    /** What other tables that the same run writes derive from, and this one does not. */
    private static Set<String> others(Handle handle, SnapshotEdge write) {
        Set<String> own = new HashSet<>();
        Set<String> others = new HashSet<>();
        handle.createQuery("SELECT d.target, d.source FROM run r JOIN derivation_table d"
                        + " ON d.derivation_id = r.derivation_id WHERE r.id = :run")
                .bind("run", write.runId())
                .map((row, context) -> Map.entry(row.getString("target"), row.getString("source")))
                .forEach(edge -> (edge.getKey().equals(write.table()) ? own : others).add(edge.getValue()));
        others.removeAll(own);
        return own.isEmpty() ? Set.of() : others;
    }

    private static SnapshotEdge read(ResultSet row) throws SQLException {
        return new SnapshotEdge(
                row.getString("run_id"),
                Optional.ofNullable(row.getString("job")),
                row.getInt("written") == 1,
                row.getString("table_name"),
                row.getString("version"),
                number(row, "snapshot"),
                Optional.ofNullable(row.getString("position")),
                Optional.ofNullable(row.getString("kind")),
                number(row, "checkpoint"),
                number(row, "rows_added"),
                number(row, "rows_deleted"),
                number(row, "bytes_added"),
                Optional.ofNullable(row.getString("partitions")),
                row.getString("class"),
                Optional.ofNullable(row.getString("reason")),
                row.getLong("started_at"));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
