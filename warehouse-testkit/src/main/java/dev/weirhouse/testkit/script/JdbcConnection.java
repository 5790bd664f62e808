package dev.weirhouse.testkit.script;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** A script's way through a JDBC driver. */
public final class JdbcConnection implements ScriptConnection {

    private final Connection connection;
    private final ValueText text = new ValueText(ZoneId.systemDefault());

    /** Takes the connection over: closing this closes it. */
    public JdbcConnection(Connection connection) {
        this.connection = requireNonNull(connection, "connection is null");
    }

    @Override
    public ScriptResult run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return ScriptResult.none();
            }
            try (ResultSet answer = statement.getResultSet()) {
                return read(answer);
            }
        }
    }

    private ScriptResult read(ResultSet answer) throws SQLException {
        ResultSetMetaData metadata = answer.getMetaData();
        List<ValueKind> kinds = new ArrayList<>();
        for (int column = 1; column <= metadata.getColumnCount(); column++) {
            kinds.add(kind(metadata.getColumnType(column)));
        }
        List<List<String>> rows = new ArrayList<>();
        while (answer.next()) {
            List<String> row = new ArrayList<>(kinds.size());
            for (int column = 1; column <= kinds.size(); column++) {
                row.add(text.of(answer.getObject(column)));
            }
            rows.add(row);
            ScriptResult.checkBound(rows.size());
        }
        return new ScriptResult(kinds, rows);
    }

    private static ValueKind kind(int type) {
        return switch (type) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> ValueKind.INTEGER;
            case Types.REAL, Types.FLOAT, Types.DOUBLE, Types.DECIMAL, Types.NUMERIC -> ValueKind.REAL;
            default -> ValueKind.TEXT;
        };
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
