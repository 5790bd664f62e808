package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The durable state of a warehouse. Several processes may open the same store: rows that one process acts for carry its
 * {@link #instanceId()}, and jobs are leased.
 *
 * <p>Thread-safe. SQLite has one writer at a time; a process waits up to ten seconds for another's transaction.
 */
public final class StateStore implements AutoCloseable {

    private static final int BUSY_TIMEOUT_MILLIS = 10_000;
    private static final Set<String> DAMAGE = Set.of("[SQLITE_CORRUPT", "[SQLITE_NOTADB]", "[SQLITE_ERROR]");

    private final Jdbi jdbi;
    private final Jdbi reads;
    private final SharedConnections connections;
    private final SharedConnections readConnections;
    private final VersionReads versionReads;
    private final Clock clock;
    private final String instanceId = UUID.randomUUID().toString();
    private final SessionStore sessions;
    private final JobStore jobs;
    private final RunStore runs;
    private final VersionStore versions;
    private final FlowStore flows;
    private final ForeignStore foreign;

    private StateStore(SQLiteDataSource source, Clock clock) {
        this.clock = clock;
        this.connections = new SharedConnections(source);
        this.versionReads = new VersionReads(source);
        this.readConnections = new SharedConnections(reading(source));
        this.jdbi = Jdbi.create(connections);
        this.reads = Jdbi.create(readConnections);
        this.sessions = new SessionStore(jdbi, clock, instanceId);
        this.jobs = new JobStore(jdbi, clock, instanceId);
        this.runs = new RunStore(jdbi, clock, instanceId);
        this.versions = new VersionStore(jdbi, versionReads, clock);
        this.flows = new FlowStore(jdbi, reads, clock);
        this.foreign = new ForeignStore(jdbi, reads, clock);
    }

    /**
     * Opens the store, creates it or brings its schema up to date.
     *
     * @throws WarehouseException STATE_CORRUPT when the file is not a sound store, STATE_UNAVAILABLE when it cannot be
     *     opened
     */
    public static StateStore open(Path file, Clock clock) {
        SQLiteDataSource source = dataSource(file);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            requireSound(file, integrity(source));
            requireSound(file, StateSchema.foreign(source));
            StateSchema.migrate(source);
            requireSound(file, StateSchema.missing(source));
            StateStore store = new StateStore(source, clock);
            store.register();
            return store;
        } catch (SQLException | FlywayException e) {
            if (isCorruption(e)) {
                throw corrupt(file, firstLine(e), e);
            }
            throw unavailable(file, e);
        } catch (IOException | JdbiException e) {
            throw unavailable(file, e);
        }
    }

    /**
     * What is wrong with a store's file, in its pages or its tables; empty when it is sound or not there. Changes nothing.
     */
    public static List<String> check(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        SQLiteDataSource source = dataSource(file);
        try {
            List<String> problems = new ArrayList<>(integrity(source));
            if (problems.isEmpty()) {
                problems.addAll(StateSchema.foreign(source));
            }
            if (problems.isEmpty() && StateSchema.isCurrent(source)) {
                problems.addAll(StateSchema.missing(source));
            }
            return problems;
        } catch (SQLException | FlywayException e) {
            return List.of(firstLine(e));
        }
    }

    private static void requireSound(Path file, List<String> problems) {
        if (!problems.isEmpty()) {
            throw corrupt(file, String.join("; ", problems), null);
        }
    }

    /** A name for this process, new at each start. */
    public String instanceId() {
        return instanceId;
    }

    public SessionStore sessions() {
        return sessions;
    }

    public JobStore jobs() {
        return jobs;
    }

    public RunStore runs() {
        return runs;
    }

    public VersionStore versions() {
        return versions;
    }

    public FlowStore flows() {
        return flows;
    }

    public ForeignStore foreign() {
        return foreign;
    }

    /** Where a floor above keeps what it alone knows; the tables come with the store's schema. */
    public Jdbi jdbi() {
        return jdbi;
    }

    /**
     * Where a floor above looks up much at once: a connection that no writer waits for. A transaction of it sees one moment of
     * the store.
     */
    public Jdbi reads() {
        return reads;
    }

    /** Whether the store answers. */
    public boolean answers() {
        try {
            return jdbi.withHandle(handle ->
                            handle.createQuery("SELECT 1").mapTo(Integer.class).one())
                    == 1;
        } catch (JdbiException e) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            runs.close();
            sessions.closeAllOfInstance();
            versionReads.close();
            readConnections.close();
            connections.close();
        } catch (SQLException e) {
            throw new WarehouseException(CatalogError.STATE_UNAVAILABLE, "The state store did not close.", e);
        }
    }

    private void register() {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "INSERT INTO instance (id, started_at, heartbeat_at) VALUES (:id, :now, :now)")
                .bind("id", instanceId)
                .bind("now", clock.millis())
                .execute());
    }

    private static SQLiteDataSource reading(SQLiteDataSource source) {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        config.setTransactionMode(SQLiteConfig.TransactionMode.DEFERRED);
        SQLiteDataSource reading = new SQLiteDataSource(config);
        reading.setUrl(source.getUrl());
        return reading;
    }

    private static SQLiteDataSource dataSource(Path file) {
        SQLiteDataSource source = new SQLiteDataSource(config());
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        return source;
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.enforceForeignKeys(true);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        return config;
    }

    private static List<String> integrity(SQLiteDataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("PRAGMA integrity_check(5)")) {
            List<String> problems = new ArrayList<>();
            while (rows.next()) {
                if (!"ok".equals(rows.getString(1))) {
                    problems.add(rows.getString(1));
                }
            }
            return problems;
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static boolean isCorruption(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            // A change of the schema that SQLite finds no tables for is told as plain SQLITE_ERROR.
            if (DAMAGE.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return false;
    }

    private static WarehouseException corrupt(Path file, String detail, Throwable cause) {
        return new WarehouseException(
                CatalogError.STATE_CORRUPT,
                "The state store " + file + " is damaged (" + detail
                        + "). Tables are not affected. Put back a copy of the file, or move it away to begin with an"
                        + " empty store: jobs must then be applied again.",
                cause);
    }

    private static WarehouseException unavailable(Path file, Throwable cause) {
        return new WarehouseException(
                CatalogError.STATE_UNAVAILABLE,
                "The state store " + file + " cannot be opened: " + cause.getMessage(),
                cause);
    }
}
