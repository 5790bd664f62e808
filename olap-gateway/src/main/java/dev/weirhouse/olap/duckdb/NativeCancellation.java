package dev.weirhouse.olap.duckdb;

/**
 * The handle by which any thread ends a native query, before it begins or while it runs. It serves one query. Safe for
 * several threads.
 */
public final class NativeCancellation {

    private boolean cancelled;
    private Runnable action;

    /** Asks the query to end; later calls do nothing. */
    public void cancel() {
        Runnable due;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = action;
        }
        if (due != null) {
            due.run();
        }
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** What a cancellation does from now on, in the place of what it did before; it is done now when it is late. */
    void onCancel(Runnable next) {
        synchronized (this) {
            action = next;
            if (!cancelled) {
                return;
            }
        }
        next.run();
    }
}
