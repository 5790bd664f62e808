package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

/**
 * A column of a table as a reader wants it.
 *
 * @param name its name in the table
 * @param type the type that it is wanted as, in DuckDB's words
 */
public record ReadColumn(String name, String type) {
    public ReadColumn {
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
    }
}
