package dev.weirhouse.olap;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Properties;

/**
 * The stock Flight SQL JDBC driver, in a class loader that sees nothing of ours: it brings Avatica's classes, and so does
 * Flink's planner. The loader stays open: the driver's threads outlive its connections.
 */
public final class StockDriver {

    private static final String CLIENTS_PROPERTY = "weir.test.clients";

    private final URLClassLoader loader;
    private final Driver driver;

    public StockDriver() {
        try {
            URL jar = jar("flight-sql-jdbc-driver").toUri().toURL();
            loader = new URLClassLoader("stock-driver", new URL[] {jar}, ClassLoader.getPlatformClassLoader());
            driver = (Driver) loader.loadClass("org.apache.arrow.driver.jdbc.ArrowFlightJdbcDriver")
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("The driver's jar is not what it was", e);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client's jar, which the build has copied aside. */
    public static Path jar(String client) {
        return Path.of(System.getProperty(CLIENTS_PROPERTY, "target/clients")).resolve(client + ".jar");
    }

    /**
     * Connects.
     *
     * @param options name and value by turns, as they stand in a JDBC URL or its properties
     */
    public Connection connect(String url, String... options) throws SQLException {
        Properties properties = new Properties();
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // The driver looks its parts up through the thread's loader.
        thread.setContextClassLoader(loader);
        try {
            return driver.connect(url, properties);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
