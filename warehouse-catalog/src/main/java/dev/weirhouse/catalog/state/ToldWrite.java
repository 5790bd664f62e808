package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.SnapshotMark;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found out about an open write.
 *
 * @param commits those that were found; one that is recorded already stays as it is
 * @param reads for each checkpoint of the commits, how far the sources of the job had read; none where that is not to be known
 * @param missed why there were more, which cannot be known
 * @param mark how far its commits are recorded now; empty when it has no more to tell
 */
public record ToldWrite(
        OpenWrite write,
        List<Commit> commits,
        Map<Long, List<CheckpointRead>> reads,
        Optional<String> missed,
        Optional<SnapshotMark> mark) {
    public ToldWrite {
        requireNonNull(write, "write is null");
        commits = List.copyOf(commits);
        reads = Map.copyOf(reads);
        requireNonNull(missed, "missed is null");
        requireNonNull(mark, "mark is null");
    }
}
