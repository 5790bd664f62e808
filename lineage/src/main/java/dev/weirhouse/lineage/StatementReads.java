package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** What a statement read: the recorded edges of what changes data, and of a query its cut. */
final class StatementReads {

    /** The database of the warehouse's own tables, of which no snapshots are told. */
    private static final String OWN = "weir.";

    private final Warehouse warehouse;
    private final Jdbi reads;

    StatementReads(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.reads = warehouse.state().reads();
    }

    /** What is kept of a statement. */
    private record Asked(String id, String cut, Optional<String> derivation, long startedAt) {
        static Asked of(RunRow run) {
            return new Asked(run.id(), run.cut(), run.derivation(), run.startedAt());
        }

        static Asked of(LoggedQuery query) {
            return new Asked(query.id(), query.cut(), query.derivation(), query.startedAt());
        }
    }

    /** @return empty when no such statement is recorded, or not any more */
    Optional<List<SnapshotEdge>> reads(String id) {
        // What runs or changed data is in the store, what is over and changed nothing in the log.
        return warehouse
                .state()
                .runs()
                .find(id)
                .map(Asked::of)
                .or(() -> warehouse.queries().find(id).map(Asked::of))
                .map(this::reads);
    }

    private List<SnapshotEdge> reads(Asked asked) {
        // Of a stream it is what it had read by the newest checkpoint that committed.
        for (String edges : List.of(
                SnapshotEdges.CHECKPOINT_READS
                        + " WHERE checkpoint = (SELECT MAX(checkpoint) FROM checkpoint_read WHERE run_id = :run)",
                SnapshotEdges.RUN_READS)) {
            List<SnapshotEdge> recorded = reads.withHandle(handle -> handle.createQuery(
                            SnapshotEdges.of(edges) + " WHERE edge.run_id = :run ORDER BY edge.version, snapshot")
                    .bind("run", asked.id())
                    .map((row, context) -> SnapshotEdges.read(row))
                    .list());
            if (!recorded.isEmpty()) {
                return recorded.stream().distinct().toList();
            }
        }
        return ofCut(asked);
    }

    /** A cut has Paimon's tables; what else the statement reads is what its answer derives from beside them. */
    private List<SnapshotEdge> ofCut(Asked asked) {
        List<SnapshotEdge> found = new ArrayList<>();
        List<Cut.Place> places = Cut.parse("The cut of " + asked.id(), asked.cut(), Optional.empty())
                .places();
        for (Cut.Place place : places) {
            String table = place.table().toString();
            boolean exact = place.snapshot().isPresent();
            found.add(edge(
                    asked,
                    table,
                    place.version().orElse(table),
                    place.snapshot(),
                    exact ? Optional.empty() : Optional.of("it is read at no single snapshot")));
        }
        Set<String> tables =
                places.stream().map(place -> bare(place.table().toString())).collect(Collectors.toSet());
        for (String source : sources(asked)) {
            if (!tables.contains(bare(source)) && !source.startsWith(OWN)) {
                found.add(edge(asked, source, source, OptionalLong.empty(), Optional.of("it has no snapshots")));
            }
        }
        return found.stream().distinct().toList();
    }

    private List<String> sources(Asked asked) {
        return asked.derivation()
                .map(derivation -> reads.withHandle(handle -> handle.createQuery(
                                "SELECT DISTINCT source FROM derivation_table WHERE derivation_id = :id ORDER BY source")
                        .bind("id", derivation)
                        .mapTo(String.class)
                        .list()))
                .orElse(List.of());
    }

    /** Without the branch. */
    private static String bare(String table) {
        return table.replaceFirst("\\$branch_.*", "");
    }

    private static SnapshotEdge edge(
            Asked asked, String table, String version, OptionalLong snapshot, Optional<String> reason) {
        return new SnapshotEdge(
                asked.id(),
                Optional.empty(),
                false,
                table,
                version,
                snapshot,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                reason.isEmpty() ? "exact" : "unknown",
                reason,
                asked.startedAt());
    }
}
