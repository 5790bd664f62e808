package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** A walk through the lineage graph, drawn for a terminal or for Graphviz. */
public final class LineageDrawing {

    /** The tree is what somebody reads; beyond this it is not. */
    private static final int MOST_LINES = 2_000;

    private final boolean up;
    private final JsonNode runs;
    private final Map<String, Map<String, Branch>> branches = new LinkedHashMap<>();
    private final Set<String> drawn = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    private LineageDrawing(JsonNode walk) {
        up = walk.path("direction").asText().equals("up");
        runs = walk.path("runs");
        for (JsonNode edge : walk.path("edges")) {
            String parent = name(edge.path(up ? "target" : "source"));
            String child = name(edge.path(up ? "source" : "target"));
            branches.computeIfAbsent(parent, node -> new LinkedHashMap<>())
                    .computeIfAbsent(child, node -> new Branch(dataset(edge.path(up ? "source" : "target"))))
                    .add(edge, up && !edge.path("target").hasNonNull("column"));
        }
    }

    /** All edges between two nodes. */
    private static final class Branch {
        private final String dataset;
        private final Set<String> values = new LinkedHashSet<>();
        private final Set<String> rows = new LinkedHashSet<>();
        private final Set<String> reasons = new LinkedHashSet<>();
        private final Set<String> derivations = new LinkedHashSet<>();

        Branch(String dataset) {
            this.dataset = dataset;
        }

        void add(JsonNode edge, boolean ofRows) {
            JsonNode dependence = edge.path("dependence");
            if (dependence.isTextual()) {
                (ofRows || !edge.path("direct").asBoolean() ? rows : values)
                        .add(dependence.asText().toLowerCase(Locale.ROOT));
            }
            if (edge.hasNonNull("reason")) {
                reasons.add(edge.path("reason").asText());
            }
            derivations.add(edge.path("derivation").asText());
        }

        void addAll(Branch other) {
            values.addAll(other.values);
            rows.addAll(other.rows);
            reasons.addAll(other.reasons);
            derivations.addAll(other.derivations);
        }

        String how() {
            List<String> parts = new ArrayList<>();
            if (!values.isEmpty()) {
                parts.add(String.join(", ", values));
            }
            if (!rows.isEmpty()) {
                parts.add("rows: " + String.join(", ", rows));
            }
            parts.addAll(reasons);
            return parts.isEmpty() ? "" : "  " + String.join("; ", parts);
        }
    }

    /** The walk as a tree, its root first; what stands in it twice has its branches where it stands first. */
    public static List<String> tree(JsonNode walk) {
        LineageDrawing drawing = new LineageDrawing(walk);
        String start = name(walk.path("start"));
        drawing.lines.add(CellText.visible(start));
        if (drawing.branches.isEmpty()) {
            drawing.lines.add(drawing.up ? "derives from nothing that is known" : "nothing is known to derive from it");
            return drawing.lines;
        }
        drawing.draw(start, dataset(walk.path("start")), "");
        if (!walk.path("whole").asBoolean() || drawing.lines.size() >= MOST_LINES) {
            drawing.lines.add("… and more: ask for less with --depth or --direct, or for all of it with --json.");
        }
        return drawing.lines;
    }

    private void draw(String node, String dataset, String indent) {
        if (!drawn.add(node)) {
            return;
        }
        List<Map.Entry<String, Branch>> children =
                List.copyOf(children(node, dataset).entrySet());
        for (int i = 0; i < children.size() && lines.size() < MOST_LINES; i++) {
            String child = children.get(i).getKey();
            Branch branch = children.get(i).getValue();
            boolean last = i + 1 == children.size();
            boolean again =
                    drawn.contains(child) && !children(child, branch.dataset).isEmpty();
            lines.add(indent
                    + (last ? "└─ " : "├─ ")
                    + label(child)
                    + branch.how()
                    + by(branch)
                    + (again ? "  (above)" : ""));
            draw(child, branch.dataset, indent + (last ? "   " : "│  "));
        }
    }

    /** Upwards, what decides about the rows of a table counts for each of its columns. */
    private Map<String, Branch> children(String node, String dataset) {
        Map<String, Branch> children = new LinkedHashMap<>(branches.getOrDefault(node, Map.of()));
        if (up && !node.equals(dataset)) {
            branches.getOrDefault(dataset, Map.of()).forEach((child, branch) -> {
                Branch both = new Branch(branch.dataset);
                Branch own = children.get(child);
                if (own != null) {
                    both.addAll(own);
                }
                both.addAll(branch);
                children.put(child, both);
            });
        }
        return children;
    }

    private static String label(String node) {
        return CellText.visible(node.startsWith("answer:") ? "answers" + node.replaceFirst("answer:[^.]*", "") : node);
    }

    private String by(Branch branch) {
        Set<String> who = new TreeSet<>();
        for (String derivation : branch.derivations) {
            JsonNode run = runs.path(derivation);
            if (!run.isMissingNode()) {
                who.add(worker(run));
            }
        }
        return "  [" + (who.isEmpty() ? "by no run that is kept" : CellText.visible(String.join(", ", who))) + "]";
    }

    /** A job, with its revision if it is the warehouse's own, or who ran a statement. */
    private static String worker(JsonNode run) {
        String lane = run.path("lane").asText().toLowerCase(Locale.ROOT);
        if (!run.hasNonNull("job")) {
            return lane + " by " + run.path("user").asText();
        }
        return lane + " job " + run.path("job").asText()
                + (run.hasNonNull("revision")
                        ? " revision " + run.path("revision").asText()
                        : "")
                + (run.path("former").asBoolean() ? " (former)" : "");
    }

    /** The walk in Graphviz' language: an arrow from what is derived from. */
    static List<String> dot(JsonNode walk) {
        Set<String> lines = new LinkedHashSet<>();
        lines.add("digraph lineage {");
        lines.add("  rankdir=LR; node [shape=box];");
        lines.add("  " + quoted(name(walk.path("start"))) + " [style=bold];");
        for (JsonNode edge : walk.path("edges")) {
            String how = edge.path("dependence").asText("").toLowerCase(Locale.ROOT);
            lines.add("  " + quoted(name(edge.path("source"))) + " -> " + quoted(name(edge.path("target")))
                    + (how.isEmpty()
                            ? ""
                            : " [label=" + quoted(how) + (edge.path("direct").asBoolean() ? "" : ", style=dashed")
                                    + "]")
                    + ";");
        }
        lines.add("}");
        return List.copyOf(lines);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String dataset(JsonNode node) {
        return node.path("dataset").asText();
    }

    private static String name(JsonNode node) {
        return dataset(node)
                + (node.hasNonNull("column") ? "." + node.path("column").asText() : "");
    }
}
