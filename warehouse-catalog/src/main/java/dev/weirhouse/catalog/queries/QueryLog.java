package dev.weirhouse.catalog.queries;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.paimon.QueryTable;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table {@code weir.queries}. What is added is in a file of this process at once and in the table soon: within the pause
 * that {@link #flush} is called at, or when somebody plans a query of it. Each query is there once, whenever the process dies.
 *
 * <p>Thread-safe.
 */
public final class QueryLog implements AutoCloseable {

    /** The table's name in the database of the warehouse's own tables. */
    public static final String TABLE = "queries";

    private static final Logger LOG = LoggerFactory.getLogger(QueryLog.class);

    private final VersionedCatalog catalog;
    private final String database;
    private final Path folder;
    private final Duration retention;
    private final QueryJournal journal;
    private final String writer;
    /**
     * Alone touches the table. Paimon compacts on threads that inherit the class loader of whoever opens the table, and that of a
     * session, whose query waits for what it reads, ends with the session.
     */
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "query-log");
        made.setDaemon(true);
        made.setContextClassLoader(QueryLog.class.getClassLoader());
        return made;
    });

    private final Map<Count, LongAdder> counts = new ConcurrentHashMap<>();
    private volatile Consumer<List<LoggedQuery>> told = queries -> {};
    private QueryTable table;
    private long last;

    /** What queries are counted by. */
    public record Count(Lane lane, RunState state, Optional<AnsweredBy> answeredBy) {}

    private QueryLog(VersionedCatalog catalog, String database, Path folder, Duration retention) throws IOException {
        this.catalog = catalog;
        this.database = database;
        this.folder = folder;
        this.retention = retention;
        this.journal = QueryJournal.open(folder);
        this.writer = journal.writer();
        this.last = journal.last();
    }

    /**
     * Opens the log, makes its table if need be, and writes what a process before left.
     *
     * @param folder of this process alone
     * @param retention for how long queries are kept
     */
    public static QueryLog open(VersionedCatalog catalog, String database, Path folder, Duration retention) {
        try {
            QueryLog log = new QueryLog(catalog, database, folder, retention);
            log.flush();
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException("The log of queries in " + folder + " does not open.", e);
        }
    }

    /**
     * Has what is added told to somebody else too, from now on; there is one.
     *
     * @param also takes it at once and waits for nothing
     */
    public void tell(Consumer<List<LoggedQuery>> also) {
        told = also;
    }

    /** Adds queries. What cannot be kept is lost, and the process's log tells so: no query fails for its record. */
    public void add(List<LoggedQuery> queries) {
        queries.forEach(query -> counts.computeIfAbsent(
                        new Count(query.lane(), query.state(), query.answeredBy()), count -> new LongAdder())
                .increment());
        try {
            if (!queries.isEmpty()) {
                journal.add(queries);
                told.accept(queries);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("{} queries are not recorded", queries.size(), e);
        }
    }

    /** Has everything that was added in the table; what the table does not take is tried again the next time. */
    public void flush() {
        await(this::writeFiles);
    }

    private void await(Runnable task) {
        try {
            thread.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | RejectedExecutionException e) {
            LOG.warn("queries are written to {}.{} later", database, TABLE, e);
        }
    }

    private void writeFiles() {
        try {
            if (table == null) {
                reopen();
            }
            for (long file : journal.end()) {
                write(file);
                journal.written(file);
            }
        } catch (Exception | Error e) {
            // Also an error: the open writer may hold a part of the file.
            LOG.warn("queries are written to {}.{} later", database, TABLE, e);
            closeTable();
        }
    }

    private void write(long file) throws Exception {
        if (file <= last) {
            // Its commit was the last thing that a process before did.
            return;
        }
        try (Stream<LoggedQuery> queries = journal.read(file)) {
            table.append(queries, file);
        }
        last = file;
    }

    private void reopen() {
        QueryTable.create(catalog, database, TABLE, retention);
        table = QueryTable.open(
                catalog, database, TABLE, writer, folder.resolve("spill").toString());
        last = Math.max(last, table.lastCommit());
    }

    /** How many queries were added by this process. */
    public Map<Count, LongAdder> counts() {
        return Map.copyOf(counts);
    }

    /** A query that is over. */
    public Optional<LoggedQuery> find(String id) {
        flush();
        return QueryTable.find(catalog, database, TABLE, id);
    }

    private void closeTable() {
        try {
            if (table != null) {
                table.close();
            }
        } catch (Exception e) {
            LOG.debug("the table of queries did not close in order", e);
        } finally {
            table = null;
        }
    }

    @Override
    public void close() throws IOException {
        flush();
        await(this::closeTable);
        thread.shutdown();
        journal.close();
    }
}
