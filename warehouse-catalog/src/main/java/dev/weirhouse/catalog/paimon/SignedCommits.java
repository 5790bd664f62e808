package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.NewCommits;
import dev.weirhouse.catalog.SnapshotMark;
import dev.weirhouse.catalog.StoredSnapshot;
import dev.weirhouse.catalog.TableName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.paimon.Snapshot;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.SnapshotManager;

/** Finds the commits that one writer made to a version: Paimon's snapshots bear their writer's name. */
public final class SignedCommits {

    /** The session setting that signs the commits of all tables that a statement writes. */
    public static final String SIGNATURE_SETTING = "paimon.*.*.*.commit.user-prefix";

    private SignedCommits() {}

    /**
     * The commits of a writer after a snapshot. When that snapshot is not there any more, or is another than it was, all
     * commits that are still there are looked at.
     *
     * @param table the name that was written
     * @param version what it stood for, as Paimon writes it
     * @param signature how the commits' user begins
     * @return empty when there is no such version
     */
    public static Optional<NewCommits> after(
            VersionedCatalog catalog, TableName table, String version, String signature, SnapshotMark mark) {
        return catalog.ofVersion(version).map(store -> after(store, table, version, signature, mark));
    }

    /** A snapshot of a version; empty when it has expired, or the version is not there. */
    public static Optional<StoredSnapshot> snapshot(VersionedCatalog catalog, String version, long id) {
        return catalog.ofVersion(version)
                .map(FileStoreTable::snapshotManager)
                .filter(snapshots -> snapshots.snapshotExists(id))
                .map(snapshots -> snapshots.snapshot(id))
                .map(snapshot -> new StoredSnapshot(
                        snapshot.commitUser(), snapshot.commitKind().name(), snapshot.timeMillis()));
    }

    private static NewCommits after(
            FileStoreTable store, TableName table, String version, String signature, SnapshotMark mark) {
        Optional<Snapshot> newest = store.latestSnapshot();
        long latest = newest.map(Snapshot::id).orElse(0L);
        boolean replaced = isReplaced(store.snapshotManager(), latest, mark);
        long from = replaced ? 0 : mark.snapshot();
        List<Snapshot> snapshots = new ArrayList<>();
        for (long id = latest; id > from && store.snapshotManager().snapshotExists(id); id--) {
            snapshots.add(store.snapshotManager().snapshot(id));
        }
        Collections.reverse(snapshots);
        Optional<String> missed = replaced
                ? Optional.of("the table was rolled back or made anew after snapshot " + mark.snapshot()
                        + ": what was committed since and is gone is not known")
                : expired(mark.snapshot(), snapshots, latest);
        return new NewCommits(
                snapshots.stream()
                        .filter(snapshot -> snapshot.commitUser().startsWith(signature))
                        .map(snapshot -> PaimonCommits.read(table, version, store, snapshot))
                        .toList(),
                missed,
                newest.map(snapshot -> new SnapshotMark(snapshot.id(), OptionalLong.of(snapshot.timeMillis())))
                        .orElse(SnapshotMark.NONE));
    }

    private static boolean isReplaced(SnapshotManager snapshots, long latest, SnapshotMark mark) {
        if (latest < mark.snapshot()) {
            return true;
        }
        return mark.committedAt().isPresent()
                && snapshots.snapshotExists(mark.snapshot())
                && snapshots.snapshot(mark.snapshot()).timeMillis()
                        != mark.committedAt().getAsLong();
    }

    private static Optional<String> expired(long told, List<Snapshot> snapshots, long latest) {
        long first = snapshots.isEmpty() ? latest + 1 : snapshots.get(0).id();
        return first == told + 1
                ? Optional.empty()
                : Optional.of("snapshots " + (told + 1) + " to " + (first - 1) + " expired before they were looked at");
    }
}
