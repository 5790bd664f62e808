package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Flows, their boundaries, and at which snapshots their tables stand at these. Thread-safe. */
public final class FlowStore {

    private final Jdbi jdbi;
    private final Jdbi reads;
    private final Clock clock;

    FlowStore(Jdbi jdbi, Jdbi reads, Clock clock) {
        this.jdbi = jdbi;
        this.reads = reads;
        this.clock = clock;
    }

    /**
     * A flow.
     *
     * @param interval how often a boundary is set, at most
     * @param createdAt in milliseconds since 1970 UTC
     */
    public record Flow(String name, Set<TableName> roots, Duration interval, long createdAt, String createdBy) {
        public Flow {
            roots = Set.copyOf(roots);
        }
    }

    /**
     * A job that reads and writes at a flow's boundaries.
     *
     * @param name what people call it
     * @param reads by name, the version that each stood for when the job was submitted
     */
    public record Member(
            String jobId, String name, String flow, Map<TableName, String> reads, Map<TableName, String> writes) {
        public Member {
            reads = Map.copyOf(reads);
            writes = Map.copyOf(writes);
        }
    }

    /**
     * A boundary.
     *
     * @param createdAt in milliseconds since 1970 UTC
     * @param confirmedAt until when nothing newer was in the roots, in milliseconds since 1970 UTC
     */
    public record Boundary(long number, long createdAt, long confirmedAt) {}

    /**
     * Where a version stands at a boundary.
     *
     * @param snapshot 0 for a root without any
     * @param committedAt when the snapshot was committed, in milliseconds since 1970 UTC: a number may be given again after a
     *     rollback; 0 where there is none
     */
    public record Stand(long snapshot, long committedAt) {}

    /** Adds a flow; false when there is one of its name. */
    public boolean create(String name, Collection<TableName> roots, Duration interval, String principal) {
        return jdbi.inTransaction(handle -> {
            int added = handle.createUpdate(
                            """
                            INSERT INTO flow (name, interval_ms, created_at, created_by) VALUES (:name, :interval, :now, :by)
                            ON CONFLICT DO NOTHING
                            """)
                    .bind("name", name)
                    .bind("interval", interval.toMillis())
                    .bind("now", clock.millis())
                    .bind("by", principal)
                    .execute();
            if (added > 0) {
                roots.forEach(root -> handle.createUpdate(
                                "INSERT INTO flow_root (flow, database_name, table_name) VALUES (:flow, :database, :table)")
                        .bind("flow", name)
                        .bind("database", root.database())
                        .bind("table", root.table())
                        .execute());
            }
            return added > 0;
        });
    }

    /** Forgets a flow with its boundaries; false when there is none. */
    public boolean drop(String name) {
        return jdbi.inTransaction(handle -> {
            for (String table : List.of("flow_root", "flow_boundary", "flow_place")) {
                handle.createUpdate("DELETE FROM " + table + " WHERE flow = :flow")
                        .bind("flow", name)
                        .execute();
            }
            return handle.createUpdate("DELETE FROM flow WHERE name = :flow")
                            .bind("flow", name)
                            .execute()
                    > 0;
        });
    }

    /** All flows, in order of names. */
    public List<Flow> all() {
        return reads.withHandle(handle -> {
            Map<String, Set<TableName>> roots = new TreeMap<>();
            handle.createQuery("SELECT flow, database_name, table_name FROM flow_root")
                    .map((row, context) ->
                            Map.entry(row.getString(1), new TableName(row.getString(2), row.getString(3))))
                    .forEach(root -> roots.computeIfAbsent(root.getKey(), flow -> new LinkedHashSet<>())
                            .add(root.getValue()));
            return handle.createQuery("SELECT name, interval_ms, created_at, created_by FROM flow ORDER BY name")
                    .map((row, context) -> new Flow(
                            row.getString(1),
                            roots.getOrDefault(row.getString(1), Set.of()),
                            Duration.ofMillis(row.getLong(2)),
                            row.getLong(3),
                            row.getString(4)))
                    .list();
        });
    }

    /** A flow by its name. */
    public Optional<Flow> find(String name) {
        return all().stream().filter(flow -> flow.name().equals(name)).findFirst();
    }

    /**
     * Makes a job a member, with what it reads and writes as it is submitted now.
     *
     * @param computes a digest of what it computes
     */
    public void join(String jobId, String flow, Collection<TableUse> uses, String computes) {
        jdbi.useTransaction(handle -> {
            forget(handle, jobId);
            handle.createUpdate("INSERT INTO flow_job (job_id, flow, computes) VALUES (:job, :flow, :computes)")
                    .bind("job", jobId)
                    .bind("flow", flow)
                    .bind("computes", computes)
                    .execute();
            uses.forEach(use -> handle.createUpdate(
                            """
                            INSERT INTO flow_job_table (job_id, database_name, table_name, version, written)
                            VALUES (:job, :database, :table, :version, :written) ON CONFLICT DO NOTHING
                            """)
                    .bind("job", jobId)
                    .bind("database", use.table().database())
                    .bind("table", use.table().table())
                    .bind("version", use.version())
                    .bind("written", use.written())
                    .execute());
        });
    }

    /** Forgets that a job was a member. */
    public void leave(String jobId) {
        jdbi.useTransaction(handle -> leave(handle, jobId));
    }

    /** Where its tables stood is forgotten too: who writes them next begins anew. */
    private static void leave(Handle handle, String jobId) {
        handle.createUpdate(
                        """
                        DELETE FROM flow_place WHERE flow = (SELECT flow FROM flow_job WHERE job_id = :job) AND version IN
                        (SELECT version FROM flow_job_table WHERE job_id = :job AND written = 1)
                        """)
                .bind("job", jobId)
                .execute();
        forget(handle, jobId);
    }

    private static void forget(Handle handle, String jobId) {
        for (String table : List.of("flow_job", "flow_job_table")) {
            handle.createUpdate("DELETE FROM " + table + " WHERE job_id = :job")
                    .bind("job", jobId)
                    .execute();
        }
    }

    /** The flow that a job belongs to. */
    public Optional<String> flowOf(String jobId) {
        return reads.withHandle(handle -> handle.createQuery("SELECT flow FROM flow_job WHERE job_id = :job")
                .bind("job", jobId)
                .mapTo(String.class)
                .findOne());
    }

    /** The digest of what a job of a flow computes; empty when it is not known. */
    public Optional<String> computes(String jobId) {
        return reads.withHandle(handle -> handle.createQuery("SELECT computes FROM flow_job WHERE job_id = :job")
                        .bind("job", jobId)
                        .mapTo(String.class)
                        .findOne())
                .filter(digest -> !digest.isEmpty());
    }

    /** The jobs of a flow. */
    public List<Member> members(String flow) {
        return reads.withHandle(handle -> handle
                .createQuery(
                        """
                        SELECT f.job_id, COALESCE(j.name, f.job_id) FROM flow_job f LEFT JOIN job j ON j.id = f.job_id
                        WHERE f.flow = :flow ORDER BY f.job_id
                        """)
                .bind("flow", flow)
                .map((row, context) -> Map.entry(row.getString(1), row.getString(2)))
                .list()
                .stream()
                .map(job -> new Member(
                        job.getKey(),
                        job.getValue(),
                        flow,
                        tables(handle, job.getKey(), false),
                        tables(handle, job.getKey(), true)))
                .toList());
    }

    private static Map<TableName, String> tables(Handle handle, String job, boolean written) {
        return handle.createQuery(
                        """
                        SELECT database_name, table_name, version FROM flow_job_table
                        WHERE job_id = :job AND written = :written
                        """)
                .bind("job", job)
                .bind("written", written)
                .map((row, context) -> Map.entry(new TableName(row.getString(1), row.getString(2)), row.getString(3)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
    }

    /** The newest boundary of a flow. */
    public Optional<Boundary> newest(String flow) {
        return boundary(flow, "ORDER BY boundary DESC LIMIT 1", Map.of());
    }

    /** A boundary of a flow. */
    public Optional<Boundary> boundary(String flow, long number) {
        return boundary(flow, "AND boundary = :boundary", Map.of("boundary", number));
    }

    private Optional<Boundary> boundary(String flow, String which, Map<String, Long> values) {
        return reads.withHandle(handle -> handle.createQuery(
                        "SELECT boundary, created_at, confirmed_at FROM flow_boundary WHERE flow = :flow " + which)
                .bind("flow", flow)
                .bindMap(values)
                .map((row, context) -> new Boundary(row.getLong(1), row.getLong(2), row.getLong(3)))
                .findOne());
    }

    /**
     * Adds a boundary after the newest, unless somebody else was faster.
     *
     * @param number one more than that of the newest
     * @param roots for each version of a root where it stands
     * @param at when the roots were looked at, in milliseconds since 1970 UTC
     */
    public void add(String flow, long number, Map<String, Stand> roots, long at) {
        jdbi.useTransaction(handle -> {
            int added = handle.createUpdate(
                            """
                            INSERT INTO flow_boundary (flow, boundary, created_at, confirmed_at)
                            SELECT name, :boundary, :now, :now FROM flow WHERE name = :flow ON CONFLICT DO NOTHING
                            """)
                    .bind("flow", flow)
                    .bind("boundary", number)
                    .bind("now", at)
                    .execute();
            if (added > 0) {
                roots.forEach((version, stand) -> place(handle, flow, number, version, stand));
            }
        });
    }

    /**
     * Notes that nothing newer than a boundary was in the roots.
     *
     * @param at when they were looked at, in milliseconds since 1970 UTC
     */
    public void confirm(String flow, long number, long at) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        """
                        UPDATE flow_boundary SET confirmed_at = :now
                        WHERE flow = :flow AND boundary = :boundary AND confirmed_at < :now
                        """)
                .bind("now", at)
                .bind("flow", flow)
                .bind("boundary", number)
                .execute());
    }

    /** Notes where versions that a job writes stand at a boundary: all of them or none. */
    public void reached(String flow, long number, Map<String, Stand> stands) {
        jdbi.useTransaction(handle -> stands.forEach((version, stand) -> place(handle, flow, number, version, stand)));
    }

    private static void place(Handle handle, String flow, long number, String version, Stand stand) {
        handle.createUpdate(
                        """
                        INSERT INTO flow_place (flow, boundary, version, snapshot, committed_at)
                        SELECT flow, boundary, :version, :snapshot, :committed FROM flow_boundary
                        WHERE flow = :flow AND boundary = :boundary ON CONFLICT DO NOTHING
                        """)
                .bind("flow", flow)
                .bind("boundary", number)
                .bind("version", version)
                .bind("snapshot", stand.snapshot())
                .bind("committed", stand.committedAt())
                .execute();
    }

    /** The flows in which each of the versions has stood at a boundary, in order of names. */
    public List<String> flowsOf(Collection<String> versions) {
        return reads.withHandle(handle -> handle.createQuery(
                        "SELECT flow FROM (SELECT DISTINCT flow, version FROM flow_place WHERE version IN (<versions>))"
                                + " GROUP BY flow HAVING COUNT(*) = :count ORDER BY flow")
                .bindList("versions", List.copyOf(versions))
                .bind("count", Set.copyOf(versions).size())
                .mapTo(String.class)
                .list());
    }

    /**
     * The newest boundary that all of the versions have reached.
     *
     * @param from a boundary below which none is of interest
     */
    public OptionalLong common(String flow, Collection<String> versions, long from) {
        List<Long> newest = common(flow, versions, from, "DESC LIMIT 1");
        return newest.isEmpty() ? OptionalLong.empty() : OptionalLong.of(newest.get(0));
    }

    /** All boundaries after one that all of the versions have reached, in rising order. */
    public List<Long> commonAfter(String flow, Collection<String> versions, long after) {
        return common(flow, versions, after + 1, "");
    }

    private List<Long> common(String flow, Collection<String> versions, long from, String order) {
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT boundary FROM flow_place WHERE flow = :flow AND version IN (<versions>) AND boundary >= :from
                        GROUP BY boundary HAVING COUNT(*) = :count ORDER BY boundary\
                        """
                                + " " + order)
                .bind("flow", flow)
                .bindList("versions", List.copyOf(versions))
                .bind("count", Set.copyOf(versions).size())
                .bind("from", from)
                .mapTo(Long.class)
                .list());
    }

    /** Where each version stands at a boundary. */
    public Map<String, Stand> places(String flow, long number) {
        return reads.withHandle(handle -> {
            Map<String, Stand> places = new LinkedHashMap<>();
            handle.createQuery(
                            """
                            SELECT version, snapshot, committed_at FROM flow_place
                            WHERE flow = :flow AND boundary = :boundary ORDER BY version
                            """)
                    .bind("flow", flow)
                    .bind("boundary", number)
                    .map((row, context) -> Map.entry(row.getString(1), new Stand(row.getLong(2), row.getLong(3))))
                    .forEach(place -> places.put(place.getKey(), place.getValue()));
            return places;
        });
    }

    /** Where a version stands at the newest boundary that it has reached. */
    public Optional<Stand> newestPlace(String flow, String version) {
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT snapshot, committed_at FROM flow_place WHERE flow = :flow AND version = :version
                        ORDER BY boundary DESC LIMIT 1
                        """)
                .bind("flow", flow)
                .bind("version", version)
                .map((row, context) -> new Stand(row.getLong(1), row.getLong(2)))
                .findOne());
    }

    /**
     * For each version the snapshot from which on it stands at a boundary from this one on: where it stands at the last that it
     * has reached up to this one, or at the first after it.
     */
    public Map<String, Long> placesFrom(String flow, long number) {
        return reads.withHandle(handle -> {
            Map<String, Long> places = new TreeMap<>();
            handle.createQuery(
                            """
                            SELECT version, COALESCE(MAX(CASE WHEN boundary <= :boundary THEN snapshot END), MIN(snapshot))
                            FROM flow_place WHERE flow = :flow GROUP BY version
                            """)
                    .bind("flow", flow)
                    .bind("boundary", number)
                    .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                    .forEach(place -> places.put(place.getKey(), place.getValue()));
            return places;
        });
    }

    /**
     * Where a version stands at a boundary.
     *
     * @param snapshot 0 for a root without any
     */
    public record Place(String flow, Boundary boundary, String version, long snapshot) {}

    /** Of the newest boundaries where each version stands at them, the newest first. */
    public List<Place> newestPlaces(int most) {
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT p.flow, b.boundary, b.created_at, b.confirmed_at, p.version, p.snapshot
                        FROM flow_boundary b JOIN flow_place p ON p.flow = b.flow AND p.boundary = b.boundary
                        ORDER BY b.created_at DESC, p.flow, b.boundary DESC, p.version LIMIT :most
                        """)
                .bind("most", most)
                .map((row, context) -> new Place(
                        row.getString(1),
                        new Boundary(row.getLong(2), row.getLong(3), row.getLong(4)),
                        row.getString(5),
                        row.getLong(6)))
                .list());
    }

    /** For each version the newest boundary that it has reached. */
    public Map<String, Long> progress(String flow) {
        return reads.withHandle(handle -> {
            Map<String, Long> progress = new TreeMap<>();
            handle.createQuery("SELECT version, MAX(boundary) FROM flow_place WHERE flow = :flow GROUP BY version")
                    .bind("flow", flow)
                    .map((row, context) -> Map.entry(row.getString(1), row.getLong(2)))
                    .forEach(version -> progress.put(version.getKey(), version.getValue()));
            return progress;
        });
    }

    /** Forgets the boundaries before one. */
    public void forgetBefore(String flow, long number) {
        jdbi.useTransaction(handle -> {
            for (String table : List.of("flow_place", "flow_boundary")) {
                handle.createUpdate("DELETE FROM " + table + " WHERE flow = :flow AND boundary < :boundary")
                        .bind("flow", flow)
                        .bind("boundary", number)
                        .execute();
            }
        });
    }
}
