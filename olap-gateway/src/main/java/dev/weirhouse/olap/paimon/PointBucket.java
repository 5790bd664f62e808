package dev.weirhouse.olap.paimon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.io.DataFileMeta;

/**
 * The files of one bucket at one snapshot, and those in which keys are looked up. These are others for a while after a
 * compaction: it changes no row, so the files that it replaced, which are built, answer until its own are. Immutable but
 * for the count of those who hold it; thread-safe.
 *
 * <p>A key's row is the record with the highest sequence number, as Paimon's merging reader has it. Runs are asked from
 * the one that may hold the highest on, until none can hold a higher: with a single writer that is the first hit.
 *
 * <p>A compaction may drop a delete, and then the next writer gives its sequence number again. So files that were replaced
 * and files added since are layers: what a later one says of a key stands, whatever the numbers.
 */
final class PointBucket {

    private final int totalBuckets;

    /** Files by name, as the snapshot lists them. */
    private final Map<String, DataFileMeta> files;

    /** Those files, and the ones that are asked instead of them. */
    private final Map<String, FileSlot> slots;

    /** The latest first. */
    private final List<Layer> layers;

    private final boolean settled;
    private int holders;

    private record Layer(List<Run> runs) {}

    /** Files whose ranges of keys do not overlap, in the order of keys. */
    private record Run(List<FileSlot> slots, long maxSequence) {

        private FileSlot find(InternalRow key, Comparator<InternalRow> order) {
            int low = 0;
            int high = slots.size() - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (order.compare(slots.get(middle).file().maxKey(), key) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            DataFileMeta file = slots.get(low).file();
            return order.compare(file.minKey(), key) <= 0 && order.compare(file.maxKey(), key) >= 0
                    ? slots.get(low)
                    : null;
        }
    }

    private PointBucket(
            int totalBuckets,
            Map<String, DataFileMeta> files,
            Map<String, FileSlot> slots,
            List<Layer> layers,
            boolean settled) {
        this.totalBuckets = totalBuckets;
        this.files = files;
        this.slots = slots;
        this.layers = List.copyOf(layers);
        this.settled = settled;
    }

    /** A bucket that is asked in its own files. */
    static PointBucket of(
            int totalBuckets,
            Map<String, DataFileMeta> files,
            PointBucket before,
            Function<DataFileMeta, FileSlot> open,
            Comparator<InternalRow> order) {
        Map<String, FileSlot> slots = new LinkedHashMap<>();
        files.forEach((name, file) -> slots.put(name, slot(before, file, open)));
        return new PointBucket(totalBuckets, files, slots, List.of(layer(files.values(), slots, order)), true);
    }

    /**
     * A bucket that is asked in those files that the one before it was asked in, and first in added ones.
     *
     * @param added files whose records all follow, as {@link #precedes} tells
     */
    static PointBucket instead(
            int totalBuckets,
            Map<String, DataFileMeta> files,
            PointBucket before,
            List<DataFileMeta> added,
            Function<DataFileMeta, FileSlot> open,
            Comparator<InternalRow> order) {
        Map<String, FileSlot> slots = new LinkedHashMap<>();
        before.asked().forEach(slot -> slots.put(slot.file().fileName(), slot));
        files.forEach((name, file) -> slots.computeIfAbsent(name, any -> slot(before, file, open)));
        List<Layer> layers = new ArrayList<>();
        if (!added.isEmpty()) {
            layers.add(layer(added, slots, order));
        }
        layers.addAll(before.layers);
        return new PointBucket(totalBuckets, files, slots, layers, false);
    }

    private static FileSlot slot(PointBucket before, DataFileMeta file, Function<DataFileMeta, FileSlot> open) {
        FileSlot known = before == null ? null : before.slots.get(file.fileName());
        return known == null ? open.apply(file) : known;
    }

    /** Level 0 has a run for each file, every other level one. A compaction may lift a file without rewriting it. */
    private static Layer layer(
            Collection<DataFileMeta> asked, Map<String, FileSlot> slots, Comparator<InternalRow> order) {
        List<Run> runs = new ArrayList<>();
        Map<Integer, List<DataFileMeta>> levels = new TreeMap<>();
        for (DataFileMeta file : asked) {
            if (file.level() == 0) {
                runs.add(new Run(List.of(slots.get(file.fileName())), file.maxSequenceNumber()));
            } else {
                levels.computeIfAbsent(file.level(), level -> new ArrayList<>()).add(file);
            }
        }
        for (List<DataFileMeta> level : levels.values()) {
            level.sort((a, b) -> order.compare(a.minKey(), b.minKey()));
            runs.add(new Run(
                    level.stream().map(file -> slots.get(file.fileName())).toList(),
                    level.stream()
                            .mapToLong(DataFileMeta::maxSequenceNumber)
                            .max()
                            .orElseThrow()));
        }
        runs.sort(Comparator.comparingLong(Run::maxSequence).reversed());
        return new Layer(runs);
    }

    /** Over how many buckets its partition's keys are spread; 0 when its files do not agree. */
    int totalBuckets() {
        return totalBuckets;
    }

    /** The files that the snapshot lists, by name. */
    Map<String, DataFileMeta> files() {
        return files;
    }

    /** Whether it is asked in its own files. */
    boolean isSettled() {
        return settled;
    }

    /** Whether no file of its own is still to be built; one that could not be may have room once others are let go. */
    boolean canSettle() {
        return files.keySet().stream()
                .map(slots::get)
                .allMatch(slot -> slot.isBuilt() || slot.isSmall() || slot.hasFailed());
    }

    /** In how many steps it is asked. */
    int layers() {
        return layers.size();
    }

    private Stream<FileSlot> asked() {
        return layers.stream().flatMap(layer -> layer.runs().stream()).flatMap(run -> run.slots().stream());
    }

    /** Whether each file that is asked is built or small. */
    boolean isReady() {
        return asked().allMatch(slot -> slot.isBuilt() || slot.isSmall());
    }

    /** Whether all records of the bucket come before those of a file. */
    boolean precedes(DataFileMeta file) {
        return files.values().stream().allMatch(known -> known.maxSequenceNumber() < file.minSequenceNumber());
    }

    /** Slots that no question waits for and that are not built. */
    List<FileSlot> toBuild() {
        return slots.values().stream()
                .filter(slot -> !slot.isBuilt() && !slot.isSmall())
                .toList();
    }

    /**
     * A key's newest record; the caller holds this bucket.
     *
     * @return null when there is none
     * @throws NotReadyException when a file is not built, or two records are each the newest
     */
    KeyFile.Entry find(BinaryRow key, KeyCodec codec) throws IOException, NotReadyException {
        byte[] bytes = codec.bytes(key);
        for (Layer layer : layers) {
            KeyFile.Entry newest = find(layer, key, bytes, codec);
            if (newest != null) {
                return newest;
            }
        }
        return null;
    }

    private static KeyFile.Entry find(Layer layer, BinaryRow key, byte[] bytes, KeyCodec codec)
            throws IOException, NotReadyException {
        KeyFile.Entry newest = null;
        for (Run run : layer.runs()) {
            if (newest != null && newest.sequence() > run.maxSequence()) {
                break;
            }
            FileSlot slot = run.find(key, codec.order());
            KeyFile.Entry found = slot == null ? null : slot.local().find(bytes, codec.scratch());
            if (found == null || (newest != null && found.sequence() < newest.sequence())) {
                continue;
            }
            if (newest != null && found.sequence() == newest.sequence()) {
                throw new NotReadyException("two writers gave one sequence number to records of a key");
            }
            newest = found;
        }
        return newest;
    }

    synchronized void hold() {
        if (holders++ == 0) {
            slots.values().forEach(FileSlot::hold);
        }
    }

    synchronized void letGo() {
        if (--holders == 0) {
            slots.values().forEach(FileSlot::letGo);
        }
    }
}
