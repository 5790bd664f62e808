package dev.weirhouse.consistency;

import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;

/** The errors of the checker. That a check does not hold is a result, and none of these. */
public enum CheckError implements ErrorCode {
    CHECK_NOT_FOUND(1600, ErrorType.USER, "42704", 404),
    CHECK_INVALID(1601, ErrorType.USER, "42000", 400),
    CHECK_EXISTS(1602, ErrorType.USER, "42710", 409),
    RELATION_INVALID(1603, ErrorType.USER, "42602", 400),
    NOT_COMPARABLE(1604, ErrorType.USER, "0A000", 400),
    INPUTS_UNKNOWN(1605, ErrorType.USER, "55000", 409),
    BOUNDARY_NOT_FOUND(1606, ErrorType.USER, "42704", 404),
    RESULT_NOT_FOUND(1607, ErrorType.USER, "42704", 404),
    SOURCE_NOT_FOUND(1608, ErrorType.USER, "42704", 404),
    TOO_MANY_CHECKS(2600, ErrorType.RESOURCES, "53300", 429),
    CHECK_RUNNING(2601, ErrorType.RETRY, "55006", 409),
    ANSWER_TOO_LARGE(2602, ErrorType.RESOURCES, "54000", 413),
    CHECK_LOST(3600, ErrorType.RETRY, "57P01", 503),
    SOURCE_FAILED(4600, ErrorType.EXTERNAL, "08001", 502);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    CheckError(int number, ErrorType type, String sqlState, int httpStatus) {
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
