package dev.weirhouse.catalog;

/** The errors of the ground floor. */
public enum CatalogError implements ErrorCode {
    SYNTAX_ERROR(1001, ErrorType.USER, "42601", 400),
    SEMANTIC_ERROR(1002, ErrorType.USER, "42000", 400),
    NOT_SUPPORTED(1013, ErrorType.USER, "0A000", 400),
    CALLER_INVALID(1003, ErrorType.USER, "22023", 400),
    PERMISSION_DENIED(1004, ErrorType.USER, "42501", 403),
    SETTING_NOT_ALLOWED(1005, ErrorType.USER, "42501", 403),
    CONNECTOR_NOT_ALLOWED(1006, ErrorType.USER, "42501", 403),
    PATH_NOT_ALLOWED(1007, ErrorType.USER, "42501", 403),
    STATEMENT_NOT_ALLOWED(1008, ErrorType.USER, "42501", 403),
    SECRET_NOT_FOUND(1009, ErrorType.USER, "42704", 400),
    PARAMETER_MISMATCH(1010, ErrorType.USER, "07001", 400),
    SETTING_INVALID(1015, ErrorType.USER, "22023", 400),
    CONFIG_INVALID(1020, ErrorType.USER, "F0000", 400),
    ADDRESS_NOT_GUARDED(1021, ErrorType.USER, "F0000", 400),
    DATABASE_NOT_FOUND(1045, ErrorType.USER, "3F000", 404),
    TABLE_NOT_FOUND(1046, ErrorType.USER, "42P01", 404),
    COLUMN_NOT_FOUND(1047, ErrorType.USER, "42703", 400),
    FUNCTION_NOT_FOUND(1048, ErrorType.USER, "42883", 400),
    SNAPSHOT_NOT_FOUND(1049, ErrorType.USER, "42704", 404),
    ALREADY_EXISTS(1050, ErrorType.USER, "42P07", 409),
    CUT_NOT_READABLE(1051, ErrorType.USER, "42704", 404),
    CUT_NOT_STRONG(1052, ErrorType.USER, "55000", 409),
    TYPE_MISMATCH(1058, ErrorType.USER, "42804", 400),
    DATA_ERROR(1059, ErrorType.USER, "22000", 400),
    DIVISION_BY_ZERO(1060, ErrorType.USER, "22012", 400),
    SESSION_NOT_FOUND(1070, ErrorType.USER, "08003", 404),
    CANCELLED(1080, ErrorType.USER, "57014", 409),
    TOO_MANY_SESSIONS(2001, ErrorType.RESOURCES, "53300", 429),
    TIMED_OUT(2002, ErrorType.RESOURCES, "57014", 408),
    OUT_OF_MEMORY(2003, ErrorType.RESOURCES, "53200", 429),
    STATEMENT_TOO_LARGE(2004, ErrorType.RESOURCES, "54001", 413),
    NO_SLOTS(2005, ErrorType.RESOURCES, "53000", 503),
    EXECUTION_FAILED(3001, ErrorType.EXTERNAL, "58000", 500),
    COMMIT_UNKNOWN(3002, ErrorType.UNKNOWN, "40003", 500),
    SHUTTING_DOWN(3003, ErrorType.RETRY, "57P01", 503),
    CUT_TOO_OLD(3004, ErrorType.RETRY, "40001", 503),
    METASTORE_UNREACHABLE(4001, ErrorType.EXTERNAL, "08001", 503),
    CLUSTER_UNREACHABLE(4002, ErrorType.EXTERNAL, "08001", 503),
    HOME_IN_USE(4003, ErrorType.USER, "55006", 409),
    HOME_NOT_WRITABLE(4004, ErrorType.USER, "58030", 500),
    STATE_CORRUPT(4005, ErrorType.EXTERNAL, "XX001", 500),
    STATE_UNAVAILABLE(4006, ErrorType.EXTERNAL, "58030", 503),
    INTERNAL(9001, ErrorType.INTERNAL, "XX000", 500);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    CatalogError(int number, ErrorType type, String sqlState, int httpStatus) {
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
