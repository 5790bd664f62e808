package dev.weirhouse.lineage.openlineage;

import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;

/** The errors of events that come in. */
public enum OpenLineageError implements ErrorCode {
    EVENT_INVALID(1150, ErrorType.USER, "22023", 400),
    EVENT_TOO_LARGE(1151, ErrorType.USER, "54000", 413),
    EVENT_NOT_FOREIGN(1152, ErrorType.USER, "42501", 409),
    EVENT_OF_ANOTHER_JOB(1153, ErrorType.USER, "23505", 409),
    TOO_MANY_FOREIGN_JOBS(2150, ErrorType.RESOURCES, "53400", 429);

    private final int number;
    private final ErrorType type;
    private final String sqlState;
    private final int httpStatus;

    OpenLineageError(int number, ErrorType type, String sqlState, int httpStatus) {
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
