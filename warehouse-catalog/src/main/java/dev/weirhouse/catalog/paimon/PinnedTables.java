package dev.weirhouse.catalog.paimon;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.paimon.table.FileStoreTable;

/**
 * For each place where a statement reads a Paimon table, the table as it is read there: its version, and its snapshot where
 * it is fixed to one. Filled while the statement is compiled, on one thread.
 */
public final class PinnedTables {

    private final Map<DynamicTableSource, FileStoreTable> tables = new IdentityHashMap<>();

    /** Notes a place. */
    public void add(DynamicTableSource source, FileStoreTable table) {
        tables.put(source, table);
    }

    /** The table that a place reads; empty when that is no Paimon table with data of its own. */
    public Optional<FileStoreTable> find(DynamicTableSource source) {
        return Optional.ofNullable(tables.get(source));
    }
}
