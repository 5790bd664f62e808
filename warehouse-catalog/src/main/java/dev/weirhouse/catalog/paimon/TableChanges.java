package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.TableChange;
import dev.weirhouse.catalog.TableName;
import java.time.Instant;
import java.util.Optional;
import org.apache.paimon.Snapshot;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.SnapshotManager;

/** Which of a table's snapshots changed its rows. */
public final class TableChanges {

    /** After so many snapshots that changed nothing, the last one looked at counts. */
    private static final int MOST = 1_000;

    private TableChanges() {}

    /**
     * The newest commit that changed rows: neither one that rearranged files or counted what is in them, nor an empty one.
     *
     * @return empty when there is no such table, or nothing in it
     */
    public static Optional<TableChange> newest(VersionedCatalog catalog, TableName name) {
        String version = catalog.versionName(name);
        return catalog.ofVersion(version)
                .flatMap(TableChanges::newest)
                .map(snapshot -> new TableChange(version, snapshot.id(), Instant.ofEpochMilli(snapshot.timeMillis())));
    }

    private static Optional<Snapshot> newest(FileStoreTable table) {
        Optional<Snapshot> found = table.latestSnapshot();
        SnapshotManager snapshots = table.snapshotManager();
        for (int i = 0; i < MOST && found.isPresent() && !changesRows(found.get()); i++) {
            long before = found.get().id() - 1;
            if (before < Snapshot.FIRST_SNAPSHOT_ID || !snapshots.snapshotExists(before)) {
                break;
            }
            found = Optional.of(snapshots.snapshot(before));
        }
        return found;
    }

    /** An append adds the records that it counts, deletions too; a commit that only says where a job stands has none. */
    private static boolean changesRows(Snapshot snapshot) {
        return snapshot.commitKind() == CommitKind.OVERWRITE
                || snapshot.commitKind() == CommitKind.APPEND && snapshot.deltaRecordCount() != 0;
    }
}
