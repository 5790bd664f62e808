package dev.weirhouse.catalog.paimon;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.connector.source.DynamicTableSource;

/**
 * For each place where a statement reads a Paimon table, how it is read there. Filled while the statement is compiled, on
 * one thread.
 */
public final class PinnedTables {

    private final Map<DynamicTableSource, TableRead> reads = new IdentityHashMap<>();

    /** Notes a place. */
    public void add(DynamicTableSource source, TableRead read) {
        reads.put(source, read);
    }

    /** All places that were noted. */
    public List<TableRead> all() {
        return List.copyOf(reads.values());
    }

    /** What a place reads; empty when that is no Paimon table with data of its own. */
    public Optional<TableRead> find(DynamicTableSource source) {
        return Optional.ofNullable(reads.get(source));
    }
}
