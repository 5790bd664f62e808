package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.Expressions.Call;
import dev.weirhouse.olap.flink.Functions.Admissions;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexUtil;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.TimestampType;

/** Three-valued logic, and the choice of a value. */
final class Logic {

    private Logic() {}

    static void admit(Admissions to) {
        to.admit("AND", "BOOLEAN", call -> null, call -> joined(call, " AND "));
        to.admit("OR", "BOOLEAN", call -> null, call -> joined(call, " OR "));
        to.admit("NOT", "BOOLEAN", call -> null, call -> "(NOT " + call.argument(0) + ")");
        for (String test : List.of("IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE")) {
            to.admit(test, "any type that is read", call -> null, call -> "(" + call.argument(0) + " " + test + ")");
        }
        to.admit("CASE", "values of one type; of CHAR, constants", call -> null, Logic::caseWhen);
        to.admit(
                "IF",
                "values of one type; of CHAR, constants",
                call -> null,
                call -> "CASE WHEN " + call.argument(0) + " THEN " + as(call, 1) + " ELSE " + as(call, 2) + " END");
        to.admit("COALESCE", "values of one type; of CHAR, constants", call -> null, call -> {
            List<String> values = new ArrayList<>();
            for (int i = 0; i < call.size(); i++) {
                values.add(as(call, i));
            }
            return "coalesce(" + String.join(", ", values) + ")";
        });
    }

    static String joined(Call call, String operator) {
        return "(" + String.join(operator, call.arguments()) + ")";
    }

    /** An argument as the call's own type. */
    private static String as(Call call, int index) throws NotNative {
        LogicalType from = call.type(index);
        if (Expressions.isNullLiteral(call.rex().getOperands().get(index))) {
            return "CAST(NULL AS " + call.duck() + ")";
        }
        // Flink casts no value of an IF, and cuts off later what the type has no room for.
        if (from instanceof TimestampType time && time.getPrecision() > ((TimestampType) call.type()).getPrecision()) {
            throw new NotNative(
                    Reason.CAST,
                    "a value of " + from.copy(true).asSummaryString() + " as "
                            + call.type().copy(true).asSummaryString());
        }
        // Flink pads what it chooses, and files of ORC have no blanks at the end of a CHAR.
        if (call.type().is(LogicalTypeRoot.CHAR)
                && !RexUtil.isLiteral(call.rex().getOperands().get(index), true)) {
            throw new NotNative(
                    Reason.CAST, "a computed value as " + call.type().copy(true).asSummaryString());
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
}
