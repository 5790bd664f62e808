package dev.weirhouse.catalog.state;

import java.util.Map;

/**
 * What is known of what a streaming job has read, in all of its submissions.
 *
 * @param since when the first of them that is known began, in milliseconds since the epoch
 * @param snapshots by version, the newest that is recorded
 * @param overwrites by version
 */
public record JobReads(long since, Map<String, Long> snapshots, Map<String, PassedOver> overwrites) {
    public JobReads {
        snapshots = Map.copyOf(snapshots);
        overwrites = Map.copyOf(overwrites);
    }
}
