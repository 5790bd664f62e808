package dev.weirhouse.testkit.script;

import java.util.LinkedHashMap;
import java.util.Map;

/** The sessions of one script, by user and name, all in the script's database. */
final class ScriptSessions implements AutoCloseable {

    private static final String FIRST_USER = "tester";
    private static final String FIRST_SESSION = "main";

    private final ScriptConnection.Source source;
    private final String database;
    private final ScriptConnection keeper;
    private final Map<Key, ScriptConnection> open = new LinkedHashMap<>();
    private String user = FIRST_USER;
    private String session = FIRST_SESSION;

    private ScriptSessions(ScriptConnection.Source source, String database, ScriptConnection keeper) {
        this.source = source;
        this.database = database;
        this.keeper = keeper;
    }

    private record Key(String user, String session) {}

    /** Makes the script's database, anew if an earlier run left one. */
    static ScriptSessions open(ScriptConnection.Source source, String database) throws Exception {
        ScriptConnection keeper = source.open(FIRST_USER);
        try {
            keeper.run("DROP DATABASE IF EXISTS `%s` CASCADE".formatted(database));
            keeper.run("CREATE DATABASE `%s`".formatted(database));
            return new ScriptSessions(source, database, keeper);
        } catch (Exception | Error e) {
            try (keeper) {
                throw e;
            }
        }
    }

    void user(String name) {
        user = name;
    }

    void session(String name) {
        session = name;
    }

    /** The session that the script is in, opened when it is new. */
    ScriptConnection current() throws Exception {
        Key key = new Key(user, session);
        ScriptConnection known = open.get(key);
        if (known == null) {
            known = source.open(user);
            open.put(key, known);
            known.run("USE `%s`".formatted(database));
        }
        return known;
    }

    /** Closes all sessions and drops the database; does all of it, whatever fails, and reports the first failure. */
    @Override
    public void close() throws Exception {
        Exception failure = null;
        for (ScriptConnection connection : open.values()) {
            failure = first(failure, connection::close);
        }
        failure = first(failure, () -> keeper.run("DROP DATABASE `%s` CASCADE".formatted(database)));
        failure = first(failure, keeper::close);
        if (failure != null) {
            throw failure;
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }

    private static Exception first(Exception failure, Step step) {
        try {
            step.run();
            return failure;
        } catch (Exception e) {
            if (failure == null) {
                return e;
            }
            failure.addSuppressed(e);
            return failure;
        }
    }
}
