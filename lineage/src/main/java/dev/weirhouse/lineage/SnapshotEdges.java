package dev.weirhouse.lineage;

import dev.weirhouse.catalog.StoredSnapshot;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.lineage.SnapshotWalk.Trail;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Which runs read which snapshots and added which. */
public final class SnapshotEdges {

    static final String RUN_READS =
            """
            SELECT run_id, 0 AS written, table_name, version, snapshot, NULL AS position, NULL AS kind, NULL AS checkpoint,
                NULL AS committed_at, NULL AS rows_added, NULL AS rows_deleted, NULL AS bytes_added, partitions,
                class, reason FROM run_read
            """;

    static final String CHECKPOINT_READS =
            """
            SELECT run_id, 0 AS written, table_name, version, snapshot, position, NULL AS kind, checkpoint, committed_at,
                NULL AS rows_added, NULL AS rows_deleted, NULL AS bytes_added, NULL AS partitions, class, reason
                FROM checkpoint_read
            """;

    static final String WRITES =
            """
            SELECT run_id, 1 AS written, table_name, version, snapshot, NULL AS position, kind, checkpoint, committed_at,
                rows_added, rows_deleted, bytes_added, partitions, class, reason FROM run_write
            """;

    /** What may have been committed and is still to be told. */
    static final String PENDING =
            """
            SELECT run_id, 1 AS written, table_name, version, NULL AS snapshot, NULL AS position, 'PENDING' AS kind,
                NULL AS checkpoint, NULL AS committed_at, NULL AS rows_added, NULL AS rows_deleted, NULL AS bytes_added,
                NULL AS partitions, 'unknown' AS class, 'it may have commits that are not recorded yet' AS reason
                FROM run_pending
            """;

    /** Of a stream whose checkpoints tell what it had read, they alone do. */
    private static final String ALL = WRITES + " UNION ALL " + CHECKPOINT_READS + " UNION ALL " + RUN_READS
            + " WHERE NOT EXISTS (SELECT 1 FROM checkpoint_read c WHERE c.run_id = run_read.run_id)"
            + " UNION ALL " + PENDING;

    /** How far the clocks of those who commit may be apart. */
    static final long CLOCKS_APART_MILLIS = 60_000;

    /** The kinds of commits that change rows; others rearrange files or count what is in them. */
    static final Set<String> CHANGING = Set.of("APPEND", "OVERWRITE");

    private final Warehouse warehouse;
    private final Jdbi reads;
    private final StatementReads statements;
    private final SnapshotReaders readers;

    SnapshotEdges(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.reads = warehouse.state().reads();
        this.statements = new StatementReads(warehouse);
        this.readers = new SnapshotReaders(warehouse);
    }

    /** The newest commits, and what they rest on, first. */
    public List<SnapshotEdge> newest(int limit) {
        return newest(new Wanted(Map.of()), limit);
    }

    /** As {@link #newest(int)}, of the edges that are asked for. */
    List<SnapshotEdge> newest(Wanted wanted, int limit) {
        look();
        return reads.withHandle(handle -> wanted.bind(handle.createQuery(of(ALL) + wanted.where()
                        + " ORDER BY COALESCE(edge.committed_at, r.started_at) DESC, edge.run_id, written,"
                        + " edge.version, snapshot LIMIT :limit"))
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    /** Edges with their runs and jobs. */
    static String of(String edges) {
        return "SELECT edge.*, r.started_at, j.name AS job FROM (" + edges
                + ") AS edge JOIN run r ON r.id = edge.run_id LEFT JOIN job j ON j.id = r.job_id";
    }

    /** Has what was committed meanwhile recorded. */
    private void look() {
        warehouse.state().runs().flush();
        warehouse.commits().look();
    }

    /**
     * What a snapshot of a table rests on: the run that added it with all that the run read, then the same of each snapshot
     * that was read. Of a streaming job it is what it had read by the checkpoint that the snapshot was committed at.
     *
     * @param table the name; what it stands for now is meant
     * @param depth how many runs far, at least 1
     */
    public SnapshotWalk up(TableName table, long snapshot, int depth) {
        look();
        Trail trail = new Trail();
        SnapshotEdge added = writer(newest(table, snapshot));
        trail.meet(added);
        climb(trail, inputs(trail, added), depth - 1);
        return trail.end();
    }

    /**
     * What the answer of a query rests on, or what a run committed: what it read, then for each snapshot of that what it rests
     * on.
     *
     * @param statement the id of the query or run
     * @param depth how many runs far, the statement itself being the first
     * @return empty when no such statement is recorded, or not any more
     */
    public Optional<SnapshotWalk> up(String statement, int depth) {
        look();
        return statements.reads(statement).map(read -> {
            Trail trail = new Trail();
            read.forEach(trail::meet);
            climb(trail, read, depth - 1);
            return trail.end();
        });
    }

    /**
     * What rests on a snapshot of a table: the runs that read it, each with what it added, then the same of what was added.
     * What only rearranges files is the same snapshot. Of a streaming job it is the first checkpoint by which it had read so
     * far, and one before it by which it may have; later ones may hold its rows too.
     *
     * @param table the name; what it stands for now is meant
     * @param depth how many runs far, at least 1
     */
    public SnapshotWalk down(TableName table, long snapshot, int depth) {
        look();
        Trail trail = new Trail();
        Sought root = newest(table, snapshot);
        SnapshotEdge first = writer(root);
        trail.meet(first);
        List<SnapshotEdge> frontier = List.of(first);
        for (int level = 0; level < depth && !frontier.isEmpty(); level++) {
            List<SnapshotEdge> next = new ArrayList<>();
            for (SnapshotEdge added : frontier) {
                // A table that was renamed was read by both names.
                Set<String> versions = new LinkedHashSet<>(List.of(added.version()));
                if (added.equals(first)) {
                    versions.add(root.version());
                }
                for (SnapshotEdge read : trail.isFull() ? List.<SnapshotEdge>of() : readers.of(added, versions)) {
                    if (trail.isFull()) {
                        break;
                    }
                    trail.meet(read);
                    trail.link(read, added);
                    for (SnapshotEdge made : readers.added(read)) {
                        if (trail.meet(made) && made.snapshot().isPresent()) {
                            next.add(made);
                        }
                        trail.link(made, read);
                    }
                }
            }
            frontier = next;
        }
        return trail.end();
    }

    /** When a snapshot of what a table's name stands for now was added; empty when that is not known. */
    public Optional<Instant> addedAt(TableName table, long snapshot) {
        look();
        Sought sought = newest(table, snapshot);
        Optional<StoredSnapshot> kept = warehouse.commits().snapshot(sought.version(), snapshot);
        return recorded(sought, snapshot, kept)
                .filter(edge -> edge.committedAt().isPresent())
                .map(edge -> Math.max(edge.committedAt().getAsLong(), edge.startedAt()))
                .or(() -> kept.map(StoredSnapshot::committedAt))
                .map(Instant::ofEpochMilli);
    }

    private Sought newest(TableName table, long snapshot) {
        return new Sought(table.toString(), warehouse.version(table), snapshot, Long.MAX_VALUE);
    }

    /** From what was read to what added it, and to what that run had read. */
    private void climb(Trail trail, List<SnapshotEdge> read, int depth) {
        List<SnapshotEdge> frontier = read;
        for (int level = 0; level < depth && !frontier.isEmpty() && !trail.isFull(); level++) {
            List<SnapshotEdge> next = new ArrayList<>();
            for (SnapshotEdge each : frontier) {
                if (each.snapshot().orElse(0) > 0 && !trail.isFull()) {
                    SnapshotEdge added = writer(new Sought(
                            each.table(), each.version(), each.snapshot().getAsLong(), readBy(each)));
                    trail.meet(added);
                    trail.link(each, added);
                    next.addAll(inputs(trail, added));
                }
            }
            frontier = next;
        }
    }

    /** What a run had read when it added this; answers what of it is met for the first time. */
    private List<SnapshotEdge> inputs(Trail trail, SnapshotEdge added) {
        if (added.runId().isEmpty()) {
            return List.of();
        }
        List<SnapshotEdge> fresh = new ArrayList<>();
        for (SnapshotEdge read : reads(added)) {
            if (trail.meet(read)) {
                fresh.add(read);
            }
            trail.link(added, read);
        }
        return fresh;
    }

    /**
     * A snapshot whose writer is looked for.
     *
     * @param readBy when it was there, at the latest, in milliseconds since 1970 UTC
     */
    private record Sought(String table, String version, long snapshot, long readBy) {

        /** Whether a snapshot of the number may have been there, by whatever clock. */
        boolean canBe(StoredSnapshot stored) {
            return stored.committedAt() - CLOCKS_APART_MILLIS <= readBy;
        }
    }

    /** A run fixes what it reads before it begins; a stream has read it when its checkpoint is committed. */
    private static long readBy(SnapshotEdge read) {
        return read.committedAt().orElse(read.startedAt());
    }

    /**
     * What only rearranges files holds the rows of the snapshot before it; what no recorded run committed is not known. What was
     * recorded by another name, which the table had before it was renamed, bears its run's signature.
     */
    private SnapshotEdge writer(Sought sought) {
        for (long next = sought.snapshot(); next > 0; next--) {
            long id = next;
            Optional<StoredSnapshot> kept = warehouse.commits().snapshot(sought.version(), id);
            Optional<SnapshotEdge> recorded = recorded(sought, id, kept);
            Optional<String> kind = recorded.flatMap(SnapshotEdge::kind)
                    .or(() -> kept.filter(sought::canBe).map(StoredSnapshot::kind));
            if (kind.isEmpty() || CHANGING.contains(kind.get())) {
                return recorded.orElse(unknown(sought, id, kept));
            }
        }
        return unknown(sought, sought.snapshot(), Optional.empty());
    }

    /**
     * A number may have been given again, after the table was rolled back or made anew: the newest one is meant that was there when
     * it was read.
     */
    private Optional<SnapshotEdge> recorded(Sought sought, long snapshot, Optional<StoredSnapshot> kept) {
        boolean wasThere =
                kept.filter(stored -> stored.committedAt() <= sought.readBy()).isPresent();
        Optional<SnapshotEdge> before =
                wasThere ? Optional.empty() : recorded(sought.version(), snapshot, 0, sought.readBy());
        return before.or(() -> kept.filter(sought::canBe)
                        .map(StoredSnapshot::committedAt)
                        .flatMap(at -> recorded(sought.version(), snapshot, at, at)))
                .or(() -> kept.filter(sought::canBe).flatMap(stored -> signed(snapshot, stored)));
    }

    private Optional<SnapshotEdge> recorded(String version, long snapshot, long from, long to) {
        return reads.withHandle(
                handle -> handle.createQuery(of(WRITES) + " WHERE edge.version = :version AND snapshot = :snapshot"
                                + " AND committed_at BETWEEN :from AND :to ORDER BY committed_at DESC LIMIT 1")
                        .bind("version", version)
                        .bind("snapshot", snapshot)
                        .bind("from", from)
                        .bind("to", to)
                        .map((row, context) -> read(row))
                        .findOne());
    }

    private Optional<SnapshotEdge> signed(long snapshot, StoredSnapshot stored) {
        return reads.withHandle(handle -> handle.createQuery(of(WRITES)
                        + " WHERE committed_at = :at AND snapshot = :snapshot AND (INSTR(:user, edge.run_id) = 1"
                        + " OR INSTR(:user, r.job_id) = 1) LIMIT 1")
                .bind("at", stored.committedAt())
                .bind("snapshot", snapshot)
                .bind("user", stored.user())
                .map((row, context) -> read(row))
                .findOne());
    }

    private static SnapshotEdge unknown(Sought sought, long snapshot, Optional<StoredSnapshot> stored) {
        return new SnapshotEdge(
                "",
                Optional.empty(),
                true,
                sought.table(),
                sought.version(),
                OptionalLong.of(snapshot),
                Optional.empty(),
                stored.map(StoredSnapshot::kind),
                OptionalLong.empty(),
                stored.map(StoredSnapshot::committedAt).map(OptionalLong::of).orElse(OptionalLong.empty()),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "unknown",
                Optional.of(stored.map(kept -> sought.canBe(kept)
                                ? "no run that is recorded committed it; its commit is signed " + kept.user()
                                : "the table was rolled back or made anew since, and gave the number again")
                        .orElse("no run that is recorded committed it, and it is not kept any more")),
                stored.map(StoredSnapshot::committedAt).orElse(0L));
    }

    private List<SnapshotEdge> reads(SnapshotEdge write) {
        return reads.inTransaction(handle -> {
            List<SnapshotEdge> found = write.checkpoint().isEmpty()
                    ? List.of()
                    : handle.createQuery(
                                    of(CHECKPOINT_READS)
                                            + " WHERE edge.run_id = :run AND checkpoint = :checkpoint ORDER BY edge.version, snapshot")
                            .bind("run", write.runId())
                            .bind("checkpoint", write.checkpoint().getAsLong())
                            .map((row, context) -> read(row))
                            .list();
            if (found.isEmpty()) {
                found = handle.createQuery(of(RUN_READS) + " WHERE edge.run_id = :run ORDER BY edge.version, snapshot")
                        .bind("run", write.runId())
                        .map((row, context) -> read(row))
                        .list();
            }
            Set<String> others = others(handle, write);
            return found.stream()
                    .filter(read -> !others.contains(read.table()))
                    .distinct()
                    .toList();
        });
    }

    /** What other tables that the same run writes derive from, and this one does not. */
    static Set<String> others(Handle handle, SnapshotEdge write) {
        Set<String> own = new HashSet<>();
        Set<String> others = new HashSet<>();
        handle.createQuery("SELECT d.target, d.source FROM run r JOIN derivation_table d"
                        + " ON d.derivation_id = r.derivation_id WHERE r.id = :run")
                .bind("run", write.runId())
                .map((row, context) -> Map.entry(row.getString("target"), row.getString("source")))
                .forEach(edge -> (edge.getKey().equals(write.table()) ? own : others).add(edge.getValue()));
        others.removeAll(own);
        return own.isEmpty() ? Set.of() : others;
    }

    static SnapshotEdge read(ResultSet row) throws SQLException {
        return new SnapshotEdge(
                row.getString("run_id"),
                Optional.ofNullable(row.getString("job")),
                row.getInt("written") == 1,
                row.getString("table_name"),
                row.getString("version"),
                number(row, "snapshot"),
                Optional.ofNullable(row.getString("position")),
                Optional.ofNullable(row.getString("kind")),
                number(row, "checkpoint"),
                number(row, "committed_at"),
                number(row, "rows_added"),
                number(row, "rows_deleted"),
                number(row, "bytes_added"),
                Optional.ofNullable(row.getString("partitions")),
                row.getString("class"),
                Optional.ofNullable(row.getString("reason")),
                row.getLong("started_at"));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
