package dev.weirhouse.olap.paimon;

import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.TableRead;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;
import org.apache.paimon.schema.SchemaManager;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.SnapshotManager;

/**
 * Where tables stand now, at the price of a few looks at their folders: Paimon never writes a file of a schema or a
 * snapshot anew, so its name, its time and its length say which one it is, also after a rollback or under a table that was
 * made again.
 */
public final class TableHeads {

    private static final Head NOTHING = new Head(0, "");

    private TableHeads() {}

    /**
     * A snapshot of a table, the newest where no other is named.
     *
     * @param id its number; 0 when nothing was committed yet
     * @param identity what tells it from another of the same number
     */
    public record Head(long id, String identity) {}

    /** What tells a table's present schema from any other; empty when it is not the one that was read. */
    public static Optional<String> schema(TableRead read) {
        FileStoreTable table = read.table();
        SchemaManager schemas = table.schemaManager();
        long id = table.schema().id();
        try {
            FileStatus mine = table.fileIO().getFileStatus(schemas.toSchemaPath(id));
            return table.fileIO().exists(schemas.toSchemaPath(id + 1))
                    ? Optional.empty()
                    : Optional.of(stamp(id, mine));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The newest snapshot. */
    public static Head newest(TableRead read) {
        SnapshotManager snapshots = read.table().snapshotManager();
        FileIO files = read.table().fileIO();
        // A rollback may take the newest away between two looks.
        for (int attempt = 0; ; attempt++) {
            Long id = snapshots.latestSnapshotId();
            if (id == null) {
                return NOTHING;
            }
            Path path = snapshots.snapshotPath(id);
            try {
                return new Head(id, stamp(id, files.getFileStatus(path)));
            } catch (FileNotFoundException e) {
                if (attempt == 3) {
                    throw new UncheckedIOException(e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The snapshot that a place names by its number; empty when it names none, or one that is not kept as a snapshot. */
    public static Optional<Head> named(TableRead read) {
        OptionalLong id = PaimonTables.named(read.options());
        return id.isEmpty() ? Optional.empty() : at(read, id.getAsLong());
    }

    /** A snapshot by its number, 0 for what was before the first; empty when it is not kept as a snapshot. */
    public static Optional<Head> at(TableRead read, long id) {
        if (id == 0) {
            return Optional.of(NOTHING);
        }
        Path path = read.table().snapshotManager().snapshotPath(id);
        try {
            return Optional.of(new Head(id, stamp(id, read.table().fileIO().getFileStatus(path))));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String stamp(long id, FileStatus file) {
        return id + "@" + file.getModificationTime() + "+" + file.getLen();
    }
}
