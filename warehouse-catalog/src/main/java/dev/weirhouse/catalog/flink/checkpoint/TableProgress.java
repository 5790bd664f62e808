package dev.weirhouse.catalog.flink.checkpoint;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a source of a Paimon table had read.
 *
 * @param next the first snapshot that it had not planned; empty before it had planned any
 * @param unread of the snapshots before that, what was not read wholly, by snapshot
 */
record TableProgress(OptionalLong next, SortedMap<Long, Unread> unread) {
    TableProgress {
        requireNonNull(next, "next is null");
        unread = Collections.unmodifiableSortedMap(new TreeMap<>(unread));
    }

    /**
     * Splits of a snapshot that were not read wholly.
     *
     * @param rows of their files
     * @param begun whether some of these rows had been read
     * @param whole whether they are of the table as it stood at the snapshot, not of what the snapshot changed
     */
    record Unread(long rows, boolean begun, boolean whole) {
        Unread and(Unread other) {
            return new Unread(rows + other.rows, begun || other.begun, whole || other.whole);
        }
    }
}
