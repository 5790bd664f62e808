package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Lane;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/**
 * Jobs and their revisions, with the lease that lets one instance act for a job.
 *
 * <p>An instance {@link #take takes} a job when nobody holds an unexpired lease, which raises the job's epoch, and
 * {@link #renew renews} it while it lives. Every change names the epoch under which it was decided; when another instance
 * has taken the job since, the change finds no row and answers false, and the caller must let go.
 */
public final class JobStore {

    private static final String COLUMNS =
            """
            id, name, lane, principal, source, tags, revision, state, created_at, updated_at, owner_instance, lease_until,
            epoch, attempt, flink_job_id, restore_path, run_id, error
            """;

    private static final String REVISION = "job_id, revision, sql_text, principal, source, tags, created_at";

    private final Jdbi jdbi;
    private final Clock clock;
    private final String instanceId;

    JobStore(Jdbi jdbi, Clock clock, String instanceId) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.instanceId = instanceId;
    }

    /**
     * Creates a job with its first revision, in state STARTING and owned by this instance.
     *
     * @return the job; empty when the name is taken
     */
    public Optional<JobRow> create(String name, Lane lane, String sql, Caller caller, Duration lease) {
        return jdbi.inTransaction(handle -> {
            if (byName(handle, name).isPresent()) {
                return Optional.empty();
            }
            String id = UUID.randomUUID().toString();
            handle.createUpdate(
                            "INSERT INTO job (" + COLUMNS
                                    + """
                            ) VALUES (:id, :name, :lane, :principal, :source, :tags, 1, 'STARTING', :now, :now, :instance,
                            :lease, 1, 0, NULL, NULL, NULL, NULL)
                            """)
                    .bind("id", id)
                    .bind("name", name)
                    .bind("lane", lane.name())
                    .bind("principal", caller.principal())
                    .bind("source", caller.source())
                    .bind("tags", Tags.write(caller.tags()))
                    .bind("instance", instanceId)
                    .bind("now", clock.millis())
                    .bind("lease", clock.millis() + lease.toMillis())
                    .execute();
            insertRevision(handle, id, 1, sql, caller);
            return byName(handle, name);
        });
    }

    /**
     * Adds a revision to a job, makes it the one that is meant to run, and moves the job.
     *
     * @return false when this instance has lost the job
     */
    public boolean revise(JobRow job, String sql, Caller caller, JobState state) {
        return jdbi.inTransaction(handle -> {
            int next = 1
                    + handle.createQuery("SELECT MAX(revision) FROM revision WHERE job_id = :id")
                            .bind("id", job.id())
                            .mapTo(Integer.class)
                            .one();
            if (!point(handle, job, next, state, Optional.empty())) {
                return false;
            }
            insertRevision(handle, job.id(), next, sql, caller);
            return true;
        });
    }

    /**
     * Makes an earlier revision the one that is meant to run, and moves the job; later revisions stay as history.
     *
     * @return false when this instance has lost the job
     */
    public boolean revert(JobRow job, int revision, JobState state, Optional<String> error) {
        return jdbi.inTransaction(handle -> point(handle, job, revision, state, error));
    }

    private boolean point(Handle handle, JobRow job, int revision, JobState state, Optional<String> error) {
        return handle.createUpdate(
                                """
                                UPDATE job SET revision = :revision, state = :state, error = :error, updated_at = :now
                                WHERE id = :id AND epoch = :epoch
                                """)
                        .bind("id", job.id())
                        .bind("epoch", job.epoch())
                        .bind("revision", revision)
                        .bind("state", state.name())
                        .bind("error", error.orElse(null))
                        .bind("now", clock.millis())
                        .execute()
                == 1;
    }

    public Optional<JobRow> find(String name) {
        return jdbi.withHandle(handle -> byName(handle, name));
    }

    public List<JobRow> all() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS + " FROM job ORDER BY name")
                .map((row, context) -> read(row))
                .list());
    }

    /** All revisions of a job, the newest first. */
    public List<RevisionRow> revisions(String jobId) {
        return jdbi.withHandle(handle -> read(
                handle.createQuery("SELECT " + REVISION + " FROM revision WHERE job_id = :id ORDER BY revision DESC")
                        .bind("id", jobId)));
    }

    /** The revisions of all jobs, the newest first. */
    public List<RevisionRow> newestRevisions(int most) {
        return jdbi.withHandle(handle -> read(handle.createQuery("SELECT " + REVISION
                        + " FROM revision ORDER BY created_at DESC, job_id, revision DESC LIMIT :most")
                .bind("most", most)));
    }

    private static List<RevisionRow> read(Query revisions) {
        return revisions
                .map((row, context) -> new RevisionRow(
                        row.getString("job_id"),
                        row.getInt("revision"),
                        row.getString("sql_text"),
                        new Caller(
                                row.getString("principal"),
                                row.getString("source"),
                                Tags.read(row.getString("tags")),
                                Door.INTERNAL),
                        row.getLong("created_at")))
                .list();
    }

    /**
     * Takes a job that no live instance owns.
     *
     * @return the job under its new epoch; empty when another instance holds it
     */
    public Optional<JobRow> take(String jobId, Duration lease) {
        return jdbi.inTransaction(handle -> {
            int changed = handle.createUpdate(
                            """
                            UPDATE job SET owner_instance = :instance, lease_until = :lease, epoch = epoch + 1
                            WHERE id = :id AND (owner_instance IS NULL OR owner_instance = :instance OR lease_until < :now)
                            """)
                    .bind("id", jobId)
                    .bind("instance", instanceId)
                    .bind("now", clock.millis())
                    .bind("lease", clock.millis() + lease.toMillis())
                    .execute();
            return changed == 1 ? byId(handle, jobId) : Optional.empty();
        });
    }

    /** Lets go of the leases of instances that are known to be dead: those other than the holder of the home's lock. */
    public void expireOtherLeases() {
        jdbi.useHandle(handle -> handle.createUpdate("UPDATE job SET lease_until = 0 WHERE owner_instance <> :instance")
                .bind("instance", instanceId)
                .execute());
    }

    /** Prolongs this instance's lease; false when it has lost the job. */
    public boolean renew(JobRow job, Duration lease) {
        return jdbi.withHandle(handle -> handle.createUpdate(
                                """
                                UPDATE job SET lease_until = :lease
                                WHERE id = :id AND epoch = :epoch AND owner_instance = :instance
                                """)
                        .bind("id", job.id())
                        .bind("epoch", job.epoch())
                        .bind("instance", instanceId)
                        .bind("lease", clock.millis() + lease.toMillis())
                        .execute()
                == 1);
    }

    /** A new submission begins: raises the attempt, and stores where it starts from before the cluster hears of it. */
    public Optional<JobRow> attempt(JobRow job, String flinkJobId, Optional<String> restorePath) {
        return jdbi.inTransaction(handle -> {
            int changed = handle.createUpdate(
                            """
                            UPDATE job SET state = 'STARTING', attempt = attempt + 1, flink_job_id = :flink,
                            restore_path = :restore, error = NULL, updated_at = :now WHERE id = :id AND epoch = :epoch
                            """)
                    .bind("id", job.id())
                    .bind("epoch", job.epoch())
                    .bind("flink", flinkJobId)
                    .bind("restore", restorePath.orElse(null))
                    .bind("now", clock.millis())
                    .execute();
            return changed == 1 ? byId(handle, job.id()) : Optional.empty();
        });
    }

    /** Moves a job; false when this instance has lost it. */
    public boolean move(JobRow job, JobState state, Optional<String> restorePath, Optional<String> error) {
        return jdbi.withHandle(handle -> handle.createUpdate(
                                """
                                UPDATE job SET state = :state, restore_path = COALESCE(:restore, restore_path),
                                error = :error, updated_at = :now WHERE id = :id AND epoch = :epoch
                                """)
                        .bind("id", job.id())
                        .bind("epoch", job.epoch())
                        .bind("state", state.name())
                        .bind("restore", restorePath.orElse(null))
                        .bind("error", error.orElse(null))
                        .bind("now", clock.millis())
                        .execute()
                == 1);
    }

    /** Notes the run that records the current attempt. */
    public boolean running(JobRow job, String runId) {
        return jdbi.withHandle(handle -> handle.createUpdate(
                                """
                                UPDATE job SET run_id = :run, updated_at = :now WHERE id = :id AND epoch = :epoch
                                """)
                        .bind("id", job.id())
                        .bind("epoch", job.epoch())
                        .bind("run", runId)
                        .bind("now", clock.millis())
                        .execute()
                == 1);
    }

    /** Removes a job with its revisions; its runs stay as history. */
    public boolean delete(JobRow job) {
        return jdbi.withHandle(handle -> handle.createUpdate("DELETE FROM job WHERE id = :id AND epoch = :epoch")
                        .bind("id", job.id())
                        .bind("epoch", job.epoch())
                        .execute()
                == 1);
    }

    private void insertRevision(Handle handle, String jobId, int revision, String sql, Caller caller) {
        handle.createUpdate(
                        """
                        INSERT INTO revision (job_id, revision, sql_text, principal, source, tags, created_at)
                        VALUES (:job, :revision, :sql, :principal, :source, :tags, :now)
                        """)
                .bind("job", jobId)
                .bind("revision", revision)
                .bind("sql", sql)
                .bind("principal", caller.principal())
                .bind("source", caller.source())
                .bind("tags", Tags.write(caller.tags()))
                .bind("now", clock.millis())
                .execute();
    }

    private static Optional<JobRow> byName(Handle handle, String name) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM job WHERE name = :name")
                .bind("name", name)
                .map((row, context) -> read(row))
                .findOne();
    }

    private static Optional<JobRow> byId(Handle handle, String id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM job WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    private static JobRow read(ResultSet row) throws SQLException {
        return new JobRow(
                row.getString("id"),
                row.getString("name"),
                Lane.valueOf(row.getString("lane")),
                new Caller(
                        row.getString("principal"),
                        row.getString("source"),
                        Tags.read(row.getString("tags")),
                        Door.INTERNAL),
                row.getInt("revision"),
                JobState.valueOf(row.getString("state")),
                row.getLong("created_at"),
                row.getLong("updated_at"),
                Optional.ofNullable(row.getString("owner_instance")),
                row.getLong("lease_until"),
                row.getLong("epoch"),
                row.getLong("attempt"),
                Optional.ofNullable(row.getString("flink_job_id")),
                Optional.ofNullable(row.getString("restore_path")),
                Optional.ofNullable(row.getString("run_id")),
                Optional.ofNullable(row.getString("error")));
    }
}
