package dev.weirhouse.catalog.flink.checkpoint;

import dev.weirhouse.catalog.CheckpointRead;
import dev.weirhouse.catalog.flink.checkpoint.TableProgress.Unread;
import dev.weirhouse.catalog.flink.flow.FlowTables;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.state.StreamSource;
import java.util.Optional;
import org.apache.paimon.CoreOptions.ChangelogProducer;
import org.apache.paimon.Snapshot;
import org.apache.paimon.table.FileStoreTable;

/**
 * The snapshot of a table that a source had read, from how far it had come.
 *
 * <ol>
 *   <li>Where nothing that it had planned is left unread, it is the last snapshot that it had planned.
 *   <li>Where nothing of the first snapshot with something unread, nor of any after it, had been read, it is the one before:
 *       the rows that are left are as many as the snapshots brought.
 *   <li>Otherwise the checkpoint cuts a snapshot in two, and the one before it is a lower bound.
 *   <li>Where compaction tells what changed, a snapshot stands for what was read only when it has its compaction: the search
 *       goes back to one that has.
 * </ol>
 */
final class TableSnapshots {

    /** How many snapshots are looked at, one by one. */
    private static final int MOST = 1_000;

    private final StreamSource source;
    private final Optional<FileStoreTable> table;

    private TableSnapshots(StreamSource source, Optional<FileStoreTable> table) {
        this.source = source;
        this.table = table;
    }

    /** @param table what the source reads; empty when it is not there any more */
    static CheckpointRead read(StreamSource source, Optional<FileStoreTable> table, TableProgress progress) {
        return new TableSnapshots(source, table).read(progress);
    }

    private CheckpointRead read(TableProgress progress) {
        long last = progress.next().orElse(1) - 1;
        if (progress.unread().isEmpty()) {
            return settled(last, Optional.empty());
        }
        long first = progress.unread().firstKey();
        if (progress.unread().get(first).whole()) {
            return CheckpointRead.lowerBound(
                    source.table(),
                    source.version(),
                    0,
                    "a part of the rows that were there when it began, at snapshot " + first + ", was not read yet");
        }
        return settled(
                first - 1,
                isBegun(progress, first, last)
                        ? Optional.of("the checkpoint was taken in the middle of snapshot " + first)
                        : Optional.empty());
    }

    /** Whether some of the rows of these snapshots had been read, or that cannot be known. */
    private boolean isBegun(TableProgress progress, long first, long last) {
        if (table.isEmpty() || last - first >= MOST) {
            return true;
        }
        for (long id = first; id <= last; id++) {
            Unread unread = progress.unread().getOrDefault(id, new Unread(0, false, false));
            Optional<Snapshot> snapshot = PaimonTables.snapshot(table.get(), id);
            if (snapshot.isEmpty() || unread.begun() || unread.rows() != told(snapshot.get())) {
                return true;
            }
        }
        return false;
    }

    /** How many rows those who read on are told of a snapshot; -1 where that depends. */
    private long told(Snapshot snapshot) {
        if (producer() == ChangelogProducer.NONE) {
            return switch (snapshot.commitKind()) {
                case APPEND -> snapshot.deltaRecordCount();
                case OVERWRITE -> -1;
                default -> 0;
            };
        }
        return snapshot.changelogRecordCount() == null ? 0 : snapshot.changelogRecordCount();
    }

    private ChangelogProducer producer() {
        return table.orElseThrow().coreOptions().changelogProducer();
    }

    /** @param cut why more than the snapshot may have been read */
    private CheckpointRead settled(long snapshot, Optional<String> cut) {
        if (table.isEmpty()) {
            return unknown("the table is not there any more: what had been read of it, up to snapshot " + snapshot
                    + ", cannot be looked at");
        }
        if (snapshot > 0 && producer() == ChangelogProducer.FULL_COMPACTION) {
            return unknown("its changes are told when it is compacted as a whole: what was read up to snapshot "
                    + snapshot + " is no snapshot's");
        }
        if (snapshot > 0 && FlowTables.compactsLate(table.get())) {
            return unknown(
                    "who writes it does not wait for its compaction, which tells its changes: what was read up to"
                            + " snapshot " + snapshot + " is no snapshot's");
        }
        Optional<String> more = cut;
        for (long id = snapshot; id > Math.max(0, snapshot - MOST); id--) {
            if (!FlowTables.compacts(table.get())) {
                return bounded(id, more);
            }
            Optional<Snapshot> found = PaimonTables.snapshot(table.get(), id);
            if (found.isEmpty()) {
                return unknown("snapshot " + id + " expired before it was looked at");
            }
            if (FlowTables.isWhole(table.get(), found.get())) {
                return bounded(id, more);
            }
            if (more.isEmpty() && told(found.get()) != 0) {
                more = Optional.of("snapshot " + id + " was read, whose rows are seen only when it is compacted");
            }
        }
        return snapshot > MOST ? unknown("no snapshot up to " + snapshot + " was compacted") : bounded(0, more);
    }

    private CheckpointRead bounded(long snapshot, Optional<String> more) {
        return more.map(reason -> CheckpointRead.lowerBound(source.table(), source.version(), snapshot, reason))
                .orElseGet(() -> CheckpointRead.exact(source.table(), source.version(), snapshot));
    }

    private CheckpointRead unknown(String reason) {
        return CheckpointRead.unknown(source.table(), source.version(), reason);
    }
}
