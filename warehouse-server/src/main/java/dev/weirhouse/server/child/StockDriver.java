package dev.weirhouse.server.child;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The Arrow Flight SQL JDBC driver as its project publishes it. It brings Avatica's classes, and so does Flink's planner,
 * so it has a class loader that sees nothing of ours. The loader stays open: the driver's threads outlive its connections.
 */
public final class StockDriver {

    private static final String JAR = "flight-sql-jdbc-driver.jar";
    private static final String DRIVER = "org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver";

    private final URLClassLoader loader;
    private final Driver driver;

    /** Kept here, because a logger that nobody holds forgets its level. */
    private static final Logger LOGGER = Logger.getLogger(DRIVER.substring(0, DRIVER.lastIndexOf('.')));

    private StockDriver(URLClassLoader loader, Driver driver) {
        this.loader = loader;
        this.driver = driver;
    }

    /**
     * Loads the driver.
     *
     * @param lib the installation's folder of libraries
     * @throws WarehouseException FILE_UNREADABLE when the jar is not there
     */
    public static StockDriver load(Path lib) {
        Path jar = lib.resolve("client").resolve(JAR);
        if (!Files.isRegularFile(jar)) {
            throw new WarehouseException(
                    ServerError.FILE_UNREADABLE, "The JDBC driver " + jar + " is missing: build or install again.");
        }
        LOGGER.setLevel(Level.WARNING);
        try {
            URLClassLoader loader = new URLClassLoader(
                    "stock-driver", new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
            Driver driver = (Driver) loader.loadClass(DRIVER).getConstructor().newInstance();
            return new StockDriver(loader, driver);
        } catch (ReflectiveOperationException | MalformedURLException e) {
            throw new WarehouseException(ServerError.FILE_UNREADABLE, jar + " is not the JDBC driver: " + e, e);
        }
    }

    /** Opens a connection, which is for use by one thread at a time. */
    public Connection connect(String url) throws SQLException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // The driver looks its parts up through the thread's loader.
        thread.setContextClassLoader(loader);
        try {
            return driver.connect(url, new Properties());
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
