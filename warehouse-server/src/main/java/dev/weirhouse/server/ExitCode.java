package dev.weirhouse.server;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.WarehouseException;

/** What a command's exit status says. */
public final class ExitCode {

    public static final int OK = 0;
    /** The statement, the argument or the setup is wrong, or something outside does not answer: the message says what. */
    public static final int USER_ERROR = 1;
    /** A check was made and did not hold. */
    public static final int CHECK_FAILED = 2;
    /** A warehouse ended itself because it had no memory left. */
    public static final int OUT_OF_MEMORY = 3;
    /** Some of what was asked was done, the rest was not. */
    public static final int PARTIAL = 4;
    /** Cancelled, or out of time. */
    public static final int CANCELLED = 5;
    /** A defect of the warehouse. */
    public static final int INTERNAL = 70;

    private ExitCode() {}

    /** The status of a command that ends with this error. */
    public static int of(WarehouseException error) {
        return of(error.code().number(), error.code().type());
    }

    /** The status of a command that ends with an error of this number and type. */
    public static int of(int number, ErrorType type) {
        if (number == CatalogError.CANCELLED.number() || number == CatalogError.TIMED_OUT.number()) {
            return CANCELLED;
        }
        return type == ErrorType.INTERNAL ? INTERNAL : USER_ERROR;
    }
}
