package dev.weirhouse.olap;

import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * One statement that is parsed and validated. The planner cannot be interrupted, so it works on a thread of its own: who
 * asked hears of the end at once, also when the planner goes on for a while. Safe for several threads.
 */
final class Preparation {

    private final Instant deadline;
    private final Duration timeout;
    private final CompletableFuture<Prepared> outcome = new CompletableFuture<>();

    Preparation(Instant announced, Duration timeout) {
        this.deadline = announced.plus(timeout);
        this.timeout = timeout;
    }

    Instant deadline() {
        return deadline;
    }

    /**
     * Does the work, on the thread that calls.
     *
     * @param after called when the work is done, before anybody hears of it
     */
    void run(Supplier<Prepared> work, Runnable after) {
        Prepared prepared = null;
        Throwable failure = null;
        try {
            prepared = work.get();
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        after.run();
        if (failure == null) {
            outcome.complete(prepared);
        } else {
            outcome.completeExceptionally(failure);
        }
    }

    /** Ends the wait for it, from outside. */
    void end(QueryEnd end) {
        outcome.completeExceptionally(end.outsideReason(timeout));
    }

    /** @throws WarehouseException what the statement did wrong, or why it was ended */
    Prepared await() {
        try {
            return outcome.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw QueryEnd.CANCELLED.outsideReason(timeout);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }
}
