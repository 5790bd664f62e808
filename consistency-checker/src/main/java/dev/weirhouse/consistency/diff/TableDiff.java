package dev.weirhouse.consistency.diff;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.paimon.TableParts;
import dev.weirhouse.consistency.diff.DiffReport.Kind;
import dev.weirhouse.consistency.diff.DiffReport.Parts;
import dev.weirhouse.consistency.diff.Grouping.Group;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Compares two tables to the row.
 *
 * <ol>
 *   <li>Columns and keys are compared; what follows is of the columns that both have with one type. Rows are the same when their
 *       primary keys are; where there is none, or another, rows are counted.
 *   <li>The parts of both are put together ({@link Grouping}). Where both sides are snapshots of one table, groups of the same
 *       files need no reading; and of a table without a key, those files that both have are left out.
 *   <li>The rows of a group are compared by their sums, and where those differ one by one ({@link RowsDiff}).
 * </ol>
 *
 * <p>Used by one thread.
 */
public final class TableDiff {

    private final TableParts left;
    private final TableParts right;
    private final Runnable goesOn;
    private final List<String> schema = new ArrayList<>();
    private final List<String> key;
    private final List<String> columns;
    private final RowReading reading;
    private final RowComparison rows;
    private final RowsDiff piles;
    private int sameFiles;
    private int sameSums;

    /**
     * What a comparison may take.
     *
     * @param folder for rows that the heap does not hold; it is there
     * @param memory bytes of the heap for rows
     * @param samples how many rows that differ are told, of each kind
     */
    public record Limits(Path folder, long memory, int samples, Floats floats) {
        public Limits {
            requireNonNull(folder, "folder is null");
            requireNonNull(floats, "floats are null");
        }
    }

    private TableDiff(TableParts left, TableParts right, Limits limits, Runnable goesOn) {
        this.left = left;
        this.right = right;
        this.goesOn = goesOn;
        List<String> shared = sharedColumns();
        this.key = key(shared);
        Set<String> ordered = new LinkedHashSet<>(key);
        ordered.addAll(shared);
        this.columns = List.copyOf(ordered);
        Map<String, LogicalType> all = left.columns();
        List<LogicalType> types = columns.stream().map(all::get).toList();
        int keys = key.isEmpty() ? columns.size() : key.size();
        this.reading = new RowReading(columns, types, keys, goesOn);
        this.rows = new RowComparison(columns, types, keys, limits, RowComparison.Seen.ALL);
        this.piles = new RowsDiff(rows, limits, goesOn);
    }

    /**
     * Compares.
     *
     * @param goesOn throws when the comparison is to end; asked now and then
     * @throws WarehouseException when files cannot be read; or what {@code goesOn} throws
     */
    public static DiffReport of(OpenRelation left, OpenRelation right, Limits limits, Runnable goesOn) {
        return new TableDiff(left.parts(), right.parts(), limits, goesOn).run(left.place(), right.place());
    }

    private List<String> sharedColumns() {
        Map<String, LogicalType> ours = left.columns();
        Map<String, LogicalType> theirs = right.columns();
        List<String> shared = new ArrayList<>();
        ours.forEach((name, type) -> {
            LogicalType other = theirs.get(name);
            if (other == null) {
                schema.add("the column " + name + " is on the left alone");
            } else if (!type.equals(other)) {
                schema.add("the column " + name + " is " + type.asSummaryString() + " on the left, and "
                        + other.asSummaryString() + " on the right");
            }
            if (other != null && type.copy(true).equals(other.copy(true))) {
                shared.add(name);
            }
        });
        theirs.keySet().stream()
                .filter(name -> !ours.containsKey(name))
                .forEach(name -> schema.add("the column " + name + " is on the right alone"));
        return shared;
    }

    private List<String> key(List<String> shared) {
        List<String> ours = left.primaryKey();
        List<String> theirs = right.primaryKey();
        if (!Set.copyOf(ours).equals(Set.copyOf(theirs))) {
            schema.add("the primary key is " + said(ours) + " on the left, and " + said(theirs) + " on the right");
            return List.of();
        }
        return shared.containsAll(ours) ? ours : List.of();
    }

    private static String said(List<String> key) {
        return key.isEmpty() ? "none" : String.join(", ", key);
    }

    private DiffReport run(String leftPlace, String rightPlace) {
        List<Group> groups = columns.isEmpty() ? List.of() : Grouping.of(left, right, key, columns);
        boolean alike = left.isAlike(right);
        boolean sums = alike && key.isEmpty() && left.isSumOfFiles() && right.isSumOfFiles();
        for (Group group : groups) {
            goesOn.run();
            Set<String> files = group.leftFiles();
            if (alike && files.equals(group.rightFiles())) {
                sameFiles++;
            } else if (sums) {
                Set<String> both = new TreeSet<>(files);
                both.retainAll(group.rightFiles());
                compare(group.without(both));
            } else {
                compare(group);
            }
        }
        return new DiffReport(
                leftPlace,
                rightPlace,
                schema,
                key,
                columns,
                rows.count(Kind.ONLY_LEFT),
                rows.count(Kind.ONLY_RIGHT),
                rows.count(Kind.CHANGED),
                rows.changedColumns(),
                rows.samples(),
                new Parts(groups.size(), sameFiles, sameSums, reading.rows()));
    }

    private void compare(Group group) {
        if (piles.agree(
                taker -> reading.read(left, group.left(), taker), taker -> reading.read(right, group.right(), taker))) {
            sameSums++;
        }
    }
}
