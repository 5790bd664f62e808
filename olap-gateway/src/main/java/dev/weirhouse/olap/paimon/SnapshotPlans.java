package dev.weirhouse.olap.paimon;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.paimon.Snapshot;
import org.apache.paimon.fs.Path;
import org.apache.paimon.options.MemorySize;
import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.SegmentsCache;

/**
 * The lists of files that tables consist of at snapshots, those last asked for remembered; thread-safe. A new snapshot's
 * list is Paimon's plan, of whose manifests all but the newest are those of the snapshot before and are not decoded again.
 */
final class SnapshotPlans {

    /** Files in all remembered lists, each of which costs about a kilobyte. */
    private static final long MOST_FILES = 100_000;

    /** Lists of no file cost something too. */
    private static final int COST_OF_A_LIST = 10;

    private static final MemorySize MANIFESTS = MemorySize.ofMebiBytes(64);

    /** Paimon begins a new manifest at this size. */
    private static final MemorySize LARGEST_MANIFEST = MemorySize.ofMebiBytes(8);

    private final LocalFolders folders;

    /** Decoded manifests, for tables of a catalog that keeps none. */
    private final SegmentsCache<Path> manifests = SegmentsCache.create(MANIFESTS, LARGEST_MANIFEST.getBytes());

    private final Map<Key, SnapshotFiles> known = new LinkedHashMap<>(16, 0.75f, true);
    private long cost;

    SnapshotPlans(LocalFolders folders) {
        this.folders = folders;
    }

    /**
     * The table's files.
     *
     * @param snapshot that the table is fixed to, if it is
     * @param filter the files that can have no row of it are left out; null for all
     */
    SnapshotFiles files(FileStoreTable table, Optional<Snapshot> snapshot, Predicate filter) {
        if (snapshot.isEmpty()) {
            // Nothing was committed when the query began, or what it reads is more than one snapshot.
            return SnapshotFiles.throughPaimon(table, filter);
        }
        Key key = Key.of(table, snapshot.get(), filter);
        synchronized (this) {
            SnapshotFiles files = known.get(key);
            if (files != null) {
                return files;
            }
        }
        if (table.getManifestCache() == null) {
            table.setManifestCache(manifests);
        }
        SnapshotFiles files = SnapshotFiles.load(table, filter, folders);
        synchronized (this) {
            if (known.putIfAbsent(key, files) == null) {
                cost += cost(files);
                Iterator<SnapshotFiles> oldest = known.values().iterator();
                while (cost > MOST_FILES && oldest.hasNext()) {
                    cost -= cost(oldest.next());
                    oldest.remove();
                }
            }
        }
        return files;
    }

    private static long cost(SnapshotFiles files) {
        return files.files() + COST_OF_A_LIST;
    }

    /**
     * @param commit a name given once, where an id is given again after a rollback
     * @param options of the reading; some of them choose among the files
     */
    private record Key(
            String location, long schemaId, String commit, Map<String, String> options, Optional<Predicate> filter) {

        static Key of(FileStoreTable table, Snapshot snapshot, Predicate filter) {
            return new Key(
                    table.location().toString(),
                    table.schema().id(),
                    snapshot.deltaManifestList(),
                    Map.copyOf(table.options()),
                    Optional.ofNullable(filter));
        }
    }
}
