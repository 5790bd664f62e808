package dev.weirhouse.catalog;

import java.util.List;

/**
 * What was found of a writer's commits.
 *
 * @param commits the oldest first
 * @param first the oldest snapshot that was looked at; those before it, after the one that was asked for, have expired
 * @param last the newest snapshot that was looked at
 */
public record NewCommits(List<Commit> commits, long first, long last) {
    public NewCommits {
        commits = List.copyOf(commits);
    }
}
