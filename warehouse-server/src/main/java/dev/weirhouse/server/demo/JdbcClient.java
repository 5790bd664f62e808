package dev.weirhouse.server.demo;

import dev.weirhouse.server.demo.Answer.Alignment;
import dev.weirhouse.server.demo.Answer.Column;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Asks the warehouse as any JDBC program would. For use by one thread. */
final class JdbcClient implements AutoCloseable {

    private final Connection connection;

    JdbcClient(Connection connection) {
        this.connection = connection;
    }

    /** Prepares a query, binds its markers and reads the whole answer. */
    Answer query(String sql, Object... parameters) throws SQLException {
        long begun = System.nanoTime();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<Column> columns = columns(result.getMetaData());
                List<List<String>> rows = new ArrayList<>();
                while (result.next()) {
                    List<String> row = new ArrayList<>(columns.size());
                    for (int i = 1; i <= columns.size(); i++) {
                        row.add(text(result.getObject(i)));
                    }
                    rows.add(row);
                }
                return new Answer(columns, rows, Duration.ofNanos(System.nanoTime() - begun));
            }
        }
    }

    /** Runs a statement whose answer is of no interest. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<Column> columns(ResultSetMetaData metaData) throws SQLException {
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            columns.add(new Column(metaData.getColumnLabel(i), alignment(metaData.getColumnType(i))));
        }
        return columns;
    }

    private static Alignment alignment(int jdbcType) {
        return switch (jdbcType) {
            case Types.SMALLINT, Types.INTEGER, Types.BIGINT, Types.DECIMAL, Types.FLOAT, Types.DOUBLE ->
                Alignment.NUMBER;
            default -> Alignment.TEXT;
        };
    }

    private static String text(Object value) {
        if (value == null) {
            return Answer.NULL;
        }
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
