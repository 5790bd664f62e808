package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.flink.LogicalTypeConversion;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.DeletionFile;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.types.DataField;
import org.apache.paimon.utils.InternalRowPartitionComputer;
import org.apache.paimon.utils.PartitionPathUtils;

/**
 * A table at one snapshot, in the parts that it lies in: a part is a bucket of a partition. Which files make up a part is known
 * from Paimon's manifests; rows are read only where somebody asks for them, as Flink reads them.
 *
 * <p>Immutable. Holds what the manifests say of each file, and no rows.
 */
public final class TableParts {

    /** Options that say which snapshot of which branch is read, and by whom; they do not change what a file's rows are. */
    private static final Set<String> PLACE =
            Set.of(CoreOptions.BRANCH.key(), CoreOptions.PATH.key(), CoreOptions.COMMIT_USER_PREFIX.key());

    private final TableRead read;
    private final FileStoreTable table;
    private final OptionalLong snapshot;
    private final List<Part> parts;

    private TableParts(TableRead read, FileStoreTable table, OptionalLong snapshot, List<Part> parts) {
        this.read = read;
        this.table = table;
        this.snapshot = snapshot;
        this.parts = List.copyOf(parts);
    }

    /**
     * Asks Paimon's manifests.
     *
     * @throws WarehouseException NOT_SUPPORTED for a place that reads no single snapshot
     */
    public static TableParts of(TableRead read) {
        if (!read.travels() && read.snapshot().isEmpty()) {
            return new TableParts(read, read.table(), OptionalLong.empty(), List.of());
        }
        OptionalLong snapshot = read.travels() ? PaimonTables.moment(read.table(), read.options()) : read.snapshot();
        if (snapshot.isEmpty()) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "What is read of " + read.name()
                            + " is not one snapshot, and has no parts that could be compared.");
        }
        FileStoreTable table = read.pinned();
        return new TableParts(read, table, snapshot, plan(table));
    }

    private static List<Part> plan(FileStoreTable table) {
        // Not as the table's options have them: the parts of two tables meet by these names.
        InternalRowPartitionComputer partitions = new InternalRowPartitionComputer(
                CoreOptions.PARTITION_DEFAULT_NAME.defaultValue(),
                table.schema().logicalPartitionType(),
                table.partitionKeys().toArray(String[]::new),
                false);
        Map<String, Part> parts = new TreeMap<>();
        for (Split split : table.newReadBuilder().dropStats().newScan().plan().splits()) {
            if (!(split instanceof DataSplit data)) {
                throw new WarehouseException(
                        CatalogError.NOT_SUPPORTED, "The files of " + table.name() + " are not known one by one.");
            }
            String partition = table.partitionKeys().isEmpty()
                    ? ""
                    : PartitionPathUtils.generatePartitionPath(partitions.generatePartValues(data.partition()));
            parts.computeIfAbsent(partition + data.bucket(), key -> new Part(partition, data.bucket()))
                    .splits
                    .add(data);
        }
        return List.copyOf(parts.values());
    }

    /** The version, as Paimon writes it. */
    public String version() {
        return read.version();
    }

    /** The snapshot; empty of a table that has none. */
    public OptionalLong snapshot() {
        return snapshot;
    }

    /** The columns with their types, in order. */
    public Map<String, LogicalType> columns() {
        Map<String, LogicalType> columns = new LinkedHashMap<>();
        table.rowType()
                .getFields()
                .forEach(field -> columns.put(field.name(), LogicalTypeConversion.toLogicalType(field.type())));
        return columns;
    }

    /** The columns of the primary key; none when there is no key. */
    public List<String> primaryKey() {
        return table.primaryKeys();
    }

    /** The columns that a row's partition is made of. */
    public List<String> partitionKey() {
        return table.partitionKeys();
    }

    /** The columns that alone decide about a row's bucket; none where a row may be in any. */
    public List<String> bucketKey() {
        return table.bucketMode() == BucketMode.HASH_FIXED ? table.schema().bucketKeys() : List.of();
    }

    /** How the bucket is found from these columns. */
    public String bucketFunction() {
        return String.valueOf(table.coreOptions().bucketFunctionType());
    }

    /** In order of partitions and buckets. */
    public List<Part> parts() {
        return parts;
    }

    /** Whether the same files in a part of both mean the same rows. */
    public boolean isAlike(TableParts other) {
        return table.location().equals(other.table.location())
                && fields(table).equals(fields(other.table))
                && meaning(table).equals(meaning(other.table));
    }

    private static List<DataField> fields(FileStoreTable table) {
        return table.schema().fields();
    }

    private static Map<String, String> meaning(FileStoreTable table) {
        Map<String, String> options = PaimonTables.withoutMoment(table.options());
        options.keySet().removeAll(PLACE);
        return options;
    }

    /** Whether the rows of a part are those of its files, whichever others lie beside them. */
    public boolean isSumOfFiles() {
        return table.primaryKeys().isEmpty()
                && parts.stream()
                        .flatMap(part -> part.splits.stream())
                        .allMatch(split -> split.getClass() == DataSplit.class
                                && split.dataFiles().stream().allMatch(file -> file.writeCols() == null));
    }

    /**
     * Reads rows.
     *
     * @param of parts of this table
     * @param columns the columns of the rows, in this order
     * @return the rows in no particular order; each is valid until the next is asked for
     */
    public CloseableIterator<RowData> rows(List<Part> of, List<String> columns) {
        ReadBuilder builder = table.newReadBuilder();
        int[] projection = columns.stream()
                .mapToInt(column -> table.rowType().getFieldIndex(column))
                .toArray();
        List<Split> splits = new ArrayList<>();
        of.forEach(part -> splits.addAll(part.splits));
        return splits.isEmpty()
                ? CloseableIterator.empty()
                : new PartRows(version(), builder.withProjection(projection).newRead(), splits);
    }

    /** A bucket of a partition. */
    public static final class Part {

        private final String partition;
        private final int bucket;
        private final List<DataSplit> splits = new ArrayList<>();

        private Part(String partition, int bucket) {
            this.partition = partition;
            this.bucket = bucket;
        }

        /**
         * The partition as a folder, such as {@code day=2024-01-31/}, whatever the table calls it; empty where there are none.
         */
        public String partition() {
            return partition;
        }

        /** The bucket's number. */
        public int bucket() {
            return bucket;
        }

        /** How many buckets the partition has; 0 when that is not known. */
        public int buckets() {
            Integer total = splits.isEmpty() ? null : splits.get(0).totalBuckets();
            return total == null ? 0 : total;
        }

        /** Records in its files; more than its rows where a key is still to be merged. */
        public long records() {
            return splits.stream().mapToLong(DataSplit::rowCount).sum();
        }

        /** Names of its files, each with all that beside its content decides about its rows. */
        public Set<String> files() {
            Set<String> files = new TreeSet<>();
            for (DataSplit split : splits) {
                for (int i = 0; i < split.dataFiles().size(); i++) {
                    files.add(name(split, i));
                }
            }
            return files;
        }

        private static String name(DataSplit split, int index) {
            DataFileMeta file = split.dataFiles().get(index);
            DeletionFile deleted = deletions(split).get(index);
            return file.fileName() + " " + file.level()
                    + (deleted == null ? "" : " " + deleted.path() + " " + deleted.offset() + " " + deleted.length());
        }

        private static Map<Integer, DeletionFile> deletions(DataSplit split) {
            Map<Integer, DeletionFile> deletions = new HashMap<>();
            split.deletionFiles().ifPresent(all -> {
                for (int i = 0; i < all.size(); i++) {
                    deletions.put(i, all.get(i));
                }
            });
            return deletions;
        }

        /** The part without some of its files; right where its rows are {@linkplain #isSumOfFiles those of its files}. */
        public Part without(Set<String> files) {
            Part rest = new Part(partition, bucket);
            for (DataSplit split : splits) {
                List<DataFileMeta> kept = new ArrayList<>();
                List<DeletionFile> deletions = new ArrayList<>();
                for (int i = 0; i < split.dataFiles().size(); i++) {
                    if (!files.contains(name(split, i))) {
                        kept.add(split.dataFiles().get(i));
                        deletions.add(deletions(split).get(i));
                    }
                }
                if (!kept.isEmpty()) {
                    rest.splits.add(part(split, kept, deletions));
                }
            }
            return rest;
        }

        private static DataSplit part(DataSplit split, List<DataFileMeta> files, List<DeletionFile> deletions) {
            DataSplit.Builder builder = DataSplit.builder()
                    .withSnapshot(split.snapshotId())
                    .withPartition(split.partition())
                    .withBucket(split.bucket())
                    .withBucketPath(split.bucketPath())
                    .withTotalBuckets(split.totalBuckets())
                    .withDataFiles(files)
                    .isStreaming(false)
                    .rawConvertible(split.rawConvertible());
            return deletions.stream().allMatch(Objects::isNull)
                    ? builder.build()
                    : builder.withDataDeletionFiles(deletions).build();
        }
    }
}
