package dev.weirhouse.olap.flink;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * The places in a translated text whose values are known only when it runs, and the literals that are put there: as
 * literals, and not as parameters, DuckDB prunes by them.
 */
final class OpenValues {

    /** A character that no other part of a translated text holds. */
    static final char MARK = '\u0001';

    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSSSS");

    private static final int FIRST_YEAR = 1583;
    private static final int LAST_YEAR = 9999;

    private OpenValues() {}

    /** What stands in the text for a value. */
    static String place(int index) {
        return MARK + Integer.toString(index) + MARK;
    }

    /**
     * The text with its values.
     *
     * @throws NotNative for a value that DuckDB's type does not hold as Flink's does
     */
    static String fill(String sql, List<LogicalType> types, List<?> values) throws NotNative {
        int mark = sql.indexOf(MARK);
        if (mark < 0) {
            return sql;
        }
        StringBuilder filled = new StringBuilder(sql.length() + 64);
        int from = 0;
        while (mark >= 0) {
            int end = sql.indexOf(MARK, mark + 1);
            int index = Integer.parseInt(sql, mark + 1, end, 10);
            filled.append(sql, from, mark).append(literal(values.get(index), types.get(index)));
            from = end + 1;
            mark = sql.indexOf(MARK, from);
        }
        return filled.append(sql, from, sql.length()).toString();
    }

    private static String literal(Object value, LogicalType type) throws NotNative {
        String name = NativeTypes.name(type);
        if (value == null) {
            return "CAST(NULL AS " + name + ")";
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> value instanceof Boolean flag ? flag ? "TRUE" : "FALSE" : refuse(value, type);
            case TINYINT -> integer(value, type, name, Byte.SIZE);
            case SMALLINT -> integer(value, type, name, Short.SIZE);
            case INTEGER -> integer(value, type, name, Integer.SIZE);
            case BIGINT -> integer(value, type, name, Long.SIZE);
            case DECIMAL -> decimal(value, type, name);
            case DOUBLE -> floating(value, type);
            case CHAR, VARCHAR -> value instanceof String text ? text(text, type) : refuse(value, type);
            case VARBINARY ->
                value instanceof byte[] bytes && bytes.length <= LogicalTypeChecks.getLength(type)
                        ? "unhex('" + HexFormat.of().formatHex(bytes) + "')"
                        : refuse(value, type);
            case DATE ->
                value instanceof LocalDate date && isInCalendar(date) ? "DATE '" + date + "'" : refuse(value, type);
            case TIMESTAMP_WITHOUT_TIME_ZONE -> timestamp(value, type, name);
            default -> refuse(value, type);
        };
    }

    private static String refuse(Object value, LogicalType type) throws NotNative {
        throw new NotNative(
                Reason.LITERAL,
                "a " + value.getClass().getSimpleName() + " of this value for a parameter of type "
                        + type.copy(true).asSummaryString());
    }

    private static String integer(Object value, LogicalType type, String name, int bits) throws NotNative {
        BigDecimal exact = exact(value, type);
        try {
            BigInteger whole = exact.toBigIntegerExact();
            return whole.bitLength() < bits ? "CAST(" + whole + " AS " + name + ")" : refuse(value, type);
        } catch (ArithmeticException e) {
            return refuse(value, type);
        }
    }

    private static BigDecimal exact(Object value, LogicalType type) throws NotNative {
        if (value instanceof BigDecimal exact) {
            return exact;
        }
        if (value instanceof BigInteger whole) {
            return new BigDecimal(whole);
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return BigDecimal.valueOf(((Number) value).longValue());
        }
        refuse(value, type);
        return null;
    }

    private static String decimal(Object value, LogicalType type, String name) throws NotNative {
        try {
            BigDecimal scaled = exact(value, type).setScale(NativeTypes.scale(type), RoundingMode.UNNECESSARY);
            return scaled.precision() <= NativeTypes.precision(type)
                    ? "CAST('" + scaled.toPlainString() + "' AS " + name + ")"
                    : refuse(value, type);
        } catch (ArithmeticException e) {
            return refuse(value, type);
        }
    }

    private static String floating(Object value, LogicalType type) throws NotNative {
        if (!(value instanceof Double || value instanceof Float)) {
            return refuse(value, type);
        }
        // A float stands for the number that its text says, as it does where Flink is given it.
        double number = Double.parseDouble(value.toString());
        return Double.isFinite(number) ? "CAST('" + number + "' AS DOUBLE)" : refuse(value, type);
    }

    private static String text(String text, LogicalType type) throws NotNative {
        int length = text.codePointCount(0, text.length());
        boolean fits = type.is(LogicalTypeRoot.CHAR)
                // Flink counts its length in UTF-16 and pads it.
                ? length == text.length() && length == LogicalTypeChecks.getLength(type)
                : length <= LogicalTypeChecks.getLength(type);
        return fits ? Expressions.text(text) : refuse(text, type);
    }

    private static String timestamp(Object value, LogicalType type, String name) throws NotNative {
        if (!(value instanceof LocalDateTime moment) || !isInCalendar(moment.toLocalDate())) {
            return refuse(value, type);
        }
        return fits(moment, LogicalTypeChecks.getPrecision(type))
                ? name + " '" + moment.format(TIMESTAMP) + "'"
                : refuse(value, type);
    }

    /** Those of the values that their types hold, in the form of a condition's literals; null for others. */
    static List<Object> known(List<LogicalType> types, List<?> values) {
        List<Object> known = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            try {
                Object value = checked(values.get(i), types.get(i));
                known.add(
                        value != null && NativeTypes.isInteger(types.get(i))
                                ? (Object) ((BigDecimal) value).longValueExact()
                                : value);
            } catch (NotNative e) {
                known.add(null);
            }
        }
        return known;
    }

    /** Whether a moment is one of a timestamp of this precision. */
    static boolean fits(LocalDateTime moment, int precision) {
        return moment.getNano() % (int) Math.pow(10, 9 - precision) == 0;
    }

    /**
     * A value that the type holds; whole numbers and decimals as BigDecimal.
     *
     * @throws NotNative for any other
     */
    static Object checked(Object value, LogicalType type) throws NotNative {
        literal(value, type);
        return NativeTypes.isInteger(type) || NativeTypes.isDecimal(type)
                ? value == null ? null : exact(value, type)
                : value;
    }

    private static boolean isInCalendar(LocalDate date) {
        return date.getYear() >= FIRST_YEAR && date.getYear() <= LAST_YEAR;
    }
}
