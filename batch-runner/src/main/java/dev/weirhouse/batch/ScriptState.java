package dev.weirhouse.batch;

/** Where a script stands. */
public enum ScriptState {
    QUEUED,
    RUNNING,
    /** Every statement succeeded. */
    FINISHED,
    /** A statement failed; those before it stay done, those after it were not begun. */
    FAILED,
    /** It was cancelled before its last statement ended. */
    CANCELLED;

    public boolean isFinal() {
        return this == FINISHED || this == FAILED || this == CANCELLED;
    }
}
