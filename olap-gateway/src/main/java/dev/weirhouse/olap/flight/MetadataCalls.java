package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.CatalogMetadata;
import dev.weirhouse.catalog.CatalogMetadata.TableEntry;
import dev.weirhouse.catalog.CatalogMetadata.TableType;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.arrow.ArrowFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What JDBC's {@code DatabaseMetaData} asks for, read from the catalog: no job runs for it. Answers are sorted as JDBC
 * wants them. Tables have no foreign keys here, so the three calls about them answer nothing.
 */
final class MetadataCalls {

    private static final Logger LOG = LoggerFactory.getLogger(MetadataCalls.class);

    private static final Schema NO_COLUMNS = new Schema(List.of());

    private final BufferAllocator allocator;

    MetadataCalls(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    void catalogs(OlapSession session, ServerStreamListener listener) {
        try (VectorTable answer = new VectorTable(Schemas.GET_CATALOGS_SCHEMA, allocator)) {
            answer.add(session.metadata().catalogName());
            answer.send(listener);
        }
    }

    void databases(OlapSession session, CommandGetDbSchemas command, ServerStreamListener listener) {
        CatalogMetadata metadata = session.metadata();
        String catalog = command.hasCatalog() ? command.getCatalog() : null;
        NamePattern pattern = pattern(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern());
        try (VectorTable answer = new VectorTable(Schemas.GET_SCHEMAS_SCHEMA, allocator)) {
            for (String database : databases(metadata, catalog, pattern)) {
                answer.add(metadata.catalogName(), database);
            }
            answer.send(listener);
        }
    }

    void tableTypes(ServerStreamListener listener) {
        try (VectorTable answer = new VectorTable(Schemas.GET_TABLE_TYPES_SCHEMA, allocator)) {
            Arrays.stream(TableType.values()).map(TableType::label).sorted().forEach(answer::add);
            answer.send(listener);
        }
    }

    void tables(OlapSession session, CommandGetTables command, ServerStreamListener listener) {
        CatalogMetadata metadata = session.metadata();
        boolean withSchema = command.getIncludeSchema();
        Schema shape = withSchema ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA;
        String catalog = metadata.catalogName();
        try (VectorTable answer = new VectorTable(shape, allocator)) {
            for (TableEntry table : tables(metadata, command)) {
                if (withSchema) {
                    byte[] columns = columns(metadata, table.name()).serializeAsMessage();
                    answer.add(catalog, table.name().database(), table.name().table(), label(table), columns);
                } else {
                    answer.add(catalog, table.name().database(), table.name().table(), label(table));
                }
            }
            answer.send(listener);
        }
    }

    private static List<TableEntry> tables(CatalogMetadata metadata, CommandGetTables command) {
        String catalog = command.hasCatalog() ? command.getCatalog() : null;
        NamePattern databases = pattern(command.hasDbSchemaFilterPattern(), command.getDbSchemaFilterPattern());
        NamePattern names = pattern(command.hasTableNameFilterPattern(), command.getTableNameFilterPattern());
        List<String> types = command.getTableTypesList();
        List<TableEntry> tables = new ArrayList<>();
        for (String database : databases(metadata, catalog, databases)) {
            for (TableEntry table : metadata.tables(database)) {
                if (names.matches(table.name().table()) && (types.isEmpty() || types.contains(label(table)))) {
                    tables.add(table);
                }
            }
        }
        tables.sort(Comparator.<TableEntry, String>comparing(MetadataCalls::label)
                .thenComparing(table -> table.name().database())
                .thenComparing(table -> table.name().table()));
        return tables;
    }

    private static String label(TableEntry table) {
        return table.type().label();
    }

    /** A table that cannot be read, such as a view over a table that is gone, must not hide all others. */
    private static Schema columns(CatalogMetadata metadata, TableName table) {
        try {
            return ArrowFields.ofTable(metadata.catalogName(), table, metadata.schema(table));
        } catch (WarehouseException e) {
            LOG.warn("table={} is shown without columns", table, e);
            return NO_COLUMNS;
        }
    }

    void primaryKeys(OlapSession session, CommandGetPrimaryKeys command, ServerStreamListener listener) {
        CatalogMetadata metadata = session.metadata();
        String catalog = command.hasCatalog() ? command.getCatalog() : null;
        try (VectorTable answer = new VectorTable(Schemas.GET_PRIMARY_KEYS_SCHEMA, allocator)) {
            for (String database : databases(metadata, catalog, NamePattern.everything())) {
                if (command.hasDbSchema() && !command.getDbSchema().equalsIgnoreCase(database)) {
                    continue;
                }
                for (TableEntry table : metadata.tables(database)) {
                    if (table.name().table().equalsIgnoreCase(command.getTable())) {
                        addKey(metadata, table.name(), answer);
                    }
                }
            }
            answer.send(listener);
        }
    }

    private static void addKey(CatalogMetadata metadata, TableName table, VectorTable answer) {
        List<String> key = metadata.primaryKey(table);
        TreeMap<String, Integer> positions = new TreeMap<>();
        for (int i = 0; i < key.size(); i++) {
            positions.put(key.get(i), i + 1);
        }
        positions.forEach((column, position) ->
                answer.add(metadata.catalogName(), table.database(), table.table(), column, position, null));
    }

    /** The answer of a call that never has rows. */
    void nothing(Schema shape, ServerStreamListener listener) {
        try (VectorTable answer = new VectorTable(shape, allocator)) {
            answer.send(listener);
        }
    }

    private static List<String> databases(CatalogMetadata metadata, String catalog, NamePattern pattern) {
        if (catalog != null && !catalog.equalsIgnoreCase(metadata.catalogName())) {
            return List.of();
        }
        return metadata.databases().stream().filter(pattern::matches).sorted().toList();
    }

    private static NamePattern pattern(boolean given, String text) {
        return given ? NamePattern.of(text) : NamePattern.everything();
    }
}
