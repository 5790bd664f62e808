package dev.weirhouse.catalog.state;

/**
 * Where a run stands. RUNNING goes to FINISHED, FAILED or CANCELLED when its execution ends, and to LOST when the
 * process that ran it ended first.
 */
public enum RunState {
    RUNNING,
    FINISHED,
    FAILED,
    CANCELLED,
    LOST
}
