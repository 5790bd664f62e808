package dev.weirhouse.lineage;

import dev.weirhouse.catalog.StoredSnapshot;
import dev.weirhouse.catalog.Warehouse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

    /** When a snapshot was there, in milliseconds since 1970 UTC; the end is not in it. */
    private record Life(long from, long until) {}

    /**
     * The snapshots that hold the rows of one that was added: itself, and those after it that only rearrange files. A number
     * may have been given before, and again.
     */
    private record Holders(long first, Map<Long, Life> lives) {

        Life life() {
            return lives.get(first);
        }

        /** A run fixes what it reads before it begins. */
        boolean has(SnapshotEdge read) {
            if (read.snapshot().isEmpty()) {
                return true;
            }
            Life life = lives.get(read.snapshot().getAsLong());
            return life != null && life.from() <= read.startedAt() && read.startedAt() < life.until();
        }
    }

    /**
     * Of what was added the reads; also those of which it is not known, or only at least, how far they went.
     *
     * @param versions by which the table was read
     */
    List<SnapshotEdge> of(SnapshotEdge added, Set<String> versions) {
        return reads.inTransaction(handle -> {
            Holders holders = holders(handle, added, versions);
            return Stream.concat(ofRuns(handle, versions, holders).stream(), ofJobs(handle, versions, holders).stream())
                    .distinct()
                    .toList();
        });
    }

    /**
     * What a run added that derives from what it read: of a job at the checkpoint, or where it changed nothing then, at the
     * first that did after. What has no snapshots, and commits that were missed, are among it.
     */
    List<SnapshotEdge> added(SnapshotEdge read) {
        return reads.inTransaction(handle -> {
            List<SnapshotEdge> added = added(
                    handle,
                    SnapshotEdges.WRITES,
                    " AND (edge.kind IS NULL OR edge.kind = 'MISSED' OR edge.kind IN (<kinds>)"
                            + " AND (:checkpoint < 0 OR edge.checkpoint = (SELECT MIN(w.checkpoint) FROM run_write w"
                            + " WHERE w.run_id = edge.run_id AND w.version = edge.version"
                            + " AND w.checkpoint >= :checkpoint AND w.kind IN (<kinds>))))",
                    read);
            return added.isEmpty()
                    ? added(
                            handle,
                            SnapshotEdges.PENDING,
                            " AND edge.kind NOT IN (<kinds>) AND (:checkpoint < 0 OR edge.checkpoint IS NULL)",
                            read)
                    : added;
        });
    }

    private static List<SnapshotEdge> added(Handle handle, String edges, String which, SnapshotEdge read) {
        return handle
                .createQuery(SnapshotEdges.of(edges) + " WHERE edge.run_id = :run" + which
                        + " ORDER BY edge.version, edge.snapshot LIMIT :most")
                .bind("run", read.runId())
                .bindList("kinds", List.copyOf(SnapshotEdges.CHANGING))
                .bind("checkpoint", read.checkpoint().orElse(-1))
                .bind("most", SnapshotWalk.MOST_EDGES + 1)
                .map((row, context) -> SnapshotEdges.read(row))
                .stream()
                .filter(write -> !SnapshotEdges.others(handle, write).contains(read.table()))
                .toList();
    }

    private Holders holders(Handle handle, SnapshotEdge added, Set<String> versions) {
        long first = added.snapshot().orElseThrow();
        long at = added.committedAt().orElse(0);
        Map<Long, Life> lives = new TreeMap<>();
        lives.put(first, life(handle, versions, first, at));
        for (long next = first + 1; ; next++) {
            Optional<Long> rearranged = rearranged(handle, versions, next, at);
            if (rearranged.isEmpty()) {
                return new Holders(first, lives);
            }
            lives.put(next, life(handle, versions, next, rearranged.get()));
        }
    }

    private Life life(Handle handle, Set<String> versions, long snapshot, long at) {
        long until = Stream.concat(
                        others(handle, versions, snapshot, "MIN", "> :at", at).stream(),
                        stored(versions, snapshot).map(StoredSnapshot::committedAt).stream())
                .filter(other -> other > at)
                .min(Comparator.naturalOrder())
                .orElse(Long.MAX_VALUE);
        boolean isFirst = others(handle, versions, snapshot, "MAX", "< :at", at).isEmpty();
        return new Life(isFirst ? at - SnapshotEdges.CLOCKS_APART_MILLIS : at, until);
    }

    /** When a snapshot was added that holds the rows of the one before it; empty for one that does not. */
    private Optional<Long> rearranged(Handle handle, Set<String> versions, long snapshot, long since) {
        return handle.createQuery("SELECT kind, committed_at FROM run_write WHERE version IN (<versions>)"
                        + " AND snapshot = :snapshot AND committed_at >= :since ORDER BY committed_at LIMIT 1")
                .bindList("versions", List.copyOf(versions))
                .bind("snapshot", snapshot)
                .bind("since", since)
                .map((row, context) -> Map.entry(row.getString("kind"), row.getLong("committed_at")))
                .findOne()
                .or(() -> stored(versions, snapshot).map(kept -> Map.entry(kept.kind(), kept.committedAt())))
                .filter(known -> !SnapshotEdges.CHANGING.contains(known.getKey()))
                .map(Map.Entry::getValue);
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

    /** A run of which it is not known what it read may have read it if it went on then. */
    private static List<SnapshotEdge> ofRuns(Handle handle, Set<String> versions, Holders holders) {
        return handle
                .createQuery(SnapshotEdges.of(SnapshotEdges.RUN_READS)
                        + " WHERE edge.version IN (<versions>) AND (snapshot BETWEEN :first AND :last OR snapshot IS NULL"
                        + " AND r.started_at < :until AND COALESCE(r.finished_at, :until) >= :from)"
                        + " AND NOT EXISTS (SELECT 1 FROM checkpoint_read c WHERE c.run_id = edge.run_id)"
                        + " ORDER BY r.started_at, edge.run_id, edge.version")
                .bindList("versions", List.copyOf(versions))
                .bind("first", holders.first())
                .bind(
                        "last",
                        holders.lives().keySet().stream().max(Long::compare).orElseThrow())
                .bind("from", holders.life().from())
                .bind("until", holders.life().until())
                .map((row, context) -> SnapshotEdges.read(row))
                .stream()
                .filter(holders::has)
                .limit(SnapshotWalk.MOST_EDGES + 1)
                .toList();
    }

    /** Of each job the first checkpoint by which it had read so far, and one before it by which it may have. */
    private static List<SnapshotEdge> ofJobs(Handle handle, Set<String> versions, Holders holders) {
        List<String> jobs = handle.createQuery(
                        "SELECT DISTINCT r.job_id FROM run_source s JOIN run r ON r.id = s.run_id"
                                + " WHERE s.version IN (<versions>) ORDER BY r.job_id")
                .bindList("versions", List.copyOf(versions))
                .mapTo(String.class)
                .list();
        List<SnapshotEdge> found = new ArrayList<>();
        for (String job : jobs) {
            long until = holders.life().until();
            Optional<SnapshotEdge> sure = firstOf(handle, job, versions, holders, until, "snapshot >= :first");
            firstOf(
                            handle,
                            job,
                            versions,
                            holders,
                            sure.map(read -> read.committedAt().orElseThrow()).orElse(until),
                            "(snapshot IS NULL OR snapshot = :first - 1 AND edge.class = 'lower bound')")
                    .ifPresent(found::add);
            sure.ifPresent(found::add);
        }
        return found;
    }

    private static Optional<SnapshotEdge> firstOf(
            Handle handle, String job, Set<String> versions, Holders holders, long until, String which) {
        return handle.createQuery(SnapshotEdges.of(SnapshotEdges.CHECKPOINT_READS)
                        + " WHERE r.job_id = :job AND edge.version IN (<versions>) AND " + which
                        + " AND edge.committed_at >= :from AND edge.committed_at < :until"
                        + " ORDER BY edge.committed_at, edge.checkpoint LIMIT 1")
                .bind("job", job)
                .bindList("versions", List.copyOf(versions))
                .bind("first", holders.first())
                .bind("from", holders.life().from())
                .bind("until", until)
                .map((row, context) -> SnapshotEdges.read(row))
                .findOne();
    }
}
