package dev.weirhouse.olap.flink;

import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.TimestampType;

/** DuckDB's type for each of Flink's that the native lane knows. */
final class NativeTypes {

    static final List<Admitted> ADMITTED = List.of(
            new Admitted("BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL, DATE", "of the same name"),
            new Admitted("CHAR, VARCHAR, STRING", "VARCHAR"),
            new Admitted("VARBINARY, BYTES", "BLOB"),
            new Admitted("TIMESTAMP", "TIMESTAMP, up to precision 6"));

    private static final int MOST_DIGITS_OF_A_SECOND = 6;

    private NativeTypes() {}

    /**
     * The type's name in DuckDB's SQL.
     *
     * @throws NotNative for a type that the lane does not know
     */
    static String name(LogicalType type) throws NotNative {
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> "BOOLEAN";
            case TINYINT -> "TINYINT";
            case SMALLINT -> "SMALLINT";
            case INTEGER -> "INTEGER";
            case BIGINT -> "BIGINT";
            case FLOAT -> "FLOAT";
            case DOUBLE -> "DOUBLE";
            case DECIMAL -> {
                DecimalType decimal = (DecimalType) type;
                yield "DECIMAL(" + decimal.getPrecision() + "," + decimal.getScale() + ")";
            }
            // Flink pads a CHAR where it is written or cast to, and takes it for the text that it is everywhere else.
            case VARCHAR, CHAR -> "VARCHAR";
            case VARBINARY -> "BLOB";
            case DATE -> "DATE";
            case TIMESTAMP_WITHOUT_TIME_ZONE -> {
                // Paimon's Parquet has nanoseconds in a form that DuckDB rounds to microseconds.
                if (((TimestampType) type).getPrecision() > MOST_DIGITS_OF_A_SECOND) {
                    throw unknown(type);
                }
                yield "TIMESTAMP";
            }
            default -> throw unknown(type);
        };
    }

    private static NotNative unknown(LogicalType type) {
        return new NotNative(Reason.TYPE, "the type " + type.copy(true).asSummaryString());
    }

    /** The type as which an answer's column leaves DuckDB, where that may be another than it was computed with. */
    static Optional<String> carrier(LogicalType type) throws NotNative {
        if (isDecimal(type)) {
            return Optional.of(name(type));
        }
        if (!isTimestamp(type)) {
            return Optional.empty();
        }
        int precision = ((TimestampType) type).getPrecision();
        if (precision == 0) {
            return Optional.of("TIMESTAMP_S");
        }
        return precision <= 3 ? Optional.of("TIMESTAMP_MS") : Optional.empty();
    }

    static boolean isInteger(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case TINYINT, SMALLINT, INTEGER, BIGINT -> true;
            default -> false;
        };
    }

    static boolean isFloating(LogicalType type) {
        return type.is(LogicalTypeRoot.FLOAT) || type.is(LogicalTypeRoot.DOUBLE);
    }

    static boolean isDecimal(LogicalType type) {
        return type.is(LogicalTypeRoot.DECIMAL);
    }

    static boolean isText(LogicalType type) {
        return type.is(LogicalTypeRoot.VARCHAR) || type.is(LogicalTypeRoot.CHAR);
    }

    static boolean isTimestamp(LogicalType type) {
        return type.is(LogicalTypeRoot.TIMESTAMP_WITHOUT_TIME_ZONE);
    }

    static boolean isDate(LogicalType type) {
        return type.is(LogicalTypeRoot.DATE);
    }

    /** Whether equal values of the type are one value for grouping and joining, in Flink as in DuckDB. */
    static boolean isKey(LogicalType type) {
        return !isFloating(type);
    }

    /** Whether the type is a whole number's or a decimal's. */
    static boolean isExact(LogicalType type) {
        return isInteger(type) || isDecimal(type);
    }

    /** The digits of an exact number; those of the decimal that Flink takes a whole number for. */
    static int precision(LogicalType exact) {
        return switch (exact.getTypeRoot()) {
            case TINYINT -> 3;
            case SMALLINT -> 5;
            case INTEGER -> 10;
            case BIGINT -> 19;
            default -> ((DecimalType) exact).getPrecision();
        };
    }

    /** The decimal places of an exact number. */
    static int scale(LogicalType exact) {
        return isInteger(exact) ? 0 : ((DecimalType) exact).getScale();
    }
}
