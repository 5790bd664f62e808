package dev.weirhouse.lineage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was found on the way from a snapshot, or from what a statement read.
 *
 * @param edges each once, the nearest first
 * @param restsOn of what was added, what its run had read; of what was read, what added it; nothing of what lies beyond the
 *     depth
 * @param whole whether everything within the depth was visited; otherwise there was too much
 */
public record SnapshotWalk(List<SnapshotEdge> edges, Map<SnapshotEdge, Set<SnapshotEdge>> restsOn, boolean whole) {

    /** So many edges are more than anybody reads; a walk ends there. */
    static final int MOST_EDGES = 10_000;

    public SnapshotWalk {
        edges = List.copyOf(edges);
        Map<SnapshotEdge, Set<SnapshotEdge>> links = new LinkedHashMap<>();
        restsOn.forEach((edge, below) -> links.put(edge, Collections.unmodifiableSet(new LinkedHashSet<>(below))));
        restsOn = Collections.unmodifiableMap(links);
    }

    /** A walk on its way. Not thread-safe. */
    static final class Trail {
        private final Set<SnapshotEdge> edges = new LinkedHashSet<>();
        private final Map<SnapshotEdge, Set<SnapshotEdge>> restsOn = new LinkedHashMap<>();
        private boolean whole = true;

        /** Whether it had not been met. */
        boolean meet(SnapshotEdge edge) {
            return edges.add(edge);
        }

        void link(SnapshotEdge edge, SnapshotEdge below) {
            restsOn.computeIfAbsent(edge, key -> new LinkedHashSet<>()).add(below);
        }

        /** Whether the walk has to end here. */
        boolean isFull() {
            whole &= edges.size() < MOST_EDGES;
            return !whole;
        }

        SnapshotWalk end() {
            return new SnapshotWalk(List.copyOf(edges), restsOn, whole);
        }
    }
}
