package dev.weirhouse.olap.paimon;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.manifest.FileKind;
import org.apache.paimon.manifest.ManifestEntry;

/** Makes the views of a table, each of the one before it and of what has changed. For one thread at a time. */
final class PointViews {

    /** Commits after a compaction that are asked one by one while its files are not built. */
    private static final int MAX_LAYERS = 64;

    private final PointSource source;
    private final Comparator<InternalRow> order;

    PointViews(PointSource source, Comparator<InternalRow> order) {
        this.source = source;
        this.order = order;
    }

    /** The view of a snapshot by all its files, in which every bucket is asked. */
    PointView of(SnapshotTrail.Commit commit, List<ManifestEntry> all, PointView before) {
        Map<BinaryRow, Map<Integer, PointBucket>> partitions = new HashMap<>();
        byBucket(all)
                .forEach((partition, buckets) -> buckets.forEach((bucket, entries) -> {
                    Map<String, DataFileMeta> files = new LinkedHashMap<>();
                    entries.forEach(
                            entry -> files.put(entry.fileName(), entry.file().copyWithoutStats()));
                    PointBucket known = known(before, partition, bucket);
                    partitions
                            .computeIfAbsent(partition, any -> new HashMap<>())
                            .put(bucket, settled(partition, bucket, total(entries, null), files, known));
                }));
        return new PointView(commit, partitions(partitions));
    }

    /** The view after some more snapshots, by what each changed. */
    PointView after(PointView before, List<Step> steps) {
        Map<BinaryRow, PointView.Partition> partitions = new HashMap<>(before.partitions());
        for (Step step : steps) {
            CommitKind kind = step.commit().snapshot().commitKind();
            byBucket(step.changes()).forEach((partition, buckets) -> {
                PointView.Partition now = partitions.get(partition);
                Map<Integer, PointBucket> made = now == null ? new HashMap<>() : new HashMap<>(now.buckets());
                buckets.forEach((bucket, entries) -> {
                    PointBucket next = next(kind, partition, bucket, entries, made.get(bucket));
                    if (next.files().isEmpty()) {
                        made.remove(bucket);
                    } else {
                        made.put(bucket, next);
                    }
                });
                if (made.isEmpty()) {
                    partitions.remove(partition);
                } else {
                    partitions.put(partition, PointView.Partition.of(made));
                }
            });
        }
        return new PointView(steps.get(steps.size() - 1).commit(), partitions);
    }

    /** A snapshot and what it changed. */
    record Step(SnapshotTrail.Commit commit, List<ManifestEntry> changes) {}

    /** The view with those buckets asked in their own files that can be; empty when there are none. */
    Optional<PointView> settle(PointView before) {
        Map<BinaryRow, Map<Integer, PointBucket>> changed = new HashMap<>();
        before.partitions().forEach((partition, now) -> now.buckets().forEach((number, bucket) -> {
            if (!bucket.isSettled() && bucket.canSettle()) {
                changed.computeIfAbsent(partition, any -> new HashMap<>(now.buckets()))
                        .put(number, settled(partition, number, bucket.totalBuckets(), bucket.files(), bucket));
            }
        }));
        if (changed.isEmpty()) {
            return Optional.empty();
        }
        Map<BinaryRow, PointView.Partition> partitions = new HashMap<>(before.partitions());
        partitions.putAll(partitions(changed));
        return Optional.of(new PointView(before.commit(), partitions));
    }

    private static Map<BinaryRow, Map<Integer, List<ManifestEntry>>> byBucket(List<ManifestEntry> entries) {
        Map<BinaryRow, Map<Integer, List<ManifestEntry>>> all = new LinkedHashMap<>();
        for (ManifestEntry entry : entries) {
            all.computeIfAbsent(entry.partition(), any -> new LinkedHashMap<>())
                    .computeIfAbsent(entry.bucket(), any -> new ArrayList<>())
                    .add(entry);
        }
        return all;
    }

    private static Map<BinaryRow, PointView.Partition> partitions(Map<BinaryRow, Map<Integer, PointBucket>> buckets) {
        Map<BinaryRow, PointView.Partition> partitions = new HashMap<>();
        buckets.forEach((partition, made) -> partitions.put(partition, PointView.Partition.of(made)));
        return partitions;
    }

    /** The bucket count that a bucket's files agree on, or 0. */
    private static int total(List<ManifestEntry> added, PointBucket kept) {
        Set<Integer> totals = new HashSet<>();
        added.forEach(entry -> totals.add(entry.totalBuckets()));
        if (kept != null) {
            totals.add(kept.totalBuckets());
        }
        return totals.size() == 1 ? totals.iterator().next() : 0;
    }

    private PointBucket next(
            CommitKind kind, BinaryRow partition, int bucket, List<ManifestEntry> entries, PointBucket before) {
        List<ManifestEntry> added =
                entries.stream().filter(entry -> entry.kind() == FileKind.ADD).toList();
        Map<String, DataFileMeta> files = before == null ? new LinkedHashMap<>() : new LinkedHashMap<>(before.files());
        // A file that is lifted to another level is deleted and added under its name.
        entries.forEach(entry -> files.remove(entry.fileName()));
        int total = total(added, files.isEmpty() ? null : before);
        List<DataFileMeta> more = new ArrayList<>();
        for (ManifestEntry entry : added) {
            DataFileMeta file = entry.file().copyWithoutStats();
            files.put(file.fileName(), file);
            more.add(file);
        }
        PointBucket settled = settled(partition, bucket, total, files, before);
        if (before == null || settled.isReady() || !before.isReady()) {
            return settled;
        }
        boolean onlyAdds = added.size() == entries.size();
        if (kind == CommitKind.COMPACT) {
            more = List.of();
        } else if (kind != CommitKind.APPEND
                || !onlyAdds
                || before.isSettled()
                || before.layers() >= MAX_LAYERS
                || !more.stream().allMatch(before::precedes)) {
            return settled;
        }
        return PointBucket.instead(total, files, before, more, file -> source.slot(partition, bucket, file), order);
    }

    private PointBucket settled(
            BinaryRow partition, int bucket, int total, Map<String, DataFileMeta> files, PointBucket before) {
        if (before != null
                && before.isSettled()
                && before.totalBuckets() == total
                && before.files().equals(files)) {
            return before;
        }
        return PointBucket.of(total, files, before, file -> source.slot(partition, bucket, file), order);
    }

    private static PointBucket known(PointView view, BinaryRow partition, int bucket) {
        PointView.Partition known = view.partitions().get(partition);
        return known == null ? null : known.buckets().get(bucket);
    }
}
