package dev.weirhouse.server.demo;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.HomeLock;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that the demo's warehouse lives in. The demo begins with an empty one, and empties only a folder that bears
 * the mark of a demo before it.
 */
record DemoHome(Path folder) {

    private static final String MARK = ".weirhouse-demo";

    DemoHome {
        folder = folder.toAbsolutePath().normalize();
    }

    /** Where the demo goes when it is not told: beside the user's own warehouse, not into it. */
    static Path byDefault(String weirHome) {
        return Path.of(weirHome == null || weirHome.isEmpty() ? "./weirhouse-data" : weirHome)
                .resolve("demo");
    }

    /** Whether something lies there. */
    boolean isEmpty() {
        try (Stream<Path> entries = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /**
     * Makes sure that the folder is the demo's to empty.
     *
     * @throws WarehouseException HOME_IN_USE, or ARGUMENT_INVALID when it holds something else
     */
    void requireOurs() {
        HomeLock.holder(folder).ifPresent(process -> {
            throw new WarehouseException(
                    CatalogError.HOME_IN_USE,
                    "The process " + process + " runs a warehouse in " + folder + ". Stop it (kill " + process
                            + "), or choose another folder with --home.");
        });
        if (!isEmpty() && !Files.exists(folder.resolve(MARK))) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID,
                    "The folder " + folder + " holds something that no demo put there, and the demo begins by emptying"
                            + " its folder. Choose another with --home.");
        }
    }

    /** Empties the folder, makes it the demo's and lays out what the demo needs. */
    void prepare(List<String> airportLines) {
        try {
            empty();
            Files.createDirectories(flightsInbox());
            Files.createFile(folder.resolve(MARK));
            Files.writeString(
                    configuration(),
                    """
                    # Every port is one that is free, so that the demo disturbs no other warehouse.
                    http.port: 0
                    flight.port: 0
                    metastore.port: 0
                    cluster.ui.port: 0
                    """);
            Path airports = Files.createDirectories(inbox().resolve("airports"));
            Files.write(airports.resolve("airports.csv"), airportLines);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    private void empty() throws IOException {
        if (isEmpty()) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            // The mark goes last: a demo that is killed here leaves a folder that the next one may empty.
            List<Path> inner = tree.filter(path -> !path.equals(folder) && !path.equals(folder.resolve(MARK)))
                    .sorted(Comparator.reverseOrder())
                    .toList();
            for (Path path : inner) {
                Files.delete(path);
            }
        }
        Files.delete(folder.resolve(MARK));
    }

    Path configuration() {
        return folder.resolve("weirhouse.yaml");
    }

    Path inbox() {
        return folder.resolve("inbox");
    }

    Path flightsInbox() {
        return inbox().resolve("flights");
    }

    /** What the server's process prints. */
    Path output() {
        return folder.resolve("server.out");
    }

    private WarehouseException notWritable(IOException e) {
        return new WarehouseException(
                CatalogError.HOME_NOT_WRITABLE, "The folder " + folder + " cannot be used: " + e, e);
    }
}
