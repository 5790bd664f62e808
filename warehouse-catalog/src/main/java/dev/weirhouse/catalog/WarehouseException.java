package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * The one exception of the warehouse. Its message begins with the code, because most SQL tools show only text: {@code
 * [WEIR-1046] TABLE_NOT_FOUND: line 3:17: Table 'dw.orders' does not exist}.
 */
public final class WarehouseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ErrorCode code;
    private final transient Position position;
    private final String detail;

    public WarehouseException(ErrorCode code, String detail) {
        this(code, detail, null, null);
    }

    public WarehouseException(ErrorCode code, String detail, Throwable cause) {
        this(code, detail, null, cause);
    }

    public WarehouseException(ErrorCode code, String detail, Position position, Throwable cause) {
        super("[" + code.id() + "] " + code.name() + ": " + (position == null ? "" : position + ": ") + detail, cause);
        this.code = requireNonNull(code, "code is null");
        this.detail = requireNonNull(detail, "detail is null");
        this.position = position;
    }

    public ErrorCode code() {
        return code;
    }

    /** The sentence without code and position. */
    public String detail() {
        return detail;
    }

    /** Where in the statement's text the error lies, when that is known. */
    public Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    /** A place in a text; lines and columns count from 1. */
    public record Position(int line, int column) {
        @Override
        public String toString() {
            return "line " + line + ":" + column;
        }
    }
}
