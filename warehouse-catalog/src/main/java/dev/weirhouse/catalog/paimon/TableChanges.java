package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.TableChange;
import dev.weirhouse.catalog.TableName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.paimon.Snapshot;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.table.FileStoreTable;

/**
 * Which of a table's snapshots changed its rows. What was found is remembered, for jobs of flows commit though nothing changes: so
 * each snapshot is looked at once, and a change stays the newest one after its snapshot has expired. Thread-safe.
 */
public final class TableChanges {

    /** After so many snapshots that changed nothing, the last one looked at counts. */
    private static final int MOST = 1_000;

    /** Of so many tables it is remembered. */
    private static final int REMEMBERED = 10_000;

    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * What was found.
     *
     * @param latest the table's snapshot then
     * @param change the newest one that had changed rows
     */
    private record Known(Mark latest, Mark change) {}

    /** A snapshot, which another may have the number of after a rollback. */
    private record Mark(long id, long committedAt) {
        static Mark of(Snapshot snapshot) {
            return new Mark(snapshot.id(), snapshot.timeMillis());
        }
    }

    /**
     * The newest commit that changed rows: neither one that rearranged files or counted what is in them, nor an empty one. Where
     * none of those that are kept has, the oldest of them.
     *
     * @return empty when there is no such table, or nothing in it
     */
    public Optional<TableChange> newest(VersionedCatalog catalog, TableName name) {
        String version = catalog.versionName(name);
        Optional<FileStoreTable> table = catalog.ofVersion(version);
        Optional<Snapshot> latest = table.flatMap(FileStoreTable::latestSnapshot);
        if (latest.isEmpty()) {
            forget(version);
            return Optional.empty();
        }
        Mark change = newest(table.get(), latest.get(), find(version));
        remember(version, new Known(Mark.of(latest.get()), change));
        return Optional.of(new TableChange(version, change.id(), Instant.ofEpochMilli(change.committedAt())));
    }

    private static Mark newest(FileStoreTable table, Snapshot latest, Optional<Known> before) {
        Snapshot found = latest;
        for (int i = 0; i < MOST && !changesRows(found); i++) {
            Mark here = Mark.of(found);
            if (before.filter(known -> known.latest().equals(here)).isPresent()) {
                return before.get().change();
            }
            Optional<Snapshot> previous = found.id() > Snapshot.FIRST_SNAPSHOT_ID
                    ? PaimonTables.snapshot(table, found.id() - 1)
                    : Optional.empty();
            if (previous.isEmpty()) {
                break;
            }
            found = previous.get();
        }
        return Mark.of(found);
    }

    private synchronized Optional<Known> find(String version) {
        return Optional.ofNullable(known.get(version));
    }

    private synchronized void remember(String version, Known found) {
        known.put(version, found);
    }

    private synchronized void forget(String version) {
        known.remove(version);
    }

    /** An append adds the records that it counts, deletions too; a commit that only says where a job stands has none. */
    private static boolean changesRows(Snapshot snapshot) {
        return snapshot.commitKind() == CommitKind.OVERWRITE
                || snapshot.commitKind() == CommitKind.APPEND && snapshot.deltaRecordCount() != 0;
    }
}
