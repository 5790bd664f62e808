package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** One submission of a streaming job: where its checkpoints lie, and what its sources read, in the order of their places. */
public record StreamRun(String runId, StreamPlace place, List<StreamSource> sources) {
    public StreamRun {
        requireNonNull(runId, "runId is null");
        requireNonNull(place, "place is null");
        sources = List.copyOf(sources);
    }
}
