package dev.weirhouse.catalog;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a statement reads and writes.
 *
 * @param tables Paimon tables
 * @param readElsewhere names of datasets that have no snapshots, or have them out of the warehouse's sight
 * @param writtenElsewhere the same of what it writes
 */
public record StatementUses(
        List<TableUse> tables, SortedSet<String> readElsewhere, SortedSet<String> writtenElsewhere) {

    /** Of a statement that reads and writes nothing, or of which nothing more is kept. */
    public static final StatementUses NONE = new StatementUses(List.of(), new TreeSet<>(), new TreeSet<>());

    public StatementUses {
        tables = List.copyOf(tables);
        readElsewhere = Collections.unmodifiableSortedSet(new TreeSet<>(readElsewhere));
        writtenElsewhere = Collections.unmodifiableSortedSet(new TreeSet<>(writtenElsewhere));
    }

    /** Of a statement that reads and writes tables alone. */
    public static StatementUses of(List<TableUse> tables) {
        return new StatementUses(tables, new TreeSet<>(), new TreeSet<>());
    }

    /** All that is read, by name. */
    public List<String> sources() {
        return names(false, readElsewhere);
    }

    /** All that is written, by name. */
    public List<String> targets() {
        return names(true, writtenElsewhere);
    }

    private List<String> names(boolean written, SortedSet<String> elsewhere) {
        return Stream.concat(
                        tables.stream().filter(use -> use.written() == written).map(use -> use.table()
                                .toString()),
                        elsewhere.stream())
                .distinct()
                .toList();
    }
}
