package dev.weirhouse.lineage;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * That a column derives from another.
 *
 * @param target the table; empty for an answer
 * @param targetColumn empty for all: what decides which rows there are
 * @param sourceColumn empty where no more than the table is known
 * @param dependence empty where the column is not known
 */
record ColumnEdge(
        Optional<String> target,
        Optional<String> targetColumn,
        String source,
        Optional<String> sourceColumn,
        Optional<Dependence> dependence,
        Optional<String> reason,
        String derivation) {

    static List<ColumnEdge> newest(Handle handle, Wanted wanted, int limit) {
        return wanted.bind(handle.createQuery(
                        """
                        SELECT c.* FROM derivation_column c JOIN derivation d ON d.id = c.derivation_id%s
                        ORDER BY d.first_at DESC, c.target, c.target_column, c.source, c.source_column, c.dependence
                        LIMIT :limit
                        """
                                .formatted(wanted.where())))
                .bind("limit", limit)
                .map((row, context) -> new ColumnEdge(
                        some(row.getString("target")),
                        some(row.getString("target_column")),
                        row.getString("source"),
                        some(row.getString("source_column")),
                        LineageGraph.dependence(row.getString("dependence")),
                        Optional.ofNullable(row.getString("reason")),
                        row.getString("derivation_id")))
                .list();
    }

    private static Optional<String> some(String name) {
        return Optional.of(name).filter(known -> !known.isEmpty());
    }
}
