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
import java.util.concurrent.atomic.LongAdder;
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

    /** So many queries are written to the table before their time. */
    private static final int MOST_LINES = 50_000;

    private final VersionedCatalog catalog;
    private final String database;
    private final Path folder;
    private final QueryJournal journal;
    private final String writer;
    private final Map<Count, LongAdder> counts = new ConcurrentHashMap<>();
    private QueryTable table;
    private long last;

    /** What queries are counted by. */
    public record Count(Lane lane, RunState state, Optional<AnsweredBy> answeredBy) {}

    private QueryLog(VersionedCatalog catalog, String database, Path folder) throws IOException {
        this.catalog = catalog;
        this.database = database;
        this.folder = folder;
        this.journal = QueryJournal.open(folder);
        this.writer = journal.writer();
    }

    /**
     * Opens the log, makes its table if need be, and writes what a process before left.
     *
     * @param folder of this process alone
     * @param retention for how long queries are kept
     */
    public static QueryLog open(VersionedCatalog catalog, String database, Path folder, Duration retention) {
        try {
            QueryTable.create(catalog, database, TABLE, retention);
            QueryLog log = new QueryLog(catalog, database, folder);
            log.reopen();
            log.journal.continueAfter(log.last);
            log.flush();
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException("The log of queries in " + folder + " does not open.", e);
        }
    }

    /** Adds queries. What cannot be kept is lost, and the process's log tells so: no query fails for its record. */
    public void add(List<LoggedQuery> queries) {
        queries.forEach(query -> counts.computeIfAbsent(
                        new Count(query.lane(), query.state(), query.answeredBy()), count -> new LongAdder())
                .increment());
        try {
            journal.add(queries);
        } catch (IOException e) {
            LOG.error("{} queries are not recorded", queries.size(), e);
        }
        if (journal.lines() >= MOST_LINES) {
            flush();
        }
    }

    /** Has everything that was added in the table; what the table does not take is tried again the next time. */
    public synchronized void flush() {
        try {
            for (long file : journal.end()) {
                write(file);
                journal.delete(file);
            }
        } catch (Exception e) {
            LOG.warn("queries are written to {}.{} later", database, TABLE, e);
            closeTable();
        }
    }

    private void write(long file) throws Exception {
        if (table == null) {
            reopen();
        }
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
        table = QueryTable.open(
                catalog, database, TABLE, writer, folder.resolve("spill").toString());
        last = Math.max(last, table.lastCommit());
    }

    /** How many queries were added by this process. */
    public Map<Count, LongAdder> counts() {
        return Map.copyOf(counts);
    }

    /** A query that is over. */
    public synchronized Optional<LoggedQuery> find(String id) {
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
    public synchronized void close() throws IOException {
        flush();
        closeTable();
        journal.close();
    }
}
