package dev.weirhouse.catalog.flink.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the sources of one job may read, where they are coordinated: in the cluster's job manager, one for all of them.
 *
 * <ol>
 *   <li>The gate stands at a boundary. Each source reads up to the boundary's snapshot of its table and no further.
 *   <li>At each checkpoint each source says whether all of that was read: planned, given to readers, and let go of by them. If
 *       all sources say so at one checkpoint, the checkpoint is taken at the boundary, and the gate writes that down before the
 *       checkpoint's barrier leaves.
 *   <li>Then the gate opens for the newest boundary that the warehouse has named. What is assigned to readers from then on
 *       comes behind the checkpoint's barrier: Flink holds it back until the barrier is out.
 * </ol>
 *
 * <p>Thread-safe. After a failure the sources are made anew and join the gate again; what was open is open still, or more is:
 * boundaries only rise.
 */
final class BoundaryGate {

    private static final Logger LOG = LoggerFactory.getLogger(BoundaryGate.class);

    private static final Map<String, BoundaryGate> GATES = new ConcurrentHashMap<>();

    private static final long NONE = 0;

    /** How often the folder is looked at, whichever number of sources asks. */
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String id;
    private final FlowFolder folder;
    private final int inputs;
    private final Map<Integer, Object> joined = new HashMap<>();

    /** By checkpoint, the boundary that each source has said that it stands at. */
    private final SortedMap<Long, Map<Integer, Long>> words = new TreeMap<>();

    /** What this submission has written of checkpoints that are not known to be completed, by checkpoint. */
    private final SortedMap<Long, Long> uncompleted = new TreeMap<>();

    /** What was written of checkpoints before the sources were made, which may come again. */
    private final SortedMap<Long, Long> stale = new TreeMap<>();

    private FlowTarget open;
    private boolean passed;
    private long lookedAt = System.nanoTime() - BETWEEN_LOOKS;

    private BoundaryGate(String id, FlowFolder folder, int inputs) {
        this.id = id;
        this.folder = folder;
        this.inputs = inputs;
    }

    /**
     * Joins the gate of a submission as one of its sources. One that joins after a failure takes the place of the former, which
     * may leave only later.
     *
     * @param source tells this one from the former
     */
    static BoundaryGate join(FlowAttempt attempt, FlowFolder folder, int input, Object source) {
        return GATES.compute(attempt.id(), (id, known) -> {
            BoundaryGate gate = known == null
                    ? new BoundaryGate(id, folder, attempt.inputs().size())
                    : known;
            gate.joins(input, source);
            return gate;
        });
    }

    private synchronized void joins(int input, Object source) {
        joined.put(input, source);
        words.clear();
        try {
            stale.clear();
            stale.putAll(folder.reached());
            uncompleted.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaves the gate, which is gone when all have left it. */
    void leave(int input, Object source) {
        GATES.computeIfPresent(id, (id, gate) -> gate == this && gate.leaves(input, source) ? null : gate);
    }

    private synchronized boolean leaves(int input, Object source) {
        joined.remove(input, source);
        return joined.isEmpty();
    }

    /**
     * The last snapshot of a version that may be read now; empty when none may be.
     *
     * @throws IOException when the folder cannot be read
     */
    synchronized OptionalLong limit(String version) throws IOException {
        if (open == null || passed) {
            look();
        }
        Long snapshot = open == null ? null : open.snapshots().get(version);
        return snapshot == null ? OptionalLong.empty() : OptionalLong.of(snapshot);
    }

    private void look() throws IOException {
        if (System.nanoTime() - lookedAt < BETWEEN_LOOKS) {
            return;
        }
        lookedAt = System.nanoTime();
        Optional<FlowTarget> newest = folder.target();
        if (newest.isPresent() && (open == null || newest.get().boundary() > open.boundary())) {
            open = newest.get();
            passed = false;
        }
    }

    /**
     * A source's word at a checkpoint.
     *
     * @param next the first snapshot that it has not planned; null before it has planned any
     * @param idle whether everything that it has planned was let go of by its readers
     * @throws IOException when it cannot be written down: the checkpoint must not be taken then
     */
    synchronized void atCheckpoint(long checkpoint, int input, String version, Long next, boolean idle)
            throws IOException {
        Map<Integer, Long> said = words.computeIfAbsent(checkpoint, number -> new HashMap<>());
        said.put(input, idle ? boundaryAt(version, next) : NONE);
        if (said.size() < inputs) {
            return;
        }
        words.headMap(checkpoint + 1).clear();
        // Another source may have opened the gate further meanwhile.
        boolean all = open != null && said.values().stream().allMatch(stands -> stands == open.boundary());
        Long former = stale.remove(checkpoint);
        if (former != null) {
            folder.removeReached(checkpoint, former);
        }
        // A checkpoint that was given up may have left some of its rows to be committed with this one, under its own
        // number.
        for (Map.Entry<Long, Long> given : uncompleted.entrySet()) {
            folder.removeReached(given.getKey(), given.getValue());
        }
        uncompleted.clear();
        if (all) {
            // Also once more: the checkpoint before may not have been completed.
            folder.addReached(checkpoint, open.boundary());
            uncompleted.put(checkpoint, open.boundary());
            LOG.debug("submission={} checkpoint={} boundary={}", id, checkpoint, open.boundary());
            passed = true;
        }
    }

    /** A checkpoint was completed: what was written of it holds. */
    synchronized void completed(long checkpoint) {
        uncompleted.headMap(checkpoint + 1).clear();
    }

    /** The boundary that a source stands at; {@link #NONE} when there is more to read for the one that is open. */
    private long boundaryAt(String version, Long next) {
        Long limit = open == null ? null : open.snapshots().get(version);
        if (limit == null) {
            return NONE;
        }
        boolean read = next == null ? limit == 0 : next > limit;
        return read ? open.boundary() : NONE;
    }
}
