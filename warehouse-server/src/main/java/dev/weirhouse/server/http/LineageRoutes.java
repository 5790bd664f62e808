package dev.weirhouse.server.http;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.CatalogMetadata;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.lineage.GraphEdge;
import dev.weirhouse.lineage.LastRun;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.LineageGraph.Way;
import dev.weirhouse.lineage.Node;
import dev.weirhouse.lineage.Reader;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.lineage.Walk;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Lineage: what derives from what, who reads a table, and which snapshots one rests on. */
final class LineageRoutes {

    private static final int DEFAULT_DEPTH = 10;
    private static final int MAX_DEPTH = 100;
    private static final int DEFAULT_DAYS = 30;
    private static final int MAX_DAYS = 36_500;

    private final Lineage lineage;
    private final CatalogMetadata metadata;
    private final Clock clock;

    LineageRoutes(Lineage lineage, CatalogMetadata metadata, Clock clock) {
        this.lineage = lineage;
        this.metadata = metadata;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/lineage", this::walk),
                Route.get("/api/v1/lineage/readers", this::readers),
                Route.get("/api/v1/lineage/snapshots", this::snapshots));
    }

    record NodeView(String dataset, String column) {
        static NodeView of(Node node) {
            return new NodeView(node.dataset(), node.column().isEmpty() ? null : node.column());
        }
    }

    record EdgeView(
            NodeView source,
            NodeView target,
            int depth,
            String dependence,
            boolean direct,
            String reason,
            String derivation) {
        static EdgeView of(GraphEdge edge) {
            return new EdgeView(
                    NodeView.of(edge.source()),
                    NodeView.of(edge.target()),
                    edge.depth(),
                    edge.dependence().map(Enum::name).orElse(null),
                    edge.isDirect(),
                    edge.reason().orElse(null),
                    edge.derivation());
        }
    }

    record LastRunView(
            String runId,
            String lane,
            String user,
            String startedAt,
            String job,
            Integer revision,
            boolean former,
            String statement) {
        static LastRunView of(LastRun run) {
            return new LastRunView(
                    run.runId().orElse(null),
                    run.lane().map(Enum::name).orElse(Lineage.FOREIGN),
                    run.principal(),
                    Instant.ofEpochMilli(run.startedAt()).toString(),
                    run.job().orElse(null),
                    run.revision().isPresent() ? run.revision().getAsInt() : null,
                    run.former(),
                    run.statement());
        }
    }

    record WalkView(
            NodeView start, String direction, boolean whole, List<EdgeView> edges, Map<String, LastRunView> runs) {
        static WalkView of(Walk walk) {
            Map<String, LastRunView> runs = new TreeMap<>();
            walk.runs().forEach((derivation, run) -> runs.put(derivation, LastRunView.of(run)));
            return new WalkView(
                    NodeView.of(walk.start()),
                    walk.up() ? "up" : "down",
                    walk.whole(),
                    walk.edges().stream().map(EdgeView::of).toList(),
                    runs);
        }
    }

    record ReaderView(String user, String source, String lane, String job, long runs, String lastAt) {
        static ReaderView of(Reader reader) {
            return new ReaderView(
                    reader.principal(),
                    reader.source(),
                    reader.lane().map(Enum::name).orElse(Lineage.FOREIGN),
                    reader.job().orElse(null),
                    reader.runs(),
                    Instant.ofEpochMilli(reader.lastAt()).toString());
        }
    }

    record SnapshotView(
            String runId,
            String job,
            String direction,
            String table,
            String version,
            Long snapshot,
            String position,
            String kind,
            Long checkpoint,
            String committedAt,
            Long rowsAdded,
            Long rowsDeleted,
            Long bytesAdded,
            String partitions,
            String exactness,
            String reason,
            String runStartedAt) {
        static SnapshotView of(SnapshotEdge edge) {
            return new SnapshotView(
                    edge.runId(),
                    edge.job().orElse(null),
                    edge.written() ? "OUT" : "IN",
                    edge.table(),
                    edge.version(),
                    number(edge.snapshot()),
                    edge.position().orElse(null),
                    edge.kind().orElse(null),
                    number(edge.checkpoint()),
                    edge.committedAt().isPresent()
                            ? Instant.ofEpochMilli(edge.committedAt().getAsLong())
                                    .toString()
                            : null,
                    number(edge.rowsAdded()),
                    number(edge.rowsDeleted()),
                    number(edge.bytesAdded()),
                    edge.partitions().orElse(null),
                    edge.exactness(),
                    edge.reason().orElse(null),
                    Instant.ofEpochMilli(edge.startedAt()).toString());
        }

        private static Long number(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }
    }

    private void walk(Context request) {
        Node start = node(request);
        Way way = new Way(
                !isDown(request),
                (int) (long) QueryNumber.find(request, "depth", 1, MAX_DEPTH).orElse((long) DEFAULT_DEPTH),
                Boolean.parseBoolean(request.queryParam("direct")),
                time(request));
        request.json(WalkView.of(lineage.graph().walk(start, way)));
    }

    private static boolean isDown(Context request) {
        String direction = Optional.ofNullable(request.queryParam("direction")).orElse("up");
        return switch (direction) {
            case "up" -> false;
            case "down" -> true;
            default -> throw malformed("'direction' cannot be '" + direction + "': it is up or down.", null);
        };
    }

    private static Optional<Instant> time(Context request) {
        String at = request.queryParam("at");
        try {
            return at == null ? Optional.empty() : Optional.of(Instant.parse(at));
        } catch (DateTimeParseException e) {
            throw malformed("'at' cannot be '" + at + "': it is a time such as 2024-01-31T12:00:00Z.", e);
        }
    }

    private void readers(Context request) {
        Node of = node(request);
        long days = QueryNumber.find(request, "days", 1, MAX_DAYS).orElse((long) DEFAULT_DAYS);
        Instant since = clock.instant().minus(Duration.ofDays(days));
        request.json(Map.of(
                "readers",
                lineage.readers(of.dataset(), since).stream()
                        .map(ReaderView::of)
                        .toList()));
    }

    private void snapshots(Context request) {
        TableName of = table(node(request));
        long snapshot = QueryNumber.find(request, "snapshot", 1, Long.MAX_VALUE)
                .orElseThrow(() -> malformed("'snapshot' is missing: it is the number of a snapshot.", null));
        long depth = QueryNumber.find(request, "depth", 1, MAX_DEPTH).orElse((long) DEFAULT_DEPTH);
        request.json(Map.of(
                "edges",
                lineage.snapshots().behind(of, snapshot, (int) depth).stream()
                        .map(SnapshotView::of)
                        .toList()));
    }

    /** The table, column or place outside the catalog that is asked for. */
    private Node node(Context request) {
        String name = request.queryParam("of");
        if (name == null || name.isBlank()) {
            throw malformed("'of' is missing: it names a table or a column, DATABASE.TABLE[.COLUMN].", null);
        }
        String[] parts = name.split("\\.", 3);
        if (isPlace(parts[0])
                || parts.length > 1 && isPlace(parts[1])
                || isPlace(name) && lineage.knows(new Node(name.replaceFirst("#[^#]*$", ""), ""))) {
            return outside(name);
        }
        if (parts.length < 2 || parts[0].isBlank() || parts[1].isBlank()) {
            throw malformed("'of' cannot be '" + name + "': it is DATABASE.TABLE or DATABASE.TABLE.COLUMN.", null);
        }
        TableName table = new TableName(parts[0], parts[1]);
        Node node = new Node(table.toString(), parts.length < 3 ? "" : parts[2]);
        if (!lineage.knows(node)) {
            // Fails for a table that is not there.
            List<String> columns = metadata.schema(table).getColumnNames();
            if (!node.column().isEmpty() && !columns.contains(node.column())) {
                throw new WarehouseException(
                        CatalogError.COLUMN_NOT_FOUND,
                        "The table " + table + " has no column '" + node.column() + "'.");
            }
        }
        return node;
    }

    /** Neither a database's nor a table's name. */
    private static boolean isPlace(String part) {
        return part.contains(":") || part.contains("/");
    }

    /** A place outside the catalog; its column stands after the last '#'. */
    private Node outside(String name) {
        int hash = name.lastIndexOf('#');
        Node node = hash < 0 ? new Node(name, "") : new Node(name.substring(0, hash), name.substring(hash + 1));
        if (!lineage.knows(new Node(node.dataset(), ""))) {
            throw new WarehouseException(
                    CatalogError.TABLE_NOT_FOUND, "Nothing is known to derive from '" + node.dataset() + "'.");
        }
        if (!lineage.knows(node)) {
            throw new WarehouseException(
                    CatalogError.COLUMN_NOT_FOUND,
                    "Nothing is known to derive from the column '" + node.column() + "' of '" + node.dataset() + "'.");
        }
        return node;
    }

    private static TableName table(Node node) {
        String[] parts = node.dataset().split("\\.", 2);
        if (isPlace(node.dataset())) {
            throw malformed("'" + node.dataset() + "' lies outside the catalog and has no snapshots.", null);
        }
        return new TableName(parts[0], parts[1]);
    }

    private static WarehouseException malformed(String sentence, Exception cause) {
        return new WarehouseException(ServerError.REQUEST_MALFORMED, sentence, cause);
    }
}
