package dev.weirhouse.catalog;

/** Where a session came in. */
public enum Door {
    FLIGHT,
    HTTP,
    INTERNAL
}
