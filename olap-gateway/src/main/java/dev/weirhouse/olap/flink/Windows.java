package dev.weirhouse.olap.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.flink.table.types.logical.LogicalType;

/** Functions over a window. */
final class Windows {

    static final List<Admitted> ADMITTED = List.of(
            new Admitted("ROW_NUMBER, RANK, DENSE_RANK", "any order"),
            new Admitted("COUNT, SUM, MIN, MAX", "as aggregates, over a whole partition"),
            new Admitted(
                    "COUNT, SUM, MIN, MAX", "as aggregates, from the partition's begin or to its end, ROWS or RANGE"),
            new Admitted("ROW_NUMBER, RANK up to a number", "the first rows of each partition"));

    private Windows() {}

    /** What stands between the parentheses of OVER but the frame. */
    static String over(List<Integer> partition, RelCollation order, List<LogicalType> types) throws NotNative {
        List<String> keys = new ArrayList<>();
        for (int key : partition) {
            if (!NativeTypes.isKey(types.get(key))) {
                throw new NotNative(
                        Reason.KEY,
                        "partitioning by " + types.get(key).copy(true).asSummaryString());
            }
            NativeTypes.name(types.get(key));
            keys.add("c" + key);
        }
        String terms = Orders.terms(order, types);
        return (keys.isEmpty() ? "" : "PARTITION BY " + String.join(", ", keys))
                + (terms.isEmpty() ? "" : " ORDER BY " + terms);
    }

    /** The frame of a window, with a blank before it; nothing where it is the whole partition. */
    static String frame(Window.Group group) throws NotNative {
        if (group.orderKeys.getFieldCollations().isEmpty()) {
            // Without an order all rows are peers.
            boolean whole = group.lowerBound.isUnbounded()
                    && (group.upperBound.isUnbounded() || !group.isRows && group.upperBound.isCurrentRow());
            if (!whole) {
                throw new NotNative(Reason.WINDOW, "a window frame without an order");
            }
            return "";
        }
        return (group.isRows ? " ROWS" : " RANGE") + " BETWEEN " + bound(group.lowerBound, group.isRows) + " AND "
                + bound(group.upperBound, group.isRows);
    }

    private static String bound(RexWindowBound bound, boolean rows) throws NotNative {
        if (bound.isUnbounded()) {
            return bound.isPreceding() ? "UNBOUNDED PRECEDING" : "UNBOUNDED FOLLOWING";
        }
        if (bound.isCurrentRow()) {
            return "CURRENT ROW";
        }
        throw new NotNative(Reason.WINDOW, "a window frame with an offset of " + (rows ? "rows" : "values"));
    }

    /** @param window the text between the parentheses of OVER */
    static String sql(
            Window.RexWinAggCall call,
            Window.Group group,
            List<RexLiteral> constants,
            List<LogicalType> input,
            LogicalType result,
            String window)
            throws NotNative {
        String name = call.getOperator().getName();
        String type = NativeTypes.name(result);
        if (!Operators.isBuiltIn(call.getOperator())) {
            throw new NotNative(Reason.WINDOW, name + ", which is none of Flink's own");
        }
        switch (name) {
            case "ROW_NUMBER", "RANK", "DENSE_RANK" -> {
                // A rank has no frame.
                String over = window.replaceAll(" (ROWS|RANGE) BETWEEN .*$", "");
                return "CAST(" + name.toLowerCase(Locale.ROOT) + "() OVER (" + over + ") AS " + type + ")";
            }
            case "COUNT", "SUM", "$SUM0", "MIN", "MAX" -> {
                List<Integer> arguments = new ArrayList<>();
                for (RexNode operand : call.getOperands()) {
                    if (!(operand instanceof RexInputRef column) || column.getIndex() >= input.size()) {
                        throw new NotNative(Reason.WINDOW, name + " of a constant over a window");
                    }
                    arguments.add(column.getIndex());
                }
                return Aggregates.sql(name, arguments, call.distinct, input, result, " OVER (" + window + ")", false);
            }
            default -> throw new NotNative(Reason.WINDOW, name + " over a window");
        }
    }
}
