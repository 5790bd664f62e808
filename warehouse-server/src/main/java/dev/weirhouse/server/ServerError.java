package dev.weirhouse.server;

import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;

/** The errors of the process, its HTTP door and its commands. */
public enum ServerError implements ErrorCode {
    REQUEST_MALFORMED(1500, ErrorType.USER, "22023", 400),
    ROUTE_NOT_FOUND(1501, ErrorType.USER, "42704", 404),
    METHOD_NOT_ALLOWED(1502, ErrorType.USER, "0A000", 405),
    BODY_TOO_LARGE(1503, ErrorType.USER, "54000", 413),
    MEDIA_TYPE_NOT_SUPPORTED(1504, ErrorType.USER, "22023", 415),
    STATEMENT_NOT_FOUND(1505, ErrorType.USER, "26000", 404),
    PAGE_GONE(1506, ErrorType.USER, "24000", 410),
    RUN_NOT_FOUND(1508, ErrorType.USER, "42704", 404),
    CONFIG_FILE_UNREADABLE(1509, ErrorType.USER, "F0000", 400),
    FILE_UNREADABLE(1510, ErrorType.USER, "58030", 400),
    ARGUMENT_INVALID(1511, ErrorType.USER, "22023", 400),
    ORIGIN_REFUSED(1512, ErrorType.USER, "28000", 403),
    DOOR_NOT_GUARDED(1513, ErrorType.USER, "F0000", 400),
    TOO_MANY_STATEMENTS(2500, ErrorType.RESOURCES, "53300", 429),
    PORT_IN_USE(4500, ErrorType.USER, "55006", 409),
    SERVER_UNREACHABLE(4501, ErrorType.EXTERNAL, "08001", 503),
    SERVER_ANSWER_UNREADABLE(4502, ErrorType.EXTERNAL, "08P01", 502);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    ServerError(int number, ErrorType type, String sqlState, int httpStatus) {
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
