package dev.weirhouse.olap;

import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;

/** The errors of the OLAP lane. */
public enum OlapError implements ErrorCode {
    HANDLE_NOT_FOUND(1400, ErrorType.USER, "26000", 404),
    REQUEST_INVALID(1401, ErrorType.USER, "08P01", 400),
    LOGIN_REFUSED(1402, ErrorType.USER, "28000", 401),
    CATALOG_NOT_FOUND(1403, ErrorType.USER, "3D000", 404),
    TYPE_NOT_CARRIED(1404, ErrorType.USER, "0A000", 400),
    VALUE_NOT_CARRIED(1405, ErrorType.USER, "22003", 400),
    DOOR_NOT_GUARDED(1406, ErrorType.USER, "F0000", 400),
    REQUEST_NOT_SUPPORTED(1407, ErrorType.USER, "0A000", 501),
    NOT_NATIVE(1408, ErrorType.USER, "0A000", 400),
    TOO_MANY_QUERIES(2400, ErrorType.RESOURCES, "53300", 429),
    TOO_MANY_OPEN_ANSWERS(2401, ErrorType.RESOURCES, "53400", 429),
    RESULT_MEMORY_EXHAUSTED(2402, ErrorType.RESOURCES, "53200", 429),
    PORT_NOT_AVAILABLE(2403, ErrorType.RESOURCES, "55006", 409),
    TOO_MANY_PARAMETERS(2404, ErrorType.RESOURCES, "54000", 413),
    NATIVE_QUEUE_FULL(2405, ErrorType.RESOURCES, "53300", 429),
    NATIVE_MEMORY_EXHAUSTED(2406, ErrorType.RESOURCES, "53200", 429),
    NATIVE_SPOOL_FULL(2407, ErrorType.RESOURCES, "53100", 429),
    NOT_NATIVE_NOW(2408, ErrorType.RETRY, "57P03", 503),
    NATIVE_ANSWER_LOST(2409, ErrorType.RETRY, "57P03", 503),
    NATIVE_ENGINE_NOT_STARTED(3400, ErrorType.EXTERNAL, "58000", 503);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    OlapError(int number, ErrorType type, String sqlState, int httpStatus) {
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
