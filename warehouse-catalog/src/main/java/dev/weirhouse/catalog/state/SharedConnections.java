package dev.weirhouse.catalog.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Hands out one connection to one thread at a time. SQLite has one writer; waiting here, in order, is cheaper than
 * failing on the file's lock, and a connection kept keeps its prepared pages.
 */
final class SharedConnections implements ConnectionFactory, AutoCloseable {

    private final DataSource source;
    private final ReentrantLock lock = new ReentrantLock(true);
    private Connection connection;

    SharedConnections(DataSource source) {
        this.source = source;
    }

    @Override
    public Connection openConnection() throws SQLException {
        lock.lock();
        try {
            if (connection == null || connection.isClosed()) {
                connection = source.getConnection();
            }
            return connection;
        } catch (SQLException e) {
            lock.unlock();
            throw e;
        }
    }

    @Override
    public void closeConnection(Connection returned) throws SQLException {
        lock.unlock();
    }

    @Override
    public void close() throws SQLException {
        lock.lock();
        try {
            if (connection != null) {
                connection.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
