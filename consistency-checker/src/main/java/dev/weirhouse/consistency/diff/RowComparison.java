package dev.weirhouse.consistency.diff;

import dev.weirhouse.consistency.diff.DiffReport.Kind;
import dev.weirhouse.consistency.diff.DiffReport.Sample;
import dev.weirhouse.consistency.diff.RowBytes.Hashed;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Compares rows that were put aside, pile by pile, and counts what differs. With a key, rows of one key are the same row; without
 * one, rows are counted. A second row of a key is one that the other side has not. Used by one thread.
 */
final class RowComparison {

    /** The longest text of a value in a sample. */
    private static final int LONGEST = 200;

    private static final double DOUBLE_TOLERANCE = 1e-9;
    private static final double FLOAT_TOLERANCE = 1e-5;

    private final List<String> columns;
    private final List<LogicalType> types;
    private final int keys;
    private final Limits limits;
    private final Seen seen;
    private final long[] byColumn;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<Kind, List<Sample>> samples = new EnumMap<>(Kind.class);

    /**
     * @param columns those of the key first
     * @param keys how many of them are the key's; all, where rows are counted
     * @param seen is shown each row that differs, and says whether it counts
     */
    RowComparison(List<String> columns, List<LogicalType> types, int keys, Limits limits, Seen seen) {
        this.columns = columns;
        this.types = types;
        this.keys = keys;
        this.limits = limits;
        this.seen = seen;
        this.byColumn = new long[columns.size()];
    }

    /** Sees rows that differ. */
    @FunctionalInterface
    interface Seen {
        /** All that is seen counts. */
        Seen ALL = (kind, key, left, right) -> true;

        /**
         * Whether a row that differs counts as one.
         *
         * @param left its columns beside the key; of no meaning where the left has no such row
         * @param right the same of the right
         */
        boolean counts(Kind kind, byte[] key, byte[] left, byte[] right);
    }

    /** Compares two piles, of which the left one is held in the heap. */
    void compare(RowPile left, RowPile right) {
        if (keys == columns.size()) {
            count(left, right);
        } else {
            compareByKey(left, right);
        }
    }

    private void count(RowPile left, RowPile right) {
        Map<Hashed, int[]> surplus = new HashMap<>();
        left.forEach((key, row) -> surplus.computeIfAbsent(new Hashed(key), any -> new int[1])[0]++);
        right.forEach((key, row) -> surplus.computeIfAbsent(new Hashed(key), any -> new int[1])[0]--);
        surplus.forEach((key, count) -> {
            for (int i = 0; i < Math.abs(count[0]); i++) {
                differs(count[0] > 0 ? Kind.ONLY_LEFT : Kind.ONLY_RIGHT, key.bytes(), new byte[0], new byte[0]);
            }
        });
    }

    private void compareByKey(RowPile left, RowPile right) {
        Map<Hashed, byte[]> rows = new HashMap<>();
        left.forEach((key, row) -> {
            if (rows.putIfAbsent(new Hashed(key), row) != null) {
                differs(Kind.ONLY_LEFT, key, row, row);
            }
        });
        right.forEach((key, row) -> {
            byte[] other = rows.remove(new Hashed(key));
            if (other == null) {
                differs(Kind.ONLY_RIGHT, key, row, row);
            } else if (!Arrays.equals(other, row)) {
                compare(key, other, row);
            }
        });
        rows.forEach((key, row) -> differs(Kind.ONLY_LEFT, key.bytes(), row, row));
    }

    private void compare(byte[] key, byte[] left, byte[] right) {
        List<String> ours = RowBytes.texts(left);
        List<String> theirs = RowBytes.texts(right);
        List<Integer> changed = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            if (!equal(ours.get(i), theirs.get(i), types.get(keys + i))) {
                changed.add(keys + i);
            }
        }
        if (!changed.isEmpty() && seen.counts(Kind.CHANGED, key, left, right)) {
            changed.forEach(column -> byColumn[column]++);
            tell(Kind.CHANGED, key, left, right);
        }
    }

    private boolean equal(String one, String other, LogicalType type) {
        if (one == null || other == null || one.equals(other)) {
            return one == null ? other == null : one.equals(other);
        }
        return limits.floats() == Floats.AS_SUMS
                && switch (type.getTypeRoot()) {
                    case DOUBLE -> isClose(one, other, DOUBLE_TOLERANCE);
                    case FLOAT -> isClose(one, other, FLOAT_TOLERANCE);
                    default -> false;
                };
    }

    private static boolean isClose(String one, String other, double tolerance) {
        double a = Double.parseDouble(one);
        double b = Double.parseDouble(other);
        // What is infinite is an infinite distance away, which is a billionth of itself. What adds up to nothing is as
        // far from
        // it as its summands were inexact, which is no part of its own size.
        return Double.isFinite(a)
                && Double.isFinite(b)
                && Math.abs(a - b) <= tolerance * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }

    private void differs(Kind kind, byte[] key, byte[] left, byte[] right) {
        if (seen.counts(kind, key, left, right)) {
            tell(kind, key, left, right);
        }
    }

    private void tell(Kind kind, byte[] key, byte[] left, byte[] right) {
        counts.merge(kind, 1L, Long::sum);
        List<Sample> kept = samples.computeIfAbsent(kind, any -> new ArrayList<>());
        if (kept.size() < limits.samples()) {
            kept.add(new Sample(
                    kind,
                    kind == Kind.ONLY_RIGHT ? List.of() : texts(key, left),
                    kind == Kind.ONLY_LEFT ? List.of() : texts(key, right)));
        }
    }

    private static List<String> texts(byte[] key, byte[] row) {
        List<String> texts = new ArrayList<>();
        RowBytes.texts(key).forEach(text -> texts.add(clipped(text)));
        RowBytes.texts(row).forEach(text -> texts.add(clipped(text)));
        return texts;
    }

    private static String clipped(String text) {
        return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    long count(Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    Map<String, Long> changedColumns() {
        Map<String, Long> changed = new LinkedHashMap<>();
        for (int i = 0; i < byColumn.length; i++) {
            if (byColumn[i] > 0) {
                changed.put(columns.get(i), byColumn[i]);
            }
        }
        return changed;
    }

    List<Sample> samples() {
        return samples.values().stream().flatMap(List::stream).toList();
    }
}
