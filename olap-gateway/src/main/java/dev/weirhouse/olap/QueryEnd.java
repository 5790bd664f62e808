package dev.weirhouse.olap;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;

/** How a query came to its end. */
public enum QueryEnd {
    /** All of the answer was taken, or the statement did what it does. */
    FINISHED,
    /** It failed by itself. */
    FAILED,
    /** The client cancelled it, dropped its connection, or closed its session. */
    CANCELLED,
    /** It took longer than a query may. */
    TIMED_OUT;

    /** What to tell the client when the end came from outside; null when it did not. */
    WarehouseException outsideReason(Duration timeout) {
        return switch (this) {
            case TIMED_OUT ->
                new WarehouseException(
                        CatalogError.TIMED_OUT,
                        "The statement took longer than " + timeout.toSeconds()
                                + " s and was cancelled: make it smaller, or raise olap.query-timeout.");
            case CANCELLED -> new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.");
            case FINISHED, FAILED -> null;
        };
    }
}
