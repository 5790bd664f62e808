package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.Outcome.Column;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run of {@link Fuzz} has shown. */
public final class FuzzReport {

    /** How many statements that the generator got wrong, and other examples, are kept. */
    private static final int EXAMPLES = 5;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /**
     * A query about which the lanes disagree.
     *
     * @param smallest what is left of it when it still does
     * @param difference in words
     */
    public record Mismatch(String query, String smallest, String difference) {

        /** The query as a script, with what Flink answers to be written in. */
        public String script() {
            return "# " + difference.replace("\n", " ") + "\nquery\n" + smallest + "\n----\n";
        }
    }

    private final List<Mismatch> mismatches = new ArrayList<>();
    private final List<String> invalid = new ArrayList<>();
    private final List<String> disagreed = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final Map<String, Integer> asked = new TreeMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private final Map<String, Integer> parts = new TreeMap<>();
    private final Map<String, Integer> types = new TreeMap<>();
    private final Map<String, Integer> tables = new TreeMap<>();
    private int invalidQueries;
    private int answered;
    private int whole;
    private int chosen;
    private int rows;
    private int values;
    private long flinkNanos;
    private long flinkForExpressionsNanos;
    private long nativeNanos;
    private long autoNanos;

    FuzzReport() {}

    /** What several runs have shown together. */
    public static FuzzReport of(Collection<FuzzReport> runs) {
        FuzzReport all = new FuzzReport();
        runs.forEach(all::add);
        return all;
    }

    private void add(FuzzReport run) {
        mismatches.addAll(run.mismatches);
        run.invalid.stream().limit(Math.max(0, EXAMPLES - invalid.size())).forEach(invalid::add);
        disagreed.addAll(run.disagreed);
        add(refusals, run.refusals);
        add(asked, run.asked);
        add(failures, run.failures);
        add(parts, run.parts);
        add(types, run.types);
        add(tables, run.tables);
        invalidQueries += run.invalidQueries;
        answered += run.answered;
        whole += run.whole;
        chosen += run.chosen;
        rows += run.rows;
        values += run.values;
        flinkNanos += run.flinkNanos;
        flinkForExpressionsNanos += run.flinkForExpressionsNanos;
        nativeNanos += run.nativeNanos;
        autoNanos += run.autoNanos;
    }

    private static void add(Map<String, Integer> all, Map<String, Integer> more) {
        more.forEach((name, count) -> all.merge(name, count, Integer::sum));
    }

    void flinkTook(long nanos) {
        flinkNanos += nanos;
    }

    void flinkTookForExpressions(long nanos) {
        flinkForExpressionsNanos += nanos;
    }

    void nativelyTook(long nanos) {
        nativeNanos += nanos;
    }

    void autoTook(long nanos) {
        autoNanos += nanos;
    }

    void chosen() {
        chosen++;
    }

    void invalid(Query query, String message) {
        invalidQueries++;
        if (invalid.size() < EXAMPLES) {
            invalid.add(firstLine(message) + ": " + query.sql());
        }
    }

    void refused(String reason) {
        refusals.merge(reason, 1, Integer::sum);
    }

    void asked(String message) {
        asked.merge(firstLine(message).replaceAll("[0-9][0-9.eE+-]*", "n"), 1, Integer::sum);
    }

    void flinkFailed(String message) {
        failures.merge(firstLine(message), 1, Integer::sum);
    }

    /** Flink's answer to a query was another one in a batch. */
    void flinkDisagreed(Query query) {
        disagreed.add(query.sql());
    }

    void answered(Query query, Rows answer) {
        answered++;
        whole += query.isExpression() ? 0 : 1;
        rows += answer.rows().size();
        // The id before an expression only tells which row it is of.
        List<Column> columns = answer.columns()
                .subList(query.isExpression() ? 1 : 0, answer.columns().size());
        values += answer.rows().size() * columns.size();
        query.parts().forEach(part -> parts.merge(part, 1, Integer::sum));
        query.tables().forEach(table -> tables.merge(table, 1, Integer::sum));
        for (Column column : columns) {
            types.merge(column.type().replaceAll("\\(.*", ""), 1, Integer::sum);
        }
    }

    void mismatch(String query, String smallest, String difference) {
        mismatches.add(new Mismatch(query, smallest, difference));
    }

    /** How many valid expressions and queries were drawn. */
    public int comparisons() {
        return answered + sum(refusals) + sum(asked);
    }

    public List<Mismatch> mismatches() {
        return List.copyOf(mismatches);
    }

    /** The share of them that was answered natively. */
    public double nativeShare() {
        return comparisons() == 0 ? 0 : answered / (double) comparisons();
    }

    /** How often each reason was the first against the native lane. */
    public Map<String, Integer> refusals() {
        return Map.copyOf(refusals);
    }

    /** How many were answered natively, and compared. */
    public int answered() {
        return answered;
    }

    /** How many of these were whole queries. */
    public int wholeQueries() {
        return whole;
    }

    /** How often each operator and function was in a query that was answered natively. */
    public Map<String, Integer> parts() {
        return Map.copyOf(parts);
    }

    /** How many columns of each type were answered natively. */
    public Map<String, Integer> types() {
        return Map.copyOf(types);
    }

    /** How many queries that were answered natively read each table, at a moment or in a branch where a hint or name says so. */
    public Map<String, Integer> tables() {
        return Map.copyOf(tables);
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** How many comparisons there were, and how they came out. */
    public String summary() {
        return "%d comparisons, %d answered natively (%.1f %%), %d of these whole queries; %d mismatches"
                .formatted(comparisons(), answered, 100 * nativeShare(), whole, mismatches.size());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(summary());
        text.append("; %d rows, %d values; %d answers of the lane that chooses%n".formatted(rows, values, chosen));
        text.append(("planned and run natively in %d s, by Flink in %d s for expressions and %d s for whole queries,"
                        + " by the lane that chooses in %d s%n")
                .formatted(
                        nativeNanos / NANOS_PER_SECOND,
                        flinkForExpressionsNanos / NANOS_PER_SECOND,
                        flinkNanos / NANOS_PER_SECOND,
                        autoNanos / NANOS_PER_SECOND));
        append(text, "not native", refusals);
        append(text, "left to Flink while computing", asked);
        append(text, "Flink failed", failures);
        text.append("not valid: ")
                .append(invalidQueries)
                .append(' ')
                .append(invalid)
                .append('\n');
        text.append("answered otherwise by Flink in a batch, where it alone agrees: ")
                .append(disagreed.size())
                .append(' ')
                .append(disagreed.subList(0, Math.min(EXAMPLES, disagreed.size())))
                .append('\n');
        append(text, "types", types);
        append(text, "tables", tables);
        append(text, "parts", parts);
        for (Mismatch mismatch : mismatches) {
            text.append("\nMISMATCH in ").append(mismatch.query()).append('\n').append(mismatch.script());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String what, Map<String, Integer> counts) {
        text.append(what).append(": ");
        counts.entrySet().stream()
                .sorted((a, b) -> Integer.compare(b.getValue(), a.getValue()))
                .forEach(one ->
                        text.append("\n  ").append(one.getValue()).append(' ').append(one.getKey()));
        text.append('\n');
    }
}
