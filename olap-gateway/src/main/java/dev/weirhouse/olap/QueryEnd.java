package dev.weirhouse.olap;

/** How a query came to its end. */
public enum QueryEnd {
    /** All of the answer was taken, or the statement did what it does. */
    FINISHED,
    /** It failed by itself. */
    FAILED,
    /** The client cancelled it, dropped its connection, or closed its session. */
    CANCELLED,
    /** It took longer than a query may. */
    TIMED_OUT
}
