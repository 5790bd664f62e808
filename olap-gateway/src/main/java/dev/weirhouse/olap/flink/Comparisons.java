package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import dev.weirhouse.olap.flink.Functions.Admissions;
import java.util.List;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** Comparisons of values of one kind. */
final class Comparisons {

    private Comparisons() {}

    static void admit(Admissions to) {
        for (String operator : List.of("=", "<>", "<", "<=", ">", ">=")) {
            to.admit(
                    operator,
                    "two values of one type but FLOAT and DOUBLE",
                    Comparisons::refuseComparison,
                    call -> "(" + comparable(call, 0) + " " + operator + " " + comparable(call, 1) + ")");
            to.admit(operator, "DOUBLE with DOUBLE, FLOAT with FLOAT", Comparisons::refuseFloating, call -> {
                String a = call.argument(0);
                String b = call.argument(1);
                String unequal = operator.equals("<>") ? "TRUE" : "FALSE";
                return "CASE WHEN isnan(" + a + ") AND " + b + " IS NOT NULL OR isnan(" + b + ") AND " + a
                        + " IS NOT NULL THEN " + unequal + " ELSE " + a + " " + operator + " " + b + " END";
            });
        }
        to.admit(
                "IS NOT DISTINCT FROM",
                "two values of one type but FLOAT and DOUBLE",
                Comparisons::refuseComparison,
                call -> "(" + comparable(call, 0) + " IS NOT DISTINCT FROM " + comparable(call, 1) + ")");
    }

    /** Exact numbers are compared at the larger scale; what has too many digits for it is an error. */
    private static String comparable(Call call, int index) throws NotNative {
        LogicalType own = call.type(index);
        LogicalType other = call.type(1 - index);
        if (!NativeTypes.isDecimal(own) && !NativeTypes.isDecimal(other) || !NativeTypes.isExact(own)) {
            return call.opaque(index);
        }
        int scale = Math.max(NativeTypes.scale(own), NativeTypes.scale(other));
        int whole = Math.max(
                NativeTypes.precision(own) - NativeTypes.scale(own),
                NativeTypes.precision(other) - NativeTypes.scale(other));
        return "CAST(" + call.opaque(index) + " AS DECIMAL(" + Math.min(DecimalType.MAX_PRECISION, whole + scale) + ","
                + scale + "))";
    }

    private static String refuseComparison(Call call) {
        LogicalType a = call.type(0);
        LogicalType b = call.type(1);
        if (NativeTypes.isExact(a) && NativeTypes.isExact(b)
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
}
