package dev.weirhouse.server.http;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements that run over HTTP, and those that ended lately. Thread-safe. */
final class Statements implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Statements.class);

    /** How many ended statements are kept for clients that ask again. */
    private static final int MAX_KEPT = 1000;

    private static final long THREAD_IDLE_SECONDS = 60;

    private final ServerConfig config;
    private final Clock clock;
    private final ExecutorService workers;
    private final Map<String, HttpStatement> statements = new LinkedHashMap<>();

    Statements(ServerConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.workers = new ThreadPoolExecutor(
                0,
                config.maxStatements(),
                THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                WorkerThreads.named("weir-http-statement"));
    }

    /**
     * Starts a statement.
     *
     * @throws WarehouseException TOO_MANY_STATEMENTS
     */
    HttpStatement start(Execution execution, long maxRows) {
        HttpStatement statement = new HttpStatement(
                UUID.randomUUID().toString(),
                execution,
                new HttpStatement.PageBounds(
                        config.pageRows(), config.pageSize().bytes()),
                maxRows,
                clock);
        try {
            workers.execute(statement::run);
        } catch (RejectedExecutionException e) {
            execution.close();
            throw new WarehouseException(
                    ServerError.TOO_MANY_STATEMENTS,
                    "%d statements run over HTTP, which is all that http.max-statements allows; try again when one has ended."
                            .formatted(config.maxStatements()),
                    e);
        }
        synchronized (statements) {
            statements.put(statement.id(), statement);
            forgetOldest();
        }
        return statement;
    }

    /** @throws WarehouseException STATEMENT_NOT_FOUND */
    HttpStatement load(String id) {
        synchronized (statements) {
            HttpStatement found = statements.get(id);
            if (found == null) {
                throw new WarehouseException(
                        ServerError.STATEMENT_NOT_FOUND,
                        "There is no statement '" + id + "', or it ended too long ago to be kept.");
            }
            return found;
        }
    }

    /** Ends what is abandoned, and forgets what ended long ago. */
    void sweep() {
        List<HttpStatement> all;
        synchronized (statements) {
            statements.values().removeIf(statement -> statement.isForgettable(config.statementIdleTimeout()));
            all = List.copyOf(statements.values());
        }
        for (HttpStatement statement : all) {
            try {
                statement.expire(config.statementIdleTimeout());
            } catch (RuntimeException e) {
                LOG.warn("statement={} could not be swept", statement.id(), e);
            }
        }
    }

    private void forgetOldest() {
        int tooMany = statements.size() - MAX_KEPT;
        var oldest = statements.values().iterator();
        while (tooMany > 0 && oldest.hasNext()) {
            if (oldest.next().status().state().isEnd()) {
                oldest.remove();
                tooMany--;
            }
        }
    }

    @Override
    public void close() {
        List<HttpStatement> all;
        synchronized (statements) {
            all = List.copyOf(statements.values());
            statements.clear();
        }
        all.forEach(HttpStatement::cancel);
        workers.shutdown();
        try {
            if (!workers.awaitTermination(config.drain().toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
