package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.NativePlan.Scan;
import dev.weirhouse.olap.paimon.ReadColumn;
import java.util.ArrayList;
import java.util.List;

/** What stands in a {@link NativePlan} for its tables. */
public final class ScanSql {

    private ScanSql() {}

    /** The columns of a scan that the native lane reads; an expression that uses another is not native. */
    public static List<ReadColumn> columns(Scan scan) throws NotNative {
        List<ReadColumn> columns = new ArrayList<>();
        for (int i = 0; i < scan.columns().size(); i++) {
            if (Relations.isReadable(scan.types().get(i))) {
                columns.add(new ReadColumn(
                        scan.columns().get(i), NativeTypes.name(scan.types().get(i))));
            }
        }
        return columns;
    }

    /**
     * The plan's text with its tables in it.
     *
     * @param body the plan's text with its values
     * @param relations for each scan a {@code SELECT} of its {@linkplain #columns columns}
     */
    public static String sql(NativePlan plan, String body, List<String> relations) {
        if (plan.scans().isEmpty()) {
            return body;
        }
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < plan.scans().size(); i++) {
            tables.add(NativePlan.name(i) + " AS NOT MATERIALIZED (" + relations.get(i) + ")");
        }
        String query = body.startsWith("WITH ") ? "SELECT * FROM (" + body + ")" : body;
        return "WITH " + String.join(", ", tables) + " " + query;
    }
}
