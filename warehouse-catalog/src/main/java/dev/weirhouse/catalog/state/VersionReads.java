package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Version;
import dev.weirhouse.catalog.WarehouseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * Looks up single names, which every query does for every table, some times. It has a connection of its own, which no
 * writer holds up, and one statement, prepared once. Thread-safe.
 */
final class VersionReads implements AutoCloseable {

    private static final String SELECT =
            "SELECT physical_table, branch FROM table_version WHERE database_name = ? AND table_name = ?";

    private final DataSource source;
    private Connection connection;
    private PreparedStatement select;

    VersionReads(DataSource source) {
        this.source = source;
    }

    /**
     * The version that a name was pointed at, as of the last commit to the store by anybody.
     *
     * @throws WarehouseException STATE_UNAVAILABLE
     */
    synchronized Optional<Version> find(TableName table) {
        try {
            if (connection == null) {
                connection = source.getConnection();
                select = connection.prepareStatement(SELECT);
            }
            select.setString(1, table.database());
            select.setString(2, table.table());
            try (ResultSet rows = select.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Version(
                                new TableName(table.database(), rows.getString("physical_table")),
                                Optional.ofNullable(rows.getString("branch"))))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            WarehouseException failure = new WarehouseException(
                    CatalogError.STATE_UNAVAILABLE, "The state store cannot say what " + table + " stands for.", e);
            try {
                close();
            } catch (SQLException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    /** Lets the connection go; the next look opens another. */
    @Override
    public synchronized void close() throws SQLException {
        Connection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
