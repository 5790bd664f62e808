package dev.weirhouse.lineage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** That a table, or an answer, derives from another table, with the newest run of which it is. */
record TableEdge(Optional<String> target, String source, String derivation, long firstAt, Optional<LastRun> run) {

    private static final int RUNS_AT_ONCE = 500;

    private record Known(String target, String source, String derivation, long firstAt) {}

    static List<TableEdge> newest(Handle handle, Wanted wanted, int limit) {
        List<Known> known = wanted.bind(handle.createQuery(
                        """
                        SELECT t.target, t.source, t.derivation_id, d.first_at FROM derivation_table t
                        JOIN derivation d ON d.id = t.derivation_id%s
                        ORDER BY d.first_at DESC, t.target, t.source LIMIT :limit
                        """
                                .formatted(wanted.where())))
                .bind("limit", limit)
                .map((row, context) -> new Known(
                        row.getString("target"),
                        row.getString("source"),
                        row.getString("derivation_id"),
                        row.getLong("first_at")))
                .list();
        List<String> derivations =
                known.stream().map(Known::derivation).distinct().toList();
        Map<String, LastRun> runs = new HashMap<>();
        for (int from = 0; from < derivations.size(); from += RUNS_AT_ONCE) {
            runs.putAll(LineageGraph.newest(
                    handle,
                    derivations.subList(from, Math.min(derivations.size(), from + RUNS_AT_ONCE)),
                    Long.MAX_VALUE));
        }
        List<TableEdge> edges = new ArrayList<>();
        for (Known edge : known) {
            edges.add(new TableEdge(
                    Optional.of(edge.target()).filter(target -> !target.equals(LineageGraph.ANSWER)),
                    edge.source(),
                    edge.derivation(),
                    edge.firstAt(),
                    Optional.ofNullable(runs.get(edge.derivation()))));
        }
        return edges;
    }
}
