package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Where the checkpoints of one submission of a streaming job lie.
 *
 * @param flinkJobId the submission, as Flink calls it
 * @param checkpoints the job's folder of checkpoints, with a folder for each submission, as a URI
 * @param savepoints the job's folder of savepoints, as a URI
 * @param kept for how long a checkpoint is there at least
 */
public record StreamPlace(String flinkJobId, String checkpoints, String savepoints, Duration kept) {
    public StreamPlace {
        requireNonNull(flinkJobId, "flinkJobId is null");
        requireNonNull(checkpoints, "checkpoints is null");
        requireNonNull(savepoints, "savepoints is null");
        requireNonNull(kept, "kept is null");
    }
}
