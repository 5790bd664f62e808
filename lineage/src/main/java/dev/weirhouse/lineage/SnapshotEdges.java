package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Commit;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Which runs read which snapshots and added which. */
public final class SnapshotEdges {

    private static final String ALL =
            """
            SELECT * FROM (
                SELECT e.run_id, 1 AS written, e.table_name, e.version, e.snapshot, e.kind, e.checkpoint, e.rows_added, e.rows_deleted,
                    e.bytes_added, e.partitions, e.class, e.reason, r.started_at
                FROM run_write e JOIN run r ON r.id = e.run_id
                UNION ALL
                SELECT e.run_id, 0, e.table_name, e.version, e.snapshot, NULL, NULL, NULL, NULL, NULL, NULL, e.class, e.reason,
                    r.started_at
                FROM run_read e JOIN run r ON r.id = e.run_id) AS edge
            """;

    private final Jdbi jdbi;
    private final StreamCommits streams;

    /** @param streams looked at before an answer */
    SnapshotEdges(Jdbi jdbi, StreamCommits streams) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
        this.streams = requireNonNull(streams, "streams are null");
    }

    /** Of the newest runs first. */
    public List<SnapshotEdge> newest(int limit) {
        streams.look();
        return jdbi.withHandle(handle -> handle.createQuery(
                        ALL + " ORDER BY started_at DESC, run_id, written, version, snapshot LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    /**
     * What a snapshot of a table rests on: the run that added it with all that the run read, then the same of each snapshot
     * that was read.
     *
     * @param depth how many runs far, at least 1
     */
    public List<SnapshotEdge> behind(String table, long snapshot, int depth) {
        streams.look();
        return jdbi.inTransaction(handle -> {
            Set<SnapshotEdge> edges = new LinkedHashSet<>();
            Set<String> runs = new HashSet<>();
            List<Wanted> wanted = List.of(new Wanted("table_name", table, snapshot));
            for (int level = 0; level < depth && !wanted.isEmpty(); level++) {
                List<Wanted> next = new ArrayList<>();
                for (Wanted each : wanted) {
                    SnapshotEdge write = writer(handle, each);
                    edges.add(write);
                    if (!write.runId().isEmpty() && runs.add(write.runId())) {
                        for (SnapshotEdge read : reads(handle, write.runId())) {
                            edges.add(read);
                            read.snapshot().ifPresent(id -> next.add(new Wanted("version", read.version(), id)));
                        }
                    }
                }
                wanted = next;
            }
            return List.copyOf(edges);
        });
    }

    private record Wanted(String by, String name, long snapshot) {}

    /** What only rearranges files holds the rows of the snapshot before it; what no recorded run committed is not known. */
    private static SnapshotEdge writer(Handle handle, Wanted wanted) {
        long snapshot = wanted.snapshot();
        while (true) {
            Optional<SnapshotEdge> there = handle.createQuery(ALL + " WHERE written = 1 AND " + wanted.by()
                            + " = :name AND snapshot = :snapshot ORDER BY started_at DESC LIMIT 1")
                    .bind("name", wanted.name())
                    .bind("snapshot", snapshot)
                    .map((row, context) -> read(row))
                    .findOne();
            if (there.isEmpty()) {
                return unknown(wanted, snapshot);
            }
            if (!there.get().kind().equals(Optional.of(Commit.COMPACT))) {
                return there.get();
            }
            snapshot--;
        }
    }

    private static SnapshotEdge unknown(Wanted wanted, long snapshot) {
        return new SnapshotEdge(
                "",
                true,
                wanted.name(),
                wanted.name(),
                OptionalLong.of(snapshot),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "unknown",
                Optional.of("no run that is recorded committed this snapshot"),
                0);
    }

    private static List<SnapshotEdge> reads(Handle handle, String run) {
        return handle.createQuery(ALL + " WHERE written = 0 AND run_id = :run ORDER BY version, snapshot")
                .bind("run", run)
                .map((row, context) -> read(row))
                .list();
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
