package dev.weirhouse.catalog.flink.flow;

import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.paimon.Snapshot;
import org.apache.paimon.manifest.FileKind;
import org.apache.paimon.manifest.ManifestEntry;
import org.apache.paimon.operation.FileStoreScan;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.ScanMode;

/**
 * Which snapshots of a table have told all that is in them. Where changes are told by the compaction that follows a commit,
 * those of several writers may lie between one another: a snapshot is whole while no file waits for its compaction. Looks once
 * at all files, and from then on at what each snapshot changes. Used by one thread.
 */
final class WholeSnapshots {

    private static final Stand NONE = new Stand(0, 0);

    private final Set<String> waiting = new HashSet<>();
    private Stand looked = NONE;
    private Stand whole = NONE;

    /** The newest whole snapshot; 0 while there is none. */
    Stand newest(FileStoreTable table) {
        Optional<Snapshot> latest = Optional.ofNullable(table.snapshotManager().latestSnapshot());
        if (latest.isEmpty()) {
            return NONE;
        } else if (!FlowTables.compacts(table)) {
            return FlowTables.stand(latest.get());
        }
        Stand now = FlowTables.stand(latest.get());
        if (looked.equals(NONE) || !FlowTables.isStill(table, looked) || !follow(table, now)) {
            begin(table, latest.get());
        }
        looked = now;
        return whole;
    }

    /** Takes in what was committed since the last look; false when some of it has expired. */
    private boolean follow(FileStoreTable table, Stand now) {
        for (long id = looked.snapshot() + 1; id <= now.snapshot(); id++) {
            Optional<Snapshot> snapshot = PaimonTables.snapshot(table, id);
            if (snapshot.isEmpty()) {
                return false;
            }
            for (ManifestEntry entry : files(table, snapshot.get(), ScanMode.DELTA)) {
                if (entry.kind() == FileKind.ADD) {
                    waiting.add(entry.file().fileName());
                } else {
                    waiting.remove(entry.file().fileName());
                }
            }
            if (waiting.isEmpty()) {
                whole = FlowTables.stand(snapshot.get());
            }
        }
        return true;
    }

    private void begin(FileStoreTable table, Snapshot latest) {
        waiting.clear();
        files(table, latest, ScanMode.ALL)
                .forEach(entry -> waiting.add(entry.file().fileName()));
        whole = waiting.isEmpty() ? FlowTables.stand(latest) : NONE;
        for (long id = latest.id() - 1; id > 0 && whole.equals(NONE); id--) {
            Optional<Snapshot> snapshot = PaimonTables.snapshot(table, id);
            if (snapshot.isEmpty()) {
                return;
            } else if (files(table, snapshot.get(), ScanMode.ALL).isEmpty()) {
                whole = FlowTables.stand(snapshot.get());
            }
        }
    }

    /** The files that nothing has compacted. */
    private static List<ManifestEntry> files(FileStoreTable table, Snapshot snapshot, ScanMode mode) {
        FileStoreScan scan = table.store().newScan().withSnapshot(snapshot).withKind(mode);
        return scan.plan().files().stream()
                .filter(entry -> entry.file().level() == 0)
                .toList();
    }
}
