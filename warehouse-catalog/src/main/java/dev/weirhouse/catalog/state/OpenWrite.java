package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.SnapshotMark;
import dev.weirhouse.catalog.TableName;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A version that a run writes, and may have more commits to than are recorded.
 *
 * @param jobId the streaming job whose attempt the run is
 * @param startedAt when the run began, in milliseconds since 1970 UTC
 * @param finishedAt when it ended
 * @param told how far its commits are recorded
 */
public record OpenWrite(
        String runId,
        Optional<String> jobId,
        long startedAt,
        OptionalLong finishedAt,
        RunState state,
        TableName table,
        String version,
        SnapshotMark told) {

    /** What its commits are signed with: all attempts of a job sign alike. */
    public String signature() {
        return jobId.orElse(runId);
    }
}
