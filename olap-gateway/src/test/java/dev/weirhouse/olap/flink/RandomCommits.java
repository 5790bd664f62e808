package dev.weirhouse.olap.flink;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.FileStoreTableFactory;
import org.apache.paimon.table.sink.BatchTableCommit;
import org.apache.paimon.table.sink.BatchTableWrite;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.RowKind;

/** Commits to a table through Paimon's own writer: rows of few keys, so that they meet. */
final class RandomCommits {

    private static final int KEYS = 40;
    private static final String[] PARTITIONS = {"x", "y", "01"};

    private final FileStoreTable any;
    private final Path folder;
    private final Random random;

    /** @param folder for what the writer spills */
    RandomCommits(FileStoreTable table, Path folder, Random random) {
        this.any = table;
        this.folder = folder;
        this.random = random;
    }

    /** The table by its newest schema, and of no moment. */
    FileStoreTable table() {
        return FileStoreTableFactory.create(any.fileIO(), any.location());
    }

    void write(int rows, boolean deletes) throws Exception {
        FileStoreTable table = table();
        List<InternalRow> drawn = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            boolean delete = deletes && random.nextInt(4) == 0;
            GenericRow row = row(table);
            row.setRowKind(delete ? RowKind.DELETE : RowKind.INSERT);
            drawn.add(row);
        }
        write(drawn);
    }

    /** Commits rows that are not random. */
    void write(List<InternalRow> rows) throws Exception {
        FileStoreTable table = table();
        commit(table, write -> {
            for (InternalRow row : rows) {
                if (table.bucketMode() == BucketMode.HASH_DYNAMIC) {
                    write.write(row, row.getInt(0) % 2);
                } else {
                    write.write(row);
                }
            }
        });
    }

    /** Rewrites some buckets of a table that has a key. */
    void compact() throws Exception {
        if (any.primaryKeys().isEmpty()) {
            return;
        }
        FileStoreTable table = table().copy(Map.of("write-only", "false"));
        List<Bucket> buckets = new ArrayList<>();
        for (Split split : table.newReadBuilder().newScan().plan().splits()) {
            DataSplit data = (DataSplit) split;
            Bucket bucket = new Bucket(data.partition(), data.bucket());
            if (!buckets.contains(bucket)) {
                buckets.add(bucket);
            }
        }
        commit(table, write -> {
            for (Bucket bucket : buckets) {
                if (random.nextInt(3) > 0) {
                    write.compact(bucket.partition, bucket.number, true);
                }
            }
        });
    }

    private record Bucket(BinaryRow partition, int number) {}

    private GenericRow row(FileStoreTable table) {
        GenericRow row = new GenericRow(table.rowType().getFieldCount());
        for (int i = 0; i < row.getFieldCount(); i++) {
            row.setField(i, value(table.rowType().getFields().get(i)));
        }
        return row;
    }

    private Object value(DataField field) {
        if (field.type().isNullable() && random.nextInt(8) == 0) {
            return null;
        }
        return switch (field.name()) {
            case "id" -> random.nextInt(KEYS);
            case "p" -> BinaryString.fromString(PARTITIONS[random.nextInt(PARTITIONS.length)]);
            default ->
                switch (field.type().getTypeRoot()) {
                    case INTEGER -> random.nextInt(100);
                    case BIGINT -> (long) random.nextInt(100);
                    case DATE -> 19_000 + random.nextInt(100);
                    case DECIMAL -> Decimal.fromUnscaledLong(random.nextInt(10_000), 10, 2);
                    case TIMESTAMP_WITHOUT_TIME_ZONE ->
                        Timestamp.fromEpochMillis(1_700_000_000_000L + random.nextInt(100_000));
                    case BOOLEAN -> random.nextBoolean();
                    default -> BinaryString.fromString("w" + random.nextInt(1000));
                };
        };
    }

    private interface Writing {
        void to(BatchTableWrite write) throws Exception;
    }

    private void commit(FileStoreTable table, Writing writing) throws Exception {
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (IOManager disk = IOManager.create(folder.toString());
                BatchTableWrite write = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            write.withIOManager(disk);
            writing.to(write);
            commit.commit(write.prepareCommit());
        }
    }
}
