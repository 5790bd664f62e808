package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** DuckDB's own process: a line of JSON with SQL comes in, a line with the rows and the seconds goes out. */
final class RawDuckDbMain {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RawDuckDbMain() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(answer(connection, JSON.readTree(line).path("sql").asText()));
                out.flush();
            }
        }
    }

    private static ObjectNode answer(Connection connection, String sql) {
        ObjectNode answer = JSON.createObjectNode();
        long begun = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            List<Object[]> rows = new ArrayList<>();
            if (statement.execute(sql)) {
                read(statement, rows);
            }
            answer.put("seconds", (System.nanoTime() - begun) / 1e9);
            ArrayNode list = answer.putArray("rows");
            for (Object[] row : rows) {
                ArrayNode values = list.addArray();
                for (Object value : row) {
                    values.add(text(value));
                }
            }
        } catch (SQLException e) {
            answer.put("error", e.getMessage());
        }
        return answer;
    }

    private static void read(Statement statement, List<Object[]> rows) throws SQLException {
        try (ResultSet result = statement.getResultSet()) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                Object[] row = new Object[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = result.getObject(i + 1);
                }
                rows.add(row);
            }
        }
    }

    private static String text(Object value) {
        if (value == null) {
            return null;
        }
        return value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
    }
}
