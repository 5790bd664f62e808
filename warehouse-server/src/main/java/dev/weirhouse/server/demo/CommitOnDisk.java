package dev.weirhouse.server.demo;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a table holds whether or not a process runs: Paimon's newest snapshot is a file of JSON in the table's folder. */
final class CommitOnDisk {

    private static final String SNAPSHOT = "snapshot-";

    private CommitOnDisk() {}

    /**
     * The rows of an append-only table in its last commit.
     *
     * @param home the warehouse's home
     * @throws WarehouseException FILE_UNREADABLE
     */
    static long rows(Path home, String database, String table) {
        Path snapshots = snapshots(home, database, table);
        try (Stream<Path> files = Files.list(snapshots)) {
            long newest = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(SNAPSHOT))
                    .mapToLong(name -> Long.parseLong(name.substring(SNAPSHOT.length())))
                    .max()
                    .orElseThrow();
            return rows(home, database, table, newest);
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE, "The snapshots in " + snapshots + " cannot be read: " + e, e);
        }
    }

    /**
     * The records that a table's commit holds; the rows, too, of a table whose rows were written once each.
     *
     * @throws WarehouseException FILE_UNREADABLE
     */
    static long rows(Path home, String database, String table, long snapshot) {
        Path file = snapshots(home, database, table).resolve(SNAPSHOT + snapshot);
        try {
            return ApiClient.JSON
                    .readTree(file.toFile())
                    .path("totalRecordCount")
                    .asLong();
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE, "The snapshot " + file + " cannot be read: " + e, e);
        }
    }

    private static Path snapshots(Path home, String database, String table) {
        return home.resolve("warehouse")
                .resolve(database + ".db")
                .resolve(table)
                .resolve("snapshot");
    }
}
