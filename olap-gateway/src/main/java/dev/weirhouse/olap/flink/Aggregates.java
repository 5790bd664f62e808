package dev.weirhouse.olap.flink;

import java.util.List;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** The aggregate functions that are computed natively. */
final class Aggregates {

    static final List<Admitted> ADMITTED = List.of(
            new Admitted("COUNT", "rows, or values of any type that is read"),
            new Admitted("COUNT(DISTINCT)", "one column of any type that is read but FLOAT and DOUBLE"),
            new Admitted("SUM", "TINYINT to BIGINT, DECIMAL, DOUBLE; DISTINCT of those but DOUBLE"),
            new Admitted("AVG", "TINYINT to BIGINT, DECIMAL, DOUBLE; DISTINCT of those but DOUBLE"),
            new Admitted("MIN", "any type that is read but FLOAT, DOUBLE and VARBINARY"),
            new Admitted("MAX", "any type that is read but FLOAT, DOUBLE and VARBINARY"),
            new Admitted("FILTER", "of each of these"),
            new Admitted("a scalar subquery", "of any type that is read; more than one row is Flink's error"));

    /** As many rows as any table has do not bring a sum of such numbers to 39 digits. */
    private static final int DIGITS_OF_A_SAFE_SUM = 25;

    private Aggregates() {}

    /** @param narrow whether decimals may have fewer digits than their types */
    static String sql(AggregateCall call, List<LogicalType> input, LogicalType result, boolean narrow)
            throws NotNative {
        if (!Operators.isBuiltIn(call.getAggregation())) {
            throw new NotNative(Reason.AGGREGATE, call.getAggregation().getName() + ", which is none of Flink's own");
        }
        if (!call.getCollation().getFieldCollations().isEmpty() || call.ignoreNulls() || call.isApproximate()) {
            throw new NotNative(Reason.AGGREGATE, "an aggregate with an order of its own");
        }
        String filter = call.filterArg < 0 ? "" : " FILTER (WHERE c" + call.filterArg + ")";
        return sql(
                call.getAggregation().getName(), call.getArgList(), call.isDistinct(), input, result, filter, narrow);
    }

    /**
     * An aggregate.
     *
     * @param suffix what follows the call, such as a filter or a window
     * @param narrow whether decimals may have fewer digits than their types
     */
    static String sql(
            String name,
            List<Integer> arguments,
            boolean distinct,
            List<LogicalType> input,
            LogicalType result,
            String suffix,
            boolean narrow)
            throws NotNative {
        String type = NativeTypes.name(result);
        String each = distinct ? "DISTINCT " : "";
        if (name.equals("COUNT")) {
            if (arguments.size() > 1) {
                throw new NotNative(Reason.AGGREGATE, "COUNT of several columns");
            }
            if (!arguments.isEmpty() && distinct) {
                key("COUNT(DISTINCT …)", input.get(arguments.get(0)));
            }
            if (!arguments.isEmpty()) {
                NativeTypes.name(input.get(arguments.get(0)));
            }
            return "CAST(count(" + (arguments.isEmpty() ? "*" : each + "c" + arguments.get(0)) + ")" + suffix + " AS "
                    + type + ")";
        }
        if (arguments.size() != 1) {
            throw new NotNative(Reason.AGGREGATE, name + " of " + arguments.size() + " arguments");
        }
        LogicalType argument = input.get(arguments.get(0));
        String column = "c" + arguments.get(0);
        NativeTypes.name(argument);
        if (distinct) {
            key(name + "(DISTINCT …)", argument);
        }
        return switch (name) {
            case "SUM", "$SUM0", "SUM0" -> {
                if (!NativeTypes.isInteger(argument)
                        && !NativeTypes.isDecimal(argument)
                        && !argument.is(LogicalTypeRoot.DOUBLE)) {
                    throw new NotNative(
                            Reason.AGGREGATE,
                            name + " of " + argument.copy(true).asSummaryString());
                }
                String sum = sum(each + column, suffix, argument);
                yield "CAST(" + (name.equals("SUM") ? sum : "coalesce(" + sum + ", 0)") + " AS " + type + ")";
            }
            case "MIN", "MAX" -> {
                // The order of NaN and the other numbers is Flink's own.
                if (NativeTypes.isFloating(argument) || argument.is(LogicalTypeRoot.VARBINARY)) {
                    throw new NotNative(
                            Reason.AGGREGATE,
                            name + " of " + argument.copy(true).asSummaryString());
                }
                yield (name.equals("MIN") ? "min(" : "max(") + column + ")" + suffix;
            }
            case "AVG" -> average(argument, each + column, result, type, suffix, narrow);
            case "SINGLE_VALUE" ->
                "CASE WHEN count(*)" + suffix + " > 1 THEN " + Functions.GUARD + " ELSE any_value(" + column + ")"
                        + suffix + " END";
            default -> throw new NotNative(Reason.AGGREGATE, name);
        };
    }

    /** DuckDB's sum of decimals goes on to 39 digits, of which Flink makes a NULL. */
    private static String sum(String column, String suffix, LogicalType argument) {
        String sum = "sum(" + column + ")" + suffix;
        if (!NativeTypes.isDecimal(argument) || NativeTypes.precision(argument) <= DIGITS_OF_A_SAFE_SUM) {
            return sum;
        }
        int scale = NativeTypes.scale(argument);
        String most = "CAST('" + "9".repeat(DecimalType.MAX_PRECISION - scale)
                + (scale == 0 ? "" : "." + "9".repeat(scale)) + "' AS DECIMAL(38," + scale + "))";
        return "CASE WHEN " + sum + " > " + most + " OR " + sum + " < -" + most + " THEN " + Functions.GUARD + " ELSE "
                + sum + " END";
    }

    private static String average(
            LogicalType argument, String column, LogicalType result, String type, String suffix, boolean narrow)
            throws NotNative {
        String sum = sum(column, suffix, argument);
        String count = "count(" + column + ")" + suffix;
        if (NativeTypes.isInteger(argument) && NativeTypes.isInteger(result)) {
            return "CAST(CAST(" + sum + " AS BIGINT) // " + count + " AS " + type + ")";
        }
        if (NativeTypes.isDecimal(argument) && NativeTypes.isDecimal(result)) {
            DecimalType sums = new DecimalType(DecimalType.MAX_PRECISION, NativeTypes.scale(argument));
            return Decimals.mean(
                    "CAST(" + sum + " AS DECIMAL(38," + sums.getScale() + "))", sums, count, result, narrow);
        }
        if (argument.is(LogicalTypeRoot.DOUBLE) && result.is(LogicalTypeRoot.DOUBLE)) {
            return "avg(" + column + ")" + suffix;
        }
        throw new NotNative(Reason.AGGREGATE, "AVG of " + argument.copy(true).asSummaryString());
    }

    private static void key(String what, LogicalType type) throws NotNative {
        if (!NativeTypes.isKey(type)) {
            throw new NotNative(Reason.KEY, what + " of " + type.copy(true).asSummaryString());
        }
    }
}
