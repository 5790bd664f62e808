package dev.weirhouse.olap.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.olap.paimon.ScanCondition;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A query as DuckDB's SQL, with a name {@code scan_0}, {@code scan_1}, … in the place of each table that it reads.
 *
 * @param sql the text; its columns are {@code c0}, {@code c1}, …
 * @param wide the text for values that need decimals of more digits than the first has; empty when that has them all
 * @param scans the tables, in the order of their names
 * @param types the columns' types
 * @param ordered whether the rows come in an order that the query gives
 */
public record NativePlan(
        String sql, Optional<String> wide, List<Scan> scans, List<LogicalType> types, boolean ordered) {
    public NativePlan {
        requireNonNull(sql, "sql is null");
        requireNonNull(wide, "wide is null");
        scans = List.copyOf(scans);
        types = List.copyOf(types);
    }

    /**
     * A table that is read. What stands for it has the table's physical columns by name, each of the type that {@link
     * NativeTypes} gives.
     *
     * @param source what Flink would read the table with
     * @param columns the names of the columns that the plan knows, in the order of the table
     * @param types their types
     * @param conditions hold for each row that the query wants of the table
     */
    public record Scan(
            DynamicTableSource source, List<String> columns, List<LogicalType> types, List<ScanCondition> conditions) {
        public Scan {
            requireNonNull(source, "source is null");
            columns = List.copyOf(columns);
            types = List.copyOf(types);
            conditions = List.copyOf(conditions);
        }
    }

    /**
     * The text with values in the places that the plan left open.
     *
     * @param inFull whether decimals have all digits of their types
     * @param openTypes the types of all values that the plan left open, in the order of their numbers
     * @param values a value for each
     * @throws NotNative for a value that DuckDB's type does not hold as Flink's does
     */
    public String sql(boolean inFull, List<LogicalType> openTypes, List<?> values) throws NotNative {
        return OpenValues.fill(inFull ? wide.orElse(sql) : sql, openTypes, values);
    }

    /** The values in the form in which the conditions of scans take them; null for one that is not known to be of its type. */
    public static List<Object> parameters(List<LogicalType> openTypes, List<?> values) {
        return OpenValues.known(openTypes, values);
    }

    /** The name that stands for a scan. */
    public static String name(int scan) {
        return "scan_" + scan;
    }
}
