package dev.weirhouse.catalog.flink.flow;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.CoreOptions.ChangelogProducer;
import org.apache.paimon.CoreOptions.LookupCompactMode;
import org.apache.paimon.CoreOptions.MergeEngine;
import org.apache.paimon.Snapshot;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;

/** Which tables a flow can go through, and which of a checkpoint's commits says that its rows are there. */
public final class FlowTables {

    /** The setting of a streaming job that names the flow it belongs to. */
    public static final String SETTING = "stream.flow";

    /** What tells its changes only when it merges. */
    private static final Set<MergeEngine> MERGING =
            EnumSet.of(MergeEngine.PARTIAL_UPDATE, MergeEngine.AGGREGATE, MergeEngine.FIRST_ROW);

    private static final Set<ChangelogProducer> TOLD_AS_WRITTEN =
            EnumSet.of(ChangelogProducer.NONE, ChangelogProducer.INPUT);

    private FlowTables() {}

    /** Why a job of a flow cannot write a table; empty when it can. */
    public static Optional<String> whyNotWritten(TableName name, FileStoreTable table) {
        CoreOptions options = table.coreOptions();
        if (compactsLate(table) || table.bucketMode() == BucketMode.POSTPONE_MODE) {
            return Optional.of("The rows of " + name + " are seen only after a compaction that its writer does not"
                    + " wait for: a flow needs it without 'write-only', without 'bucket' = '-2', with 'lookup-wait' = 'true' and"
                    + " 'lookup-compact' = 'radical'.");
        } else if (options.recordLevelExpireTime() != null || options.partitionExpireTime() != null) {
            return Optional.of("Rows of " + name + " go when they are old ('record-level.expire-time',"
                    + " 'partition.expiration-time'), and nobody who reads its changes hears of that: what a flow derives would still"
                    + " hold them.");
        }
        return Optional.empty();
    }

    /** Why a job of a flow cannot read the changes of a table to a snapshot, no less and no more; empty when it can. */
    public static Optional<String> whyNotRead(TableName name, FileStoreTable table) {
        CoreOptions options = table.coreOptions();
        ChangelogProducer producer = options.changelogProducer();
        if (producer == ChangelogProducer.FULL_COMPACTION) {
            return Optional.of("The changes of " + name + " come when it is compacted, later than the rows:"
                    + " a flow needs another 'changelog-producer', such as 'lookup'.");
        } else if (table.primaryKeys().isEmpty() || !TOLD_AS_WRITTEN.contains(producer)) {
            return whyNotWritten(name, table);
        } else if (producer == ChangelogProducer.NONE && MERGING.contains(options.mergeEngine())) {
            return Optional.of("The changes of " + name
                    + ", whose rows are merged, are not kept: a flow needs 'changelog-producer' = 'lookup'.");
        } else if (!options.sequenceField().isEmpty()) {
            return Optional.of(
                    "The changes of " + name + " are told as they are written, and which of them counts is for"
                            + " 'sequence.field' to say: a flow needs 'changelog-producer' = 'lookup'.");
        }
        return whyNotWritten(name, table);
    }

    /** Why a table cannot be the root of a flow; empty when it can. */
    public static Optional<String> whyNoRoot(TableName name, FileStoreTable table) {
        if (table.coreOptions().changelogProducer() == ChangelogProducer.INPUT) {
            return Optional.of(
                    "The changes of " + name + " are whatever its writers say they are ('changelog-producer' ="
                            + " 'input'), which nobody holds against its rows: a root needs 'lookup', or none.");
        }
        return whyNotRead(name, table);
    }

    /**
     * Whether a snapshot has everything that its checkpoint brings. Where compaction is a part of that, the commit before it
     * does not.
     */
    public static boolean isWhole(FileStoreTable table, Snapshot snapshot) {
        return !compacts(table) || snapshot.commitKind() == CommitKind.COMPACT || addsNothing(snapshot);
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
                        || table.coreOptions().lookupCompact() == LookupCompactMode.GENTLE
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
