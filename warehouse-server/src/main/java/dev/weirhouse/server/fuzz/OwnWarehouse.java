package dev.weirhouse.server.fuzz;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.child.ChildWarehouse;
import dev.weirhouse.server.place.ServerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A warehouse in a folder that is made for one run, and goes with it unless it is kept. */
final class OwnWarehouse implements AutoCloseable {

    private final Path folder;
    private final boolean keep;
    private final ChildWarehouse process;
    private final ServerAddress address;

    private OwnWarehouse(Path folder, boolean keep, ChildWarehouse process, ServerAddress address) {
        this.folder = folder;
        this.keep = keep;
        this.process = process;
        this.address = address;
    }

    /** Starts one, and returns when it is ready. */
    static OwnWarehouse start(boolean keep) {
        Path folder;
        try {
            folder = Files.createTempDirectory("weir-fuzz-");
            Files.writeString(
                    folder.resolve("weirhouse.yaml"),
                    """
                    # Every port is one that is free, so that no other warehouse is disturbed.
                    http.port: 0
                    flight.port: 0
                    metastore.port: 0
                    cluster.ui.port: 0
                    """);
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.HOME_NOT_WRITABLE, "No temporary folder can be made for a warehouse: " + e, e);
        }
        ChildWarehouse process =
                new ChildWarehouse(folder, folder.resolve("weirhouse.yaml"), folder.resolve("server.out"));
        try {
            return new OwnWarehouse(folder, keep, process, process.start());
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    String http() {
        return address.http();
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        process.close();
        if (keep) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> all = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : all) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.HOME_NOT_WRITABLE, "The folder " + folder + " cannot be removed: " + e, e);
        }
    }
}
