package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** A table's logical name, in lower case as the metastore has it, however it was written. */
public record TableName(String database, String table) {
    public TableName {
        database = requireNonNull(database, "database is null").toLowerCase(Locale.ROOT);
        table = requireNonNull(table, "table is null").toLowerCase(Locale.ROOT);
        if (database.isEmpty() || table.isEmpty()) {
            throw new IllegalArgumentException("empty name: '" + database + "'.'" + table + "'");
        }
    }

    @Override
    public String toString() {
        return database + "." + table;
    }
}
