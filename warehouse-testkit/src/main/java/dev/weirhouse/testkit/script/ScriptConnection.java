package dev.weirhouse.testkit.script;

/** One session that a script speaks to, through whichever door. Used by one thread. */
public interface ScriptConnection extends AutoCloseable {

    /** Runs a statement to its end and returns its rows; throws what the door throws when it fails. */
    ScriptResult run(String sql) throws Exception;

    /** Changes a setting of the session. */
    default void set(String key, String value) throws Exception {
        run("SET '%s' = '%s'".formatted(key.replace("'", "''"), value.replace("'", "''")));
    }

    @Override
    void close() throws Exception;

    /** Opens connections for scripts. */
    @FunctionalInterface
    interface Source {
        ScriptConnection open(String user) throws Exception;
    }
}
