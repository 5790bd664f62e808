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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** Which runs read which snapshots and added which. */
public final class SnapshotEdges {

    private static final String ALL =
            """
            SELECT edge.*, r.started_at FROM (
                SELECT run_id, 1 AS written, table_name, version, snapshot, kind, checkpoint, committed_at, rows_added,
                    rows_deleted, bytes_added, partitions, class, reason FROM run_write
                UNION ALL
                SELECT run_id, 1, table_name, version, NULL, 'PENDING', NULL, NULL, NULL, NULL, NULL, NULL, 'unknown',
                    'it may have commits that are not recorded yet' FROM run_pending
                UNION ALL
                SELECT run_id, 0, table_name, version, snapshot, NULL, NULL, NULL, NULL, NULL, NULL, partitions, class, reason
                    FROM run_read) AS edge
            JOIN run r ON r.id = edge.run_id
            """;

    /** The kinds of commits that change rows; others rearrange files or count what is in them. */
    private static final Set<String> CHANGING = Set.of("APPEND", "OVERWRITE");

    private final Warehouse warehouse;
    private final Jdbi reads;

    SnapshotEdges(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.reads = warehouse.state().reads();
    }

    /** Of the newest runs first. */
    public List<SnapshotEdge> newest(int limit) {
        look();
        return reads.withHandle(handle -> handle.createQuery(
                        ALL + " ORDER BY r.started_at DESC, run_id, written, version, snapshot LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    /** Has what was committed meanwhile recorded. */
    private void look() {
        warehouse.state().runs().flush();
        warehouse.commits().look();
    }

    /**
     * What a snapshot of a table rests on: the run that added it with all that the run read, then the same of each snapshot
     * that was read.
     *
     * @param table the name; what it stands for now is meant
     * @param depth how many runs far, at least 1
     */
    public List<SnapshotEdge> behind(TableName table, long snapshot, int depth) {
        look();
        Set<SnapshotEdge> edges = new LinkedHashSet<>();
        Set<String> runs = new HashSet<>();
        List<Wanted> wanted = List.of(new Wanted(table.toString(), warehouse.version(table), snapshot));
        for (int level = 0; level < depth && !wanted.isEmpty(); level++) {
            List<Wanted> next = new ArrayList<>();
            for (Wanted each : wanted) {
                SnapshotEdge write = writer(each);
                edges.add(write);
                if (!write.runId().isEmpty() && runs.add(write.runId())) {
                    for (SnapshotEdge read : reads(write.runId())) {
                        edges.add(read);
                        read.snapshot().ifPresent(id -> next.add(new Wanted(read.table(), read.version(), id)));
                    }
                }
            }
            wanted = next;
        }
        return List.copyOf(edges);
    }

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
                handle -> handle.createQuery(ALL + " WHERE written = 1 AND version = :version AND snapshot = :snapshot"
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
                true,
                wanted.table(),
                wanted.version(),
                OptionalLong.of(snapshot),
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

    private List<SnapshotEdge> reads(String run) {
        return reads.withHandle(
                handle -> handle.createQuery(ALL + " WHERE written = 0 AND run_id = :run ORDER BY version, snapshot")
                        .bind("run", run)
                        .map((row, context) -> read(row))
                        .list());
    }

    private static SnapshotEdge read(ResultSet row) throws SQLException {
        return new SnapshotEdge(
                row.getString("run_id"),
                row.getInt("written") == 1,
                row.getString("table_name"),
                row.getString("version"),
                number(row, "snapshot"),
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
