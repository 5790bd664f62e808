package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;

/**
 * A column of a table that something derives from.
 *
 * @param table what its rows are called, {@code database.table} for a table of the catalog
 * @param column its name
 * @param dependence in what way
 */
public record Origin(String table, String column, Dependence dependence) implements Comparable<Origin> {

    private static final Comparator<Origin> ORDER =
            Comparator.comparing(Origin::table).thenComparing(Origin::column).thenComparing(Origin::dependence);

    public Origin {
        requireNonNull(table, "table is null");
        requireNonNull(column, "column is null");
        requireNonNull(dependence, "dependence is null");
    }

    /** The same column, on which something else depends in this way. */
    public Origin through(Dependence outer) {
        return new Origin(table, column, outer.after(dependence));
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return table + "." + column + " " + dependence;
    }
}
