package dev.weirhouse.catalog;

/**
 * A kind of error with a number of its own. Each module owns an enum of codes and a range of numbers; codes are only
 * ever added.
 *
 * <p>Ranges: 1000 to 1999 the statement or request, 2000 to 2999 resources, 3000 to 3999 engines, 4000 to 4999 the world
 * outside, 5000 to 5999 consistency and checks, 9000 to 9999 defects. Within 1000 to 1999 the catalog owns 1000 to 1199,
 * the stream lane 1200 to 1299, the batch lane 1300 to 1399, the OLAP lane 1400 to 1499, the server 1500 to 1599 and the
 * checker 1600 to 1699; the other ranges are divided in the same way.
 */
public interface ErrorCode {

    /** The number, unique over all modules. */
    int number();

    /** The name in upper case, such as {@code TABLE_NOT_FOUND}. */
    String name();

    ErrorType type();

    /** Five characters, as in the SQL standard and PostgreSQL. */
    String sqlState();

    /** The status of an HTTP answer that carries this error. */
    int httpStatus();

    /** The code as users see it, such as {@code WEIR-1046}. */
    default String id() {
        return "WEIR-" + number();
    }
}
