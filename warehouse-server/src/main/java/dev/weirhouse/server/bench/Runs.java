package dev.weirhouse.server.bench;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Values of the same thing, measured several times.
 *
 * @param values at least one, in the order in which they were measured
 */
record Runs(List<Double> values) {

    Runs {
        values = List.copyOf(requireNonNull(values, "values are null"));
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no value was measured");
        }
    }

    double min() {
        return sorted().get(0);
    }

    double max() {
        return sorted().get(values.size() - 1);
    }

    /** The value in the middle; between two, their mean. */
    double median() {
        List<Double> sorted = sorted();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /**
     * The smallest value that so many of a hundred do not exceed.
     *
     * @param percent above 0, at most 100
     */
    double percentile(double percent) {
        if (percent <= 0 || percent > 100) {
            throw new IllegalArgumentException("not a percentile: " + percent);
        }
        return sorted().get((int) Math.ceil(percent / 100 * values.size()) - 1);
    }

    private List<Double> sorted() {
        return values.stream().sorted().toList();
    }
}
