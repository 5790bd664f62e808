package dev.weirhouse.olap.flink;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the reference page of what is computed natively, from the lists that decide it or stand beside what does. */
public final class NativeLaneReference {

    private static final String INTRODUCTION =
            """
            # The native lane

            A query is computed natively, by DuckDB over Paimon's files, when everything in Flink's plan of it is on this page;
            else Flink computes it, with the same answer. What is here has been compared with Flink, over null, the ends of each
            type, NaN and infinities, dates before 1970 and texts beyond ASCII. Where DuckDB would give another value than Flink
            (an overflow, a division by zero, a date before 1583), it fails instead, and Flink computes the query.

            `EXPLAIN` tells which lane a query takes, and where it is not the native one, the first reason. A session's option
            `olap.lane` forces one: `native` refuses what is not on this page, `flink` leaves everything to Flink.

            Sums and averages of DOUBLE depend on the order of addition, in Flink as here: two runs may differ in the last
            digits. Rows in no given order, and rows that are equal in the order that is given, come in any.
            """;

    private NativeLaneReference() {}

    /** What is admitted, by the heading on the page. */
    static Map<String, List<Admitted>> admitted() {
        Map<String, List<Admitted>> sections = new LinkedHashMap<>();
        sections.put("Relations", Relations.ADMITTED);
        sections.put("Aggregates", Aggregates.ADMITTED);
        sections.put("Windows", Windows.ADMITTED);
        sections.put("Casts", Casts.ADMITTED);
        sections.put("Operators and functions", Functions.admitted());
        return sections;
    }

    /** The page in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("\n## Types\n\n| type | natively |\n|---|---|\n");
        NativeTypes.ADMITTED.forEach(type -> page.append(row(type.name(), type.arguments())));
        admitted().forEach((heading, list) -> {
            page.append("\n## ").append(heading).append("\n\n| what | of |\n|---|---|\n");
            list.forEach(one -> page.append(row("`" + one.name() + "`", one.arguments())));
        });
        page.append("\n## What is left to Flink\n\n| what | why |\n|---|---|\n");
        for (Reason reason : Reason.values()) {
            page.append(row(reason.what(), reason.why()));
        }
        return page.toString();
    }

    private static String row(String first, String second) {
        return "| " + cell(first) + " | " + cell(second) + " |\n";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
