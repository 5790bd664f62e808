package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import dev.weirhouse.olap.flink.Functions.Admissions;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Dates and timestamps, in the years for which the calendars of Flink and DuckDB are one. */
final class Times {

    private Times() {}

    private static final Set<TimeUnitRange> UNITS_OF_A_DAY =
            EnumSet.of(TimeUnitRange.HOUR, TimeUnitRange.MINUTE, TimeUnitRange.SECOND);
    private static final Set<TimeUnitRange> UNITS_OF_A_YEAR = EnumSet.of(
            TimeUnitRange.YEAR,
            TimeUnitRange.QUARTER,
            TimeUnitRange.MONTH,
            TimeUnitRange.DAY,
            TimeUnitRange.DOY,
            TimeUnitRange.DOW);

    private static final long MILLIS_PER_DAY = 86_400_000L;
    private static final int LONGEST_MONTH = 31;
    private static final long FARTHEST_DAYS = 365_000L;
    private static final LocalDate END = LocalDate.of(9999, 12, 31);

    static void admit(Admissions to) {
        to.admit(
                "EXTRACT",
                "YEAR, QUARTER, MONTH, DAY, DOY, DOW of a DATE or TIMESTAMP, HOUR, MINUTE, SECOND of a TIMESTAMP",
                Times::refuseExtract,
                Times::extract);
        for (String operator : List.of("+", "-")) {
            to.admit(
                    operator,
                    "a DATE or TIMESTAMP and an interval written out",
                    Times::refuseInterval,
                    call -> interval(call, operator));
        }
    }

    private static String refuseExtract(Call call) {
        TimeUnitRange unit = call.literal(0, TimeUnitRange.class);
        LogicalType type = call.type(1);
        if (UNITS_OF_A_YEAR.contains(unit) && (NativeTypes.isDate(type) || NativeTypes.isTimestamp(type))
                || UNITS_OF_A_DAY.contains(unit) && NativeTypes.isTimestamp(type)) {
            return null;
        }
        return "of " + unit + " from " + Functions.summary(call, 1);
    }

    private static String extract(Call call) throws NotNative {
        TimeUnitRange unit = call.literal(0, TimeUnitRange.class);
        String value = "extract('" + unit.name().toLowerCase(Locale.ROOT) + "' FROM {})";
        return inCalendar(
                call.argument(1), call.type(1), call.cast(unit == TimeUnitRange.DOW ? value + " + 1" : value));
    }

    private static String refuseInterval(Call call) {
        if (call.size() != 2 || call.type(1) == null) {
            return "of these types";
        }
        BigDecimal value = call.arguments().get(1) == null ? call.literal(1, BigDecimal.class) : null;
        if (value == null || !(NativeTypes.isDate(call.type(0)) || NativeTypes.isTimestamp(call.type(0)))) {
            return "of these types";
        }
        boolean months = call.type(1).is(LogicalTypeRoot.INTERVAL_YEAR_MONTH);
        if (NativeTypes.isDate(call.type(0)) && !months && value.longValue() % MILLIS_PER_DAY != 0) {
            return "of a DATE and a part of a day";
        }
        return call.type().getTypeRoot() == call.type(0).getTypeRoot() ? null : "of these types";
    }

    /** The value itself and the result lie in the years of {@link #inCalendar}, or Flink is asked. */
    private static String interval(Call call, String operator) throws NotNative {
        long amount = call.literal(1, BigDecimal.class).longValueExact();
        boolean months = call.type(1).is(LogicalTypeRoot.INTERVAL_YEAR_MONTH);
        long days = months ? amount * LONGEST_MONTH : amount / MILLIS_PER_DAY + Long.signum(amount);
        if (Math.abs(days) > FARTHEST_DAYS) {
            throw new NotNative(Reason.LITERAL, "an interval of a thousand years");
        }
        long forwards = operator.equals("+") ? days : -days;
        String interval = months
                ? "to_months(" + amount + ")"
                : NativeTypes.isDate(call.type(0))
                        ? "to_days(" + amount / MILLIS_PER_DAY + ")"
                        : "to_milliseconds(" + amount + ")";
        LogicalType type = call.type(0);
        return within(
                call.argument(0),
                first(type).plusDays(Math.max(0, -forwards)),
                END.minusDays(Math.max(0, forwards)),
                call.cast("{} " + operator + " " + interval));
    }

    /**
     * An expression of a date or timestamp, {@code {}} in its text, in the years for which both calendars are one: DuckDB's
     * is proleptic, and Flink 1.20 rounds the parts of a timestamp before 1970 towards 1970. Beyond them Flink is asked.
     */
    static String inCalendar(String value, LogicalType type, String expression) {
        return within(value, first(type), END, expression);
    }

    private static LocalDate first(LogicalType type) {
        return NativeTypes.isTimestamp(type) ? LocalDate.EPOCH : LocalDate.of(1583, 1, 1);
    }

    private static String within(String value, LocalDate first, LocalDate end, String expression) {
        return "CASE WHEN " + value + " < DATE '" + first + "' OR " + value + " >= DATE '" + end + "' THEN "
                + Functions.GUARD + " ELSE " + expression.replace("{}", value) + " END";
    }
}
