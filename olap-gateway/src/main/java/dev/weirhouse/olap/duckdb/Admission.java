package dev.weirhouse.olap.duckdb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The places for queries that are computed at once, and the queue before them: who came first goes first. Safe for
 * several threads.
 */
final class Admission {

    private final int places;
    private final int maxQueued;
    private final Deque<CompletableFuture<Void>> queue = new ArrayDeque<>();
    private int taken;

    Admission(int places, int maxQueued) {
        this.places = places;
        this.maxQueued = maxQueued;
    }

    /** The queue has no room. */
    static final class QueueFull extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Takes a place; {@link #leave} gives it back.
     *
     * @throws QueueFull at once when as many wait as may
     * @throws TimeoutException when the turn does not come in time
     * @throws CancellationException when the query is cancelled meanwhile
     */
    void enter(long nanos, NativeCancellation cancellation) throws QueueFull, TimeoutException, InterruptedException {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        synchronized (this) {
            if (taken < places) {
                taken++;
                return;
            }
            if (queue.size() >= maxQueued) {
                throw new QueueFull();
            }
            queue.addLast(turn);
        }
        cancellation.onCancel(() -> turn.cancel(false));
        try {
            turn.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a turn cannot fail", e);
        } catch (TimeoutException | InterruptedException | CancellationException e) {
            giveUp(turn);
            throw e;
        }
    }

    private void giveUp(CompletableFuture<Void> turn) {
        synchronized (this) {
            if (queue.remove(turn)) {
                return;
            }
        }
        // The turn came in the very moment.
        leave();
    }

    void leave() {
        CompletableFuture<Void> next;
        synchronized (this) {
            next = queue.pollFirst();
            if (next == null) {
                taken--;
                return;
            }
        }
        // One that was cancelled meanwhile finds itself out of the queue, and gives the place on.
        next.complete(null);
    }

    synchronized int running() {
        return taken;
    }

    synchronized int queued() {
        return queue.size();
    }
}
