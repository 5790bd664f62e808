package dev.weirhouse.olap.flink;

import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Flink's casts between types; what overflows is an error in DuckDB, upon which Flink is asked. */
final class Casts {

    /** A double holds every whole number up to 2^53 exactly, and ten to the power of 22. */
    private static final int DIGITS_OF_A_DOUBLE = 15;

    static final List<Admitted> ADMITTED = List.of(
            new Admitted("CAST", "TINYINT to BIGINT to each other, DECIMAL, FLOAT or DOUBLE"),
            new Admitted("CAST", "DECIMAL to DECIMAL, TINYINT to BIGINT, or DOUBLE"),
            new Admitted("CAST", "FLOAT or DOUBLE to TINYINT to BIGINT"),
            new Admitted("CAST", "FLOAT and DOUBLE to each other"),
            new Admitted("CAST", "a text to VARCHAR of any length"),
            new Admitted("CAST", "TINYINT to BIGINT, DECIMAL, BOOLEAN or DATE to STRING"),
            new Admitted("CAST", "DATE to TIMESTAMP, TIMESTAMP to DATE"),
            new Admitted("CAST", "TIMESTAMP to TIMESTAMP of precision 0, 3 or 6, or of a higher one"));

    private Casts() {}

    /**
     * An expression of one type as the other.
     *
     * @throws NotNative when DuckDB's cast gives other values
     */
    static String sql(String sql, LogicalType from, LogicalType to) throws NotNative {
        String target = NativeTypes.name(to);
        String cast = "CAST(" + sql + " AS " + target + ")";
        if (from.copy(true).equals(to.copy(true))) {
            return sql;
        }
        NativeTypes.name(from);
        if (NativeTypes.isInteger(from) && (NativeTypes.isExact(to) || NativeTypes.isFloating(to))) {
            return cast;
        }
        if (NativeTypes.isDecimal(from)) {
            if (NativeTypes.isDecimal(to)) {
                return cast;
            }
            if (NativeTypes.isInteger(to)) {
                return "CAST(trunc(" + sql + ") AS " + target + ")";
            }
            if (to.is(LogicalTypeRoot.DOUBLE)) {
                // DuckDB divides the unscaled number, which rounds twice when it has more digits than a double.
                return NativeTypes.precision(from) <= DIGITS_OF_A_DOUBLE
                        ? cast
                        : "CAST(CAST(" + sql + " AS VARCHAR) AS DOUBLE)";
            }
        }
        if (NativeTypes.isFloating(from) && NativeTypes.isInteger(to)) {
            return "CAST(trunc(" + sql + ") AS " + target + ")";
        }
        if (NativeTypes.isFloating(from) && NativeTypes.isFloating(to)) {
            return cast;
        }
        if (NativeTypes.isText(to)) {
            if (NativeTypes.isText(from)) {
                return text(sql, from, to);
            }
            if (to.is(LogicalTypeRoot.VARCHAR) && length(to) == VarCharType.MAX_LENGTH) {
                if (NativeTypes.isInteger(from) || NativeTypes.isDecimal(from)) {
                    return cast;
                }
                if (from.is(LogicalTypeRoot.BOOLEAN)) {
                    return "CASE " + sql + " WHEN TRUE THEN 'TRUE' WHEN FALSE THEN 'FALSE' END";
                }
                if (NativeTypes.isDate(from)) {
                    return Times.inCalendar(sql, from, "CAST({} AS VARCHAR)");
                }
            }
        }
        if (NativeTypes.isDate(from) && NativeTypes.isTimestamp(to)) {
            return cast;
        }
        if (NativeTypes.isTimestamp(from) && NativeTypes.isDate(to)) {
            return Times.inCalendar(sql, from, "CAST({} AS DATE)");
        }
        if (NativeTypes.isTimestamp(from) && NativeTypes.isTimestamp(to)) {
            return timestamp(sql, (TimestampType) from, (TimestampType) to, target);
        }
        throw new NotNative(
                Reason.CAST,
                "CAST of " + from.copy(true).asSummaryString() + " to "
                        + to.copy(true).asSummaryString());
    }

    private static String text(String sql, LogicalType from, LogicalType to) throws NotNative {
        if (to.is(LogicalTypeRoot.CHAR)) {
            if (from.is(LogicalTypeRoot.CHAR) && length(from) == length(to)) {
                return sql;
            }
            throw new NotNative(Reason.CAST, "CAST to CHAR");
        }
        return length(from) <= length(to) ? sql : "left(" + sql + ", " + length(to) + ")";
    }

    private static int length(LogicalType text) {
        return LogicalTypeChecks.getLength(text);
    }

    private static String timestamp(String sql, TimestampType from, TimestampType to, String target) throws NotNative {
        if (to.getPrecision() >= from.getPrecision()) {
            return "CAST(" + sql + " AS " + target + ")";
        }
        String unit =
                switch (to.getPrecision()) {
                    case 0 -> "second";
                    case 3 -> "millisecond";
                    case 6 -> "microsecond";
                    default -> throw new NotNative(Reason.CAST, "CAST to TIMESTAMP(" + to.getPrecision() + ")");
                };
        return Times.inCalendar(sql, from, "CAST(date_trunc('" + unit + "', {}) AS " + target + ")");
    }
}
