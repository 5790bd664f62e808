package dev.weirhouse.olap.paimon;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.paimon.data.BinaryRow;

/** A table at one snapshot. Immutable but for the count of those who hold it; its maker is the first. Thread-safe. */
final class PointView {

    private final SnapshotTrail.Commit commit;
    private final Map<BinaryRow, Partition> partitions;
    private final AtomicInteger holders = new AtomicInteger(1);

    /** A partition's buckets by number. */
    record Partition(Map<Integer, PointBucket> buckets) {

        /** Over how many buckets its keys are spread; 0 when its files do not agree. */
        int totalBuckets() {
            int total = -1;
            for (PointBucket bucket : buckets.values()) {
                total = total == -1 || total == bucket.totalBuckets() ? bucket.totalBuckets() : 0;
            }
            return total;
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
