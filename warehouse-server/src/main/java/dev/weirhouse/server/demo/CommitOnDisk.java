package dev.weirhouse.server.demo;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.cli.ApiClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a table holds while no process runs: Paimon's newest snapshot is a file of JSON in the table's folder. */
final class CommitOnDisk {

    private CommitOnDisk() {}

    /**
     * The rows of an append-only table in its last commit.
     *
     * @param home the warehouse's home
     * @throws WarehouseException FILE_UNREADABLE
     */
    static long rows(Path home, String database, String table) {
        Path snapshots = home.resolve("warehouse")
                .resolve(database + ".db")
                .resolve(table)
                .resolve("snapshot");
        try {
            String latest = Files.readString(snapshots.resolve("LATEST")).strip();
            // LATEST is a hint that is written after the snapshot: a kill between the two leaves it one behind.
            long id = Long.parseLong(latest);
            while (Files.exists(snapshots.resolve("snapshot-" + (id + 1)))) {
                id++;
            }
            return ApiClient.JSON
                    .readTree(snapshots.resolve("snapshot-" + id).toFile())
                    .path("totalRecordCount")
                    .asLong();
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE, "The snapshots in " + snapshots + " cannot be read: " + e, e);
        }
    }
}
