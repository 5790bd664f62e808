package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.apache.calcite.util.NlsString;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/**
 * The operators and functions that are computed natively, each with the arguments that it is admitted for. This list is
 * what the page on the native lane is made from, and what the differential test covers.
 *
 * <p>Some are written with a guard: where a value is met for which DuckDB would silently give another answer, DuckDB's
 * {@code error} function ends the query there, and Flink is asked.
 */
final class Functions {

    /** Writes a call whose arguments were found fit. */
    private interface Writer {
        String sql(Call call) throws NotNative;
    }

    /** Says of a call why it is not admitted, or null when it is. */
    private interface Condition {
        String refuse(Call call);
    }

    /**
     * One admitted operator or function.
     *
     * @param arguments what its arguments have to be, in words
     */
    record Admitted(String name, String arguments) {}

    private record Rule(Admitted admitted, Condition condition, Writer writer) {}

    private static final Map<String, List<Rule>> RULES = new LinkedHashMap<>();

    /** Beyond these digits Flink 1.20 gives a rounded decimal another precision than its type, and fails at times. */
    private static final int DIGITS_OF_A_LONG = 18;

    private static final String GUARD = "error('flink')";

    private Functions() {}

    static String sql(Call call) throws NotNative {
        String name = name(call.rex());
        String refused = name;
        for (Rule rule : RULES.getOrDefault(name, List.of())) {
            String reason = rule.condition().refuse(call);
            if (reason == null) {
                return rule.writer().sql(call);
            }
            refused = name + " " + reason;
        }
        throw new NotNative(refused);
    }

    private static String name(RexCall call) {
        return call.getOperator().getName().toUpperCase(java.util.Locale.ROOT);
    }

    static List<Admitted> admitted() {
        return RULES.values().stream().flatMap(List::stream).map(Rule::admitted).toList();
    }

    private static void admit(String name, String arguments, Condition condition, Writer writer) {
        RULES.computeIfAbsent(name, key -> new ArrayList<>())
                .add(new Rule(new Admitted(name, arguments), condition, writer));
    }

    static {
        comparisons();
        logic();
        arithmetic();
        texts();
        times();
    }

    private static void comparisons() {
        for (String operator : List.of("=", "<>", "<", "<=", ">", ">=")) {
            admit(
                    operator,
                    "two values of one type but FLOAT and DOUBLE",
                    Functions::refuseComparison,
                    call -> "(" + comparable(call, 0) + " " + operator + " " + comparable(call, 1) + ")");
            admit(operator, "DOUBLE with DOUBLE, FLOAT with FLOAT", Functions::refuseFloating, call -> {
                String a = call.argument(0);
                String b = call.argument(1);
                String unequal = operator.equals("<>") ? "TRUE" : "FALSE";
                return "CASE WHEN isnan(" + a + ") AND " + b + " IS NOT NULL OR isnan(" + b + ") AND " + a
                        + " IS NOT NULL THEN " + unequal + " ELSE " + a + " " + operator + " " + b + " END";
            });
        }
        for (String operator : List.of("IS DISTINCT FROM", "IS NOT DISTINCT FROM")) {
            admit(
                    operator,
                    "two values of one type but FLOAT and DOUBLE",
                    Functions::refuseComparison,
                    call -> "(" + comparable(call, 0) + " " + operator + " " + comparable(call, 1) + ")");
        }
    }

    /** Exact numbers are compared at the larger scale; what has too many digits for it is an error. */
    private static String comparable(Call call, int index) throws NotNative {
        LogicalType own = call.type(index);
        LogicalType other = call.type(1 - index);
        if (!NativeTypes.isDecimal(own) && !NativeTypes.isDecimal(other) || !isNumber(own)) {
            return call.argument(index);
        }
        int scale = Math.max(scale(own), scale(other));
        int whole = Math.max(precision(own) - scale(own), precision(other) - scale(other));
        return "CAST(" + call.argument(index) + " AS DECIMAL(" + Math.min(DecimalType.MAX_PRECISION, whole + scale)
                + "," + scale + "))";
    }

    private static boolean isNumber(LogicalType type) {
        return NativeTypes.isInteger(type) || NativeTypes.isDecimal(type);
    }

    private static int digits(LogicalType integer) {
        return switch (integer.getTypeRoot()) {
            case TINYINT -> 3;
            case SMALLINT -> 5;
            case INTEGER -> 10;
            default -> 19;
        };
    }

    private static String refuseComparison(Call call) {
        LogicalType a = call.type(0);
        LogicalType b = call.type(1);
        if (isNumber(a) && isNumber(b)
                || (NativeTypes.isText(a) && NativeTypes.isText(b))
                || (a.getTypeRoot() == b.getTypeRoot()
                        && (NativeTypes.isDate(a)
                                || NativeTypes.isTimestamp(a)
                                || a.is(LogicalTypeRoot.BOOLEAN)
                                || a.is(LogicalTypeRoot.VARBINARY)))) {
            return null;
        }
        return between(a, b);
    }

    private static String between(LogicalType a, LogicalType b) {
        return "between " + a.copy(true).asSummaryString() + " and "
                + b.copy(true).asSummaryString();
    }

    private static String refuseFloating(Call call) {
        return call.type(0).getTypeRoot() == call.type(1).getTypeRoot() && NativeTypes.isFloating(call.type(0))
                ? null
                : between(call.type(0), call.type(1));
    }

    private static void logic() {
        admit("AND", "BOOLEAN", call -> null, call -> joined(call, " AND "));
        admit("OR", "BOOLEAN", call -> null, call -> joined(call, " OR "));
        admit("NOT", "BOOLEAN", call -> null, call -> "(NOT " + call.argument(0) + ")");
        for (String test : List.of(
                "IS NULL",
                "IS NOT NULL",
                "IS TRUE",
                "IS NOT TRUE",
                "IS FALSE",
                "IS NOT FALSE",
                "IS UNKNOWN",
                "IS NOT UNKNOWN")) {
            admit(
                    test,
                    "any type that is read",
                    call -> null,
                    call -> "(" + call.argument(0) + " " + test.replace("UNKNOWN", "NULL") + ")");
        }
        admit("CASE", "values of one type", call -> null, Functions::caseWhen);
        admit(
                "IF",
                "values of one type",
                call -> null,
                call -> "CASE WHEN " + call.argument(0) + " THEN " + as(call, 1) + " ELSE " + as(call, 2) + " END");
        admit("COALESCE", "values of one type", call -> null, call -> {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < call.size(); i++) {
                values.add(as(call, i));
            }
            return "coalesce(" + String.join(", ", values) + ")";
        });
    }

    private static String joined(Call call, String operator) {
        return "(" + String.join(operator, call.arguments()) + ")";
    }

    /** An argument as the call's own type. */
    private static String as(Call call, int index) throws NotNative {
        LogicalType from = call.type(index);
        if (Expressions.isNullLiteral(call.rex().getOperands().get(index))) {
            return "CAST(NULL AS " + call.duck() + ")";
        }
        return NativeTypes.name(from).equals(call.duck())
                ? call.argument(index)
                : Casts.sql(call.argument(index), from, call.type());
    }

    private static String caseWhen(Call call) throws NotNative {
        StringBuilder sql = new StringBuilder("CASE");
        for (int i = 0; i + 1 < call.size(); i += 2) {
            sql.append(" WHEN ").append(call.argument(i)).append(" THEN ").append(as(call, i + 1));
        }
        return sql.append(" ELSE ")
                .append(as(call, call.size() - 1))
                .append(" END")
                .toString();
    }

    private static void arithmetic() {
        for (String operator : List.of("+", "-", "*")) {
            admit(
                    operator,
                    "TINYINT to BIGINT",
                    call -> integers(call, 2),
                    call -> call.cast(
                            call.cast(call.argument(0)) + " " + operator + " " + call.cast(call.argument(1))));
            admit(
                    operator,
                    "DOUBLE with DOUBLE or a whole number",
                    Functions::refuseDouble,
                    call -> "(CAST(" + call.argument(0) + " AS DOUBLE) " + operator + " CAST(" + call.argument(1)
                            + " AS DOUBLE))");
        }
        for (String operator : List.of("+", "-")) {
            admit(operator, "DECIMAL with DECIMAL or a whole number", Functions::refuseDecimals, call -> {
                // Rounded to the result's scale only afterwards, half away from zero as in Flink.
                int scale = Math.max(scale(call.type(0)), scale(call.type(1)));
                String wide = scale == NativeTypes.scale(call.type()) ? call.duck() : "DECIMAL(38," + scale + ")";
                return call.cast("CAST(" + exact(call, 0) + " AS " + wide + ") " + operator + " CAST(" + exact(call, 1)
                        + " AS " + wide + ")");
            });
        }
        admit(
                "*",
                "DECIMAL with DECIMAL or a whole number, of 38 decimal places together",
                Functions::refuseProduct,
                call -> call.cast(exact(call, 0) + " * " + exact(call, 1)));
        admit(
                "/",
                "TINYINT to BIGINT",
                call -> integers(call, 2),
                call -> call.cast(quotient(call.cast(call.argument(0)), call.cast(call.argument(1)), "//")));
        admit(
                "/",
                "DOUBLE with DOUBLE or a whole number",
                Functions::refuseDouble,
                call -> "(CAST(" + call.argument(0) + " AS DOUBLE) / CAST(" + call.argument(1) + " AS DOUBLE))");
        admit("/", "DECIMAL with DECIMAL or a whole number", Functions::refuseDecimals, Decimals::quotient);
        for (String modulo : List.of("MOD", "%")) {
            admit(modulo, "TINYINT to BIGINT", call -> integers(call, 2), call -> {
                String wide = "BIGINT";
                return call.cast(quotient(
                        "CAST(" + call.argument(0) + " AS " + wide + ")",
                        "CAST(" + call.argument(1) + " AS " + wide + ")",
                        "%"));
            });
        }
        admit(
                "-",
                "a number",
                call -> call.size() == 1
                                && (NativeTypes.isInteger(call.type(0))
                                        || NativeTypes.isDecimal(call.type(0))
                                        || call.type(0).is(LogicalTypeRoot.DOUBLE))
                        ? null
                        : "of that type",
                call -> call.cast("-" + call.argument(0)));
        admit("+", "a number", call -> call.size() == 1 ? null : "of these types", call -> call.argument(0));
        admit(
                "ABS",
                "a whole number or DECIMAL",
                call -> NativeTypes.isInteger(call.type(0))
                                || NativeTypes.isDecimal(call.type(0))
                                || call.type(0).is(LogicalTypeRoot.DOUBLE)
                        ? null
                        : "of " + summary(call, 0),
                call -> call.cast("abs(" + call.argument(0) + ")"));
        admit("ROUND", "DECIMAL, and a number of digits written out", Functions::refuseRound, Functions::round);
        admit(
                "FLOOR",
                "DECIMAL of up to 18 digits or a whole number",
                Functions::refuseFloor,
                call -> call.cast("floor(" + call.argument(0) + ")"));
        admit(
                "CEIL",
                "DECIMAL of up to 18 digits or a whole number",
                Functions::refuseFloor,
                call -> call.cast("ceil(" + call.argument(0) + ")"));
        admit("SIGN", "a whole number", call -> integers(call, 1), call -> call.cast("sign(" + call.argument(0) + ")"));
    }

    private static String summary(Call call, int index) {
        return call.type(index) == null
                ? "a symbol"
                : call.type(index).copy(true).asSummaryString();
    }

    private static String integers(Call call, int count) {
        return call.size() == count
                        && call.types().stream().allMatch(type -> type != null && NativeTypes.isInteger(type))
                        && NativeTypes.isInteger(call.type())
                ? null
                : "of these types";
    }

    /** An error for a divisor of zero, as in Flink. */
    private static String quotient(String a, String b, String operator) {
        return "CASE WHEN " + b + " = 0 THEN " + GUARD + " ELSE " + a + " " + operator + " " + b + " END";
    }

    private static String refuseDouble(Call call) {
        boolean fits = call.size() == 2
                && call.type().is(LogicalTypeRoot.DOUBLE)
                && call.types().stream()
                        .allMatch(type ->
                                type != null && (type.is(LogicalTypeRoot.DOUBLE) || NativeTypes.isInteger(type)));
        return fits ? null : "of these types";
    }

    private static boolean isExact(Call call) {
        return call.size() == 2
                && NativeTypes.isDecimal(call.type())
                && call.types().stream()
                        .allMatch(type -> type != null && (NativeTypes.isDecimal(type) || NativeTypes.isInteger(type)));
    }

    /** A whole number as the decimal that Flink takes it for. */
    static String exact(Call call, int index) {
        return NativeTypes.isInteger(call.type(index))
                ? "CAST(" + call.argument(index) + " AS DECIMAL(" + digits(call.type(index)) + ",0))"
                : call.argument(index);
    }

    static int scale(LogicalType exact) {
        return NativeTypes.isInteger(exact) ? 0 : NativeTypes.scale(exact);
    }

    static int precision(LogicalType exact) {
        return NativeTypes.isInteger(exact) ? digits(exact) : NativeTypes.precision(exact);
    }

    private static String refuseDecimals(Call call) {
        return isExact(call) ? null : "of these types";
    }

    private static String refuseProduct(Call call) {
        return isExact(call) && scale(call.type(0)) + scale(call.type(1)) <= DecimalType.MAX_PRECISION
                ? null
                : "of these types";
    }

    private static String refuseRound(Call call) {
        if (!NativeTypes.isDecimal(call.type(0)) || !NativeTypes.isDecimal(call.type())) {
            return "of " + summary(call, 0);
        }
        return call.size() == 1 || call.literal(1, Integer.class) != null
                ? null
                : "to a number of digits that is computed";
    }

    private static String round(Call call) throws NotNative {
        int digits = call.size() == 1 ? 0 : call.literal(1, Integer.class);
        if (digits < 0) {
            throw new NotNative("ROUND to less than one");
        }
        return call.cast(
                digits >= NativeTypes.scale(call.type(0))
                        ? call.argument(0)
                        : "round(" + call.argument(0) + ", " + digits + ")");
    }

    private static String refuseFloor(Call call) {
        return call.size() == 1
                        && (NativeTypes.isInteger(call.type(0))
                                || NativeTypes.isDecimal(call.type(0))
                                        && NativeTypes.precision(call.type()) <= DIGITS_OF_A_LONG)
                ? null
                : "of " + summary(call, 0);
    }

    private static void texts() {
        Condition texts = call -> call.types().stream().allMatch(type -> type != null && NativeTypes.isText(type))
                ? null
                : "of these types";
        admit("||", "texts", texts, call -> joined(call, " || "));
        admit("CONCAT", "texts", texts, call -> joined(call, " || "));
        for (String name : List.of("CHAR_LENGTH", "CHARACTER_LENGTH")) {
            admit(name, "a text", texts, call -> call.cast("length(" + call.argument(0) + ")"));
        }
        for (String name : List.of("UPPER", "LOWER")) {
            admit(
                    name,
                    "a text; beyond ASCII Flink is asked",
                    texts,
                    call -> "CASE WHEN strlen(" + call.argument(0)
                            + ") <> length(" + call.argument(0) + ") THEN " + GUARD + " ELSE "
                            + name.toLowerCase(java.util.Locale.ROOT)
                            + "(" + call.argument(0) + ") END");
        }
        for (String name : List.of("SUBSTRING", "SUBSTR")) {
            admit(
                    name,
                    "a text, and numbers written out: a begin of 1 or more, a length of 0 or more",
                    call -> {
                        Integer begin = call.literal(1, Integer.class);
                        Integer length = call.size() == 3 ? call.literal(2, Integer.class) : Integer.valueOf(0);
                        return NativeTypes.isText(call.type(0))
                                        && begin != null
                                        && begin >= 1
                                        && length != null
                                        && length >= 0
                                ? null
                                : "with a begin or length that is computed, zero or negative";
                    },
                    call -> "substring(" + call.argument(0) + ", " + call.literal(1, Integer.class)
                            + (call.size() == 3 ? ", " + call.literal(2, Integer.class) : "") + ")");
        }
        admit("TRIM", "a text, and spaces", Functions::refuseTrim, call -> {
            SqlTrimFunction.Flag side =
                    ((RexLiteral) call.rex().getOperands().get(0)).getValueAs(SqlTrimFunction.Flag.class);
            String function =
                    switch (side) {
                        case BOTH -> "trim";
                        case LEADING -> "ltrim";
                        case TRAILING -> "rtrim";
                    };
            return function + "(" + call.argument(2) + ", ' ')";
        });
        admit(
                "LIKE",
                "a text, and a pattern written out without '_' and '\\'",
                Functions::refuseLike,
                call -> "(" + call.argument(0) + " LIKE " + call.argument(1) + ")");
        admit(
                "POSITION",
                "two texts",
                texts,
                call -> call.cast("position(" + call.argument(0) + " IN " + call.argument(1) + ")"));
        admit(
                "REVERSE",
                "a text of ASCII; beyond it Flink is asked",
                texts,
                call -> "CASE WHEN strlen(" + call.argument(0) + ") <> length(" + call.argument(0) + ") THEN " + GUARD
                        + " ELSE reverse(" + call.argument(0) + ") END");
    }

    private static String refuseTrim(Call call) {
        return " ".equals(text(call, 1)) && NativeTypes.isText(call.type(2)) ? null : "of other characters than spaces";
    }

    private static String text(Call call, int index) {
        NlsString value = call.literal(index, NlsString.class);
        return value == null ? null : value.getValue();
    }

    private static String refuseLike(Call call) {
        String pattern = text(call, 1);
        if (pattern == null || call.size() > 2) {
            return "with a pattern that is computed or escaped";
        }
        if (pattern.isEmpty()) {
            // Flink 1.20 takes every text for a match.
            return "with an empty pattern";
        }
        return pattern.indexOf('_') >= 0 || pattern.indexOf('\\') >= 0 ? "with '_' or '\\' in its pattern" : null;
    }

    private static void times() {
        admit(
                "EXTRACT",
                "YEAR, QUARTER, MONTH, DAY, HOUR, MINUTE, SECOND, DOY, DOW of a DATE or TIMESTAMP",
                Functions::refuseExtract,
                call -> {
                    String unit = call.rex().getOperands().get(0).toString().replaceAll(".*\\((\\w+)\\).*", "$1");
                    String value = "extract('" + unit.toLowerCase(java.util.Locale.ROOT) + "' FROM {})";
                    return inCalendar(
                            call.argument(1), call.type(1), call.cast(unit.equals("DOW") ? value + " + 1" : value));
                });
        for (String operator : List.of("+", "-")) {
            admit(
                    operator,
                    "a DATE or TIMESTAMP and an interval written out",
                    Functions::refuseInterval,
                    call -> interval(call, operator));
        }
    }

    private static final List<String> UNITS =
            List.of("YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "DOY", "DOW");

    private static String refuseExtract(Call call) {
        String unit = call.rex().getOperands().get(0).toString().replaceAll(".*\\((\\w+)\\).*", "$1");
        LogicalType type = call.type(1);
        if (!UNITS.contains(unit)) {
            return "of " + unit;
        }
        boolean day = !List.of("HOUR", "MINUTE", "SECOND").contains(unit);
        return NativeTypes.isTimestamp(type) || NativeTypes.isDate(type) && day ? null : "from " + summary(call, 1);
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
        if (NativeTypes.isDate(call.type(0)) && !months && value.longValue() % 86_400_000L != 0) {
            return "of a DATE and a part of a day";
        }
        return call.type().getTypeRoot() == call.type(0).getTypeRoot() ? null : "of these types";
    }

    private static String interval(Call call, String operator) throws NotNative {
        long value = call.literal(1, BigDecimal.class).longValue();
        String interval = call.type(1).is(LogicalTypeRoot.INTERVAL_YEAR_MONTH)
                ? "to_months(" + value + ")"
                : NativeTypes.isDate(call.type(0))
                        ? "to_days(" + value / 86_400_000L + ")"
                        : "to_milliseconds(" + value + ")";
        return inCalendar(call.argument(0), call.type(0), call.cast("{} " + operator + " " + interval));
    }

    /**
     * An expression of a date or timestamp, {@code {}} in its text, in the years for which both calendars are one: DuckDB's
     * is proleptic, and Flink 1.20 rounds the parts of a timestamp before 1970 towards 1970. Beyond them Flink is asked.
     */
    static String inCalendar(String value, LogicalType type, String expression) {
        String first = NativeTypes.isTimestamp(type) ? "1970-01-01" : "1583-01-01";
        return "CASE WHEN " + value + " < DATE '" + first + "' OR " + value + " >= DATE '9999-12-31' THEN " + GUARD
                + " ELSE " + expression.replace("{}", value) + " END";
    }
}
