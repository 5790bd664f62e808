package dev.weirhouse.catalog;

/** What computed a query's answer, the cheapest first. */
public enum AnsweredBy {
    /** Rows were looked up by their keys. */
    POINT,
    /** The native engine. */
    NATIVE,
    /** Flink. */
    FLINK,
    /** Nobody: the checker read its rows to compare them. */
    CHECKER
}
