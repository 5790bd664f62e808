package dev.weirhouse.testkit.script;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.types.Row;

/** Writes Java values as the package says, whether they come from Flink's converters or from a JDBC driver. */
final class ValueText {

    private static final MathContext DOUBLE_DIGITS = new MathContext(12);
    private static final MathContext FLOAT_DIGITS = new MathContext(6);
    private static final int LEAST_PLAIN_EXPONENT = -6;
    private static final int FIRST_WRITTEN_EXPONENT = 15;

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral(' ')
            .append(TIME)
            .toFormatter();

    private final ZoneId zone;

    /** Writes instants in a time zone. */
    ValueText(ZoneId zone) {
        this.zone = zone;
    }

    String of(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof CharSequence || value instanceof Character) {
            return text(value.toString());
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof byte[] bytes) {
            return "0x" + HexFormat.of().withUpperCase().formatHex(bytes);
        }
        String time = time(value);
        return time != null ? time : structure(value);
    }

    private static String text(String value) {
        if (value.isEmpty()) {
            return "(empty)";
        }
        if (value.equals("NULL") || value.equals("(empty)")) {
            return "\\" + value;
        }
        StringBuilder written = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> written.append("\\\\");
                case '\t' -> written.append("\\t");
                case '\n' -> written.append("\\n");
                case '\r' -> written.append("\\r");
                case ' ' -> written.append(standsAlone(value, i) ? " " : "\\s");
                default -> written.append(c);
            }
        }
        return written.toString();
    }

    private static boolean standsAlone(String value, int space) {
        return space > 0
                && space < value.length() - 1
                && value.charAt(space - 1) != ' '
                && value.charAt(space + 1) != ' ';
    }

    private static String number(Number value) {
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof Double || value instanceof Float) {
            if (!Double.isFinite(value.doubleValue())) {
                return value.toString();
            }
            return approximate(
                    new BigDecimal(value.toString()).round(value instanceof Float ? FLOAT_DIGITS : DOUBLE_DIGITS));
        }
        return value.toString();
    }

    private static String approximate(BigDecimal rounded) {
        if (rounded.signum() == 0) {
            return "0";
        }
        BigDecimal value = rounded.stripTrailingZeros();
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= LEAST_PLAIN_EXPONENT && exponent < FIRST_WRITTEN_EXPONENT) {
            return value.toPlainString();
        }
        return value.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "E" + exponent;
    }

    /** A moment or span of time, or null when the value is none. */
    private String time(Object value) {
        if (value instanceof LocalDate || value instanceof Duration) {
            return value.toString();
        }
        if (value instanceof Period period) {
            // The same span is 14 months or a year and 2, by the declared type and by the door.
            return period.normalized().toString();
        }
        if (value instanceof java.sql.Date date) {
            return date.toLocalDate().toString();
        }
        if (value instanceof LocalTime time) {
            return TIME.format(time);
        }
        if (value instanceof java.sql.Time time) {
            // toLocalTime drops the milliseconds that the value carries.
            return TIME.format(time.toLocalTime().plusNanos(Math.floorMod(time.getTime(), 1_000L) * 1_000_000L));
        }
        if (value instanceof LocalDateTime timestamp) {
            return TIMESTAMP.format(timestamp);
        }
        if (value instanceof java.sql.Timestamp timestamp) {
            return TIMESTAMP.format(timestamp.toLocalDateTime());
        }
        if (value instanceof Instant instant) {
            return TIMESTAMP.format(LocalDateTime.ofInstant(instant, zone));
        }
        if (value instanceof OffsetDateTime moment) {
            return time(moment.toInstant());
        }
        return value instanceof ZonedDateTime moment ? time(moment.toInstant()) : null;
    }

    private String structure(Object value) {
        if (value.getClass().isArray()) {
            return IntStream.range(0, Array.getLength(value))
                    .mapToObj(i -> of(Array.get(value, i)))
                    .collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(this::of).collect(Collectors.joining(", ", "[", "]"));
        }
        if (value instanceof java.sql.Array array) {
            return structure(elements(array));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> of(entry.getKey()) + "=" + of(entry.getValue()))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value instanceof Row row ? structure(fields(row)) : value.toString();
    }

    private static Object elements(java.sql.Array array) {
        try {
            return array.getArray();
        } catch (SQLException e) {
            throw new IllegalStateException("The driver does not give an array's elements", e);
        }
    }

    private static Map<String, Object> fields(Row row) {
        Set<String> names = row.getFieldNames(true);
        Map<String, Object> fields = new LinkedHashMap<>();
        if (names == null) {
            IntStream.range(0, row.getArity()).forEach(i -> fields.put("f" + i, row.getField(i)));
        } else {
            names.forEach(name -> fields.put(name, row.getField(name)));
        }
        return fields;
    }
}
