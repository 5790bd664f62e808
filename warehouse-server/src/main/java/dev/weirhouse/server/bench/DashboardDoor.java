package dev.weirhouse.server.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** One of many texts by its number, as a dashboard asks it through the stock driver: literals in it, nothing prepared. */
final class DashboardDoor implements Door {

    private final Connection connection;
    private final List<String> texts;

    /** @param texts by their numbers, from 1 */
    DashboardDoor(Connection connection, List<String> texts) {
        this.connection = connection;
        this.texts = List.copyOf(texts);
    }

    @Override
    public void ask(long number) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(texts.get((int) number - 1))) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                for (int i = 1; i <= columns; i++) {
                    result.getObject(i);
                }
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
