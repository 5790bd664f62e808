package dev.weirhouse.olap.fuzz;

/** Types among which values are drawn as one. */
public enum Kind {
    BOOL,
    INT,
    DECIMAL,
    DOUBLE,
    TEXT,
    DATE,
    TIME
}
