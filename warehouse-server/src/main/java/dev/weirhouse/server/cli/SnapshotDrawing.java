package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The snapshots that a snapshot rests on, drawn as a tree. */
final class SnapshotDrawing {

    /** The tree is what somebody reads; beyond this it is not. */
    private static final int MOST_LINES = 2_000;

    private final List<JsonNode> written = new ArrayList<>();
    private final List<JsonNode> read = new ArrayList<>();
    private final Set<JsonNode> drawn = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    private SnapshotDrawing(JsonNode edges) {
        edges.forEach(edge -> (edge.path("direction").asText().equals("OUT") ? written : read).add(edge));
    }

    /** @param edges as the server answers them, the one that made the snapshot first */
    static List<String> tree(JsonNode edges) {
        SnapshotDrawing drawing = new SnapshotDrawing(edges);
        if (drawing.written.isEmpty()) {
            return List.of("nothing is known of it");
        }
        JsonNode root = drawing.written.get(0);
        drawing.lines.add(CellText.visible(place(root)) + how(root) + (isKnown(root) ? by(root) : ""));
        drawing.draw(root, "");
        if (drawing.lines.size() >= MOST_LINES) {
            drawing.lines.add("… and more: ask for less with --depth, or for all of it with --json.");
        }
        return drawing.lines;
    }

    private void draw(JsonNode write, String indent) {
        if (!drawn.add(write)) {
            return;
        }
        List<JsonNode> children = read.stream()
                .filter(edge -> edge.path("runId").equals(write.path("runId")))
                .filter(edge -> !edge.hasNonNull("checkpoint")
                        || edge.path("checkpoint").equals(write.path("checkpoint")))
                .toList();
        for (int i = 0; i < children.size() && lines.size() < MOST_LINES; i++) {
            JsonNode child = children.get(i);
            boolean last = i + 1 == children.size();
            Optional<JsonNode> writer = writer(child);
            boolean again = writer.filter(drawn::contains).isPresent();
            lines.add(indent
                    + (last ? "└─ " : "├─ ")
                    + CellText.visible(place(child))
                    + how(child)
                    + writer.map(SnapshotDrawing::by).orElse("")
                    + (again ? "  (above)" : ""));
            writer.ifPresent(found -> draw(found, indent + (last ? "   " : "│  ")));
        }
    }

    /** What made a snapshot, or the one before it of which it only rearranges the files. */
    private Optional<JsonNode> writer(JsonNode edge) {
        JsonNode found = null;
        for (JsonNode write : written) {
            if (edge.hasNonNull("snapshot")
                    && write.path("version").equals(edge.path("version"))
                    && write.path("snapshot").asLong() <= edge.path("snapshot").asLong()
                    && (found == null
                            || write.path("snapshot").asLong()
                                    > found.path("snapshot").asLong())) {
                found = write;
            }
        }
        return Optional.ofNullable(found);
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
