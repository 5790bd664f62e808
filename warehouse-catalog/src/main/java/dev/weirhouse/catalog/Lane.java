package dev.weirhouse.catalog;

/** The three ways through the warehouse. */
public enum Lane {
    STREAM,
    BATCH,
    OLAP
}
