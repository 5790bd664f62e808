package dev.weirhouse.catalog.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteDataSource;

/** The tables of a state store: how they are made, and whether a file has them. */
final class StateSchema {

    private static final String HISTORY = "flyway_schema_history";

    private StateSchema() {}

    /**
     * Makes the tables, or brings them up to date.
     *
     * @throws FlywayException when the file does not take the changes
     */
    static void migrate(DataSource source) {
        flyway(source).migrate();
    }

    /** Whether no change of the schema waits for the file. */
    static boolean isCurrent(DataSource source) {
        return flyway(source).info().pending().length == 0;
    }

    /** What says that a file belongs to somebody else; empty when it is a store, or has no tables yet. */
    static List<String> foreign(DataSource source) throws SQLException {
        Set<String> tables = tables(source).keySet();
        return tables.isEmpty() || tables.contains(HISTORY)
                ? List.of()
                : List.of("it is no state store; it holds the tables " + String.join(", ", tables));
    }

    /** The tables and columns that a file of the present schema lacks. */
    static List<String> missing(DataSource source) throws SQLException {
        Map<String, Set<String>> there = tables(source);
        List<String> problems = new ArrayList<>();
        expected().forEach((table, columns) -> {
            if (!there.containsKey(table)) {
                problems.add("the table " + table + " is missing");
                return;
            }
            Set<String> lacking = new TreeSet<>(columns);
            lacking.removeAll(there.get(table));
            if (!lacking.isEmpty()) {
                problems.add("the table " + table + " lacks " + String.join(", ", lacking));
            }
        });
        return problems;
    }

    /** The migrations say what there should be: they are run once more, on an empty database in memory. */
    private static Map<String, Set<String>> expected() throws SQLException {
        SQLiteDataSource empty = new SQLiteDataSource();
        empty.setUrl("jdbc:sqlite:file:weirhouse-expected-schema?mode=memory&cache=shared");
        // The database in memory is there as long as one connection is.
        try (Connection held = empty.getConnection()) {
            migrate(empty);
            return tables(empty);
        }
    }

    private static Flyway flyway(DataSource source) {
        return Flyway.configure(StateSchema.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:db/migration")
                .loggers("slf4j")
                .load();
    }

    private static Map<String, Set<String>> tables(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery("SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
                                + " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite@_%' ESCAPE '@'")) {
            Map<String, Set<String>> tables = new TreeMap<>();
            while (rows.next()) {
                tables.computeIfAbsent(rows.getString(1), name -> new TreeSet<>())
                        .add(rows.getString(2));
            }
            return tables;
        }
    }
}
