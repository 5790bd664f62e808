package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.CatalogBaseTable;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.catalog.exceptions.DatabaseNotExistException;
import org.apache.flink.table.catalog.exceptions.TableNotExistException;
import org.apache.flink.table.types.DataType;

/** Names and columns, read from the catalog without a job. Thread-safe. */
public final class CatalogMetadata {

    private final WarehouseCatalog catalog;

    CatalogMetadata(WarehouseCatalog catalog) {
        this.catalog = catalog;
    }

    /** The catalog's name in SQL. */
    public String catalogName() {
        return WarehouseCatalog.NAME;
    }

    /** All databases, in order. */
    public List<String> databases() {
        return catalog.listDatabases().stream().sorted().toList();
    }

    /**
     * The tables and views of a database, in order; none when there is no such database.
     *
     * @param database its name
     */
    public List<TableEntry> tables(String database) {
        try {
            Set<String> views = new HashSet<>(catalog.listViews(database));
            List<TableEntry> entries = new ArrayList<>();
            for (String name : catalog.listTables(database).stream().sorted().toList()) {
                TableType type = WarehouseCatalog.isSystem(database)
                        ? TableType.SYSTEM_TABLE
                        : views.contains(name) ? TableType.VIEW : TableType.TABLE;
                entries.add(new TableEntry(new TableName(database, name), type));
            }
            return entries;
        } catch (DatabaseNotExistException e) {
            return List.of();
        } catch (CatalogException e) {
            throw Failures.compiling(e);
        }
    }

    /**
     * A table's columns.
     *
     * @throws WarehouseException TABLE_NOT_FOUND
     */
    public ResolvedSchema schema(TableName table) {
        List<Column> columns = new ArrayList<>();
        load(table).getUnresolvedSchema().getColumns().forEach(column -> {
            if (column instanceof org.apache.flink.table.api.Schema.UnresolvedPhysicalColumn physical
                    && physical.getDataType() instanceof DataType type) {
                columns.add(Column.physical(physical.getName(), type)
                        .withComment(physical.getComment().orElse(null)));
            } else {
                columns.add(Column.physical(column.getName(), DataTypes.STRING()));
            }
        });
        return ResolvedSchema.of(columns);
    }

    /**
     * The names of a table's key columns, in order; none when it has no key.
     *
     * @throws WarehouseException TABLE_NOT_FOUND
     */
    public List<String> primaryKey(TableName table) {
        return load(table)
                .getUnresolvedSchema()
                .getPrimaryKey()
                .map(key -> key.getColumnNames())
                .orElse(List.of());
    }

    /**
     * What is said about a table; empty when nothing is.
     *
     * @throws WarehouseException TABLE_NOT_FOUND
     */
    public String comment(TableName table) {
        String comment = load(table).getComment();
        return comment == null ? "" : comment;
    }

    private CatalogBaseTable load(TableName table) {
        try {
            return catalog.getTable(new ObjectPath(table.database(), table.table()));
        } catch (TableNotExistException | CatalogException e) {
            throw Failures.compiling(e);
        }
    }

    /** What a name stands for. */
    public enum TableType {
        TABLE,
        VIEW,
        SYSTEM_TABLE;

        /** As JDBC writes it. */
        public String label() {
            return name().replace('_', ' ');
        }
    }

    /** One table or view. */
    public record TableEntry(TableName name, TableType type) {}
}
