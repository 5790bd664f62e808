package dev.weirhouse.server.http;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.lineage.GraphEdge;
import dev.weirhouse.lineage.LastRun;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.LineageGraph.Way;
import dev.weirhouse.lineage.Node;
import dev.weirhouse.lineage.Reader;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.lineage.SnapshotWalk;
import dev.weirhouse.lineage.Walk;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.http.RunRoutes.RunView;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Lineage: what derives from what, who reads a table, and which snapshots one, or an answer, rests on. */
final class LineageRoutes {

    private static final int DEFAULT_DEPTH = 10;
    private static final int MAX_DEPTH = 100;
    private static final int DEFAULT_DAYS = 30;
    private static final int MAX_DAYS = 36_500;

    private final Lineage lineage;
    private final Warehouse warehouse;
    private final Clock clock;

    LineageRoutes(Lineage lineage, Warehouse warehouse, Clock clock) {
        this.lineage = lineage;
        this.warehouse = warehouse;
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
            String runStartedAt,
            List<Integer> restsOn) {
        static SnapshotView of(SnapshotEdge edge, List<Integer> restsOn) {
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
                    Instant.ofEpochMilli(edge.startedAt()).toString(),
                    restsOn.isEmpty() ? null : restsOn);
        }

        private static Long number(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }
    }

    /** @param query the query or run that was asked for; null when a snapshot was */
    record SnapshotsView(String direction, RunView query, boolean whole, List<SnapshotView> edges) {
        static SnapshotsView of(boolean up, RunView query, SnapshotWalk walk) {
            Map<SnapshotEdge, Integer> places = new HashMap<>();
            walk.edges().forEach(edge -> places.put(edge, places.size()));
            List<SnapshotView> edges = walk.edges().stream()
                    .map(edge -> SnapshotView.of(
                            edge,
                            walk.restsOn().getOrDefault(edge, Set.of()).stream()
                                    .map(places::get)
                                    .toList()))
                    .toList();
            return new SnapshotsView(up ? "up" : "down", query, walk.whole(), edges);
        }
    }

    private void walk(Context request) {
        takes(request, "of", "direction", "depth", "direct", "at", "snapshot");
        Node start = node(request);
        boolean direct = isDirect(request);
        if (direct && start.column().isEmpty()) {
            throw malformed("'direct' is for columns: of tables it is not told apart.", null);
        }
        Way way = new Way(!isDown(request), depth(request), direct, time(request, start));
        request.json(WalkView.of(lineage.graph().walk(start, way)));
    }

    private static int depth(Context request) {
        return (int) (long) QueryNumber.find(request, "depth", 1, MAX_DEPTH).orElse((long) DEFAULT_DEPTH);
    }

    private static boolean isDirect(Context request) {
        String direct = Optional.ofNullable(request.queryParam("direct")).orElse("false");
        return switch (direct) {
            case "false" -> false;
            case "true" -> true;
            default -> throw malformed("'direct' cannot be '" + direct + "': it is true or false.", null);
        };
    }

    private static boolean isDown(Context request) {
        String direction = Optional.ofNullable(request.queryParam("direction")).orElse("up");
        return switch (direction) {
            case "up" -> false;
            case "down" -> true;
            default -> throw malformed("'direction' cannot be '" + direction + "': it is up or down.", null);
        };
    }

    /** The time that is asked for, or when the snapshot was added that is. */
    private Optional<Instant> time(Context request, Node start) {
        String at = request.queryParam("at");
        Optional<Long> snapshot = QueryNumber.find(request, "snapshot", 1, Long.MAX_VALUE);
        if (snapshot.isPresent()) {
            if (at != null) {
                throw malformed("'at' and 'snapshot' name a moment each: give one of them.", null);
            }
            return Optional.of(added(start, snapshot.get()));
        }
        try {
            return at == null ? Optional.empty() : Optional.of(Instant.parse(at));
        } catch (DateTimeParseException e) {
            throw malformed("'at' cannot be '" + at + "': it is a time such as 2024-01-31T12:00:00Z.", e);
        }
    }

    private Instant added(Node column, long snapshot) {
        TableName table = table(column);
        if (column.column().isEmpty()) {
            throw malformed(
                    "'snapshot' is for a column here: ask /api/v1/lineage/snapshots what one of a table rests on.",
                    null);
        }
        return lineage.snapshots()
                .addedAt(table, snapshot)
                .orElseThrow(
                        () -> new WarehouseException(
                                CatalogError.SNAPSHOT_NOT_FOUND,
                                "When the snapshot " + snapshot + " of " + table
                                        + " was added is not known: it is not kept, and no run that is recorded committed it."));
    }

    private void readers(Context request) {
        takes(request, "of", "days");
        Node of = node(request);
        if (!of.column().isEmpty()) {
            throw malformed(
                    "'of' names the column '" + of.column() + "', and readers are told of tables: leave it out. What"
                            + " derives from a column, answers among it, is asked for with 'direction=down'.",
                    null);
        }
        long days = QueryNumber.find(request, "days", 1, MAX_DAYS).orElse((long) DEFAULT_DAYS);
        Instant since = clock.instant().minus(Duration.ofDays(days));
        request.json(Map.of(
                "readers",
                lineage.readers(of.dataset(), since).stream()
                        .map(ReaderView::of)
                        .toList()));
    }

    private void snapshots(Context request) {
        String query = request.queryParam("query");
        request.json(query == null ? ofSnapshot(request) : ofQuery(request, query));
    }

    private SnapshotsView ofSnapshot(Context request) {
        takes(request, "of", "snapshot", "direction", "depth");
        Node of = node(request);
        TableName table = table(of);
        if (!of.column().isEmpty()) {
            throw malformed(
                    "'of' names the column '" + of.column() + "', and snapshots are a table's: leave it out, or ask"
                            + " /api/v1/lineage with 'snapshot' for what the column derived from then.",
                    null);
        }
        long snapshot = QueryNumber.find(request, "snapshot", 1, Long.MAX_VALUE)
                .orElseThrow(() -> malformed("'snapshot' is missing: it is the number of a snapshot.", null));
        boolean up = !isDown(request);
        int depth = depth(request);
        SnapshotWalk walk = up
                ? lineage.snapshots().up(table, snapshot, depth)
                : lineage.snapshots().down(table, snapshot, depth);
        return SnapshotsView.of(up, null, walk);
    }

    private SnapshotsView ofQuery(Context request, String query) {
        takes(request, "query", "depth");
        int depth = depth(request);
        SnapshotWalk walk = lineage.snapshots().up(query, depth).orElseThrow(() -> unknown(query));
        RunView asked = RunRoutes.find(warehouse.state().runs(), warehouse.queries(), query)
                .orElseThrow(() -> unknown(query));
        return SnapshotsView.of(true, asked, walk);
    }

    private static WarehouseException unknown(String query) {
        return new WarehouseException(
                ServerError.RUN_NOT_FOUND,
                "No query or run '" + query
                        + "' is recorded, or not any more: weir.queries and weir.runs list those that" + " are.");
    }

    /** What is not asked for here would be passed over in silence. */
    private static void takes(Context request, String... names) {
        for (String name : request.queryParamMap().keySet()) {
            if (!List.of(names).contains(name)) {
                throw malformed(
                        "'" + name + "' has no meaning here: the request takes " + String.join(", ", names) + ".",
                        null);
            }
        }
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
            List<String> columns = warehouse.metadata().schema(table).getColumnNames();
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
