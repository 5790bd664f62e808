package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.TableName;
import java.io.FileNotFoundException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.CoreOptions.StartupMode;
import org.apache.paimon.Snapshot;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.flink.DataCatalogTable;
import org.apache.paimon.flink.SystemCatalogTable;
import org.apache.paimon.options.Options;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.snapshot.TimeTravelUtil;
import org.apache.paimon.utils.SnapshotManager;

/** What the floors above need to know of Paimon tables, in words of the warehouse. */
public final class PaimonTables {

    private static final Set<String> TIME_TRAVEL = Set.of(
            CoreOptions.SCAN_SNAPSHOT_ID.key(),
            CoreOptions.SCAN_TAG_NAME.key(),
            CoreOptions.SCAN_TIMESTAMP.key(),
            CoreOptions.SCAN_TIMESTAMP_MILLIS.key(),
            CoreOptions.SCAN_WATERMARK.key(),
            CoreOptions.SCAN_VERSION.key(),
            CoreOptions.SCAN_CREATION_TIME_MILLIS.key(),
            CoreOptions.SCAN_FILE_CREATION_TIME_MILLIS.key(),
            CoreOptions.INCREMENTAL_BETWEEN.key(),
            CoreOptions.INCREMENTAL_BETWEEN_TIMESTAMP.key(),
            CoreOptions.INCREMENTAL_TO_AUTO_TAG.key(),
            CoreOptions.SCAN_FALLBACK_BRANCH.key());

    /** What a bounded read of no moment in particular can be called. */
    private static final Set<StartupMode> NEWEST = EnumSet.of(StartupMode.LATEST_FULL, StartupMode.LATEST);

    private static final Set<StartupMode> WHOLE =
            EnumSet.of(StartupMode.LATEST_FULL, StartupMode.COMPACTED_FULL, StartupMode.FROM_SNAPSHOT_FULL);

    private PaimonTables() {}

    /** The Paimon table within Flink's, if it is one that holds data. */
    public static Optional<FileStoreTable> of(CatalogBaseTable table) {
        return table instanceof DataCatalogTable data && data.table() instanceof FileStoreTable store
                ? Optional.of(store)
                : Optional.empty();
    }

    /** Where a Paimon table lies by its own account, whatever a hint says. */
    public static Optional<String> location(CatalogBaseTable table) {
        if (table instanceof DataCatalogTable data) {
            return Optional.ofNullable(data.table().options().get(CoreOptions.PATH.key()));
        }
        return table instanceof SystemCatalogTable system
                ? Optional.ofNullable(system.table().options().get(CoreOptions.PATH.key()))
                : Optional.empty();
    }

    /** The version that a table is, as {@code db.t} or {@code db.t$branch_b}. */
    public static String version(TableName logical, FileStoreTable table) {
        String branch = table.options().getOrDefault(CoreOptions.BRANCH.key(), "main");
        Identifier loaded = table.catalogEnvironment().identifier();
        String physical = loaded == null
                ? logical.database() + "." + table.location().getName()
                : new TableName(loaded.getDatabaseName(), loaded.getTableName()).toString();
        return "main".equals(branch) ? physical : physical + "$branch_" + branch;
    }

    /** The newest snapshot's id; empty when nothing was committed yet. */
    public static OptionalLong latestSnapshot(FileStoreTable table) {
        return table.latestSnapshot().map(Snapshot::id).map(OptionalLong::of).orElse(OptionalLong.empty());
    }

    /** A snapshot as it is now, past Paimon's cache; empty when it is not there, or not any more. */
    public static Optional<Snapshot> snapshot(FileStoreTable table, long id) {
        try {
            SnapshotManager snapshots = table.snapshotManager();
            return Optional.of(SnapshotManager.tryFromPath(table.fileIO(), snapshots.snapshotPath(id)));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    /** The first and the last snapshot that are there, as in {@code 3 to 9}; empty when there is none. */
    public static Optional<String> range(FileStoreTable table) {
        Long first = table.snapshotManager().earliestSnapshotId();
        Long last = table.snapshotManager().latestSnapshotId();
        return first == null || last == null ? Optional.empty() : Optional.of(first + " to " + last);
    }

    /** Whether the options choose another moment than the newest. */
    public static boolean travelsInTime(Map<String, String> options) {
        return TIME_TRAVEL.stream().anyMatch(options::containsKey) || !NEWEST.contains(startupMode(options));
    }

    /** The options but those that choose a moment, in order. */
    public static Map<String, String> withoutMoment(Map<String, String> options) {
        Map<String, String> others = new TreeMap<>(options);
        others.keySet().removeAll(TIME_TRAVEL);
        others.remove(CoreOptions.SCAN_MODE.key());
        return others;
    }

    /** Those of the options that choose a moment. */
    public static Map<String, String> moments(Map<String, String> options) {
        Map<String, String> moments = new HashMap<>(options);
        moments.keySet().retainAll(TIME_TRAVEL);
        return moments;
    }

    /** The number of the snapshot that the options choose, where they choose it by its number and by nothing else. */
    public static OptionalLong named(Map<String, String> options) {
        Map<String, String> moments = moments(options);
        String id = moments.get(CoreOptions.SCAN_SNAPSHOT_ID.key());
        return moments.size() == 1 && id != null && id.matches("\\d{1,18}")
                ? OptionalLong.of(Long.parseLong(id))
                : OptionalLong.empty();
    }

    /**
     * The snapshot that the options choose; empty when they choose several, or rows of one that are known only once the
     * files are.
     */
    public static OptionalLong moment(FileStoreTable table, Map<String, String> options) {
        return TimeTravelUtil.tryTravelToSnapshot(table.copyWithoutTimeTravel(options))
                .map(snapshot -> OptionalLong.of(snapshot.id()))
                .orElse(OptionalLong.empty());
    }

    /** Whether a stream with these options begins with all rows that a snapshot has. */
    public static boolean beginsWhole(Map<String, String> options) {
        return WHOLE.contains(startupMode(options));
    }

    private static StartupMode startupMode(Map<String, String> options) {
        return CoreOptions.startupMode(Options.fromMap(options));
    }

    /**
     * Options that fix a read of the newest rows to a snapshot.
     *
     * @param snapshotId 0 for what was there before the first: nothing
     */
    public static Map<String, String> at(Map<String, String> options, long snapshotId) {
        Map<String, String> fixed = new HashMap<>(options);
        fixed.remove(CoreOptions.SCAN_MODE.key());
        if (snapshotId == 0) {
            // Paimon has no name for it: of the newest, the files that are still to be made.
            fixed.put(CoreOptions.SCAN_FILE_CREATION_TIME_MILLIS.key(), Long.toString(Long.MAX_VALUE));
        } else {
            fixed.put(CoreOptions.SCAN_SNAPSHOT_ID.key(), Long.toString(snapshotId));
        }
        return fixed;
    }

    /** Where the table behind a name stands; empty when there is none, or nothing in it. */
    public static Optional<TableState> state(VersionedCatalog catalog, TableName name) {
        try {
            return catalog.getTable(Identifier.create(name.database(), name.table())) instanceof FileStoreTable store
                    ? store.latestSnapshot()
                            .map(snapshot ->
                                    new TableState(snapshot.id(), snapshot.timeMillis(), snapshot.totalRecordCount()))
                    : Optional.empty();
        } catch (Catalog.TableNotExistException e) {
            // Dropped since it was listed, or not Paimon's.
            return Optional.empty();
        }
    }

    /**
     * Where a table stands.
     *
     * @param snapshotId its newest snapshot
     * @param committedAt when that was committed, in milliseconds since 1970 UTC
     * @param records records in all its files; more than its rows where a key is still to be merged
     */
    public record TableState(long snapshotId, long committedAt, long records) {}
}
