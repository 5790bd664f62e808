package dev.weirhouse.catalog.state;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** Jobs outside the warehouse that told of themselves, and their runs. */
public final class ForeignStore {

    /** How the names begin of what jobs outside the warehouse derive; others than those are kept for good. */
    public static final String DERIVATION = "foreign-";

    private static final String RUN =
            """
            r.id AS run_id, r.job_id, r.principal AS run_principal, r.source AS run_source, r.statement AS run_statement,
            r.state, r.started_at, r.finished_at, r.affected_rows, r.error, r.derivation_id AS run_derivation, r.told,
            r.updated_at AS run_updated
            """;

    private static final String JOB =
            """
            SELECT j.id, j.namespace, j.name, j.principal, j.source, j.statement, j.derivation_id, j.created_at, j.updated_at,
            """
                    + RUN
                    + """
            FROM foreign_job j LEFT JOIN foreign_run r ON r.id = (SELECT n.id FROM foreign_run n WHERE n.job_id = j.id
                ORDER BY n.started_at DESC, n.id LIMIT 1)
            """;

    private final Jdbi jdbi;
    private final Jdbi reads;
    private final Clock clock;

    ForeignStore(Jdbi jdbi, Jdbi reads, Clock clock) {
        this.jdbi = jdbi;
        this.reads = reads;
        this.clock = clock;
    }

    /** What a transaction does. */
    @FunctionalInterface
    public interface Change<T> {
        T in(Handle handle);
    }

    /** Changes several of the rows, all of them or none. */
    public <T> T change(Change<T> change) {
        return jdbi.inTransaction(change::in);
    }

    /** The jobs that were told of last, first. */
    public List<ForeignJobRow> jobs(int limit) {
        return reads.withHandle(handle -> handle.createQuery(JOB + " ORDER BY j.updated_at DESC, j.id LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> job(row))
                .list());
    }

    /** The newest runs first. */
    public List<ForeignRunRow> runs(int limit) {
        return reads.withHandle(handle -> handle.createQuery(
                        "SELECT " + RUN + " FROM foreign_run r ORDER BY r.started_at DESC, r.id LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> run(row))
                .list());
    }

    /** How many jobs there are. */
    public static long countJobs(Handle handle) {
        return handle.createQuery("SELECT COUNT(*) FROM foreign_job")
                .mapTo(Long.class)
                .one();
    }

    public static Optional<ForeignJobRow> findJob(Handle handle, String namespace, String name) {
        return handle.createQuery(JOB + " WHERE j.namespace = :namespace AND j.name = :name")
                .bind("namespace", namespace)
                .bind("name", name)
                .map((row, context) -> job(row))
                .findOne();
    }

    public static Optional<ForeignRunRow> findRun(Handle handle, String id) {
        return handle.createQuery("SELECT " + RUN + " FROM foreign_run r WHERE r.id = :id")
                .bind("id", id)
                .map((row, context) -> run(row))
                .findOne();
    }

    /** Writes a job, new or again; its last run is not written with it. */
    public static void put(Handle handle, ForeignJobRow job) {
        handle.createUpdate(
                        """
                        INSERT INTO foreign_job (id, namespace, name, principal, source, statement, derivation_id,
                            created_at, updated_at)
                        VALUES (:id, :namespace, :name, :principal, :source, :statement, :derivation, :created, :updated)
                        ON CONFLICT (id) DO UPDATE SET source = :source, statement = :statement,
                            derivation_id = :derivation, updated_at = :updated
                        """)
                .bind("id", job.id())
                .bind("namespace", job.namespace())
                .bind("name", job.name())
                .bind("principal", job.principal())
                .bind("source", job.source())
                .bind("statement", job.statement())
                .bind("derivation", job.derivation().orElse(null))
                .bind("created", job.createdAt())
                .bind("updated", job.updatedAt())
                .execute();
    }

    /** Writes a run, new or again. */
    public static void put(Handle handle, ForeignRunRow run) {
        handle.createUpdate(
                        """
                        INSERT INTO foreign_run (id, job_id, principal, source, statement, state, started_at, finished_at,
                            affected_rows, error, derivation_id, told, updated_at)
                        VALUES (:id, :job, :principal, :source, :statement, :state, :started, :finished, :rows, :error,
                            :derivation, :told, :updated)
                        ON CONFLICT (id) DO UPDATE SET source = :source, statement = :statement, state = :state,
                            started_at = :started, finished_at = :finished, affected_rows = :rows, error = :error,
                            derivation_id = :derivation, told = :told, updated_at = :updated
                        """)
                .bind("id", run.id())
                .bind("job", run.jobId())
                .bind("principal", run.principal())
                .bind("source", run.source())
                .bind("statement", run.statement())
                .bind("state", run.state().name())
                .bind("started", run.startedAt())
                .bind("finished", Columns.nullable(run.finishedAt()))
                .bind("rows", Columns.nullable(run.affectedRows()))
                .bind("error", run.error().orElse(null))
                .bind("derivation", run.derivation().orElse(null))
                .bind("told", run.told())
                .bind("updated", run.updatedAt())
                .execute();
    }

    /** Forgets runs that nothing was told of for this long; their jobs stay, with what they derived last. */
    public void forget(Duration age) {
        jdbi.useTransaction(handle -> {
            int forgotten = handle.createUpdate("DELETE FROM foreign_run WHERE updated_at < :before")
                    .bind("before", clock.millis() - age.toMillis())
                    .execute();
            if (forgotten > 0) {
                // Names that begin alike are one range of the index.
                dropUnused(handle, DERIVATION, DERIVATION + "~");
            }
        });
    }

    /**
     * Forgets the oldest runs.
     *
     * @param ofJob how many of one job's stay
     * @param ofAll how many stay of all jobs
     */
    public static void keepNewest(Handle handle, String jobId, int ofJob, int ofAll) {
        forget(
                handle,
                handle.createQuery("SELECT id, derivation_id FROM foreign_run WHERE job_id = :job"
                                + " ORDER BY started_at DESC LIMIT -1 OFFSET :most")
                        .bind("job", jobId)
                        .bind("most", ofJob));
        int all = handle.createQuery("SELECT COUNT(*) FROM foreign_run")
                .mapTo(Integer.class)
                .one();
        if (all > ofAll) {
            forget(
                    handle,
                    handle.createQuery("SELECT id, derivation_id FROM foreign_run ORDER BY started_at LIMIT :over")
                            .bind("over", all - ofAll));
        }
    }

    private static void forget(Handle handle, Query runs) {
        Map<String, Optional<String>> derivations = new LinkedHashMap<>();
        runs.map((row, context) -> Map.entry(row.getString(1), Optional.ofNullable(row.getString(2))))
                .forEach(run -> derivations.put(run.getKey(), run.getValue()));
        derivations.forEach((id, derivation) -> {
            handle.execute("DELETE FROM foreign_run WHERE id = ?", id);
            dropUnused(handle, derivation);
        });
    }

    /** Drops a derivation that no job or run outside the warehouse has any more. */
    public static void dropUnused(Handle handle, Optional<String> derivation) {
        derivation.filter(id -> id.startsWith(DERIVATION)).ifPresent(id -> dropUnused(handle, id, id));
    }

    private static void dropUnused(Handle handle, String first, String last) {
        handle.createUpdate(
                        """
                        DELETE FROM derivation WHERE id >= :first AND id <= :last
                        AND NOT EXISTS (SELECT 1 FROM foreign_job j WHERE j.derivation_id = derivation.id)
                        AND NOT EXISTS (SELECT 1 FROM foreign_run r WHERE r.derivation_id = derivation.id)
                        """)
                .bind("first", first)
                .bind("last", last)
                .execute();
    }

    private static ForeignJobRow job(ResultSet row) throws SQLException {
        return new ForeignJobRow(
                row.getString("id"),
                row.getString("namespace"),
                row.getString("name"),
                row.getString("principal"),
                row.getString("source"),
                row.getString("statement"),
                Optional.ofNullable(row.getString("derivation_id")),
                row.getLong("created_at"),
                row.getLong("updated_at"),
                row.getString("run_id") == null ? Optional.empty() : Optional.of(run(row)));
    }

    private static ForeignRunRow run(ResultSet row) throws SQLException {
        return new ForeignRunRow(
                row.getString("run_id"),
                row.getString("job_id"),
                row.getString("run_principal"),
                row.getString("run_source"),
                row.getString("run_statement"),
                RunState.valueOf(row.getString("state")),
                row.getLong("started_at"),
                Columns.optionalLong(row, "finished_at"),
                Columns.optionalLong(row, "affected_rows"),
                Optional.ofNullable(row.getString("error")),
                Optional.ofNullable(row.getString("run_derivation")),
                row.getString("told"),
                row.getLong("run_updated"));
    }
}
