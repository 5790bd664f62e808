package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** The snapshots that a snapshot or an answer rests on, or those that rest on one, drawn as a tree. */
final class SnapshotDrawing {

    /** The tree is what somebody reads; beyond this it is not. */
    private static final int MOST_LINES = 2_000;

    private final boolean up;
    private final List<JsonNode> edges = new ArrayList<>();

    /** By the place of an edge those that come below it. */
    private final Map<Integer, List<Integer>> below = new HashMap<>();

    private final Set<Integer> drawn = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    private SnapshotDrawing(JsonNode answer) {
        up = !answer.path("direction").asText().equals("down");
        answer.path("edges").forEach(edges::add);
        for (int i = 0; i < edges.size(); i++) {
            for (JsonNode other : edges.get(i).path("restsOn")) {
                int from = up ? i : other.asInt();
                below.computeIfAbsent(from, place -> new ArrayList<>()).add(up ? other.asInt() : i);
            }
        }
    }

    /** @param answer as the server gives it: what was asked for, or the edge that made the snapshot, first */
    static List<String> tree(JsonNode answer) {
        SnapshotDrawing drawing = new SnapshotDrawing(answer);
        JsonNode query = answer.path("query");
        if (query.isObject()) {
            drawing.ofQuery(query);
        } else if (drawing.edges.isEmpty()) {
            return List.of("nothing is known of it");
        } else {
            drawing.ofSnapshot();
        }
        if (!answer.path("whole").asBoolean(true) || drawing.lines.size() >= MOST_LINES) {
            drawing.lines.add("… and more: ask for less with --depth, or for all of it with --json.");
        }
        return drawing.lines;
    }

    private void ofSnapshot() {
        JsonNode root = edges.get(0);
        lines.add(CellText.visible(place(root)) + how(root) + (isKnown(root) ? by(root) : ""));
        draw(0, "");
        if (!up && lines.size() == 1) {
            lines.add("no run that is recorded read it");
        }
    }

    private void ofQuery(JsonNode query) {
        String id = query.path("id").asText();
        String who = query.path("lane").asText().toLowerCase(Locale.ROOT) + " by "
                + query.path("user").asText() + " at " + query.path("startedAt").asText();
        lines.add(CellText.visible("query " + id + "  [" + who + "]"));
        List<Integer> read = IntStream.range(0, edges.size())
                .filter(i -> !isAdded(edges.get(i))
                        && edges.get(i).path("runId").asText().equals(id))
                .boxed()
                .toList();
        if (read.isEmpty()) {
            lines.add("it read no table");
        }
        rows(read.stream().map(i -> new Row(edges.get(i), added(i))).toList(), "");
    }

    /** A line: what was read, and what added that, or downwards what was added by who read it. */
    private record Row(JsonNode read, Optional<Integer> added) {}

    private void draw(int added, String indent) {
        if (!drawn.add(added)) {
            return;
        }
        List<Row> rows = new ArrayList<>();
        for (int read : below.getOrDefault(added, List.of())) {
            List<Integer> next = below.getOrDefault(read, List.of());
            if (up || next.isEmpty()) {
                rows.add(new Row(edges.get(read), added(read)));
            } else {
                next.forEach(made -> rows.add(new Row(edges.get(read), Optional.of(made))));
            }
        }
        rows(rows, indent);
    }

    private Optional<Integer> added(int read) {
        return below.getOrDefault(read, List.of()).stream().findFirst();
    }

    private void rows(List<Row> rows, String indent) {
        for (int i = 0; i < rows.size() && lines.size() < MOST_LINES; i++) {
            JsonNode read = rows.get(i).read();
            Optional<Integer> added = rows.get(i).added();
            boolean last = i + 1 == rows.size();
            boolean again = added.filter(drawn::contains).isPresent();
            String name = up
                    ? place(read)
                    : added.map(edges::get).map(SnapshotDrawing::place).orElse("nothing added");
            String who = added.map(edges::get).map(SnapshotDrawing::by).orElse(up ? "" : by(read));
            lines.add(indent
                    + (last ? "└─ " : "├─ ")
                    + CellText.visible(name)
                    + how(added.map(edges::get)
                            .filter(made -> !up && !made.hasNonNull("snapshot"))
                            .orElse(read))
                    + who
                    + (again ? "  (above)" : ""));
            added.ifPresent(found -> draw(found, indent + (last ? "   " : "│  ")));
        }
    }

    private static boolean isAdded(JsonNode edge) {
        return edge.path("direction").asText().equals("OUT");
    }

    private static String place(JsonNode edge) {
        String version = edge.path("version").asText();
        if (edge.hasNonNull("snapshot")) {
            return version + "@" + edge.path("snapshot").asLong();
        }
        return edge.hasNonNull("position")
                ? version + " " + edge.path("position").asText()
                : version;
    }

    private static String how(JsonNode edge) {
        String reason = edge.hasNonNull("reason") ? ": " + edge.path("reason").asText() : "";
        return "  " + CellText.visible(edge.path("exactness").asText() + reason);
    }

    private static boolean isKnown(JsonNode write) {
        return !write.path("runId").asText("").isEmpty();
    }

    /** The run or job that a snapshot was added by, or why that is not known. */
    private static String by(JsonNode write) {
        String who = write.hasNonNull("job")
                ? "job " + write.path("job").asText()
                : "run " + write.path("runId").asText();
        String checkpoint = write.hasNonNull("checkpoint")
                ? ", checkpoint " + write.path("checkpoint").asLong()
                : "";
        return "  ["
                + CellText.visible(
                        isKnown(write) ? who + checkpoint : write.path("reason").asText("not known"))
                + "]";
    }
}
