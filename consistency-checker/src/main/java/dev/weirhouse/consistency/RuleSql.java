package dev.weirhouse.consistency;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.CheckRule.InRange;
import dev.weirhouse.consistency.CheckRule.NotNull;
import dev.weirhouse.consistency.CheckRule.References;
import dev.weirhouse.consistency.CheckRule.Unique;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * The queries of a rule about single rows.
 *
 * @param count answers how many rows or keys break the rule, as one number
 * @param samples answers such rows or keys
 */
record RuleSql(String count, String samples) {

    /** As many as the exponent of a DOUBLE has room for. */
    private static final int MOST_DIGITS = 400;

    private static final Set<LogicalTypeRoot> FLOATS = Set.of(LogicalTypeRoot.FLOAT, LogicalTypeRoot.DOUBLE);

    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    static RuleSql of(TableName table, NotNull rule) {
        return where(
                table,
                rule.columns().stream().map(column -> name(column) + " IS NULL").collect(Collectors.joining(" OR ")));
    }

    static RuleSql of(TableName table, Unique rule) {
        String keys = rule.columns().stream().map(RuleSql::name).collect(Collectors.joining(", "));
        String known = rule.columns().stream()
                .map(column -> name(column) + " IS NOT NULL")
                .collect(Collectors.joining(" AND "));
        String twice = " FROM " + name(table) + " WHERE " + known + " GROUP BY " + keys + " HAVING COUNT(*) > 1";
        return new RuleSql(
                "SELECT COUNT(*) FROM (SELECT " + keys + twice + ") AS twice",
                "SELECT " + keys + ", COUNT(*) AS `rows`" + twice);
    }

    static RuleSql of(TableName table, References rule) {
        Relation other = Relation.parse(rule.other());
        return where(
                table,
                "t." + name(rule.column()) + " IS NOT NULL AND NOT EXISTS (SELECT 1 FROM `" + other.database() + "`.`"
                        + other.table() + "` AS o WHERE o." + name(rule.otherColumn()) + " = t."
                        + name(rule.column()) + ")");
    }

    /**
     * @param type of the rule's column
     * @throws WarehouseException CHECK_INVALID when a bound is no value of it
     */
    static RuleSql of(TableName table, InRange rule, LogicalType type) {
        List<String> outside = new ArrayList<>();
        rule.least().ifPresent(least -> outside.add(name(rule.column()) + " < " + literal(least, type)));
        rule.most().ifPresent(most -> outside.add(name(rule.column()) + " > " + literal(most, type)));
        if (FLOATS.contains(type.getTypeRoot())) {
            // It is neither less nor more than anything, and lies nowhere.
            outside.add("CAST(" + name(rule.column()) + " AS STRING) = 'NaN'");
        }
        return where(table, String.join(" OR ", outside));
    }

    private static RuleSql where(TableName table, String broken) {
        String rows = " FROM " + name(table) + " AS t WHERE " + broken;
        return new RuleSql("SELECT COUNT(*)" + rows, "SELECT *" + rows);
    }

    /** How many rows a table has. */
    static String rows(TableName table) {
        return "SELECT COUNT(*) FROM " + name(table);
    }

    /** The greatest value of a column. */
    static String greatest(TableName table, String column) {
        return "SELECT MAX(" + name(column) + ") FROM " + name(table);
    }

    private static String name(TableName table) {
        return name(table.database()) + "." + name(table.table());
    }

    private static String name(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static String literal(String text, LogicalType type) {
        try {
            return switch (type.getTypeRoot()) {
                case TINYINT, SMALLINT, INTEGER, BIGINT, DECIMAL -> number(text).toPlainString();
                case FLOAT -> single(number(text)).toPlainString() + "E0";
                case DOUBLE -> number(text).toPlainString() + "E0";
                case CHAR, VARCHAR -> "'" + text.replace("'", "''") + "'";
                case DATE -> "DATE '" + LocalDate.parse(text.strip()) + "'";
                case TIME_WITHOUT_TIME_ZONE -> "TIME '" + TIME.format(LocalTime.parse(text.strip())) + "'";
                case TIMESTAMP_WITHOUT_TIME_ZONE -> {
                    LocalDateTime time = LocalDateTime.parse(text.strip().replace(' ', 'T'));
                    yield "TIMESTAMP '" + time.toLocalDate() + " " + TIME.format(time) + "'";
                }
                case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                    "TO_TIMESTAMP_LTZ(" + millis(Instant.parse(text.strip())) + ", 3)";
                default ->
                    throw new WarehouseException(
                            CheckError.CHECK_INVALID,
                            "Values of the type " + type.asSummaryString() + " have no range.");
            };
        } catch (ArithmeticException | NumberFormatException | DateTimeParseException e) {
            throw new WarehouseException(
                    CheckError.CHECK_INVALID,
                    "'" + text + "' is no value of the type " + type.asSummaryString() + ", such as 1.5, 2024-01-31,"
                            + " 2024-01-31T12:00:00, or with a zone, to the millisecond, 2024-01-31T12:00:00Z.",
                    e);
        }
    }

    private static BigDecimal number(String text) {
        BigDecimal number = new BigDecimal(text.strip());
        if (number.precision() > MOST_DIGITS || Math.abs((long) number.scale()) > MOST_DIGITS) {
            throw new NumberFormatException("more than " + MOST_DIGITS + " digits");
        }
        return number;
    }

    /** The FLOAT that a number is in a column, which is another number: 0.1 lies below it. */
    private static BigDecimal single(BigDecimal number) {
        float rounded = number.floatValue();
        return Float.isInfinite(rounded) ? number : BigDecimal.valueOf(rounded);
    }

    private static long millis(Instant time) {
        if (!time.truncatedTo(ChronoUnit.MILLIS).equals(time)) {
            throw new ArithmeticException("finer than a millisecond");
        }
        return time.toEpochMilli();
    }
}
