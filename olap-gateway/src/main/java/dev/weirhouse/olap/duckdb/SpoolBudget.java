package dev.weirhouse.olap.duckdb;

/** How much answers may still take on disk. Safe for several threads. */
final class SpoolBudget {

    private final long limit;
    private long used;

    SpoolBudget(long limit, long used) {
        this.limit = limit;
        this.used = used;
    }

    /** Takes as much, or nothing when there is less. */
    synchronized boolean take(long bytes) {
        if (bytes > limit - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    synchronized void giveBack(long bytes) {
        used -= bytes;
    }

    long limit() {
        return limit;
    }
}
