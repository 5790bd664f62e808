package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.SnapshotMark;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What runs that change data read and wrote: the edges of lineage, each exact or unknown, with its reason. A version that a
 * run writes is pending until all its commits are recorded.
 */
final class RunEdges {

    private static final String EXACT = "exact";
    private static final String UNKNOWN = "unknown";

    /** The kind of a row that stands for commits that cannot be known. */
    private static final String MISSED = "MISSED";

    private RunEdges() {}

    static void began(Handle handle, String id, RunStart run) {
        for (TableUse use : run.uses().tables()) {
            if (use.written()) {
                pending(handle, id, use);
            } else {
                read(handle, id, use, run.lane());
            }
        }
        run.uses().readElsewhere().forEach(dataset -> elsewhere(handle, "run_read", id, dataset));
        run.uses().writtenElsewhere().forEach(dataset -> elsewhere(handle, "run_write", id, dataset));
    }

    private static void elsewhere(Handle handle, String edges, String id, String dataset) {
        handle.createUpdate("INSERT INTO " + edges + " (run_id, table_name, version, class, reason)"
                        + " VALUES (:run, :dataset, :dataset, :class, 'it has no snapshots')")
                .bind("run", id)
                .bind("dataset", dataset)
                .bind("class", UNKNOWN)
                .execute();
    }

    private static void pending(Handle handle, String id, TableUse use) {
        handle.createUpdate(
                        """
                        INSERT INTO run_pending (run_id, table_name, version, snapshot)
                        VALUES (:run, :table, :version, :snapshot) ON CONFLICT DO NOTHING
                        """)
                .bind("run", id)
                .bind("table", use.table().toString())
                .bind("version", use.version())
                .bind("snapshot", use.snapshot().orElse(SnapshotMark.NONE.snapshot()))
                .execute();
    }

    private static void read(Handle handle, String id, TableUse use, Lane lane) {
        boolean exact = use.snapshot().isPresent();
        handle.createUpdate(
                        """
                        INSERT INTO run_read (run_id, table_name, version, snapshot, class, reason)
                        VALUES (:run, :table, :version, :snapshot, :class, :reason)
                        """)
                .bind("run", id)
                .bind("table", use.table().toString())
                .bind("version", use.version())
                .bind("snapshot", Columns.nullable(use.snapshot()))
                .bind("class", exact ? EXACT : UNKNOWN)
                .bind("reason", exact ? null : unfixed(lane))
                .execute();
    }

    /** Records which partitions a run read. */
    static void partitions(Handle handle, String id, Map<String, List<String>> partitions) {
        partitions.forEach((version, names) -> handle.createUpdate(
                        "UPDATE run_read SET partitions = :partitions WHERE run_id = :run AND version = :version")
                .bind("run", id)
                .bind("version", version)
                .bind("partitions", Tags.write(names))
                .execute());
    }

    private static String unfixed(Lane lane) {
        return lane == Lane.STREAM ? "a stream reads on, snapshot after snapshot" : "it is read at no single snapshot";
    }

    /** Records all commits of a run; nothing of it is pending any more. */
    static void committed(Handle handle, String id, List<Commit> commits) {
        commits.forEach(commit -> write(handle, id, commit));
        handle.createUpdate("DELETE FROM run_pending WHERE run_id = :run")
                .bind("run", id)
                .execute();
    }

    static void told(Handle handle, ToldWrite told) {
        OpenWrite open = told.write();
        told.commits().forEach(commit -> write(handle, told, commit));
        told.missed().ifPresent(reason -> missed(handle, open, reason));
        handle.createUpdate(
                        told.mark().isEmpty()
                                ? "DELETE FROM run_pending WHERE run_id = :run AND version = :version"
                                : "UPDATE run_pending SET snapshot = :snapshot, committed_at = :at"
                                        + " WHERE run_id = :run AND version = :version")
                .bind("run", open.runId())
                .bind("version", open.version())
                .bind("snapshot", told.mark().map(SnapshotMark::snapshot).orElse(null))
                .bind(
                        "at",
                        told.mark()
                                .map(mark -> Columns.nullable(mark.committedAt()))
                                .orElse(null))
                .execute();
    }

    /** With what its checkpoint had read; a commit that is recorded already has that too. */
    private static void write(Handle handle, ToldWrite told, Commit commit) {
        String run = told.write().runId();
        if (write(handle, run, commit) && commit.checkpoint().isPresent()) {
            long checkpoint = commit.checkpoint().getAsLong();
            StreamReads.read(
                    handle, run, checkpoint, commit.committedAt(), told.reads().getOrDefault(checkpoint, List.of()));
        }
    }

    private static boolean write(Handle handle, String id, Commit commit) {
        return handle.createUpdate(
                                """
                        INSERT INTO run_write (run_id, table_name, version, snapshot, kind, checkpoint, committed_at,
                        rows_added, rows_deleted, bytes_added, partitions, class)
                        VALUES (:run, :table, :version, :snapshot, :kind, :checkpoint, :at, :added, :deleted, :bytes,
                        :partitions, :class) ON CONFLICT DO NOTHING
                        """)
                        .bind("run", id)
                        .bind("table", commit.table().toString())
                        .bind("version", commit.version())
                        .bind("snapshot", commit.snapshot())
                        .bind("kind", commit.kind())
                        .bind("checkpoint", Columns.nullable(commit.checkpoint()))
                        .bind("at", commit.committedAt())
                        .bind("added", commit.rowsAdded())
                        .bind("deleted", commit.rowsDeleted())
                        .bind("bytes", commit.bytesAdded())
                        .bind("partitions", Tags.write(commit.partitions()))
                        .bind("class", EXACT)
                        .execute()
                > 0;
    }

    private static void missed(Handle handle, OpenWrite open, String reason) {
        handle.createUpdate(
                        """
                        INSERT INTO run_write (run_id, table_name, version, kind, class, reason)
                        VALUES (:run, :table, :version, :kind, :class, :reason)
                        """)
                .bind("run", open.runId())
                .bind("table", open.table().toString())
                .bind("version", open.version())
                .bind("kind", MISSED)
                .bind("class", UNKNOWN)
                .bind("reason", reason)
                .execute();
    }

    /** Of streaming jobs, which tell their commits as they go, and of runs that are over; those that began first, first. */
    static List<OpenWrite> open(Handle handle) {
        return handle.createQuery(
                        """
                        SELECT p.*, r.job_id, r.started_at, r.finished_at, r.state FROM run_pending p
                        JOIN run r ON r.id = p.run_id WHERE r.job_id IS NOT NULL OR r.state <> 'RUNNING'
                        ORDER BY r.started_at, p.run_id, p.version
                        """)
                .map((row, context) -> {
                    String[] name = row.getString("table_name").split("\\.", 2);
                    return new OpenWrite(
                            row.getString("run_id"),
                            Optional.ofNullable(row.getString("job_id")),
                            row.getLong("started_at"),
                            Columns.optionalLong(row, "finished_at"),
                            RunState.valueOf(row.getString("state")),
                            new TableName(name[0], name[1]),
                            row.getString("version"),
                            new SnapshotMark(row.getLong("snapshot"), Columns.optionalLong(row, "committed_at")));
                })
                .list();
    }

    /** Forgets commits of long ago, of runs that go on. */
    static void forget(Handle handle, long before) {
        handle.createUpdate("DELETE FROM run_write WHERE committed_at < :before")
                .bind("before", before)
                .execute();
        StreamReads.forget(handle, before);
    }
}
