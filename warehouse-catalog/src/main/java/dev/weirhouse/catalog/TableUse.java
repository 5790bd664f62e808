package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * That a statement reads or writes a table.
 *
 * @param table the name that it resolved
 * @param version what the name stood for, as Paimon writes it
 * @param snapshot the snapshot that it reads, empty where that is no single one; of what it writes, the newest before it
 *     begins, empty where there is none
 */
public record TableUse(TableName table, String version, OptionalLong snapshot, boolean written) {
    public TableUse {
        requireNonNull(table, "table is null");
        requireNonNull(version, "version is null");
        requireNonNull(snapshot, "snapshot is null");
    }
}
