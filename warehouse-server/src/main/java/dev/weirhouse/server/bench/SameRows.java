package dev.weirhouse.server.bench;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;

/** Whether two answers say the same. The order of rows counts only as far as it is the same by itself. */
final class SameRows {

    /** What a mean of decimals with six digits after the point may differ from the same mean as a double. */
    private static final double TOLERANCE = 1e-6;

    private SameRows() {}

    /** The first row of one that the other has not, value by value the same; empty when there is none. */
    static Optional<String> difference(List<List<String>> expected, List<List<String>> found) {
        return difference(expected, found, (one, other) -> false);
    }

    /** As {@link #difference(List, List)}, where numbers may differ by what a double cannot hold. */
    static Optional<String> roughDifference(List<List<String>> expected, List<List<String>> found) {
        return difference(expected, found, SameRows::isNear);
    }

    /** As {@link #difference(List, List)}, where one may have fewer digits of a number than the other. */
    static Optional<String> roundedDifference(List<List<String>> expected, List<List<String>> found) {
        return difference(expected, found, SameRows::isRounded);
    }

    private static Optional<String> difference(
            List<List<String>> expected, List<List<String>> found, BiPredicate<BigDecimal, BigDecimal> near) {
        if (expected.size() != found.size()) {
            return Optional.of(expected.size() + " rows expected, " + found.size() + " found");
        }
        // Ties may come in any order: what is not in its place is looked for among the others that are not.
        List<List<String>> missing = new ArrayList<>();
        List<List<String>> others = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            if (!same(expected.get(i), found.get(i), near)) {
                missing.add(expected.get(i));
                others.add(found.get(i));
            }
        }
        for (List<String> row : missing) {
            if (!remove(others, row, near)) {
                return Optional.of(row + " expected and missing, " + others.get(0) + " is there");
            }
        }
        return Optional.empty();
    }

    private static boolean remove(
            List<List<String>> rows, List<String> wanted, BiPredicate<BigDecimal, BigDecimal> near) {
        for (Iterator<List<String>> each = rows.iterator(); each.hasNext(); ) {
            if (same(wanted, each.next(), near)) {
                each.remove();
                return true;
            }
        }
        return false;
    }

    private static boolean same(List<String> one, List<String> other, BiPredicate<BigDecimal, BigDecimal> near) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!Objects.equals(one.get(i), other.get(i)) && !near(one.get(i), other.get(i), near)) {
                return false;
            }
        }
        return true;
    }

    private static boolean near(String one, String other, BiPredicate<BigDecimal, BigDecimal> near) {
        if (one == null || other == null) {
            return false;
        }
        try {
            return near.test(new BigDecimal(one), new BigDecimal(other));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean isNear(BigDecimal one, BigDecimal other) {
        double difference = one.subtract(other).abs().doubleValue();
        return difference <= TOLERANCE * Math.max(1, one.abs().doubleValue());
    }

    /** Within half of the last digit of the one that has fewer, and a little for a number that was rounded before. */
    private static boolean isRounded(BigDecimal one, BigDecimal other) {
        double unit = Math.pow(10, -Math.min(one.scale(), other.scale()));
        return one.subtract(other).abs().doubleValue() <= unit * (0.5 + TOLERANCE);
    }
}
