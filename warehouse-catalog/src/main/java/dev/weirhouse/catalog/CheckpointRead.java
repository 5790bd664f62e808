package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far one source of a streaming job had read when a checkpoint was taken.
 *
 * @param table what its rows are called
 * @param version what it reads of a table of the catalog, as Paimon writes it; otherwise as the table
 * @param snapshot of a Paimon table, the last that was read; 0 before the first; empty where that is not known
 * @param position of another source, how far it had read, as JSON
 * @param exactness {@link #EXACT}: this, and nothing after it, was read; {@link #LOWER_BOUND}: this was read, and more may have
 *     been; {@link #UNKNOWN}
 * @param reason why it is not exact
 */
public record CheckpointRead(
        String table,
        String version,
        OptionalLong snapshot,
        Optional<String> position,
        String exactness,
        Optional<String> reason) {

    public static final String EXACT = "exact";
    public static final String LOWER_BOUND = "lower bound";
    public static final String UNKNOWN = "unknown";

    public CheckpointRead {
        requireNonNull(table, "table is null");
        requireNonNull(version, "version is null");
        requireNonNull(snapshot, "snapshot is null");
        requireNonNull(position, "position is null");
        requireNonNull(exactness, "exactness is null");
        requireNonNull(reason, "reason is null");
    }

    /** All of a Paimon table up to a snapshot. */
    public static CheckpointRead exact(String table, String version, long snapshot) {
        return new CheckpointRead(table, version, OptionalLong.of(snapshot), Optional.empty(), EXACT, Optional.empty());
    }

    /** All of something that has positions in the place of snapshots. */
    public static CheckpointRead at(String table, String version, String position) {
        return new CheckpointRead(table, version, OptionalLong.empty(), Optional.of(position), EXACT, Optional.empty());
    }

    /** At least all of a Paimon table up to a snapshot. */
    public static CheckpointRead lowerBound(String table, String version, long snapshot, String reason) {
        return new CheckpointRead(
                table, version, OptionalLong.of(snapshot), Optional.empty(), LOWER_BOUND, Optional.of(reason));
    }

    /** At least all of something that has positions in the place of snapshots. */
    public static CheckpointRead atLeast(String table, String version, String position, String reason) {
        return new CheckpointRead(
                table, version, OptionalLong.empty(), Optional.of(position), LOWER_BOUND, Optional.of(reason));
    }

    public static CheckpointRead unknown(String table, String version, String reason) {
        return new CheckpointRead(table, version, OptionalLong.empty(), Optional.empty(), UNKNOWN, Optional.of(reason));
    }
}
