package dev.weirhouse.testkit;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.testkit.fault.FailingFileSystem;
import dev.weirhouse.testkit.script.ScriptConnection;
import dev.weirhouse.testkit.script.ScriptResult;
import dev.weirhouse.testkit.script.SessionConnection;
import java.nio.file.Path;
import java.util.List;

/** The JVM's warehouse as one test class sees it: with a database that belongs to the class. */
public final class TestWarehouse {

    private static final String USER = "tester";

    private final SharedWarehouse shared;
    private final String database;
    private ScriptConnection own;

    TestWarehouse(SharedWarehouse shared, String database) {
        this.shared = shared;
        this.database = database;
    }

    /** The opened warehouse; not to be closed. */
    public Warehouse warehouse() {
        return shared.warehouse();
    }

    /** The warehouse's clock, which ticks with the machine's until a test moves it ahead. */
    public SettableClock clock() {
        return shared.clock();
    }

    /** The warehouse's folder. */
    public Path home() {
        return shared.home();
    }

    /** Where the tables lie: a file system that fails when a test says so; faults are lifted after the class. */
    public FailingFileSystem files() {
        return shared.files();
    }

    /** The database of the test class, empty before its first test. */
    public String database() {
        return database;
    }

    /** Opens a session in the database of the test class; the test closes it. */
    public Session open(String user, Gate.Mode mode) {
        Session session = shared.warehouse().gate().open(caller(user), mode);
        try {
            session.use(database);
            return session;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Opens a connection for scripts: a session that reads bounded, with its statements in the OLAP lane. */
    public ScriptConnection connect(String user) {
        return new SessionConnection(shared.warehouse().gate().open(caller(user), Gate.Mode.BATCH), Lane.OLAP);
    }

    /** Runs a statement in a session that the class keeps for this, in its database. Not for several threads at once. */
    public ScriptResult run(String sql) throws Exception {
        if (own == null) {
            own = new SessionConnection(open(USER, Gate.Mode.BATCH), Lane.OLAP);
        }
        return own.run(sql);
    }

    void make() throws Exception {
        try (ScriptConnection connection = connect(USER)) {
            connection.run("DROP DATABASE IF EXISTS `%s` CASCADE".formatted(database));
            connection.run("CREATE DATABASE `%s`".formatted(database));
        }
    }

    void drop() throws Exception {
        try (ScriptConnection connection = connect(USER)) {
            connection.run("DROP DATABASE `%s` CASCADE".formatted(database));
        }
    }

    void closeOwn() throws Exception {
        if (own != null) {
            own.close();
        }
    }

    private static Caller caller(String user) {
        return new Caller(user, "test", List.of(), Door.INTERNAL);
    }
}
