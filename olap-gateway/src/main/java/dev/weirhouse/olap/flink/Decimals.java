package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Division of decimals. DuckDB divides them as doubles; here their unscaled whole numbers are divided as {@code HUGEINT},
 * which rounds as {@code DecimalDataUtils.divide} does: half up, away from zero, at the scale of the result. What exceeds
 * 127 bits on the way is an error, upon which Flink is asked.
 */
final class Decimals {

    private static final int DIGITS_OF_A_HUGEINT = 38;

    private Decimals() {}

    static String quotient(Call call) throws NotNative {
        return quotient(
                exact(call, 0),
                call.type(0),
                exact(call, 1),
                call.type(1),
                NativeTypes.precision(call.type()),
                NativeTypes.scale(call.type()));
    }

    /** The quotient of two exact numbers as {@code DECIMAL(precision, scale)}; an error when the divisor is zero. */
    static String quotient(String a, LogicalType aType, String b, LogicalType bType, int precision, int scale)
            throws NotNative {
        int shift = scale - NativeTypes.scale(aType) + NativeTypes.scale(bType);
        String dividend = unscaled(a, aType);
        String divisor = unscaled(b, bType);
        if (shift > 0) {
            dividend = "(" + dividend + " * " + power(shift) + ")";
        } else if (shift < 0) {
            divisor = "(" + divisor + " * " + power(-shift) + ")";
        }
        // Half up, away from zero: (2|n| + |d|) // 2|d|, with the sign of n/d.
        String rounded = "(2 * abs(n) + abs(d)) // (2 * abs(d)) * sign(n) * sign(d)";
        return "(SELECT CASE WHEN d = 0 THEN error('flink') ELSE " + scaled(rounded, precision, scale)
                + " END FROM (SELECT " + dividend + " AS n, " + divisor + " AS d))";
    }

    /** Whether a call is of two exact numbers and gives a decimal. */
    static boolean isExact(Call call) {
        return call.size() == 2
                && NativeTypes.isDecimal(call.type())
                && call.types().stream().allMatch(type -> type != null && NativeTypes.isExact(type));
    }

    /** A whole number as the decimal that Flink takes it for. */
    static String exact(Call call, int index) {
        return NativeTypes.isInteger(call.type(index))
                ? "CAST(" + call.argument(index) + " AS DECIMAL(" + NativeTypes.precision(call.type(index)) + ",0))"
                : call.argument(index);
    }

    /** The whole number that a decimal is kept as. */
    private static String unscaled(String sql, LogicalType type) {
        int scale = NativeTypes.scale(type);
        if (scale == 0) {
            return "CAST(" + sql + " AS HUGEINT)";
        }
        if (NativeTypes.precision(type) + scale <= DIGITS_OF_A_HUGEINT) {
            return "CAST(CAST(" + sql + " AS DECIMAL(" + DecimalType.MAX_PRECISION + "," + scale + ")) * CAST(1"
                    + "0".repeat(scale) + " AS DECIMAL(" + (scale + 1) + ",0)) AS HUGEINT)";
        }
        return "CAST(replace(CAST(" + sql + " AS VARCHAR), '.', '') AS HUGEINT)";
    }

    private static String power(int digits) throws NotNative {
        if (digits > DIGITS_OF_A_HUGEINT) {
            throw new NotNative(Reason.FUNCTION, "a quotient of so many digits");
        }
        return "CAST('1" + "0".repeat(digits) + "' AS HUGEINT)";
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
