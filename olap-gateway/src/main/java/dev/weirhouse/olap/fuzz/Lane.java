package dev.weirhouse.olap.fuzz;

/** A way to run a query. */
@FunctionalInterface
public interface Lane {

    /** What comes of the query; whatever goes wrong is an outcome too. */
    Outcome run(String sql);
}
