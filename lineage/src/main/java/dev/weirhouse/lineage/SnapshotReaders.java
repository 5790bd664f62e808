package dev.weirhouse.lineage;

import dev.weirhouse.catalog.StoredSnapshot;
import dev.weirhouse.catalog.Warehouse;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Who read a snapshot, and what was added by that. */
final class SnapshotReaders {

    private final Warehouse warehouse;
    private final Jdbi reads;

    SnapshotReaders(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.reads = warehouse.state().reads();
    }

    /**
     * The snapshots that hold the rows of one that was added, and when they did, in milliseconds since 1970 UTC; neither end is
     * in them.
     */
    private record Span(long first, long end, long from, long until) {}

    /**
     * Of what was added the reads.
     *
     * @param versions by which the table was read
     */
    List<SnapshotEdge> of(SnapshotEdge added, Set<String> versions) {
        return reads.inTransaction(handle -> {
            Span span = span(handle, added, versions);
            return Stream.concat(ofRuns(handle, versions, span).stream(), ofJobs(handle, versions, span).stream())
                    .distinct()
                    .toList();
        });
    }

    /** What a run added, by the checkpoint if it is a job's, that derives from what it read. */
    List<SnapshotEdge> added(SnapshotEdge read) {
        return reads.inTransaction(handle -> handle
                .createQuery(
                        SnapshotEdges.of(SnapshotEdges.WRITES)
                                + " WHERE edge.run_id = :run AND edge.kind IN (<kinds>)"
                                + " AND (:checkpoint < 0 OR edge.checkpoint = :checkpoint) ORDER BY edge.version, edge.snapshot LIMIT :most")
                .bind("run", read.runId())
                .bindList("kinds", List.copyOf(SnapshotEdges.CHANGING))
                .bind("most", SnapshotWalk.MOST_EDGES)
                .bind("checkpoint", read.checkpoint().orElse(-1))
                .map((row, context) -> SnapshotEdges.read(row))
                .stream()
                .filter(write -> !SnapshotEdges.others(handle, write).contains(read.table()))
                .toList());
    }

    private Span span(Handle handle, SnapshotEdge added, Set<String> versions) {
        long first = added.snapshot().orElseThrow();
        long at = added.committedAt().orElse(0);
        long end = first + 1;
        while (rearranges(handle, versions, end, at)) {
            end++;
        }
        // The number may have been given before, and again.
        long until = Stream.concat(
                        others(handle, versions, first, "MIN", "> :at", at).stream(), kept(versions, first).stream())
                .filter(other -> other > at)
                .min(Comparator.naturalOrder())
                .orElse(Long.MAX_VALUE);
        boolean isFirst = others(handle, versions, first, "MAX", "< :at", at).isEmpty();
        return new Span(first, end, isFirst ? at - SnapshotEdges.CLOCKS_APART_MILLIS : at, until);
    }

    /** Whether a snapshot holds the rows of the one before it. */
    private boolean rearranges(Handle handle, Set<String> versions, long snapshot, long since) {
        Optional<String> kind = handle.createQuery("SELECT kind FROM run_write WHERE version IN (<versions>)"
                        + " AND snapshot = :snapshot AND committed_at >= :since ORDER BY committed_at LIMIT 1")
                .bindList("versions", List.copyOf(versions))
                .bind("snapshot", snapshot)
                .bind("since", since)
                .mapTo(String.class)
                .findOne()
                .or(() -> stored(versions, snapshot).map(StoredSnapshot::kind));
        return kind.filter(known -> !SnapshotEdges.CHANGING.contains(known)).isPresent();
    }

    private Optional<Long> kept(Set<String> versions, long snapshot) {
        return stored(versions, snapshot).map(StoredSnapshot::committedAt);
    }

    private Optional<StoredSnapshot> stored(Set<String> versions, long snapshot) {
        return versions.stream()
                .flatMap(version -> warehouse.commits().snapshot(version, snapshot).stream())
                .findFirst();
    }

    private static Optional<Long> others(
            Handle handle, Set<String> versions, long snapshot, String which, String when, long at) {
        return handle.createQuery("SELECT " + which + "(committed_at) FROM run_write WHERE version IN (<versions>)"
                        + " AND snapshot = :snapshot AND committed_at " + when)
                .bindList("versions", List.copyOf(versions))
                .bind("snapshot", snapshot)
                .bind("at", at)
                .map((row, context) ->
                        Optional.ofNullable((Number) row.getObject(1)).map(Number::longValue))
                .one();
    }

    /** A run fixes what it reads before it begins. */
    private static List<SnapshotEdge> ofRuns(Handle handle, Set<String> versions, Span span) {
        return handle.createQuery(SnapshotEdges.of(SnapshotEdges.RUN_READS)
                        + " WHERE edge.version IN (<versions>) AND snapshot >= :first AND snapshot < :end"
                        + " AND r.started_at >= :from AND r.started_at < :until"
                        + " AND NOT EXISTS (SELECT 1 FROM checkpoint_read c WHERE c.run_id = edge.run_id)"
                        + " ORDER BY r.started_at, edge.run_id, edge.version LIMIT :most")
                .bindList("versions", List.copyOf(versions))
                .bind("first", span.first())
                .bind("end", span.end())
                .bind("from", span.from())
                .bind("until", span.until())
                .bind("most", SnapshotWalk.MOST_EDGES)
                .map((row, context) -> SnapshotEdges.read(row))
                .list();
    }

    /** Of each job the first checkpoint by which it had read so far. */
    private static List<SnapshotEdge> ofJobs(Handle handle, Set<String> versions, Span span) {
        Map<String, SnapshotEdge> firsts = new LinkedHashMap<>();
        BinaryOperator<SnapshotEdge> earlier = (one, other) ->
                one.committedAt().orElseThrow() <= other.committedAt().orElseThrow() ? one : other;
        handle.createQuery("SELECT DISTINCT s.run_id, r.job_id FROM run_source s JOIN run r ON r.id = s.run_id"
                        + " WHERE s.version IN (<versions>) ORDER BY r.started_at")
                .bindList("versions", List.copyOf(versions))
                .map((row, context) -> Map.entry(row.getString("run_id"), row.getString("job_id")))
                .forEach(run -> firstOf(handle, run.getKey(), versions, span)
                        .ifPresent(read -> firsts.merge(run.getValue(), read, earlier)));
        return List.copyOf(firsts.values());
    }

    /** The snapshots that a run had read grow with its checkpoints; '+' leaves the index by snapshot to be taken. */
    private static Optional<SnapshotEdge> firstOf(Handle handle, String run, Set<String> versions, Span span) {
        return handle.createQuery(SnapshotEdges.of(SnapshotEdges.CHECKPOINT_READS)
                        + " WHERE +edge.run_id = :run AND edge.version IN (<versions>) AND snapshot >= :first"
                        + " AND edge.committed_at >= :from AND edge.committed_at < :until"
                        + " ORDER BY snapshot, checkpoint LIMIT 1")
                .bind("run", run)
                .bindList("versions", List.copyOf(versions))
                .bind("first", span.first())
                .bind("from", span.from())
                .bind("until", span.until())
                .map((row, context) -> SnapshotEdges.read(row))
                .findOne();
    }
}
