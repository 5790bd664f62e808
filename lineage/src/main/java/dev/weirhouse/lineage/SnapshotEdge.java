package dev.weirhouse.lineage;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * That a run read a snapshot of a table, or added one.
 *
 * @param runId the run; empty for a snapshot that no recorded run added
 * @param job the job whose run it is, while there is one
 * @param snapshot its id, 0 before a table's first; empty where it is not known, or none is read alone
 * @param position of what has no snapshots, how far it was read, as JSON
 * @param kind of a commit: APPEND, OVERWRITE or COMPACT; PENDING for those that are still to be told, MISSED for those that
 *     cannot be known
 * @param checkpoint the checkpoint of a streaming job that a commit belongs to, or by which it had read so far
 * @param committedAt when the commit was made, or the one that ended the checkpoint, in milliseconds since 1970 UTC
 * @param rowsAdded rows in the files that the commit added
 * @param rowsDeleted rows in the files that it took away
 * @param bytesAdded the size of the files that it added
 * @param partitions the partitions that a commit changed, or that a run which changes data read, as a JSON array
 * @param exactness {@code exact}; {@code lower bound} when more may have been read; {@code unknown}
 * @param reason why it is not exact
 * @param startedAt when the run began, in milliseconds since 1970 UTC
 */
public record SnapshotEdge(
        String runId,
        Optional<String> job,
        boolean written,
        String table,
        String version,
        OptionalLong snapshot,
        Optional<String> position,
        Optional<String> kind,
        OptionalLong checkpoint,
        OptionalLong committedAt,
        OptionalLong rowsAdded,
        OptionalLong rowsDeleted,
        OptionalLong bytesAdded,
        Optional<String> partitions,
        String exactness,
        Optional<String> reason,
        long startedAt) {}
