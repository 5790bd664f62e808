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
import org.apache.paimon.schema.SchemaChange;
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
        Schema.Builder schema = Schema.newBuilder()
                .column("id", DataTypes.BIGINT())
                .column("v", DataTypes.BIGINT())
                .column("w", DataTypes.STRING())
                .primaryKey("id");
        options.forEach(schema::option);
        return create(name, schema.build());
    }

    FileStoreTable create(String name, Schema schema) throws Exception {
        catalog.createTable(Identifier.create("db", name), schema, false);
        return table(name);
    }

    FileStoreTable alter(String name, SchemaChange... changes) throws Exception {
        catalog.alterTable(Identifier.create("db", name), List.of(changes), false);
        return table(name);
    }

    private FileStoreTable table(String name) throws Exception {
        return (FileStoreTable) catalog.getTable(Identifier.create("db", name));
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
