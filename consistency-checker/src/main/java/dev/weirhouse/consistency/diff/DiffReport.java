package dev.weirhouse.consistency.diff;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What a comparison of two tables has found.
 *
 * @param left what was compared, as {@code version@snapshot}
 * @param right with what
 * @param schema how their columns and keys differ, in words
 * @param key the columns that say which rows are the same; none where whole rows were counted
 * @param columns the columns that were compared, those of the key first
 * @param onlyLeft rows whose key is on the left alone; without a key, rows that the left has more often
 * @param onlyRight the same of the right
 * @param changed rows of one key that differ in other columns
 * @param changedColumns for each column, how many rows differ in it; of columns that differ in none, nothing
 * @param samples some of the rows that differ
 * @param parts how the tables' parts were compared
 */
public record DiffReport(
        String left,
        String right,
        List<String> schema,
        List<String> key,
        List<String> columns,
        long onlyLeft,
        long onlyRight,
        long changed,
        Map<String, Long> changedColumns,
        List<Sample> samples,
        Parts parts) {

    public DiffReport {
        requireNonNull(left, "left is null");
        requireNonNull(right, "right is null");
        schema = List.copyOf(schema);
        key = List.copyOf(key);
        columns = List.copyOf(columns);
        requireNonNull(changedColumns, "changedColumns are null");
        samples = List.copyOf(samples);
        requireNonNull(parts, "parts are null");
    }

    /** How a row differs. */
    public enum Kind {
        ONLY_LEFT,
        ONLY_RIGHT,
        CHANGED
    }

    /**
     * A row that differs.
     *
     * @param left its values as texts, in the order of the columns, with null for NULL; empty where there is no such row
     * @param right the same of the other side
     */
    public record Sample(Kind kind, List<String> left, List<String> right) {
        public Sample {
            requireNonNull(kind, "kind is null");
            left = Collections.unmodifiableList(new ArrayList<>(left));
            right = Collections.unmodifiableList(new ArrayList<>(right));
        }
    }

    /**
     * How parts were compared: buckets where both sides have the same, or else partitions, or else the tables as a whole.
     *
     * @param all how many there are
     * @param sameFiles of which no file was read, for both sides have the same
     * @param sameSums whose rows were read and have equal checksums
     * @param rows how many rows were read in all, some of them twice
     */
    public record Parts(int all, int sameFiles, int sameSums, long rows) {}

    /** The same, with another name for what was compared with. */
    public DiffReport with(String said) {
        return new DiffReport(
                left, said, schema, key, columns, onlyLeft, onlyRight, changed, changedColumns, samples, parts);
    }

    /** How much differs: rows, and one for the columns and keys. */
    public long differences() {
        return onlyLeft + onlyRight + changed + (schema.isEmpty() ? 0 : 1);
    }

    /** Whether nothing differs. */
    public boolean agrees() {
        return schema.isEmpty() && rowsAgree();
    }

    /** Whether no row differs in the columns that were compared. */
    public boolean rowsAgree() {
        return onlyLeft == 0 && onlyRight == 0 && changed == 0;
    }
}
