package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

/**
 * A table or a column of one, in the graph of what derives from what.
 *
 * @param dataset what the rows are called: {@code database.table}, or a place outside the catalog; {@code answer:…} for
 *     the answers of queries of one derivation
 * @param column its name; empty for the whole, such as which rows there are
 */
public record Node(String dataset, String column) {

    /** The answers of a derivation. */
    public static final String ANSWERS = "answer:";

    public Node {
        requireNonNull(dataset, "dataset is null");
        requireNonNull(column, "column is null");
    }

    /** Whether nothing can derive from it. */
    public boolean isAnswer() {
        return dataset.startsWith(ANSWERS);
    }

    @Override
    public String toString() {
        return column.isEmpty() ? dataset : dataset + "." + column;
    }
}
