package dev.weirhouse.catalog.flink.flow;

import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import java.util.EnumSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.paimon.Snapshot;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.SnapshotManager;

/** The commits that one job made to one table, by checkpoint, as far as they are still there. Used by one thread. */
final class JobCommits {

    /** Those of more checkpoints nobody asks for. */
    private static final int MOST = 1_000;

    private static final Set<CommitKind> WRITES = EnumSet.of(CommitKind.APPEND, CommitKind.OVERWRITE);

    private final String signature;
    private final NavigableMap<Long, Stand> whole = new TreeMap<>();
    /** The commits of checkpoints whose compaction may still come. */
    private final NavigableMap<Long, Long> unfinished = new TreeMap<>();

    private long newestCheckpoint = -1;
    private long lookedTo;
    private OptionalLong foreign = OptionalLong.empty();

    /** A snapshot of somebody else's with rows, and none of the job's before it is known. */
    private OptionalLong before = OptionalLong.empty();

    /** @param signature how the commits' user begins */
    JobCommits(String signature) {
        this.signature = signature;
    }

    /** Looks at what was committed since the last look. */
    void look(FileStoreTable table) {
        SnapshotManager snapshots = table.snapshotManager();
        Long latest = snapshots.latestSnapshotId();
        if (latest == null || latest < lookedTo) {
            // Rolled back, or made anew.
            whole.clear();
            unfinished.clear();
            newestCheckpoint = -1;
            foreign = OptionalLong.empty();
            before = OptionalLong.empty();
            lookedTo = 0;
        }
        if (latest == null || latest == lookedTo) {
            return;
        }
        Long earliest = snapshots.earliestSnapshotId();
        for (long id = Math.max(lookedTo + 1, earliest == null ? latest : earliest); id <= latest; id++) {
            Optional<Snapshot> found = PaimonTables.snapshot(table, id);
            if (found.isEmpty()) {
                continue;
            }
            Snapshot snapshot = found.get();
            if (snapshot.commitUser().startsWith(signature)) {
                add(table, snapshot);
            } else if (WRITES.contains(snapshot.commitKind())) {
                if (newestCheckpoint >= 0) {
                    foreign = OptionalLong.of(id);
                } else {
                    before = snapshot.totalRecordCount() > 0 ? OptionalLong.of(id) : OptionalLong.empty();
                }
            }
        }
        lookedTo = latest;
        while (whole.size() > MOST) {
            whole.pollFirstEntry();
        }
    }

    private void add(FileStoreTable table, Snapshot snapshot) {
        if (before.isPresent()) {
            // The table was empty when the job was applied, so that these rows came beside its own.
            foreign = before;
            before = OptionalLong.empty();
        }
        long checkpoint = snapshot.commitIdentifier();
        if (checkpoint > newestCheckpoint) {
            // A compaction that did not come with its checkpoint comes with none: after a failure Paimon leaves it out.
            unfinished.clear();
            newestCheckpoint = checkpoint;
        }
        if (FlowTables.isWhole(table, snapshot)) {
            whole.put(checkpoint, FlowTables.stand(snapshot));
            unfinished.remove(checkpoint);
        } else if (!whole.containsKey(checkpoint)) {
            unfinished.put(checkpoint, snapshot.id());
        }
    }

    /** The last snapshot of a checkpoint's; empty when it has none, or more may come. */
    Optional<Stand> of(long checkpoint) {
        return Optional.ofNullable(whole.get(checkpoint));
    }

    /** A snapshot whose rows somebody else has written beside those of the job. */
    OptionalLong foreign() {
        return foreign;
    }

    /** Whether there is a commit of a later checkpoint, so that none of this one comes any more. */
    boolean hasAfter(long checkpoint) {
        return newestCheckpoint > checkpoint;
    }
}
