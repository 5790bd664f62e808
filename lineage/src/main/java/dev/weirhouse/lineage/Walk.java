package dev.weirhouse.lineage;

import java.util.List;
import java.util.Map;

/**
 * What was found on the way from a node.
 *
 * @param start where the walk began
 * @param up whether it went to what the start derives from, or to what derives from it
 * @param edges each once, the nearest first
 * @param runs the newest run of each derivation among them, of those whose runs are still kept
 * @param whole whether everything within the depth was visited; otherwise there was too much
 */
public record Walk(Node start, boolean up, List<GraphEdge> edges, Map<String, LastRun> runs, boolean whole) {
    public Walk {
        edges = List.copyOf(edges);
        runs = Map.copyOf(runs);
    }
}
