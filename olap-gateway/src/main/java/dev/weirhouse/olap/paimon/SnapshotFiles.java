package dev.weirhouse.olap.paimon;

import dev.weirhouse.olap.paimon.SplitFiles.Stored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.CoreOptions.MergeEngine;
import org.apache.paimon.KeyValueFileStore;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.schema.TableSchema;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.DeletionFile;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.TimestampType;

/**
 * Where the rows of a table are at a snapshot.
 *
 * @param splits in no order that means something
 * @param schemas of the files that can be read in place, by id
 * @param files how many data files there are
 */
record SnapshotFiles(List<SplitFiles> splits, Map<Long, TableSchema> schemas, int files) {

    private static final String PARQUET = "parquet";

    /**
     * Asks Paimon.
     *
     * @param filter the files that can have no row of it may be left out; null for all
     */
    static SnapshotFiles load(FileStoreTable table, Predicate filter, LocalFolders folders) {
        List<Split> splits =
                table.newReadBuilder().withFilter(filter).newScan().plan().splits();
        Loader loader = new Loader(table, folders);
        List<SplitFiles> all = new ArrayList<>();
        int files = 0;
        for (Split split : splits) {
            all.add(new SplitFiles(split, loader.stored(split)));
            files += split instanceof DataSplit data ? data.dataFiles().size() : 1;
        }
        return new SnapshotFiles(List.copyOf(all), Map.copyOf(loader.schemas), files);
    }

    /** The splits as Paimon gives them, each to be read by Paimon. */
    static SnapshotFiles throughPaimon(FileStoreTable table, Predicate filter) {
        List<Split> splits =
                table.newReadBuilder().withFilter(filter).newScan().plan().splits();
        return new SnapshotFiles(
                splits.stream()
                        .map(split -> new SplitFiles(split, Optional.empty()))
                        .toList(),
                Map.of(),
                splits.size());
    }

    private static final class Loader {

        private final FileStoreTable table;
        private final LocalFolders folders;
        private final boolean isAppendOnly;
        private final boolean merges;
        private final Comparator<InternalRow> keys;
        private final Map<Long, TableSchema> schemas = new HashMap<>();

        Loader(FileStoreTable table, LocalFolders folders) {
            this.table = table;
            this.folders = folders;
            this.isAppendOnly = table.primaryKeys().isEmpty();
            this.merges = merges(table);
            this.keys = merges ? ((KeyValueFileStore) table.store()).newKeyComparator() : null;
        }

        Optional<Stored> stored(Split split) {
            // Subclasses are of other kinds of reading, such as one that falls back to another branch.
            if (!(split instanceof DataSplit data) || split.getClass() != DataSplit.class || data.isStreaming()) {
                return Optional.empty();
            }
            if (data.rawConvertible()) {
                // Of older files it is not known whether they hold retractions.
                return isAppendOnly
                                || data.dataFiles().stream()
                                        .allMatch(file -> file.deleteRowCount().isPresent())
                        ? files(data, data.dataFiles()).map(files -> new Stored(files, List.of(), true, List.of()))
                        : Optional.empty();
            }
            if (!merges || !data.beforeFiles().isEmpty() || hasDeletions(data)) {
                return Optional.empty();
            }
            return MergeLayers.of(data.dataFiles(), keys).flatMap(layers -> stored(data, layers));
        }

        private Optional<Stored> stored(DataSplit split, MergeLayers layers) {
            Optional<List<StoredFile>> plain = files(split, layers.plain());
            Optional<List<StoredFile>> young = files(split, layers.young());
            if (plain.isEmpty() || young.isEmpty()) {
                return Optional.empty();
            }
            List<List<StoredFile>> older = new ArrayList<>();
            for (List<DataFileMeta> layer : layers.older()) {
                Optional<List<StoredFile>> files = files(split, layer);
                if (files.isEmpty()) {
                    return Optional.empty();
                }
                older.add(files.get());
            }
            return Optional.of(new Stored(plain.get(), young.get(), layers.unique(), older));
        }

        /** Empty when one of the files is not for the engine to read. */
        private Optional<List<StoredFile>> files(DataSplit split, List<DataFileMeta> files) {
            Map<String, DeletionFile> deletions = deletions(split);
            Optional<Path> bucket = folders.find(split.bucketPath());
            List<StoredFile> stored = new ArrayList<>();
            for (DataFileMeta file : files) {
                Optional<Path> path = file.externalPath().isPresent()
                        ? folders.find(file.externalPath().get())
                        : bucket.map(folder -> folder.resolve(file.fileName()));
                if (!PARQUET.equals(file.fileFormat()) || path.isEmpty() || file.writeCols() != null) {
                    return Optional.empty();
                }
                TableSchema schema = schemas.computeIfAbsent(file.schemaId(), this::schema);
                DeletionFile deleted = deletions.get(file.fileName());
                if (deleted != null && !FileColumns.tellsPositions(schema)) {
                    return Optional.empty();
                }
                boolean retractions = !split.rawConvertible()
                        && file.deleteRowCount().map(count -> count > 0).orElse(true);
                stored.add(new StoredFile(path.get(), file.schemaId(), file.rowCount(), retractions, deleted));
            }
            return Optional.of(stored);
        }

        private TableSchema schema(long id) {
            return id == table.schema().id()
                    ? table.schema()
                    : table.schemaManager().schema(id);
        }

        private static boolean hasDeletions(DataSplit split) {
            return !deletions(split).isEmpty();
        }

        private static Map<String, DeletionFile> deletions(DataSplit split) {
            Map<String, DeletionFile> deletions = new HashMap<>();
            List<DeletionFile> all = split.deletionFiles().orElse(List.of());
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i) != null) {
                    deletions.put(split.dataFiles().get(i).fileName(), all.get(i));
                }
            }
            return deletions;
        }

        /** Whether of a key the row with the highest sequence number is the table's, by values that DuckDB compares alike. */
        private static boolean merges(FileStoreTable table) {
            CoreOptions options = table.coreOptions();
            return table.store() instanceof KeyValueFileStore
                    && (table.bucketMode() == BucketMode.HASH_FIXED || table.bucketMode() == BucketMode.HASH_DYNAMIC)
                    && options.mergeEngine() == MergeEngine.DEDUPLICATE
                    && options.sequenceField().isEmpty()
                    && !options.toConfiguration().get(CoreOptions.IGNORE_DELETE)
                    && table.schema().primaryKeysFields().stream().allMatch(Loader::isKey);
        }

        private static boolean isKey(DataField field) {
            DataType type = field.type();
            return switch (type.getTypeRoot()) {
                case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL, DATE, CHAR, VARCHAR, BINARY, VARBINARY ->
                    true;
                // Beyond microseconds Parquet has a form that DuckDB rounds.
                case TIMESTAMP_WITHOUT_TIME_ZONE -> ((TimestampType) type).getPrecision() <= 6;
                default -> false;
            };
        }
    }
}
