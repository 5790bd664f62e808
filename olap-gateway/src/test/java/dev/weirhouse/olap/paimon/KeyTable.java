package dev.weirhouse.olap.paimon;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.catalog.CatalogFactory;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.BatchTableCommit;
import org.apache.paimon.table.sink.BatchTableWrite;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.types.DataTypes;
import org.apache.paimon.types.RowKind;

/** A table {@code (id BIGINT PRIMARY KEY, v STRING, n INT)} on local disk, written by Paimon's own writer. */
final class KeyTable implements AutoCloseable {

    static final List<String> COLUMNS = List.of("id", "v", "n");

    private final Catalog catalog;
    private final IOManager spill;
    private final Identifier name = Identifier.create("d", "t");

    KeyTable(Path folder, Map<String, String> options) throws Exception {
        catalog = CatalogFactory.createCatalog(CatalogContext.create(
                new org.apache.paimon.fs.Path(folder.resolve("tables").toUri())));
        spill = IOManager.create(folder.toString());
        catalog.createDatabase("d", true);
        create(options);
    }

    void create(Map<String, String> options) throws Exception {
        Schema.Builder schema = Schema.newBuilder()
                .column("id", DataTypes.BIGINT().notNull())
                .column("v", DataTypes.STRING())
                .column("n", DataTypes.INT())
                .primaryKey("id");
        options.forEach(schema::option);
        catalog.createTable(name, schema.build(), false);
    }

    void drop() throws Exception {
        catalog.dropTable(name, false);
    }

    void alter(SchemaChange change) throws Exception {
        catalog.alterTable(name, List.of(change), false);
    }

    FileStoreTable table() throws Exception {
        return (FileStoreTable) catalog.getTable(name);
    }

    long newest() throws Exception {
        return table().snapshotManager().latestSnapshotIdFromFileSystem();
    }

    static GenericRow upsert(long id, String v, int n) {
        return GenericRow.ofKind(RowKind.INSERT, id, BinaryString.fromString(v), n);
    }

    static GenericRow delete(long id) {
        return GenericRow.ofKind(RowKind.DELETE, id, null, null);
    }

    void commit(Iterable<? extends InternalRow> rows) throws Exception {
        write(table(), spill, rows);
    }

    static void write(FileStoreTable table, IOManager spill, Iterable<? extends InternalRow> rows) throws Exception {
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (BatchTableWrite write = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            write.withIOManager(spill);
            for (InternalRow row : rows) {
                write.write(row);
            }
            commit.commit(write.prepareCommit());
        }
    }

    void compact(int buckets) throws Exception {
        compact(table().copy(Map.of("write-only", "false")), spill, List.of(BinaryRow.EMPTY_ROW), buckets);
    }

    static void compact(FileStoreTable table, IOManager spill, List<BinaryRow> partitions, int buckets)
            throws Exception {
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (BatchTableWrite write = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            write.withIOManager(spill);
            for (BinaryRow partition : partitions) {
                for (int bucket = 0; bucket < buckets; bucket++) {
                    write.compact(partition, bucket, true);
                }
            }
            commit.commit(write.prepareCommit());
        }
    }

    static Object[] key(long id) {
        return new Object[] {id};
    }

    static String v(RowData row) {
        StringData v = row.getString(1);
        return v.toString();
    }

    @Override
    public void close() throws Exception {
        catalog.close();
        spill.close();
    }
}
