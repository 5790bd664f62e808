package dev.weirhouse.catalog;

/** What an error asks of whoever meets it. */
public enum ErrorType {
    /** The statement, the configuration or the request is wrong: the message says what to change. */
    USER,
    /** Nothing is wrong but the moment: the same request may succeed later. */
    RETRY,
    /** A commit whose outcome is not known: touch nothing, look first. */
    UNKNOWN,
    /** A bound was reached: a queue is full, memory is short. */
    RESOURCES,
    /** Something outside the warehouse does not answer or answers wrongly. */
    EXTERNAL,
    /** A defect of the warehouse. */
    INTERNAL
}
