package dev.weirhouse.server.process;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.HomeLock;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.Configuration;
import dev.weirhouse.catalog.launch.HomeLibraries;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.config.ConfigOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weir up}: a warehouse in this process, until it is told to end. */
@Command(
        name = "up",
        description = "Start the warehouse and keep it running until SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true)
public final class UpCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Configuration configuration = options.load();
        Path home = configuration.get(CatalogConfig.class).home();
        // The log belongs to whoever holds the home.
        HomeLock lock = HomeLock.acquire(home);
        Path log = ServerLogging.start(home);
        Logger logger = LoggerFactory.getLogger(UpCommand.class);
        configuration.shown().forEach((key, value) -> logger.info("setting {}={}", key, value));
        loadLibraries(home, logger);
        out.println("Weirhouse is starting; its log is " + log);
        MemoryWatch memory = MemoryWatch.start();
        WarehouseServer server;
        try {
            server = WarehouseServer.open(configuration, lock, Clock.systemUTC(), out);
        } catch (WarehouseException e) {
            logger.error("the start failed", e);
            throw e;
        }
        Thread closing = new Thread(
                () -> {
                    server.close();
                    memory.close();
                    ServerLogging.stop();
                },
                "weir-shutdown");
        Runtime.getRuntime().addShutdownHook(closing);
        out.println();
        out.println("JDBC  " + server.address().jdbc());
        out.println("HTTP  " + server.address().http());
        out.println("Try   weir sql -e \"SHOW DATABASES\"");
        out.flush();
        server.awaitClose();
        return ExitCode.OK;
    }

    private static void loadLibraries(Path home, Logger logger) {
        try {
            for (Path jar : HomeLibraries.load(home)) {
                logger.info("library {}", jar);
            }
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE,
                    "The folder " + home.resolve(HomeLibraries.FOLDER) + " cannot be read: " + e.getMessage(),
                    e);
        }
    }
}
