package dev.weirhouse.olap;

import dev.weirhouse.catalog.Prepared;

/**
 * The one place where it is decided what computes a statement. A route may be taken only where its answer is known to
 * equal Flink's, which decides what a statement means; Flink itself is the route that is always right.
 */
final class QueryRouter {

    private static final Route FLINK = new Route.Flink();

    Route route(Prepared prepared) {
        return FLINK;
    }
}
