package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalLong;

/**
 * A snapshot that a run added to a version, as its manifests tell.
 *
 * @param table the name that was written
 * @param version what it stood for, as Paimon writes it
 * @param kind APPEND, OVERWRITE or COMPACT
 * @param checkpoint the checkpoint of a streaming job that it belongs to; empty for what ends by itself
 * @param committedAt in milliseconds since 1970 UTC, by the writer's clock
 * @param rowsAdded rows in the files that it added
 * @param rowsDeleted rows in the files that it took away
 * @param bytesAdded the size of the files that it added
 * @param partitions the partitions whose files it changed, such as {@code dt=2024-01-01}, in order; none for a table
 *     without partitions
 */
public record Commit(
        TableName table,
        String version,
        long snapshot,
        String kind,
        OptionalLong checkpoint,
        long committedAt,
        long rowsAdded,
        long rowsDeleted,
        long bytesAdded,
        List<String> partitions) {

    /** The kind of a commit that changes files and no rows. */
    public static final String COMPACT = "COMPACT";

    public Commit {
        requireNonNull(table, "table is null");
        requireNonNull(version, "version is null");
        requireNonNull(kind, "kind is null");
        partitions = List.copyOf(partitions);
    }
}
