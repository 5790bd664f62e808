package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.Outcome.Column;
import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * When two lanes agree about a query.
 *
 * <ol>
 *   <li>A lane that does not take the query agrees: Flink is asked.
 *   <li>A lane that chooses by itself has no failure of its own: where Flink answers, it does.
 *   <li>A native failure agrees whatever Flink says, for Flink is asked then; but a text that the engine cannot even compile
 *       is the translator's fault.
 *   <li>A native answer where Flink fails on the data is a mismatch. Where Flink cannot plan the query, or its own code
 *       breaks, there is nothing to compare with.
 *   <li>Two answers have the same types and nullability, no NULL in a column that has none, and the same rows: as
 *       multisets, and the columns of the query's order in the same order where it gives one.
 *   <li>Values are equal as texts. Where a query sums or averages, numbers with an exponent or a fraction of a DOUBLE may
 *       differ by {@link #TOLERANCE}, as the order of addition explains.
 * </ol>
 */
public final class Comparison {

    /** Of the larger of the two. */
    static final double TOLERANCE = 1e-9;

    private Comparison() {}

    /**
     * What of an answer is the same, whoever computes it right.
     *
     * @param order the columns whose values come in one order; those of an order that leaves no ties are all. Rows beside that
     *     may come in any order
     * @param sums whether a DOUBLE may depend on the order of addition
     */
    public record Fixed(List<Integer> order, boolean sums) {
        public Fixed {
            order = List.copyOf(order);
        }

        private static Fixed of(Query query, Rows rows) {
            return new Fixed(
                    query.isOrdered()
                            ? IntStream.range(0, rows.columns().size()).boxed().toList()
                            : List.of(),
                    query.sums());
        }
    }

    /** How a lane that must take every query disagrees with Flink, in words. */
    static Optional<String> mismatchOfAuto(Query query, Outcome flink, Outcome auto) {
        if (auto instanceof Refused || auto instanceof Failed) {
            return flink instanceof Rows ? Optional.of("Flink answers, and not by itself: " + auto) : Optional.empty();
        }
        return mismatch(query, flink, auto);
    }

    /** How the lanes disagree, in words. */
    static Optional<String> mismatch(Query query, Outcome flink, Outcome natively) {
        return mismatch(rows -> Fixed.of(query, rows), flink, natively);
    }

    /** How another lane disagrees with Flink about a query, in words. */
    public static Optional<String> mismatch(Fixed fixed, Outcome flink, Outcome other) {
        return mismatch(rows -> fixed, flink, other);
    }

    private static Optional<String> mismatch(Function<Rows, Fixed> fixed, Outcome flink, Outcome natively) {
        if (natively instanceof Refused) {
            return Optional.empty();
        }
        if (natively instanceof Failed failed) {
            return failed.failure() == Failure.TRANSLATION ? Optional.of(failed.message()) : Optional.empty();
        }
        if (flink instanceof Failed failed) {
            return failed.failure() == Failure.DATA
                    ? Optional.of("Flink fails: " + failed.message() + "; natively " + natively)
                    : Optional.empty();
        }
        return rows(fixed.apply((Rows) natively), (Rows) flink, (Rows) natively);
    }

    private static Optional<String> rows(Fixed fixed, Rows flink, Rows natively) {
        if (!flink.columns().equals(natively.columns())) {
            return Optional.of("Flink's columns " + flink.columns() + ", natively " + natively.columns());
        }
        for (List<String> row : natively.rows()) {
            for (int i = 0; i < row.size(); i++) {
                Column column = natively.columns().get(i);
                if (row.get(i) == null && !column.nullable()) {
                    return Optional.of("a NULL in column " + i + ", which has none: " + row);
                }
            }
        }
        if (flink.rows().size() != natively.rows().size()) {
            return Optional.of(flink.rows().size() + " rows of Flink, natively "
                    + natively.rows().size() + difference(flink.rows(), natively.rows()));
        }
        List<Column> columns = natively.columns();
        boolean sums = fixed.sums();
        for (int i = 0; i < flink.rows().size(); i++) {
            List<String> one = flink.rows().get(i);
            List<String> other = natively.rows().get(i);
            if (!fixed.order().stream().allMatch(column -> equal(one, other, column, sums, columns))) {
                return Optional.of("Flink " + one + ", natively " + other);
            }
        }
        if (!columns.isEmpty() && fixed.order().size() == columns.size()) {
            return Optional.empty();
        }
        List<List<String>> ours = sorted(natively.rows(), sums, columns);
        List<List<String>> theirs = sorted(flink.rows(), sums, columns);
        for (int i = 0; i < theirs.size(); i++) {
            List<String> one = theirs.get(i);
            List<String> other = ours.get(i);
            if (!IntStream.range(0, one.size()).allMatch(column -> equal(one, other, column, sums, columns))) {
                return Optional.of("Flink " + one + ", natively " + other);
            }
        }
        return Optional.empty();
    }

    private static String difference(List<List<String>> flink, List<List<String>> natively) {
        Map<List<String>, Integer> counts = new HashMap<>();
        flink.forEach(row -> counts.merge(row, 1, Integer::sum));
        natively.forEach(row -> counts.merge(row, -1, Integer::sum));
        counts.values().removeIf(count -> count == 0);
        return counts.isEmpty()
                ? ""
                : ", such as " + counts.entrySet().iterator().next();
    }

    /** Sums are sorted by their first digits, that those which differ by the tolerance meet. */
    private static List<List<String>> sorted(List<List<String>> rows, boolean sums, List<Column> columns) {
        List<List<String>> sorted = new ArrayList<>(rows);
        sorted.sort((a, b) -> key(a, sums, columns).compareTo(key(b, sums, columns)));
        return sorted;
    }

    private static String key(List<String> row, boolean sums, List<Column> columns) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            boolean rounded =
                    sums && row.get(i) != null && columns.get(i).type().equals("DOUBLE");
            key.append(rounded ? "%.5e".formatted(Double.parseDouble(row.get(i))) : row.get(i))
                    .append('\u0001');
        }
        return key.toString();
    }

    private static boolean equal(
            List<String> flink, List<String> natively, int column, boolean sums, List<Column> columns) {
        String one = flink.get(column);
        String other = natively.get(column);
        if (one == null || other == null || one.equals(other)) {
            return one == null ? other == null : one.equals(other);
        }
        return sums
                && columns.get(column).type().equals("DOUBLE")
                && isClose(Double.parseDouble(one), Double.parseDouble(other));
    }

    private static boolean isClose(double one, double other) {
        // What is infinite is an infinite distance away, which is a billionth of itself.
        return Double.isFinite(one)
                && Double.isFinite(other)
                && Math.abs(one - other) <= TOLERANCE * Math.max(Math.abs(one), Math.abs(other));
    }
}
