package dev.weirhouse.stream;

import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;

/** The errors of the stream lane. */
public enum StreamError implements ErrorCode {
    JOB_NOT_FOUND(1201, ErrorType.USER, "42704", 404),
    JOB_NAME_INVALID(1202, ErrorType.USER, "42602", 400),
    JOB_EMPTY(1203, ErrorType.USER, "42601", 400),
    JOB_STATE(1204, ErrorType.USER, "55000", 409),
    FLOW_NOT_FOUND(1205, ErrorType.USER, "42704", 404),
    FLOW_INVALID(1206, ErrorType.USER, "42000", 400),
    JOB_OWNED_ELSEWHERE(2201, ErrorType.RETRY, "55006", 409),
    JOB_WAITS(2202, ErrorType.RETRY, "57P03", 503),
    SAVEPOINT_FAILED(3201, ErrorType.EXTERNAL, "58000", 500),
    JOB_FAILED(3202, ErrorType.EXTERNAL, "58000", 500),
    REVISION_REFUSED(3203, ErrorType.EXTERNAL, "55000", 409),
    CHECKPOINTS_UNREADABLE(4201, ErrorType.EXTERNAL, "58030", 500),
    CHECKPOINTS_UNREACHABLE(4202, ErrorType.EXTERNAL, "58030", 503);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    StreamError(int number, ErrorType type, String sqlState, int httpStatus) {
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
