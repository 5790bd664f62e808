package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a run committed to a version, all in all.
 *
 * @param table the name that was written
 * @param version what it stood for, as Paimon writes it
 * @param snapshot the newest that changed rows; 0 before the first
 * @param committedAt when the newest of all was committed, in milliseconds since 1970 UTC
 * @param rows in the files that were added
 * @param bytes the size of those files
 * @param overwritten whether a commit replaced what was there
 * @param tooManyPartitions whether more were changed than are told by name
 * @param partitions those that were changed, such as {@code dt=2024-01-01}; none when there are too many
 */
record Written(
        String table,
        String version,
        long snapshot,
        long committedAt,
        long rows,
        long bytes,
        boolean overwritten,
        boolean tooManyPartitions,
        SortedSet<String> partitions) {

    /** More partitions than these are not told by name. */
    private static final int MOST_PARTITIONS = 1_000;

    Written {
        requireNonNull(table, "table is null");
        requireNonNull(version, "version is null");
        tooManyPartitions = tooManyPartitions || partitions.size() > MOST_PARTITIONS;
        partitions = tooManyPartitions ? new TreeSet<>() : new TreeSet<>(partitions);
    }

    /** Nothing yet. */
    static Written none(String table, String version) {
        return new Written(table, version, 0, 0, 0, 0, false, false, new TreeSet<>());
    }

    /** With another commit; one that rearranges files alone changes neither rows nor what was written. */
    Written and(Written commit, boolean changesRows) {
        if (!changesRows) {
            return new Written(
                    table,
                    version,
                    snapshot,
                    Math.max(committedAt, commit.committedAt),
                    rows,
                    bytes,
                    overwritten,
                    tooManyPartitions,
                    partitions);
        }
        SortedSet<String> all = new TreeSet<>(partitions);
        all.addAll(commit.partitions);
        return new Written(
                table,
                version,
                commit.snapshot,
                Math.max(committedAt, commit.committedAt),
                rows + commit.rows,
                bytes + commit.bytes,
                overwritten || commit.overwritten,
                tooManyPartitions || commit.tooManyPartitions,
                all);
    }
}
