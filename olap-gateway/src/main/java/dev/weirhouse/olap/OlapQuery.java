package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a statement, from its announcement to its end. Its moves:
 *
 * <ul>
 *   <li>announced to starting: somebody asks for the answer, once
 *   <li>starting to running: the lane has submitted it
 *   <li>announced, starting or running to ended: its reader is done or has failed, its client cancels it, it takes too
 *       long, or its session closes; the first cause counts
 * </ul>
 *
 * <p>A query that ends while it is starting is cancelled as soon as there is something to cancel. Safe for several
 * threads: one reads, others may end it.
 */
public final class OlapQuery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OlapQuery.class);

    /** What a query needs of its session. */
    interface Host {
        /** Takes a place among the running queries; throws when there is none. */
        void admit();

        Answer run(Prepared prepared, List<?> parameters);

        /** The query has ended. */
        void forget(OlapQuery query, boolean admitted);
    }

    private final String handle;
    private final Prepared prepared;
    private final List<?> parameters;
    private final Duration timeout;
    private final Instant deadline;
    private final Host host;
    private QueryState state = new QueryState.Announced();
    private boolean admitted;

    OlapQuery(String handle, Prepared prepared, List<?> parameters, Instant announced, Duration timeout, Host host) {
        this.handle = requireNonNull(handle, "handle is null");
        this.prepared = requireNonNull(prepared, "prepared is null");
        this.parameters = requireNonNull(parameters, "parameters are null");
        this.timeout = requireNonNull(timeout, "timeout is null");
        this.deadline = announced.plus(timeout);
        this.host = requireNonNull(host, "host is null");
    }

    public String handle() {
        return handle;
    }

    public Prepared prepared() {
        return prepared;
    }

    Instant deadline() {
        return deadline;
    }

    synchronized boolean isEnded() {
        return state instanceof QueryState.Ended;
    }

    synchronized boolean isActive() {
        return state instanceof QueryState.Starting || state instanceof QueryState.Running;
    }

    /**
     * Runs the statement and returns its answer, which belongs to this query: closing the query closes it.
     *
     * @throws WarehouseException when the statement fails, when no more may run at once, when it was asked for before, or
     *     when it has been ended meanwhile
     */
    public Answer start() {
        synchronized (this) {
            checkNotEnded();
            if (!(state instanceof QueryState.Announced)) {
                throw new WarehouseException(
                        OlapError.HANDLE_NOT_FOUND, "The answer of this query was asked for before: run it again.");
            }
            host.admit();
            admitted = true;
            state = new QueryState.Starting();
        }
        Answer answer = null;
        try {
            answer = host.run(prepared, parameters);
        } catch (RuntimeException e) {
            throw explain(e);
        } finally {
            if (answer == null && !end(QueryEnd.FAILED)) {
                host.forget(this, true);
            }
        }
        synchronized (this) {
            if (state instanceof QueryState.Starting) {
                state = new QueryState.Running(answer);
                return answer;
            }
        }
        cancelQuietly(answer);
        closeQuietly(answer);
        host.forget(this, true);
        checkNotEnded();
        throw new IllegalStateException("a query left its start without an end");
    }

    /** Ends the query; false when it had ended before. */
    public boolean end(QueryEnd end) {
        QueryState last;
        synchronized (this) {
            last = state;
            if (last instanceof QueryState.Ended) {
                return false;
            }
            state = new QueryState.Ended(end);
        }
        if (last instanceof QueryState.Running running) {
            if (end != QueryEnd.FINISHED) {
                cancelQuietly(running.answer());
            }
            closeQuietly(running.answer());
        }
        // While it starts, its place stays taken: the lane still works on it.
        if (!(last instanceof QueryState.Starting) || end == QueryEnd.FAILED) {
            host.forget(this, admitted);
        }
        return true;
    }

    /** Throws the reason when the query was ended from outside. */
    public void checkNotEnded() {
        WarehouseException reason = outsideReason();
        if (reason != null) {
            throw reason;
        }
    }

    /** What to tell the client about a failure: when the query was ended from outside, that is the cause. */
    public RuntimeException explain(RuntimeException failure) {
        WarehouseException reason = outsideReason();
        if (reason == null) {
            return failure;
        }
        reason.addSuppressed(failure);
        return reason;
    }

    private synchronized WarehouseException outsideReason() {
        if (!(state instanceof QueryState.Ended ended)) {
            return null;
        }
        return switch (ended.end()) {
            case TIMED_OUT ->
                new WarehouseException(
                        CatalogError.TIMED_OUT,
                        "The statement took longer than " + timeout.toSeconds()
                                + " s and was cancelled: make it smaller, or raise olap.query-timeout.");
            case CANCELLED -> new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.");
            case FINISHED, FAILED -> null;
        };
    }

    /** Ends the query as finished unless it has ended otherwise. */
    @Override
    public void close() {
        end(QueryEnd.FINISHED);
    }

    private void cancelQuietly(Answer answer) {
        try {
            answer.cancel();
        } catch (RuntimeException e) {
            LOG.warn("run={} could not be cancelled", answer.runId(), e);
        }
    }

    private void closeQuietly(Answer answer) {
        try {
            answer.close();
        } catch (RuntimeException e) {
            LOG.warn("run={} could not be closed", answer.runId(), e);
        }
    }
}
