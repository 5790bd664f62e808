package dev.weirhouse.server.bench;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.HomeLock;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folder that the warehouse of the benches lives in. It is kept, and so is each set of data in it, with the recipe that
 * it was made by: the same recipe is not cooked twice.
 */
record BenchHome(Path folder) {

    private static final String MARK = ".weirhouse-bench";

    BenchHome {
        folder = folder.toAbsolutePath().normalize();
    }

    /** Makes the folder if it is not there, and makes sure that it is the benches' own and that nobody else uses it. */
    void prepare() {
        HomeLock.holder(folder).ifPresent(process -> {
            throw new WarehouseException(
                    CatalogError.HOME_IN_USE,
                    "The process " + process + " runs a warehouse in " + folder + ". Wait for its end (or kill "
                            + process + "), or choose another folder with --home.");
        });
        try (Stream<Path> entries = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
            if (entries.findAny().isPresent() && !Files.exists(folder.resolve(MARK))) {
                throw new WarehouseException(
                        ServerError.ARGUMENT_INVALID,
                        "The folder " + folder + " holds something that no bench put there. Choose another with"
                                + " --home.");
            }
            Files.createDirectories(recipes());
            if (!Files.exists(folder.resolve(MARK))) {
                Files.createFile(folder.resolve(MARK));
            }
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Lays out the configuration of the next warehouse: ports that are free, and these settings. */
    void configure(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(Map.of("http.port", "0", "flight.port", "0", "metastore.port", "0", "cluster.ui.port", "0"));
        StringBuilder text = new StringBuilder();
        all.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
        try {
            Files.writeString(configuration(), text);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Whether a set of data lies there as this recipe makes it. */
    boolean holds(String data, String recipe) {
        try {
            Path file = recipe(data);
            return Files.exists(file) && Files.readString(file).equals(recipe);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Forgets a set of data, before it is made anew. */
    void forget(String data) {
        try {
            Files.deleteIfExists(recipe(data));
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    /** Remembers that a set of data is whole. */
    void remember(String data, String recipe) {
        try {
            Files.writeString(recipe(data), recipe);
        } catch (IOException e) {
            throw notWritable(e);
        }
    }

    private Path recipes() {
        return folder.resolve("recipes");
    }

    private Path recipe(String data) {
        return recipes().resolve(data + ".txt");
    }

    Path configuration() {
        return folder.resolve("weirhouse.yaml");
    }

    /** Files that SQL may read. */
    Path inbox() {
        return folder.resolve("inbox");
    }

    /** What the warehouse's process prints. */
    Path output() {
        return folder.resolve("server.out");
    }

    /** Deletes a folder with all that is in it, if it is there. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private WarehouseException notWritable(IOException e) {
        return new WarehouseException(
                CatalogError.HOME_NOT_WRITABLE, "The folder " + folder + " cannot be used: " + e, e);
    }
}
