package dev.weirhouse.olap.paimon;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.paimon.data.BinaryRow;

/** A table at one snapshot. Immutable but for the count of those who hold it; its maker is the first. Thread-safe. */
final class PointView {

    private final SnapshotTrail.Commit commit;
    private final Map<BinaryRow, Partition> partitions;
    private final AtomicInteger holders = new AtomicInteger(1);

    /**
     * A partition.
     *
     * @param totalBuckets over how many buckets its keys are spread; 0 when its files do not agree
     * @param buckets by number
     */
    record Partition(int totalBuckets, Map<Integer, PointBucket> buckets) {

        static Partition of(Map<Integer, PointBucket> buckets) {
            Set<Integer> totals = new HashSet<>();
            buckets.values().forEach(bucket -> totals.add(bucket.totalBuckets()));
            return new Partition(totals.size() == 1 ? totals.iterator().next() : 0, Map.copyOf(buckets));
        }
    }

    PointView(SnapshotTrail.Commit commit, Map<BinaryRow, Partition> partitions) {
        this.commit = commit;
        this.partitions = partitions;
        each(PointBucket::hold);
    }

    SnapshotTrail.Commit commit() {
        return commit;
    }

    Map<BinaryRow, Partition> partitions() {
        return partitions;
    }

    /** Holds it unless it is free. */
    boolean hold() {
        while (true) {
            int now = holders.get();
            if (now == 0) {
                return false;
            }
            if (holders.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    void letGo() {
        if (holders.decrementAndGet() == 0) {
            each(PointBucket::letGo);
        }
    }

    private void each(Consumer<PointBucket> what) {
        partitions.values().forEach(partition -> partition.buckets().values().forEach(what));
    }
}
