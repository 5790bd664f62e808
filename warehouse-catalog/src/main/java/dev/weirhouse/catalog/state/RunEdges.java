package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What runs that change data read and wrote: the edges of lineage, each exact or unknown, with its reason. What a run wrote is
 * unknown until it tells its commits.
 */
final class RunEdges {

    private static final String EXACT = "exact";
    private static final String UNKNOWN = "unknown";

    /** The kind of a row that stands for the commits that are still to be told. */
    private static final String PENDING = "PENDING";

    /** The kind of a row that stands for commits that cannot be known. */
    private static final String MISSED = "MISSED";

    private RunEdges() {}

    static void began(Handle handle, String id, RunStart run) {
        for (TableUse use : run.uses()) {
            if (use.written()) {
                write(handle, id, use.table(), use.version(), PENDING, Optional.empty(), untold(run.lane()));
            } else {
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
                        .bind("reason", exact ? null : unfixed(run.lane()))
                        .execute();
            }
        }
    }

    private static String untold(Lane lane) {
        return lane == Lane.STREAM
                ? "a stream goes on after the commits that are recorded"
                : "the run has not told its commits";
    }

    private static String unfixed(Lane lane) {
        return lane == Lane.STREAM ? "a stream reads on, snapshot after snapshot" : "it is read at no single snapshot";
    }

    /** Puts the commits in the place of what was unknown. */
    static void committed(Handle handle, String id, List<Commit> commits) {
        handle.createUpdate("DELETE FROM run_write WHERE run_id = :run AND kind = :pending")
                .bind("run", id)
                .bind("pending", PENDING)
                .execute();
        added(handle, id, commits);
    }

    /** Notes commits of a run that goes on; a commit that is known already stays as it is. */
    static void added(Handle handle, String id, List<Commit> commits) {
        commits.forEach(commit ->
                write(handle, id, commit.table(), commit.version(), commit.kind(), Optional.of(commit), null));
    }

    /** Notes that a run's commits between two snapshots cannot be known. */
    static void missed(Handle handle, String id, TableName table, String version, String reason) {
        write(handle, id, table, version, MISSED, Optional.empty(), reason);
    }

    /** Notes that all commits to a version are told. */
    static void settled(Handle handle, String id, String version) {
        handle.createUpdate("DELETE FROM run_write WHERE run_id = :run AND version = :version AND kind = :pending")
                .bind("run", id)
                .bind("version", version)
                .bind("pending", PENDING)
                .execute();
    }

    private static void write(
            Handle handle,
            String id,
            TableName table,
            String version,
            String kind,
            Optional<Commit> commit,
            String reason) {
        handle.createUpdate(
                        """
                        INSERT INTO run_write (run_id, table_name, version, snapshot, kind, checkpoint, committed_at,
                        rows_added, rows_deleted, bytes_added, partitions, class, reason)
                        SELECT :run, :table, :version, :snapshot, :kind, :checkpoint, :at, :added, :deleted, :bytes,
                        :partitions, :class, :reason WHERE NOT EXISTS (SELECT 1 FROM run_write
                        WHERE run_id = :run AND version = :version AND snapshot = :snapshot)
                        """)
                .bind("run", id)
                .bind("table", table.toString())
                .bind("version", version)
                .bind("snapshot", commit.map(Commit::snapshot).orElse(null))
                .bind("kind", kind)
                .bind(
                        "checkpoint",
                        commit.map(made -> Columns.nullable(made.checkpoint())).orElse(null))
                .bind("at", commit.map(Commit::committedAt).orElse(null))
                .bind("added", commit.map(Commit::rowsAdded).orElse(null))
                .bind("deleted", commit.map(Commit::rowsDeleted).orElse(null))
                .bind("bytes", commit.map(Commit::bytesAdded).orElse(null))
                .bind(
                        "partitions",
                        commit.map(made -> Tags.write(made.partitions())).orElse(null))
                .bind("class", commit.isPresent() ? EXACT : UNKNOWN)
                .bind("reason", reason)
                .execute();
    }

    /** A stream's commits are told checkpoint by checkpoint, and not at its end. */
    static List<OpenWrite> open(Handle handle, long endedBefore) {
        return handle.createQuery(
                        """
                        SELECT w.run_id, w.table_name, w.version, r.started_at FROM run_write w JOIN run r ON r.id = w.run_id
                        WHERE w.kind = 'PENDING' AND r.state <> 'RUNNING' AND r.job_id IS NULL
                        AND r.finished_at <= :before
                        ORDER BY r.started_at, w.run_id
                        """)
                .bind("before", endedBefore)
                .map((row, context) -> {
                    String[] name = row.getString("table_name").split("\\.", 2);
                    return new OpenWrite(
                            row.getString("run_id"),
                            new TableName(name[0], name[1]),
                            row.getString("version"),
                            row.getLong("started_at"));
                })
                .list();
    }
}
