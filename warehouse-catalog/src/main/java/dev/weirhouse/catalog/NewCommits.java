package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * What was found of a writer's commits.
 *
 * @param commits the oldest first
 * @param missed why there may be more of them; empty when these are all
 * @param mark how far was looked
 */
public record NewCommits(List<Commit> commits, Optional<String> missed, SnapshotMark mark) {
    public NewCommits {
        commits = List.copyOf(commits);
        requireNonNull(missed, "missed is null");
        requireNonNull(mark, "mark is null");
    }
}
