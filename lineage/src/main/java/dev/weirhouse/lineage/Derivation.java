package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a query's answer derives from.
 *
 * @param columns its columns, in order
 * @param indirect what decides which rows there are, for all columns alike
 * @param unresolved why not all that decides so is known
 * @param tables all tables that it reads, also those of which no column counts
 */
public record Derivation(
        List<Column> columns, SortedSet<Origin> indirect, Optional<String> unresolved, SortedSet<String> tables) {

    public Derivation {
        columns = List.copyOf(columns);
        requireNonNull(unresolved, "unresolved is null");
        indirect = Collections.unmodifiableSortedSet(new TreeSet<>(indirect));
        tables = Collections.unmodifiableSortedSet(new TreeSet<>(tables));
    }

    /**
     * A column of the answer.
     *
     * @param origins what its values derive from, and what decides for it alone, such as the order of a window; none for a
     *     constant
     * @param unresolved why that is not known; then it derives from the tables, and nothing is said of their columns
     */
    public record Column(String name, SortedSet<Origin> origins, Optional<String> unresolved) {
        public Column {
            requireNonNull(name, "name is null");
            origins = Collections.unmodifiableSortedSet(new TreeSet<>(origins));
            requireNonNull(unresolved, "unresolved is null");
        }
    }
}
