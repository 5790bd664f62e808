package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

/** A table's logical name. Compared as the metastore does: in lower case. */
public record TableName(String database, String table) {
    public TableName {
        requireNonNull(database, "database is null");
        requireNonNull(table, "table is null");
        if (database.isEmpty() || table.isEmpty()) {
            throw new IllegalArgumentException("empty name: '" + database + "'.'" + table + "'");
        }
    }

    @Override
    public String toString() {
        return database + "." + table;
    }
}
