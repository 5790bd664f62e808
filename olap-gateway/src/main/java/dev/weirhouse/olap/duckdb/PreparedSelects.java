package dev.weirhouse.olap.duckdb;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.duckdb.DuckDBConnection;

/**
 * The prepared statements of one connection, by their text; the one unused for longest is dropped. It belongs to one
 * thread.
 *
 * <p>Only a single {@code SELECT} is prepared. DuckDB would carry out {@code COPY}, {@code EXPORT} and {@code ATTACH}
 * below the folders that it may read, and all but the last of several statements while it prepares them. Its own parser
 * decides what a text is.
 */
final class PreparedSelects {

    static final int MAX_STATEMENTS = 64;

    /** A longer text names many files, and hardly comes twice. */
    static final int MAX_KEPT_CHARS = 64 << 10;

    private final DuckDBConnection connection;
    private final PreparedStatement gate;
    private final Map<String, PreparedStatement> kept = new LinkedHashMap<>(16, 0.75f, true);

    PreparedSelects(DuckDBConnection connection) throws SQLException {
        this.connection = connection;
        this.gate = connection.prepareStatement(
                "SELECT coalesce(json_array_length(json_serialize_sql(CAST(? AS VARCHAR)), '$.statements'), 0)");
    }

    /** Takes a statement out; it comes back with {@link #keep} or is closed. */
    PreparedStatement take(String sql) throws SQLException {
        PreparedStatement statement = kept.remove(sql);
        if (statement != null) {
            return statement;
        }
        if (!isOneSelect(sql)) {
            throw new SQLException("The engine computes a single SELECT and nothing else");
        }
        return connection.prepareStatement(sql);
    }

    private boolean isOneSelect(String sql) throws SQLException {
        gate.setString(1, sql);
        try (ResultSet counted = gate.executeQuery()) {
            return counted.next() && counted.getInt(1) == 1;
        }
    }

    void keep(String sql, PreparedStatement statement) throws SQLException {
        if (sql.length() > MAX_KEPT_CHARS) {
            statement.close();
            return;
        }
        kept.put(sql, statement);
        if (kept.size() > MAX_STATEMENTS) {
            var oldest = kept.entrySet().iterator();
            PreparedStatement dropped = oldest.next().getValue();
            oldest.remove();
            dropped.close();
        }
    }
}
