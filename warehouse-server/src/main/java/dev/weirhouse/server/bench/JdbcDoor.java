package dev.weirhouse.server.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A prepared statement of the stock driver, used again and again. */
final class JdbcDoor implements Door {

    private final Connection connection;
    private final PreparedStatement statement;
    private final boolean answersTheKey;

    private JdbcDoor(Connection connection, PreparedStatement statement, boolean answersTheKey) {
        this.connection = connection;
        this.statement = statement;
        this.answersTheKey = answersTheKey;
    }

    /** A door to a table: the first column of the answer is the key. */
    static JdbcDoor toTable(Connection connection, String sql) throws SQLException {
        return new JdbcDoor(connection, connection.prepareStatement(sql), true);
    }

    /** A door to a server that answers the same whatever is asked. */
    static JdbcDoor toConstant(Connection connection, String sql) throws SQLException {
        return new JdbcDoor(connection, connection.prepareStatement(sql), false);
    }

    @Override
    public void ask(long key) throws SQLException {
        statement.setLong(1, key);
        try (ResultSet result = statement.executeQuery()) {
            if (!result.next() || answersTheKey && result.getLong(1) != key) {
                throw new SQLException("The row of key " + key + " was not answered");
            }
            while (result.next()) {
                throw new SQLException("More than one row was answered for key " + key);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        statement.close();
        connection.close();
    }
}
