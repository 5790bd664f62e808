package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.NewCommits;
import dev.weirhouse.catalog.TableName;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.paimon.Snapshot;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.table.FileStoreTable;

/**
 * The commits that one writer is about to make to a table: they are signed with the writer's name, and come after the
 * snapshot that was the newest when this was made.
 */
public final class SignedCommits {

    /** The session setting that signs the commits of all tables that a statement writes. */
    public static final String SIGNATURE_SETTING = "paimon.*.*.*.commit.user-prefix";

    /** By how much the clocks of two writers may differ. */
    private static final long CLOCK_MILLIS = 60_000;

    private final TableName name;
    private final Supplier<Optional<FileStoreTable>> table;
    private final long after;

    private SignedCommits(TableName name, Supplier<Optional<FileStoreTable>> table, long after) {
        this.name = name;
        this.table = table;
        this.after = after;
    }

    /** The commits to a table that is there; empty when it is not Paimon's. */
    public static Optional<SignedCommits> to(TableName name, CatalogBaseTable table) {
        return PaimonTables.of(table)
                .map(store -> new SignedCommits(
                        name,
                        () -> Optional.of(store),
                        PaimonTables.latestSnapshot(store).orElse(0)));
    }

    /** The commits to a table that the statement makes itself. */
    public static SignedCommits toNew(VersionedCatalog catalog, TableName name) {
        return new SignedCommits(name, () -> find(catalog, name), 0);
    }

    /**
     * The commits, from their manifests, the oldest first.
     *
     * @param signature how the commits' user begins
     * @return empty when the table cannot say
     */
    public Optional<List<Commit>> commits(String signature) {
        return table.get().map(store -> PaimonCommits.after(store, after).stream()
                .filter(snapshot -> snapshot.commitUser().startsWith(signature))
                .map(snapshot -> PaimonCommits.read(name, store, snapshot))
                .toList());
    }

    /**
     * The commits of a writer that is gone, from the snapshots that are left.
     *
     * @param signature how the commits' user begins
     * @param since when it began, in milliseconds since 1970 UTC
     * @return empty when the table is gone, its name stands for another version, or snapshots of that time have expired
     */
    public static Optional<List<Commit>> since(
            VersionedCatalog catalog, TableName name, String version, String signature, long since) {
        Optional<FileStoreTable> found = find(catalog, name)
                .filter(store -> PaimonTables.version(name, store).equals(version));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        FileStoreTable store = found.get();
        List<Snapshot> later = PaimonCommits.since(store, since - CLOCK_MILLIS);
        boolean whole = later.isEmpty()
                || later.get(0).id() == Snapshot.FIRST_SNAPSHOT_ID
                || store.snapshotManager().snapshotExists(later.get(0).id() - 1);
        return whole
                ? Optional.of(later.stream()
                        .filter(snapshot -> snapshot.commitUser().startsWith(signature))
                        .map(snapshot -> PaimonCommits.read(name, store, snapshot))
                        .toList())
                : Optional.empty();
    }

    private static Optional<FileStoreTable> find(VersionedCatalog catalog, TableName name) {
        try {
            return catalog.getTable(Identifier.create(name.database(), name.table())) instanceof FileStoreTable store
                    ? Optional.of(store)
                    : Optional.empty();
        } catch (Catalog.TableNotExistException e) {
            return Optional.empty();
        }
    }

    /**
     * The commits of a writer that goes on, after a snapshot.
     *
     * @param signature how the commits' user begins
     * @param after the newest snapshot that was looked at before; 0 for none
     * @return empty when the table is gone, or its name stands for another version
     */
    public static Optional<NewCommits> after(
            VersionedCatalog catalog, TableName name, String version, String signature, long after) {
        return find(catalog, name)
                .filter(store -> PaimonTables.version(name, store).equals(version))
                .map(store -> {
                    List<Snapshot> later = PaimonCommits.after(store, after);
                    return new NewCommits(
                            later.stream()
                                    .filter(snapshot -> snapshot.commitUser().startsWith(signature))
                                    .map(snapshot -> PaimonCommits.read(name, store, snapshot))
                                    .toList(),
                            later.isEmpty() ? after + 1 : later.get(0).id(),
                            later.isEmpty()
                                    ? after
                                    : later.get(later.size() - 1).id());
                });
    }
}
