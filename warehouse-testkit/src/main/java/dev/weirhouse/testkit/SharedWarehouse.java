package dev.weirhouse.testkit;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.testkit.fault.FailingFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The one warehouse of a JVM of tests: metastore and cluster start once. Its tables lie in a file system that fails on
 * demand, so that every test may set faults and every stream is counted. Its folder goes with it.
 */
final class SharedWarehouse implements AutoCloseable {

    private final Path home;
    private final SettableClock clock = SettableClock.ticking();
    private final FailingFileSystem files;
    private final Warehouse warehouse;

    private SharedWarehouse(Path home) {
        this.home = home;
        this.files = FailingFileSystem.open(home.resolve("warehouse"));
        this.warehouse = Warehouse.open(
                ConfigReader.read(
                        CatalogConfig.class,
                        Map.of(
                                "home",
                                home.toString(),
                                "warehouse.path",
                                files.uri(),
                                "metastore.port",
                                "0",
                                "cluster.ui.port",
                                "0",
                                "cluster.slots",
                                "8",
                                // Jobs of tests take one every moment, and a slow machine looks at them seldom.
                                "stream.checkpoints-retained",
                                "1000",
                                "sql.connectors",
                                "paimon, filesystem, datagen, print, blackhole, kafka, postgres-cdc",
                                "secrets.shop",
                                "opensesame")),
                clock);
    }

    static SharedWarehouse start() {
        // One folder a process, so that several JVMs may test the same module.
        return new SharedWarehouse(
                Path.of("target", "test-warehouse", "" + ProcessHandle.current().pid())
                        .toAbsolutePath());
    }

    Warehouse warehouse() {
        return warehouse;
    }

    SettableClock clock() {
        return clock;
    }

    FailingFileSystem files() {
        return files;
    }

    Path home() {
        return home;
    }

    @Override
    public void close() throws IOException {
        warehouse.close();
        files.close();
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(home)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
