package dev.weirhouse.olap.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.flink.table.types.logical.LogicalType;

/** The order of rows, as Flink sorts them. */
final class Orders {

    private Orders() {}

    /** The terms of an ORDER BY. */
    static String terms(RelCollation collation, List<LogicalType> types) throws NotNative {
        List<String> terms = new ArrayList<>();
        for (RelFieldCollation field : collation.getFieldCollations()) {
            LogicalType type = types.get(field.getFieldIndex());
            NativeTypes.name(type);
            String direction =
                    switch (field.getDirection()) {
                        case ASCENDING, STRICTLY_ASCENDING -> " ASC";
                        case DESCENDING, STRICTLY_DESCENDING -> " DESC";
                        default -> throw new NotNative(Reason.OPERATOR, "an order of kind " + field.getDirection());
                    };
            String nulls =
                    switch (field.nullDirection) {
                        case FIRST -> " NULLS FIRST";
                        case LAST -> " NULLS LAST";
                        // Flink takes NULL for the lowest value where the plan does not say.
                        default -> direction.equals(" ASC") ? " NULLS FIRST" : " NULLS LAST";
                    };
            String column = "c" + field.getFieldIndex();
            terms.add((NativeTypes.isFloating(type) ? sortable(column) : column) + direction + nulls);
        }
        return String.join(", ", terms);
    }

    /** Where Flink sorts NaN and -0.0 to depends on its way of sorting, so it is asked when they are met. */
    private static String sortable(String column) {
        return "CASE WHEN isnan(" + column + ") OR " + column + " = 0 AND signbit(" + column + ") THEN "
                + Functions.GUARD + " ELSE " + column + " END";
    }
}
