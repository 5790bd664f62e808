package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.flink.NativePlan.Scan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What stands in a {@link NativePlan} for its tables. */
public final class ScanSql {

    private ScanSql() {}

    /** Whether the native lane reads the column of a scan. */
    public static boolean reads(Scan scan, String column) {
        int index = scan.columns().indexOf(column);
        return index >= 0 && Relations.isReadable(scan.types().get(index));
    }

    /** The plan's text with the tables' files in it. */
    public static String sql(NativePlan plan, List<List<Path>> files) throws NotNative {
        return sql(plan, plan.sql(), files);
    }

    /**
     * The plan's text with the tables' files in it.
     *
     * @param body the plan's text with its values
     */
    public static String sql(NativePlan plan, String body, List<List<Path>> files) throws NotNative {
        if (plan.scans().isEmpty()) {
            return body;
        }
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < plan.scans().size(); i++) {
            tables.add(NativePlan.name(i) + " AS NOT MATERIALIZED ("
                    + sql(plan.scans().get(i), files.get(i)) + ")");
        }
        String query = body.startsWith("WITH ") ? "SELECT * FROM (" + body + ")" : body;
        return "WITH " + String.join(", ", tables) + " " + query;
    }

    private static String sql(Scan scan, List<Path> files) throws NotNative {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < scan.columns().size(); i++) {
            if (Relations.isReadable(scan.types().get(i))) {
                String name = Relations.quoted(scan.columns().get(i));
                String type = NativeTypes.name(scan.types().get(i));
                items.add("CAST(" + (files.isEmpty() ? "NULL" : name) + " AS " + type + ") AS " + name);
            }
        }
        if (items.isEmpty()) {
            items.add("1 AS none");
        }
        if (files.isEmpty()) {
            return "SELECT " + String.join(", ", items) + " WHERE FALSE";
        }
        String list = files.stream()
                .map(file -> "'" + file.toString().replace("'", "''") + "'")
                .collect(Collectors.joining(", "));
        return "SELECT " + String.join(", ", items) + " FROM read_parquet([" + list + "])";
    }
}
