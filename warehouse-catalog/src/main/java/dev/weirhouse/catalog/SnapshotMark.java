package dev.weirhouse.catalog;

import java.util.OptionalLong;

/**
 * How far the snapshots of a version were looked at.
 *
 * @param snapshot the newest that was; 0 for none
 * @param committedAt when it was committed, in milliseconds since 1970 UTC; empty where that was not noted. Another time of
 *     the same snapshot shows that the table was rolled back, or made anew
 */
public record SnapshotMark(long snapshot, OptionalLong committedAt) {

    /** Before a version's first snapshot. */
    public static final SnapshotMark NONE = new SnapshotMark(0, OptionalLong.empty());
}
