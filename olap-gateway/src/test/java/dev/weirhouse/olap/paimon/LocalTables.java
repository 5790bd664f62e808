package dev.weirhouse.olap.paimon;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.catalog.CatalogFactory;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.schema.Schema;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.BatchTableCommit;
import org.apache.paimon.table.sink.BatchTableWrite;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.types.DataTypes;

/** Paimon tables in a local folder, written without Flink. */
final class LocalTables implements AutoCloseable {

    private final Catalog catalog;

    LocalTables(Path folder) throws Exception {
        catalog = CatalogFactory.createCatalog(CatalogContext.create(new org.apache.paimon.fs.Path(folder.toUri())));
        catalog.createDatabase("db", true);
    }

    /** A table of a key {@code id} and values {@code v} and {@code w}. */
    FileStoreTable keyed(String name, Map<String, String> options) throws Exception {
        Identifier identifier = Identifier.create("db", name);
        Schema.Builder schema = Schema.newBuilder()
                .column("id", DataTypes.BIGINT())
                .column("v", DataTypes.BIGINT())
                .column("w", DataTypes.STRING())
                .primaryKey("id");
        options.forEach(schema::option);
        catalog.createTable(identifier, schema.build(), false);
        return (FileStoreTable) catalog.getTable(identifier);
    }

    static void write(FileStoreTable table, List<? extends InternalRow> rows) throws Exception {
        BatchWriteBuilder builder = table.newBatchWriteBuilder();
        try (BatchTableWrite write = builder.newWrite();
                BatchTableCommit commit = builder.newCommit()) {
            for (InternalRow row : rows) {
                write.write(row);
            }
            commit.commit(write.prepareCommit());
        }
    }

    /** The table fixed to its newest snapshot. */
    static FileStoreTable newest(FileStoreTable table) {
        long snapshot = table.latestSnapshot().orElseThrow().id();
        return table.copy(Map.of("scan.snapshot-id", String.valueOf(snapshot)));
    }

    @Override
    public void close() throws Exception {
        catalog.close();
    }
}
