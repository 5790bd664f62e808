package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.TableName;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.paimon.Snapshot;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.manifest.FileKind;
import org.apache.paimon.manifest.ManifestEntry;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.ScanMode;

/**
 * The commits that one writer is about to make to a table: they are signed with the writer's name, and come after the
 * snapshot that was the newest when this was made.
 */
public final class SignedCommits {

    /** The session setting that signs the commits of all tables that a statement writes. */
    public static final String SIGNATURE_SETTING = "paimon.*.*.*.commit.user-prefix";

    private final Supplier<Optional<FileStoreTable>> table;
    private final long after;

    private SignedCommits(Supplier<Optional<FileStoreTable>> table, long after) {
        this.table = table;
        this.after = after;
    }

    /** The commits to a table that is there; empty when it is not Paimon's. */
    public static Optional<SignedCommits> to(CatalogBaseTable table) {
        return PaimonTables.of(table)
                .map(store -> new SignedCommits(
                        () -> Optional.of(store),
                        PaimonTables.latestSnapshot(store).orElse(0)));
    }

    /** The commits to a table that the statement makes itself. */
    public static SignedCommits toNew(VersionedCatalog catalog, TableName name) {
        return new SignedCommits(
                () -> {
                    try {
                        return catalog.getTable(Identifier.create(name.database(), name.table()))
                                        instanceof FileStoreTable store
                                ? Optional.of(store)
                                : Optional.empty();
                    } catch (Catalog.TableNotExistException e) {
                        return Optional.empty();
                    }
                },
                0);
    }

    /**
     * Counts the rows that the commits added, from their manifests.
     *
     * @param signature how the commits' user begins
     * @return empty when the table cannot say
     */
    public OptionalLong rowsAdded(String signature) {
        Optional<FileStoreTable> found = table.get();
        if (found.isEmpty()) {
            return OptionalLong.empty();
        }
        FileStoreTable store = found.get();
        long rows = 0;
        long latest = PaimonTables.latestSnapshot(store).orElse(0);
        for (long id = latest; id > after && store.snapshotManager().snapshotExists(id); id--) {
            Snapshot snapshot = store.snapshotManager().snapshot(id);
            if (snapshot.commitUser().startsWith(signature) && snapshot.commitKind() != Snapshot.CommitKind.COMPACT) {
                rows += rowsAdded(store, snapshot);
            }
        }
        return OptionalLong.of(rows);
    }

    private static long rowsAdded(FileStoreTable store, Snapshot snapshot) {
        long rows = 0;
        Iterator<ManifestEntry> files = store.store()
                .newScan()
                .withSnapshot(snapshot)
                .withKind(ScanMode.DELTA)
                .plan()
                .files()
                .iterator();
        while (files.hasNext()) {
            ManifestEntry entry = files.next();
            if (entry.kind() == FileKind.ADD) {
                rows += entry.file().rowCount();
            }
        }
        return rows;
    }
}
