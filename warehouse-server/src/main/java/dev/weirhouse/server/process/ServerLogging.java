package dev.weirhouse.server.process;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.jul.Log4jBridgeHandler;

/**
 * The process's log: {@code logs/weirhouse.log} below its home, rotated. The console stays for what the user asked for.
 * {@code -Dlog4j2.configurationFile} replaces the arrangement.
 */
public final class ServerLogging {

    private static final String CONFIGURATION = "log4j2.configurationFile";

    private ServerLogging() {}

    /** Directs all logging to the home's folder. Must come before the first logger is made; answers the file. The caller holds the home. */
    public static Path start(Path home) {
        Path folder = home.resolve("logs");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.HOME_NOT_WRITABLE,
                    "The folder " + folder + " for the log cannot be made ("
                            + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + "). Make it writable, or set WEIR_HOME to another folder.",
                    e);
        }
        System.setProperty("weir.logs", folder.toString());
        if (System.getProperty(CONFIGURATION) == null) {
            System.setProperty(CONFIGURATION, "classpath:weirhouse-log4j2.xml");
        }
        Log4jBridgeHandler.install(true, "", true);
        return folder.resolve("weirhouse.log");
    }

    /** Writes out what is still buffered; nothing can be logged afterwards. */
    public static void stop() {
        LogManager.shutdown();
    }
}
