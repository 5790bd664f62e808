package dev.weirhouse.catalog.paimon;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.TableName;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.paimon.table.FileStoreTable;

/**
 * One place where a statement reads a Paimon table.
 *
 * @param name the name in the statement
 * @param version what the name stood for, as {@link PaimonTables#version} writes it
 * @param table the version as the catalog had it
 * @param options the table's options with those of the statement's hints, without the snapshot that the statement was
 *     fixed to
 * @param snapshot the snapshot that the statement was fixed to; empty when there was none, or when the place names a
 *     moment of its own
 * @param travels whether the place names a moment of its own
 */
public record TableRead(
        TableName name,
        String version,
        FileStoreTable table,
        Map<String, String> options,
        OptionalLong snapshot,
        boolean travels) {

    /** Flink's own option, which Paimon's table has not. */
    private static final String CONNECTOR = "connector";

    public TableRead {
        requireNonNull(name, "name is null");
        requireNonNull(version, "version is null");
        requireNonNull(table, "table is null");
        options = Map.copyOf(options);
        requireNonNull(snapshot, "snapshot is null");
    }

    /** Whether the statement gives the table an option of its own, which may change what its rows are. */
    public boolean isHinted() {
        Map<String, String> own = table.options();
        return options.entrySet().stream()
                .anyMatch(option ->
                        !option.getKey().equals(CONNECTOR) && !option.getValue().equals(own.get(option.getKey())));
    }

    /** The table as the statement reads it. */
    public FileStoreTable pinned() {
        return snapshot.isPresent() ? at(snapshot.getAsLong()) : table.copyWithoutTimeTravel(options);
    }

    /** The table at a snapshot, with its present columns, whichever it had then: so Flink reads it. */
    public FileStoreTable at(long snapshotId) {
        return table.copyWithoutTimeTravel(PaimonTables.at(options, snapshotId));
    }
}
