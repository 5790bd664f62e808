package dev.weirhouse.batch;

import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;

/** The errors of the batch lane; a statement that fails keeps its own. */
public enum BatchError implements ErrorCode {
    SCRIPT_EMPTY(1300, ErrorType.USER, "42601", 400),
    SCRIPT_NOT_FOUND(1301, ErrorType.USER, "42704", 404),
    TOO_MANY_SCRIPTS(2300, ErrorType.RESOURCES, "53300", 429);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    BatchError(int number, ErrorType type, String sqlState, int httpStatus) {
        this.number = number;
        this.type = type;
        this.sqlState = sqlState;
        this.httpStatus = httpStatus;
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public ErrorType type() {
        return type;
    }

    @Override
    public String sqlState() {
        return sqlState;
    }

    @Override
    public int httpStatus() {
        return httpStatus;
    }
}
