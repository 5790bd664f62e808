package dev.weirhouse.consistency;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Something that was begun and may be ended from outside: it asks now and then whether to go on, and says what to cancel while it
 * waits for something else. Thread-safe.
 */
final class Work {

    private final Duration timeout;
    private volatile Optional<Long> begun = Optional.empty();
    private Optional<WarehouseException> ended = Optional.empty();
    private Runnable cancellation = () -> {};

    /** @param timeout how long it may take once it has begun */
    Work(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Its time begins.
     *
     * @throws WarehouseException the reason why it was ended before
     */
    void begin() {
        begun = Optional.of(System.nanoTime());
        goOn();
    }

    /** Asked for by whoever has it ended. */
    void cancel() {
        end(new WarehouseException(CatalogError.CANCELLED, "The check was cancelled."));
    }

    /** Ends it because the warehouse closes. */
    void shutDown() {
        end(new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse was closed while the check ran."));
    }

    /** Ends it if its time is over. */
    void expire() {
        if (begun.filter(since -> System.nanoTime() - since > timeout.toNanos()).isPresent()) {
            end(new WarehouseException(
                    CatalogError.TIMED_OUT,
                    "The check took longer than " + timeout.toSeconds() + " s: ask for less, or raise check.timeout."));
        }
    }

    private void end(WarehouseException why) {
        Runnable cancelled;
        synchronized (this) {
            if (ended.isPresent()) {
                return;
            }
            ended = Optional.of(why);
            cancelled = cancellation;
            notifyAll();
        }
        cancelled.run();
    }

    /** @throws WarehouseException the reason why it is to end */
    synchronized void goOn() {
        if (ended.isPresent()) {
            throw ended.get();
        }
    }

    /**
     * Waits, or until it is ended.
     *
     * @throws WarehouseException the reason why it is to end
     */
    synchronized void pause(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        try {
            for (long left = time.toNanos(); ended.isEmpty() && left > 0; left = until - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is closing.", e);
        }
        goOn();
    }

    /** Why it was ended from outside, if it was. */
    synchronized Optional<WarehouseException> ended() {
        return ended;
    }

    /** Says what is to be cancelled until something else is said; at once, when it was ended already. */
    void cancelling(Runnable action) {
        boolean now;
        synchronized (this) {
            cancellation = action;
            now = ended.isPresent();
        }
        if (now) {
            action.run();
        }
    }
}
