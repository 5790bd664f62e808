package dev.weirhouse.consistency.diff;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.paimon.TableParts;
import dev.weirhouse.consistency.CheckError;
import dev.weirhouse.consistency.diff.DiffReport.Kind;
import dev.weirhouse.consistency.diff.DiffReport.Parts;
import dev.weirhouse.consistency.diff.RowBytes.Hashed;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Compares a table with that of a database which it is to be the same as, in one look or in two.
 *
 * <ol>
 *   <li>A look compares the table, on the left, with the database's, on the right, as {@link RowsDiff} does. Rows are the same when
 *       the table's primary key is. Values are compared as the types of the table have them.
 *   <li>What comes to the table later than to the database differs while it is on its way. So the rows that differ in the first
 *       look are remembered, and in a second one, some time later, those alone count which still differ although the database has
 *       them as it had.
 * </ol>
 *
 * <p>Used by one thread.
 */
public final class SourceDiff {

    /** So many rows that differ are looked at again. */
    private static final int MOST_AGAIN = 100_000;

    /** Of no row: the bytes of one begin with the length of a value, or are none. */
    private static final Hashed NONE = new Hashed(new byte[1]);

    private final List<String> wanted;
    private final Limits limits;
    private final Runnable goesOn;

    /** By key, the row that the database has. */
    private final Map<Hashed, Hashed> differing = new HashMap<>();

    private boolean isSecond;
    private boolean canLookAgain = true;
    private long onTheWay;

    /**
     * @param wanted the columns that are compared; none for all
     * @param goesOn throws when the comparison is to end; asked now and then
     */
    public SourceDiff(List<String> wanted, Limits limits, Runnable goesOn) {
        this.wanted = List.copyOf(wanted);
        this.limits = requireNonNull(limits, "limits is null");
        this.goesOn = requireNonNull(goesOn, "goesOn is null");
    }

    /** What is compared. */
    private record Columns(List<String> schema, List<String> key, List<String> names, List<LogicalType> types) {

        int keys() {
            return key.isEmpty() ? names.size() : key.size();
        }
    }

    /** Looks, the first time or the second. */
    public DiffReport look(OpenRelation table, SourceTable source) {
        TableParts parts = table.parts();
        Columns columns = columns(parts, source);
        canLookAgain &= !columns.key().isEmpty();
        RowReading reading = new RowReading(columns.names(), columns.types(), columns.keys(), goesOn);
        RowComparison rows = new RowComparison(
                columns.names(),
                columns.types(),
                columns.keys(),
                limits,
                isSecond ? this::stillDiffers : this::differs);
        boolean same = columns.names().isEmpty()
                || new RowsDiff(rows, limits, goesOn)
                        .agree(
                                taker -> reading.read(parts, parts.parts(), taker),
                                taker -> reading.read(source, taker));
        isSecond = true;
        return new DiffReport(
                table.place(),
                source.place(),
                columns.schema(),
                columns.key(),
                columns.names(),
                rows.count(Kind.ONLY_LEFT),
                rows.count(Kind.ONLY_RIGHT),
                rows.count(Kind.CHANGED),
                rows.changedColumns(),
                rows.samples(),
                new Parts(1, 0, same ? 1 : 0, reading.rows()));
    }

    /** Whether rows were found that differ, and each can be told from others when it is looked at again. */
    public boolean canLookAgain() {
        return canLookAgain && !differing.isEmpty();
    }

    /** How many rows differed in the second look that were on their way, or may have been. */
    public long onTheWay() {
        return onTheWay;
    }

    private Columns columns(TableParts table, SourceTable source) {
        List<String> schema = new ArrayList<>();
        Map<String, LogicalType> ours = table.columns();
        wanted.stream().filter(name -> !ours.containsKey(name)).findFirst().ifPresent(name -> {
            throw new WarehouseException(
                    CheckError.NOT_COMPARABLE,
                    "There is no column '" + name + "' in " + table.version() + ", which has "
                            + String.join(", ", ours.keySet()) + ".");
        });
        Set<String> shared = new LinkedHashSet<>();
        ours.forEach((name, type) -> {
            if (!wanted.isEmpty() && !wanted.contains(name)) {
                return;
            }
            if (!source.columns().contains(name)) {
                schema.add("the column " + name + " is on the left alone");
            } else if (!SourceTable.compares(type)) {
                schema.add("the column " + name + " is " + type.asSummaryString()
                        + ", which is not compared with a database's");
            } else {
                shared.add(name);
            }
        });
        if (wanted.isEmpty()) {
            source.columns().stream()
                    .filter(name -> !ours.containsKey(name))
                    .forEach(name -> schema.add("the column " + name + " is on the right alone"));
        }
        List<String> key = shared.containsAll(table.primaryKey()) ? table.primaryKey() : List.of();
        Set<String> names = new LinkedHashSet<>(key);
        names.addAll(shared);
        return new Columns(
                schema, key, List.copyOf(names), names.stream().map(ours::get).toList());
    }

    private boolean differs(Kind kind, byte[] key, byte[] left, byte[] right) {
        canLookAgain &= differing.size() < MOST_AGAIN;
        if (canLookAgain) {
            differing.put(new Hashed(key), ofSource(kind, right));
        }
        return true;
    }

    private boolean stillDiffers(Kind kind, byte[] key, byte[] left, byte[] right) {
        boolean still = ofSource(kind, right).equals(differing.get(new Hashed(key)));
        onTheWay += still ? 0 : 1;
        return still;
    }

    private static Hashed ofSource(Kind kind, byte[] right) {
        return kind == Kind.ONLY_LEFT ? NONE : new Hashed(right);
    }
}
