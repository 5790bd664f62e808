package dev.weirhouse.catalog.flink.flow;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.api.ValidationException;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.CoreOptions.ChangelogProducer;
import org.apache.paimon.CoreOptions.MergeEngine;
import org.apache.paimon.Snapshot;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.table.FileStoreTable;

/** Which tables a flow can go through, and which of a checkpoint's commits says that its rows are there. */
public final class FlowTables {

    /** The setting of a streaming job that names the flow it belongs to. */
    public static final String SETTING = "stream.flow";

    /** What tells its changes only when it merges. */
    private static final Set<MergeEngine> MERGING =
            EnumSet.of(MergeEngine.PARTIAL_UPDATE, MergeEngine.AGGREGATE, MergeEngine.FIRST_ROW);

    private FlowTables() {}

    /**
     * Checks that the changes of a table can be read to a snapshot, and no less and no more.
     *
     * @throws ValidationException when they cannot
     */
    public static void check(TableName name, FileStoreTable table) {
        ChangelogProducer producer = table.coreOptions().changelogProducer();
        if (producer == ChangelogProducer.FULL_COMPACTION) {
            throw new ValidationException("The changes of " + name + " come when it is compacted, later than the rows:"
                    + " a flow needs another 'changelog-producer', such as 'lookup'.");
        }
        if (compactsLate(table)) {
            throw new ValidationException(
                    "The rows of " + name + " are seen only after a compaction that its writer does not"
                            + " wait for: a flow needs it without 'write-only' and with 'lookup-wait' = 'true'.");
        }
        if (producer == ChangelogProducer.NONE
                && !table.primaryKeys().isEmpty()
                && MERGING.contains(table.coreOptions().mergeEngine())) {
            throw new ValidationException("The changes of " + name
                    + ", whose rows are merged, are not kept: a flow needs 'changelog-producer' = 'lookup'.");
        }
    }

    /**
     * Whether a snapshot has everything that its checkpoint brings. Where compaction is a part of that, the commit before it
     * does not.
     */
    public static boolean isWhole(FileStoreTable table, Snapshot snapshot) {
        return !compacts(table) || snapshot.commitKind() == CommitKind.COMPACT || addsNothing(snapshot);
    }

    /** The newest snapshot of a table that has everything that its commit brings. */
    static Stand newestWhole(FileStoreTable table) {
        Long latest = table.snapshotManager().latestSnapshotId();
        for (long id = latest == null ? 0 : latest; id > 0; id--) {
            Optional<Snapshot> snapshot = PaimonTables.snapshot(table, id);
            if (snapshot.isEmpty()) {
                break;
            } else if (isWhole(table, snapshot.get())) {
                return stand(snapshot.get());
            }
        }
        return new Stand(0, 0);
    }

    static Stand stand(Snapshot snapshot) {
        return new Stand(snapshot.id(), snapshot.timeMillis());
    }

    /** Whether a table still has the snapshot, or has let it expire: whatever else is there by its number is another's. */
    static boolean isStill(FileStoreTable table, Stand stand) {
        if (stand.snapshot() == 0) {
            return true;
        }
        Long latest = table.snapshotManager().latestSnapshotId();
        return latest != null
                && latest >= stand.snapshot()
                && PaimonTables.snapshot(table, stand.snapshot())
                        .map(snapshot -> snapshot.timeMillis() == stand.committedAt())
                        .orElse(true);
    }

    /** Whether such a compaction comes at another time than the commit that it is of. */
    public static boolean compactsLate(FileStoreTable table) {
        return compacts(table)
                && (table.coreOptions().writeOnly()
                        || !table.coreOptions().toConfiguration().get(CoreOptions.LOOKUP_WAIT));
    }

    /** Whether rows are seen, or told to those who read on, only after they were compacted. */
    public static boolean compacts(FileStoreTable table) {
        return table.coreOptions().needLookup();
    }

    private static boolean addsNothing(Snapshot snapshot) {
        return snapshot.deltaRecordCount() == 0
                && (snapshot.changelogRecordCount() == null || snapshot.changelogRecordCount() == 0);
    }
}
