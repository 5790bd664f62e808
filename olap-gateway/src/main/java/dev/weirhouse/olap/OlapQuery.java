package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.duckdb.NativeCancellation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
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
 * <p>What starts it cannot be interrupted, so it starts on a thread of its own, unless it is answered in no time. Who
 * asked hears of the end at once, while the query keeps its place until that thread is done, and is cancelled as soon as
 * there is something to cancel. Safe for several threads: one reads, others may end it.
 */
public final class OlapQuery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OlapQuery.class);

    /** What a query needs of its session. */
    interface Host {
        /** Takes a place among the running queries; throws when there is none. */
        void admit();

        /** Runs the task on a thread that nobody waits for. */
        void execute(Runnable task);

        /** The query has ended. */
        void forget(OlapQuery query, boolean admitted);
    }

    private final String handle;
    private final Supplier<Optional<Answer>> atOnce;
    private final Function<NativeCancellation, Answer> work;
    private final NativeCancellation cancellation = new NativeCancellation();
    private final Duration timeout;
    private final Instant deadline;
    private final Host host;
    private QueryState state = new QueryState.Announced();
    private boolean admitted;
    private Throwable failure;

    /**
     * @param atOnce gives the answer if that takes no time to speak of
     * @param work starts the statement in its lane; a lane that can be stopped while it starts heeds the cancellation
     */
    OlapQuery(
            String handle,
            Supplier<Optional<Answer>> atOnce,
            Function<NativeCancellation, Answer> work,
            Instant announced,
            Duration timeout,
            Host host) {
        this.handle = requireNonNull(handle, "handle is null");
        this.atOnce = requireNonNull(atOnce, "atOnce is null");
        this.work = requireNonNull(work, "work is null");
        this.timeout = requireNonNull(timeout, "timeout is null");
        this.deadline = announced.plus(timeout);
        this.host = requireNonNull(host, "host is null");
    }

    public String handle() {
        return handle;
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
        try {
            Optional<Answer> found = atOnce.get();
            if (found.isPresent()) {
                settle(found.get(), null);
            } else {
                host.execute(this::launch);
            }
        } catch (RuntimeException | Error e) {
            if (!end(QueryEnd.FAILED)) {
                // Who ended it meanwhile left the place to whoever starts it, which is nobody now.
                host.forget(this, true);
            }
            throw e;
        }
        return awaitStart();
    }

    private void launch() {
        Answer answer = null;
        Throwable thrown = null;
        try {
            answer = work.apply(cancellation);
        } catch (Throwable e) {
            // Nothing may be missed, a checked exception out of Scala's code neither: somebody waits for the outcome.
            thrown = e;
        }
        settle(answer, thrown);
    }

    /** Takes what came of the start: an answer or a failure, the other is null. */
    private void settle(Answer answer, Throwable thrown) {
        synchronized (this) {
            failure = thrown;
            if (answer != null && state instanceof QueryState.Starting) {
                state = new QueryState.Running(answer);
                notifyAll();
                return;
            }
        }
        if (answer != null) {
            cancelQuietly(answer);
            closeQuietly(answer);
        }
        if (answer != null || !end(QueryEnd.FAILED)) {
            host.forget(this, true);
        }
    }

    private synchronized Answer awaitStart() {
        try {
            while (state instanceof QueryState.Starting) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(QueryEnd.CANCELLED);
        }
        if (state instanceof QueryState.Running running) {
            return running.answer();
        }
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException exception) {
            throw explain(exception);
        }
        checkNotEnded();
        throw new IllegalStateException("a query left its start without an end", failure);
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
            notifyAll();
        }
        if (last instanceof QueryState.Starting) {
            cancellation.cancel();
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
        return ended.end().outsideReason(timeout);
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
