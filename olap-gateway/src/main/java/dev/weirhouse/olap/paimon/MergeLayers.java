package dev.weirhouse.olap.paimon;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.mergetree.SortedRun;
import org.apache.paimon.mergetree.compact.IntervalPartition;

/**
 * The data files of a bucket of a deduplicate table, as layers such that a row is the newest of its key when no newer
 * layer has the key.
 *
 * @param plain files whose keys are in no other file
 * @param young small new files; the highest sequence number of a key wins among them
 * @param unique whether no key is twice in {@code young}
 * @param older the layers below, newest first; in none of them is a key twice
 */
record MergeLayers(List<DataFileMeta> plain, List<DataFileMeta> young, boolean unique, List<List<DataFileMeta>> older) {

    /** Rows that are compared among each other rather than each with the layer above. */
    private static final long YOUNG_ROWS = 200_000;

    /** Layers below the young files; each is compared with the keys of all above it. */
    private static final int MOST_OLDER = 6;

    /**
     * Paimon's sections are kept apart: no key is in two of them. Within a section a file that was written after another
     * has the higher sequence numbers throughout, unless several wrote at once.
     *
     * @return empty when the files' sequence numbers do not order them
     */
    static Optional<MergeLayers> of(List<DataFileMeta> files, Comparator<InternalRow> keys) {
        MergeLayers layers = new MergeLayers(new ArrayList<>(), new ArrayList<>(), true, new ArrayList<>());
        boolean unique = true;
        for (List<SortedRun> section : new IntervalPartition(files, keys).partition()) {
            List<DataFileMeta> all = new ArrayList<>();
            section.forEach(run -> all.addAll(run.files()));
            List<List<DataFileMeta>> clusters = clusters(all);
            if (clusters.stream().anyMatch(cluster -> !isUnique(cluster, keys))) {
                return Optional.empty();
            }
            if (clusters.size() == 1) {
                layers.plain.addAll(all);
                continue;
            }
            int young = young(clusters);
            clusters.subList(0, young).forEach(layers.young::addAll);
            unique &= young <= 1;
            for (int i = young; i < clusters.size(); i++) {
                int depth = i - young;
                if (depth == layers.older.size()) {
                    layers.older.add(new ArrayList<>());
                }
                layers.older.get(depth).addAll(clusters.get(i));
            }
        }
        return Optional.of(new MergeLayers(layers.plain, layers.young, unique, layers.older));
    }

    /** Files whose ranges of sequence numbers overlap belong together; the newest come first. */
    private static List<List<DataFileMeta>> clusters(List<DataFileMeta> files) {
        List<DataFileMeta> newest = new ArrayList<>(files);
        newest.sort(Comparator.comparingLong(DataFileMeta::maxSequenceNumber).reversed());
        List<List<DataFileMeta>> clusters = new ArrayList<>();
        long lowest = Long.MIN_VALUE;
        for (DataFileMeta file : newest) {
            if (clusters.isEmpty() || file.maxSequenceNumber() < lowest) {
                clusters.add(new ArrayList<>());
                lowest = file.minSequenceNumber();
            }
            clusters.get(clusters.size() - 1).add(file);
            lowest = Math.min(lowest, file.minSequenceNumber());
        }
        return clusters;
    }

    private static boolean isUnique(List<DataFileMeta> cluster, Comparator<InternalRow> keys) {
        List<DataFileMeta> sorted = new ArrayList<>(cluster);
        sorted.sort((a, b) -> keys.compare(a.minKey(), b.minKey()));
        for (int i = 1; i < sorted.size(); i++) {
            if (keys.compare(sorted.get(i - 1).maxKey(), sorted.get(i).minKey()) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** How many of the newest clusters are taken for young. */
    private static int young(List<List<DataFileMeta>> clusters) {
        int count = 0;
        long rows = 0;
        for (List<DataFileMeta> cluster : clusters) {
            rows += cluster.stream().mapToLong(DataFileMeta::rowCount).sum();
            boolean fresh = cluster.stream().allMatch(file -> file.level() == 0) && rows <= YOUNG_ROWS;
            if (!fresh && clusters.size() - count <= MOST_OLDER) {
                break;
            }
            count++;
        }
        return count;
    }
}
