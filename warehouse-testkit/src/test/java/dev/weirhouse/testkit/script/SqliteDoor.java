package dev.weirhouse.testkit.script;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A door onto SQLite, to run scripts without a warehouse: every database is a database in memory that its sessions share.
 * Keeps what was asked of it, user by user.
 */
final class SqliteDoor implements ScriptConnection.Source {

    private static final String DATABASE = "`(\\w+)`";

    private final Map<String, JdbcConnection> databases = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private int open;

    @Override
    public ScriptConnection open(String user) {
        open++;
        return new Visit(user);
    }

    /** What was asked, as {@code user: sql}. */
    List<String> asked() {
        return asked;
    }

    /** How many connections are open. */
    int openConnections() {
        return open;
    }

    /** The databases that there are. */
    List<String> databases() {
        return List.copyOf(databases.keySet());
    }

    private final class Visit implements ScriptConnection {
        private final String user;
        private JdbcConnection database;

        private Visit(String user) {
            this.user = user;
        }

        @Override
        public ScriptResult run(String sql) throws SQLException {
            asked.add(user + ": " + sql);
            if (sql.matches("DROP DATABASE .*")) {
                JdbcConnection dropped = databases.remove(sql.replaceFirst(".*" + DATABASE + ".*", "$1"));
                if (dropped != null) {
                    dropped.close();
                }
            } else if (sql.matches("CREATE DATABASE .*")) {
                databases.put(
                        sql.replaceFirst(".*" + DATABASE, "$1"),
                        new JdbcConnection(DriverManager.getConnection("jdbc:sqlite::memory:")));
            } else if (sql.matches("USE .*")) {
                database = databases.get(sql.replaceFirst(".*" + DATABASE, "$1"));
            } else if (sql.equals("SET 'refused' = 'yes'")) {
                throw new SQLException("[WEIR-1005] SETTING_NOT_ALLOWED: 'refused' may not be set");
            } else if (!sql.startsWith("SET ")) {
                return database.run(sql);
            }
            return ScriptResult.none();
        }

        @Override
        public void close() {
            open--;
        }
    }
}
