package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A commit that changed a table's rows.
 *
 * @param version that was committed to, as Paimon writes it
 * @param committedAt by the writer's clock
 */
public record TableChange(String version, long snapshot, Instant committedAt) {
    public TableChange {
        requireNonNull(version, "version is null");
        requireNonNull(committedAt, "committedAt is null");
    }
}
