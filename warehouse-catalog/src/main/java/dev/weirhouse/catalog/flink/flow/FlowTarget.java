package dev.weirhouse.catalog.flink.flow;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * A boundary that a job is to read to.
 *
 * @param boundary its number, from 1
 * @param snapshots for each version that the job reads, as Paimon writes it, the last snapshot to read; 0 for none
 */
public record FlowTarget(
        @JsonProperty("boundary") long boundary, @JsonProperty("snapshots") Map<String, Long> snapshots) {
    public FlowTarget {
        requireNonNull(snapshots, "snapshots is null");
        snapshots = Map.copyOf(snapshots);
    }
}
