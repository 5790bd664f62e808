package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Division of decimals. DuckDB divides them as doubles; here their unscaled whole numbers are divided as {@code HUGEINT},
 * half up, away from zero, at the scale of the result. What exceeds 127 bits on the way is an error, upon which Flink is
 * asked.
 *
 * <p>{@code DecimalDataUtils.divide} rounds twice, at 38 digits and then at the scale. That gives another value only for a
 * dividend of 38 digits, at the scale of the result; so both numbers are taken nine times as large, and such a dividend
 * exceeds 127 bits.
 */
final class Decimals {

    private static final int DIGITS_OF_A_HUGEINT = 38;
    private static final int DIGITS_OF_A_LONG = 18;

    private Decimals() {}

    static String quotient(Call call) throws NotNative {
        String dividend = unscaled(exact(call, 0), call.type(0), call.narrow());
        String divisor = unscaled(exact(call, 1), call.type(1), call.narrow());
        int scale = NativeTypes.scale(call.type());
        int shift = scale - NativeTypes.scale(call.type(0)) + NativeTypes.scale(call.type(1));
        String n = shift > 0 ? times(dividend, shift) : dividend;
        String d = shift < 0 ? times(divisor, -shift) : divisor;
        // Half up, away from zero: (2|n| + |d|) // 2|d|, with the sign of n/d. DuckDB computes n and d once, for they
        // stand in no CASE but one.
        String sign = "CASE WHEN " + d + " = 0 THEN " + Functions.GUARD + " ELSE sign(" + d + ") END";
        return scaled(
                "(18 * abs(" + n + ") + 9 * abs(" + d + ")) // (18 * abs(" + d + ")) * sign(" + n + ") * " + sign,
                NativeTypes.precision(call.type()),
                scale);
    }

    /**
     * The mean of decimals.
     *
     * @param sum of the scale of those
     * @param count a whole number, not below zero
     */
    static String mean(String sum, DecimalType sums, String count, LogicalType result, boolean narrow)
            throws NotNative {
        int scale = NativeTypes.scale(result);
        String n = times(unscaled(sum, sums, narrow), scale - sums.getScale());
        String d = "CAST(nullif(" + count + ", 0) AS HUGEINT)";
        return scaled(
                "(18 * abs(" + n + ") + 9 * " + d + ") // (18 * " + d + ") * sign(" + n + ")",
                NativeTypes.precision(result),
                scale);
    }

    /**
     * Whether DuckDB computes an expression in 64 bits when it is written without casts: a sum, a difference or a product of
     * decimals of so few digits, of a scale that leaves room for whole numbers.
     */
    static boolean isNarrow(RexCall call) {
        LogicalType type = Expressions.type(call);
        if (!NativeTypes.isDecimal(type) || !call.getOperands().stream().allMatch(Decimals::fitsLong)) {
            return false;
        }
        List<Integer> scales = call.getOperands().stream()
                .map(operand -> NativeTypes.scale(Expressions.type(operand)))
                .toList();
        int scale = NativeTypes.scale(type);
        if (NativeTypes.precision(type) > DIGITS_OF_A_LONG && scale > DIGITS_OF_A_LONG / 2) {
            return false;
        }
        return switch (call.getKind()) {
            case PLUS, MINUS -> call.getOperands().size() == 2 && scale == Math.max(scales.get(0), scales.get(1));
            case TIMES -> call.getOperands().size() == 2 && scale == scales.get(0) + scales.get(1);
            case CAST -> {
                LogicalType from = Expressions.type(call.getOperands().get(0));
                yield NativeTypes.isDecimal(from)
                        && scale == scales.get(0)
                        && NativeTypes.precision(from) <= NativeTypes.precision(type);
            }
            default -> false;
        };
    }

    private static boolean fitsLong(RexNode node) {
        LogicalType type = Expressions.type(node);
        if (!NativeTypes.isExact(type)) {
            return false;
        }
        if (node instanceof RexLiteral literal && NativeTypes.isDecimal(type)) {
            type = narrow(literal, type);
        }
        return NativeTypes.precision(type) <= DIGITS_OF_A_LONG || node instanceof RexCall call && isNarrow(call);
    }

    /** The type with no more digits than a literal needs, if 64 bits hold it. */
    static LogicalType narrow(RexLiteral literal, LogicalType type) {
        if (!NativeTypes.isDecimal(type) || NativeTypes.precision(type) <= DIGITS_OF_A_LONG || literal.isNull()) {
            return type;
        }
        int scale = NativeTypes.scale(type);
        BigDecimal value = literal.getValueAs(BigDecimal.class);
        return scale <= DIGITS_OF_A_LONG && value.precision() - value.scale() + scale <= DIGITS_OF_A_LONG
                ? new DecimalType(DIGITS_OF_A_LONG, scale)
                : type;
    }

    /** Whether a call is of two exact numbers and gives a decimal. */
    static boolean isExact(Call call) {
        return call.size() == 2
                && NativeTypes.isDecimal(call.type())
                && call.types().stream().allMatch(type -> type != null && NativeTypes.isExact(type));
    }

    /** A whole number as the decimal that Flink takes it for. */
    static String exact(Call call, int index) throws NotNative {
        return NativeTypes.isInteger(call.type(index))
                ? "CAST(" + call.argument(index) + " AS DECIMAL(" + NativeTypes.precision(call.type(index)) + ",0))"
                : call.argument(index);
    }

    /** The first operand of a product, with so many digits that DuckDB does not multiply in 64 bits where it needs more. */
    static String wide(Call call) throws NotNative {
        LogicalType type = call.type(0);
        return NativeTypes.precision(call.type()) <= DIGITS_OF_A_LONG || NativeTypes.precision(type) > DIGITS_OF_A_LONG
                ? exact(call, 0)
                : "CAST(" + call.argument(0) + " AS DECIMAL(" + (DIGITS_OF_A_LONG + 1) + "," + NativeTypes.scale(type)
                        + "))";
    }

    /** The whole number that a decimal is kept as. */
    private static String unscaled(String sql, LogicalType type, boolean narrow) {
        int scale = NativeTypes.scale(type);
        if (scale == 0) {
            return "CAST(" + sql + " AS HUGEINT)";
        }
        // What has more digits is an error where few are expected; the detour by way of a text takes all.
        if (narrow || NativeTypes.precision(type) + scale <= DIGITS_OF_A_HUGEINT) {
            return "CAST(CAST(" + sql + " AS DECIMAL(" + DecimalType.MAX_PRECISION + "," + scale + ")) * CAST(1"
                    + "0".repeat(scale) + " AS DECIMAL(" + (scale + 1) + ",0)) AS HUGEINT)";
        }
        return "CAST(replace(CAST(" + sql + " AS VARCHAR), '.', '') AS HUGEINT)";
    }

    private static String times(String sql, int digits) throws NotNative {
        if (digits < 0 || digits > DIGITS_OF_A_HUGEINT) {
            throw new NotNative(Reason.FUNCTION, "a quotient of so many digits");
        }
        return digits == 0 ? sql : "(" + sql + " * CAST('1" + "0".repeat(digits) + "' AS HUGEINT))";
    }

    /** The decimal whose unscaled number this is; multiplying by the smallest unit of the scale moves the point alone. */
    private static String scaled(String sql, int precision, int scale) {
        String whole = "CAST(" + sql + " AS DECIMAL(38,0))";
        String decimal = scale == 0
                ? whole
                : whole + " * CAST('0." + "0".repeat(scale - 1) + "1' AS DECIMAL(" + scale + "," + scale + "))";
        return "CAST(" + decimal + " AS DECIMAL(" + precision + "," + scale + "))";
    }
}
