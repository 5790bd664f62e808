package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import dev.weirhouse.olap.flink.Functions.Admissions;
import java.util.List;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Arithmetic of whole numbers, decimals and doubles, each as Flink types its result. */
final class Arithmetic {

    private Arithmetic() {}

    /** Beyond these digits Flink 1.20 gives a rounded decimal another precision than its type, and fails at times. */
    private static final int DIGITS_OF_A_LONG = 18;

    static void admit(Admissions to) {
        for (String operator : List.of("+", "-", "*")) {
            to.admit(
                    operator,
                    "TINYINT to BIGINT",
                    call -> integers(call, 2),
                    call -> call.cast(
                            call.cast(call.argument(0)) + " " + operator + " " + call.cast(call.argument(1))));
            to.admit(
                    operator,
                    "DOUBLE with DOUBLE or a whole number",
                    Arithmetic::refuseDouble,
                    call -> "(CAST(" + call.argument(0) + " AS DOUBLE) " + operator + " CAST(" + call.argument(1)
                            + " AS DOUBLE))");
            admitFloats(to, operator);
        }
        for (String operator : List.of("+", "-")) {
            to.admit(operator, "DECIMAL with DECIMAL or a whole number", Arithmetic::refuseDecimals, call -> {
                if (isNarrow(call)) {
                    return narrow(call, operator);
                }
                // Rounded to the result's scale only afterwards, half away from zero as in Flink.
                int scale = Math.max(NativeTypes.scale(call.type(0)), NativeTypes.scale(call.type(1)));
                String wide = scale == NativeTypes.scale(call.type()) ? call.duck() : "DECIMAL(38," + scale + ")";
                return call.cast("CAST(" + Decimals.exact(call, 0) + " AS " + wide + ") " + operator + " CAST("
                        + Decimals.exact(call, 1) + " AS " + wide + ")");
            });
        }
        to.admit(
                "*",
                "DECIMAL with DECIMAL or a whole number, of 38 decimal places together",
                Arithmetic::refuseProduct,
                call -> isNarrow(call)
                        ? narrow(call, "*")
                        : call.cast(Decimals.wide(call) + " * " + Decimals.exact(call, 1)));
        to.admit(
                "/",
                "TINYINT to BIGINT",
                call -> integers(call, 2),
                call -> call.cast(quotient(call.cast(call.argument(0)), call.cast(call.argument(1)), "//")));
        to.admit(
                "/",
                "DOUBLE with DOUBLE or a whole number",
                Arithmetic::refuseDouble,
                call -> "(CAST(" + call.argument(0) + " AS DOUBLE) / CAST(" + call.argument(1) + " AS DOUBLE))");
        admitFloats(to, "/");
        to.admit("/", "DECIMAL with DECIMAL or a whole number", Arithmetic::refuseDecimals, Decimals::quotient);
        to.admit(
                "MOD",
                "TINYINT to BIGINT",
                call -> integers(call, 2),
                call -> call.cast(quotient(wide(call.argument(0)), wide(call.argument(1)), "%")));
        to.admit(
                "-",
                "a number",
                call -> call.size() == 1
                                && (NativeTypes.isInteger(call.type(0))
                                        || NativeTypes.isDecimal(call.type(0))
                                        || NativeTypes.isFloating(call.type(0)))
                        ? null
                        : "of that type",
                call -> call.cast("-" + call.argument(0)));
        to.admit(
                "ABS",
                "a number",
                call -> NativeTypes.isInteger(call.type(0))
                                || NativeTypes.isDecimal(call.type(0))
                                || NativeTypes.isFloating(call.type(0))
                        ? null
                        : "of " + Functions.summary(call, 0),
                call -> call.cast("abs(" + call.argument(0) + ")"));
        to.admit("ROUND", "DECIMAL, and a number of digits written out", Arithmetic::refuseRound, Arithmetic::round);
        to.admit(
                "FLOOR",
                "DECIMAL of up to 18 digits or a whole number",
                Arithmetic::refuseFloor,
                call -> call.cast("floor(" + call.argument(0) + ")"));
        to.admit(
                "CEIL",
                "DECIMAL of up to 18 digits or a whole number",
                Arithmetic::refuseFloor,
                call -> call.cast("ceil(" + call.argument(0) + ")"));
        to.admit(
                "SIGN",
                "a whole number",
                call -> integers(call, 1),
                call -> call.cast("sign(" + call.argument(0) + ")"));
    }

    private static void admitFloats(Admissions to, String operator) {
        to.admit(
                operator,
                "FLOAT with FLOAT",
                call -> call.size() == 2
                                && call.type().is(LogicalTypeRoot.FLOAT)
                                && call.types().stream()
                                        .allMatch(type -> type != null && type.is(LogicalTypeRoot.FLOAT))
                        ? null
                        : "of these types",
                call -> "(" + call.argument(0) + " " + operator + " " + call.argument(1) + ")");
    }

    private static boolean isNarrow(Call call) {
        return call.narrow() && Decimals.isNarrow(call.rex());
    }

    private static String narrow(Call call, String operator) throws NotNative {
        return "(" + Decimals.exact(call, 0) + " " + operator + " " + Decimals.exact(call, 1) + ")";
    }

    private static String wide(String integer) {
        return "CAST(" + integer + " AS BIGINT)";
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
        return "CASE WHEN " + b + " = 0 THEN " + Functions.GUARD + " ELSE " + a + " " + operator + " " + b + " END";
    }

    private static String refuseDouble(Call call) {
        boolean fits = call.size() == 2
                && call.type().is(LogicalTypeRoot.DOUBLE)
                && call.types().stream()
                        .allMatch(type ->
                                type != null && (type.is(LogicalTypeRoot.DOUBLE) || NativeTypes.isInteger(type)));
        return fits ? null : "of these types";
    }

    private static String refuseDecimals(Call call) {
        return Decimals.isExact(call) ? null : "of these types";
    }

    private static String refuseProduct(Call call) {
        return Decimals.isExact(call)
                        && NativeTypes.scale(call.type(0)) + NativeTypes.scale(call.type(1))
                                <= DecimalType.MAX_PRECISION
                ? null
                : "of these types";
    }

    private static String refuseRound(Call call) {
        if (!NativeTypes.isDecimal(call.type(0)) || !NativeTypes.isDecimal(call.type())) {
            return "of " + Functions.summary(call, 0);
        }
        return call.size() == 1 || call.literal(1, Integer.class) != null
                ? null
                : "to a number of digits that is computed";
    }

    private static String round(Call call) throws NotNative {
        int digits = call.size() == 1 ? 0 : call.literal(1, Integer.class);
        if (digits < 0) {
            throw new NotNative(Reason.FUNCTION, "ROUND to less than one");
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
                : "of " + Functions.summary(call, 0);
    }
}
