package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.state.ForeignStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** Walks the graph of what derives from what, level by level: each level is a few lookups by index. */
public final class LineageGraph {

    /** The target of a derivation whose rows are answered. */
    static final String ANSWER = "";

    /** The dependence of a column, or of which rows there are, of which no more than the tables is known. */
    static final String UNRESOLVED = "UNRESOLVED";

    /** The dependence of all columns of a target, where no more than its tables is known of any. */
    static final String UNREAD = "UNREAD";

    /** What a value derives from, rather than whether its row is there. */
    private static final String DIRECT = "(c.dependence IN ("
            + Stream.concat(
                            Arrays.stream(Dependence.values())
                                    .filter(Dependence::isDirect)
                                    .map(Dependence::name),
                            Stream.of(UNREAD))
                    .collect(Collectors.joining("', '", "'", "'"))
            + ") OR c.dependence = '" + UNRESOLVED + "' AND c.target_column <> '')";

    /** So many edges are more than anybody reads; a walk ends there. */
    static final int MOST_EDGES = 50_000;

    private static final int NODES_AT_ONCE = 200;

    /** Of the job of the run r. */
    private static final String REVISION_THEN =
            "(SELECT m.revision FROM run m WHERE m.job_id = r.job_id AND m.started_at <= :at"
                    + " ORDER BY m.started_at DESC LIMIT 1)";

    private final Jdbi reads;
    private final Derivations derivations;

    /** @param derivations of which all is written before a walk */
    LineageGraph(Jdbi reads, Derivations derivations) {
        this.reads = requireNonNull(reads, "reads is null");
        this.derivations = requireNonNull(derivations, "derivations is null");
    }

    /**
     * What a walk follows.
     *
     * @param up to what the start derives from; otherwise to what derives from it
     * @param depth how many edges far, at least 1
     * @param directOnly leaves out what merely decides which rows there are
     * @param at knows the derivations alone that were known then
     */
    public record Way(boolean up, int depth, boolean directOnly, Optional<Instant> at) {
        public Way {
            if (depth < 1) {
                throw new IllegalArgumentException("depth " + depth);
            }
            requireNonNull(at, "at is null");
        }
    }

    /** Walks from a table or a column. */
    public Walk walk(Node start, Way way) {
        derivations.writeWaiting();
        return reads.inTransaction(handle -> {
            Set<Node> seen = new HashSet<>(Set.of(start));
            Set<GraphEdge> met = new HashSet<>();
            Set<String> whole = new HashSet<>();
            List<GraphEdge> edges = new ArrayList<>();
            List<Node> frontier = List.of(start);
            for (int depth = 1; depth <= way.depth() && !frontier.isEmpty() && edges.size() <= MOST_EDGES; depth++) {
                Set<Node> next = new LinkedHashSet<>();
                for (List<Node> some : parts(frontier)) {
                    for (GraphEdge edge : level(handle, some, whole, way, depth)) {
                        if (met.add(edge.at(0))) {
                            edges.add(edge);
                        }
                        Node other = way.up() ? edge.source() : edge.target();
                        if (!other.isAnswer() && seen.add(other)) {
                            next.add(other);
                        }
                    }
                    if (edges.size() > MOST_EDGES) {
                        break;
                    }
                }
                frontier = List.copyOf(next);
            }
            boolean all = edges.size() <= MOST_EDGES;
            List<GraphEdge> found = edges.stream().limit(MOST_EDGES).toList();
            return new Walk(start, way.up(), found, runs(handle, found, way), all);
        });
    }

    /** @param whole the tables whose lines of all columns were read; what is met of others is added */
    private static List<GraphEdge> level(Handle handle, List<Node> nodes, Set<String> whole, Way way, int depth) {
        Map<Boolean, List<Node>> byKind = nodes.stream()
                .collect(Collectors.partitioningBy(node -> node.column().isEmpty()));
        List<GraphEdge> edges = new ArrayList<>();
        if (!byKind.get(false).isEmpty()) {
            edges.addAll(ofColumns(handle, byKind.get(false), whole, way, depth));
        }
        if (!byKind.get(true).isEmpty()) {
            edges.addAll(ofTables(handle, byKind.get(true), way, depth));
        }
        return edges;
    }

    /** Upwards a column derives from its own origins, and from what decides about the rows of its table. */
    private static List<GraphEdge> ofColumns(Handle handle, List<Node> columns, Set<String> whole, Way way, int depth) {
        Set<Node> wanted = new LinkedHashSet<>(columns);
        // Downwards, these are the lines of which the column is not known: they may be of this one. They are the same
        // for each
        // column of the table, and read once.
        columns.stream().map(Node::dataset).filter(whole::add).forEach(dataset -> wanted.add(new Node(dataset, "")));
        List<Node> nodes = List.copyOf(wanted);
        String side = way.up() ? "target" : "source";
        String pairs = IntStream.range(0, nodes.size())
                .mapToObj(i -> "(:d" + i + ", :c" + i + ")")
                .collect(Collectors.joining(", "));
        Query query = handle.createQuery(
                "SELECT c.source, c.source_column, c.target, c.target_column, c.dependence, c.reason, c.derivation_id, "
                        + DIRECT + " AS direct FROM derivation_column c" + known(way, "c") + " WHERE (c." + side
                        + ", c." + side
                        + "_column) IN (VALUES " + pairs + ")" + then(way) + (way.directOnly() ? " AND " + DIRECT : "")
                        + " ORDER BY c.target, c.target_column, c.source, c.source_column, c.dependence LIMIT "
                        + (MOST_EDGES + 1));
        for (int i = 0; i < nodes.size(); i++) {
            query.bind("d" + i, nodes.get(i).dataset())
                    .bind("c" + i, nodes.get(i).column());
        }
        return at(query, way)
                .map((row, context) -> new GraphEdge(
                        new Node(row.getString(1), row.getString(2)),
                        target(row.getString(3), row.getString(4), row.getString(7)),
                        depth,
                        dependence(row.getString(5)),
                        Optional.ofNullable(row.getString(6)),
                        row.getString(7),
                        row.getBoolean(8)))
                .list();
    }

    /** Of a line's; empty where no more than the tables is known. */
    static Optional<Dependence> dependence(String name) {
        return name.equals(UNRESOLVED) || name.equals(UNREAD)
                ? Optional.empty()
                : Optional.of(Dependence.valueOf(name));
    }

    private static List<GraphEdge> ofTables(Handle handle, List<Node> tables, Way way, int depth) {
        String names = IntStream.range(0, tables.size()).mapToObj(i -> ":t" + i).collect(Collectors.joining(", "));
        Query query = handle.createQuery("SELECT t.* FROM derivation_table t" + known(way, "t") + " WHERE t."
                + (way.up() ? "target" : "source") + " IN (" + names + ")" + then(way)
                + " ORDER BY t.target, t.source LIMIT " + (MOST_EDGES + 1));
        for (int i = 0; i < tables.size(); i++) {
            query.bind("t" + i, tables.get(i).dataset());
        }
        return at(query, way)
                .map((row, context) -> new GraphEdge(
                        new Node(row.getString("source"), ""),
                        target(row.getString("target"), "", row.getString("derivation_id")),
                        depth,
                        Optional.empty(),
                        Optional.empty(),
                        row.getString("derivation_id"),
                        true))
                .list();
    }

    /** The derivations of edges, where it matters since when they are known. */
    private static String known(Way way, String edges) {
        return way.at().isEmpty() ? "" : " JOIN derivation d ON d.id = " + edges + ".derivation_id";
    }

    private static String then(Way way) {
        return way.at().isEmpty() ? "" : " AND d.first_at <= :at";
    }

    private static Query at(Query query, Way way) {
        return way.at().isEmpty() ? query : query.bind("at", millis(way));
    }

    private static Node target(String dataset, String column, String derivation) {
        return new Node(dataset.equals(ANSWER) ? Node.ANSWERS + derivation : dataset, column);
    }

    private static long millis(Way way) {
        return way.at().map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    private static Map<String, LastRun> runs(Handle handle, Collection<GraphEdge> edges, Way way) {
        List<String> derivations =
                edges.stream().map(GraphEdge::derivation).distinct().toList();
        Map<String, LastRun> runs = new HashMap<>();
        for (List<String> some : parts(derivations)) {
            runs.putAll(newest(handle, some, millis(way)));
        }
        return runs;
    }

    /** The newest run or query of each derivation that has one, of those that began by then. */
    static Map<String, LastRun> newest(Handle handle, List<String> derivations, long at) {
        Map<String, LastRun> runs = new LinkedHashMap<>();
        handle.createQuery(
                        """
                        SELECT d.id AS derivation, r.id AS run, r.lane, r.principal, r.started_at, j.name AS job_name,
                            r.revision, r.job_id IS NOT NULL AND r.revision IS NOT %s AS former, r.statement
                        FROM derivation d JOIN run r ON r.id = (SELECT n.id FROM run n WHERE n.derivation_id = d.id
                            AND n.started_at <= :at ORDER BY n.started_at DESC LIMIT 1)
                        LEFT JOIN job j ON j.id = r.job_id WHERE d.id IN (<ids>)
                        UNION ALL
                        SELECT u.derivation_id, u.last_query, u.lane, u.principal, u.last_at, NULL, NULL, FALSE, u.statement
                        FROM derivation d JOIN derivation_use u ON u.rowid = (SELECT n.rowid FROM derivation_use n
                            WHERE n.derivation_id = d.id AND n.last_at <= :at ORDER BY n.last_at DESC LIMIT 1)
                        WHERE d.id IN (<ids>) ORDER BY 5
                        """
                                .formatted(at == Long.MAX_VALUE ? "j.revision" : REVISION_THEN))
                .bindList("ids", derivations)
                .bind("at", at)
                .map((row, context) -> Map.entry(
                        row.getString("derivation"),
                        new LastRun(
                                Optional.of(row.getString("run")),
                                Optional.of(Lane.valueOf(row.getString("lane"))),
                                row.getString("principal"),
                                row.getLong("started_at"),
                                Optional.ofNullable(row.getString("job_name")),
                                row.getObject("revision") == null
                                        ? OptionalInt.empty()
                                        : OptionalInt.of(row.getInt("revision")),
                                row.getBoolean("former"),
                                row.getString("statement"))))
                .forEach(run -> runs.put(run.getKey(), run.getValue()));
        runs.putAll(newestForeign(
                handle,
                derivations.stream()
                        .filter(id -> id.startsWith(ForeignStore.DERIVATION))
                        .toList(),
                at));
        return runs;
    }

    /** The same of jobs outside the warehouse, which may tell of themselves without a run. */
    private static Map<String, LastRun> newestForeign(Handle handle, List<String> derivations, long at) {
        Map<String, LastRun> runs = new LinkedHashMap<>();
        if (derivations.isEmpty()) {
            return runs;
        }
        handle.createQuery(
                        """
                        SELECT j.derivation_id AS derivation, NULL AS run, j.principal, j.updated_at AS started_at,
                            j.namespace || '/' || j.name AS job_name, FALSE AS former, j.statement
                        FROM foreign_job j WHERE j.derivation_id IN (<ids>) AND NOT EXISTS (SELECT 1 FROM foreign_run f
                            WHERE f.derivation_id = j.derivation_id)
                        UNION ALL
                        SELECT d.id, f.id, f.principal, f.started_at, j.namespace || '/' || j.name,
                            j.derivation_id IS NOT d.id, f.statement
                        FROM derivation d JOIN foreign_run f ON f.id = (SELECT n.id FROM foreign_run n
                            WHERE n.derivation_id = d.id AND n.started_at <= :at ORDER BY n.started_at DESC LIMIT 1)
                        JOIN foreign_job j ON j.id = f.job_id WHERE d.id IN (<ids>) ORDER BY 4
                        """)
                .bindList("ids", derivations)
                .bind("at", at)
                .map((row, context) -> Map.entry(
                        row.getString("derivation"),
                        new LastRun(
                                Optional.ofNullable(row.getString("run")),
                                Optional.empty(),
                                row.getString("principal"),
                                row.getLong("started_at"),
                                Optional.of(row.getString("job_name")),
                                OptionalInt.empty(),
                                row.getBoolean("former"),
                                row.getString("statement"))))
                .forEach(run -> runs.put(run.getKey(), run.getValue()));
        return runs;
    }

    private static <T> List<List<T>> parts(List<T> all) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += NODES_AT_ONCE) {
            parts.add(all.subList(from, Math.min(all.size(), from + NODES_AT_ONCE)));
        }
        return parts;
    }
}
