package dev.weirhouse.olap.duckdb;

import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a running query that is cancelled or takes too long: it tells the engine so until the reply is there, and kills
 * the engine when none comes. Safe for several threads.
 */
final class QueryWatch implements AutoCloseable {

    /** How long a query may go on after it was told to end. */
    static final long GRACE_MILLIS = 5_000;

    private static final long REPEAT_MILLIS = 100;

    enum Reason {
        CANCELLED,
        TIMED_OUT
    }

    private final long id;
    private final EngineProcess engine;
    private final ScheduledExecutorService timer;
    private final Future<?> timeout;
    private Reason reason;
    private long toldMillis;
    private Future<?> telling;
    private boolean closed;

    QueryWatch(long id, EngineProcess engine, ScheduledExecutorService timer, long timeoutNanos) {
        this.id = id;
        this.engine = engine;
        this.timer = timer;
        this.timeout = timer.schedule(() -> stop(Reason.TIMED_OUT), timeoutNanos, TimeUnit.NANOSECONDS);
    }

    /** Tells the query to end; the first reason counts. */
    synchronized void stop(Reason why) {
        if (closed || reason != null) {
            return;
        }
        reason = why;
        telling = timer.scheduleWithFixedDelay(this::tell, 0, REPEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void tell() {
        if (closed) {
            return;
        }
        if (toldMillis >= GRACE_MILLIS) {
            engine.killUnheeded();
            telling.cancel(false);
            return;
        }
        engine.say(EngineProtocol.CANCEL, id);
        toldMillis += REPEAT_MILLIS;
    }

    /** Why the query was told to end, if it was. */
    synchronized Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /** The query has ended. */
    @Override
    public synchronized void close() {
        closed = true;
        timeout.cancel(false);
        if (telling != null) {
            telling.cancel(false);
        }
    }
}
