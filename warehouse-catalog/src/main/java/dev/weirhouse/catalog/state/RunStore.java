package dev.weirhouse.catalog.state;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.state.RunLog.Begun;
import dev.weirhouse.catalog.state.RunLog.Ended;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Runs: what was executed, by whom, in which lane, and how it ended. */
public final class RunStore {

    private static final String COLUMNS =
            """
            id, lane, kind, job_id, revision, session_id, instance_id, principal, source, tags, door, dialect, statement,
            cut, derivation_id, answered_by, state, started_at, finished_at, affected_rows, flink_job_id, error_code, error
            """;

    /** Queries that are moved to the log together. */
    private static final int AT_ONCE = 1_000;

    private static final TimeBasedEpochGenerator IDS = Generators.timeBasedEpochGenerator();

    private final Jdbi jdbi;
    private final Clock clock;
    private final String instanceId;
    private final RunLog log;
    private final LateRecords late;
    private final QueryRows rows;
    private volatile Consumer<List<LoggedQuery>> queries = over -> {};

    RunStore(Jdbi jdbi, Clock clock, String instanceId) {
        this.jdbi = jdbi;
        this.late = new LateRecords(jdbi);
        this.rows = new QueryRows(jdbi, this);
        this.clock = clock;
        this.instanceId = instanceId;
        this.log = new RunLog(this::write);
    }

    /**
     * Records that a run begins and gives it an id. The record is durable when this returns, if the store takes it; it is no
     * reason for the run to fail.
     */
    public String start(RunStart run) {
        String id = newId();
        start(id, run);
        return id;
    }

    /** As {@link #start(RunStart)}, for a run that has its id already. */
    public void start(String id, RunStart run) {
        Begun begun = new Begun(id, run, clock.millis());
        late.write(id, handle -> insert(handle, List.of(begun)));
    }

    /** Records what the store did not take when it was to be recorded. */
    public void recordLate() {
        late.writeAgain();
        rows.writeWaiting(queries);
    }

    /** An id for a run that is to begin: a UUID of version 7, which begins with the time (RFC 9562, section 5.7). */
    public static String newId() {
        return IDS.generate().toString();
    }

    /** Records that a run begins, soon: for statements that change nothing and that nobody should wait for. */
    public void startSoon(String id, RunStart run) {
        log.begin(new Begun(id, run, clock.millis()));
    }

    /** As {@link #startSoon(String, RunStart)}, for a run that began before. */
    public String startSoon(RunStart run, Instant began) {
        String id = newId();
        log.begin(new Begun(id, run, began.toEpochMilli()));
        return id;
    }

    /** Records a run that failed before it began, soon. */
    public void failedSoon(RunStart run, RunEnd end) {
        endSoon(startSoon(run, clock.instant()), end);
    }

    /** A statement that is over goes to the log of queries; one that runs stands in the table meanwhile. */
    private void write(List<RunLog.Entry> entries) {
        rows.take(entries, queries);
    }

    static void delete(Handle handle, String id) {
        handle.createUpdate("DELETE FROM run WHERE id = :id").bind("id", id).execute();
    }

    /**
     * Has statements that change nothing told when they are over, from now on, and those that ended with their process at once.
     *
     * @param told takes what is over, on one thread
     */
    public void logTo(Consumer<List<LoggedQuery>> told) {
        while (true) {
            List<LoggedQuery> left = jdbi.withHandle(handle -> handle.createQuery("SELECT " + COLUMNS
                            + " FROM run WHERE job_id IS NULL AND state <> 'RUNNING' AND kind NOT IN ('WRITE', 'DDL', 'CALL')"
                            + " ORDER BY id LIMIT :most")
                    .bind("most", AT_ONCE)
                    .map((row, context) -> LoggedQuery.of(read(row)))
                    .list());
            if (left.isEmpty()) {
                break;
            }
            told.accept(left);
            jdbi.useTransaction(handle -> {
                QueryUses uses = new QueryUses();
                uses.add(left);
                uses.write(handle);
                left.forEach(query -> delete(handle, query.id()));
            });
        }
        queries = told;
    }

    /** Adds the rows of runs that begin. */
    void insert(Handle handle, List<Begun> runs) {
        if (runs.isEmpty()) {
            return;
        }
        PreparedBatch rows = handle.prepareBatch(
                "INSERT INTO run (" + COLUMNS
                        + """
                ) VALUES (:id, :lane, :kind, :job, :revision, :session, :instance, :principal, :source, :tags, :door,
                :dialect, :statement, :cut, :derivation, :by, :state, :started, NULL, NULL, NULL, NULL, NULL)
                """);
        for (Begun begun : runs) {
            RunStart run = begun.start();
            rows.bind("id", begun.id())
                    .bind("lane", run.lane().name())
                    .bind("kind", run.kind().name())
                    .bind("job", run.jobId().orElse(null))
                    .bind("revision", Columns.nullable(run.revision()))
                    .bind("session", run.sessionId().orElse(null))
                    .bind("instance", instanceId)
                    .bind("principal", run.caller().principal())
                    .bind("source", run.caller().source())
                    .bind("tags", Tags.write(run.caller().tags()))
                    .bind("door", run.caller().door().name())
                    .bind("dialect", run.dialect().name())
                    .bind("statement", run.statement())
                    .bind("cut", run.cut())
                    .bind("derivation", run.derivation().orElse(null))
                    .bind("by", run.answeredBy().map(Enum::name).orElse(null))
                    .bind("state", RunState.RUNNING.name())
                    .bind("started", begun.at())
                    .add();
        }
        rows.execute();
        for (Begun begun : runs) {
            RunEdges.began(handle, begun.id(), begun.start());
        }
    }

    /** Notes the Flink job that executes a run. */
    public void submitted(String id, String flinkJobId) {
        late.write(id, handle -> handle.createUpdate("UPDATE run SET flink_job_id = :flink WHERE id = :id")
                .bind("id", id)
                .bind("flink", flinkJobId)
                .execute());
    }

    /** Notes how a streaming job's run is submitted, before it is. */
    public void submits(String id, StreamPlace place, List<StreamSource> sources) {
        late.write(id, handle -> StreamReads.submits(handle, id, place, sources));
    }

    /** The newest submissions of a streaming job, the newest first. */
    public List<StreamRun> streamRuns(String jobId, int most) {
        return jdbi.inTransaction(handle -> StreamReads.runs(handle, jobId, most));
    }

    /** What is known of what a streaming job has read. */
    public JobReads jobReads(String jobId) {
        return jdbi.inTransaction(handle -> StreamReads.ofJob(handle, jobId));
    }

    /** Notes the overwrites, by version, that a streaming job has passed over. */
    public void passedOver(String jobId, Map<String, PassedOver> overwrites) {
        if (!overwrites.isEmpty()) {
            jdbi.useTransaction(handle -> overwrites.forEach(
                    (version, overwrite) -> StreamReads.passedOver(handle, jobId, version, overwrite)));
        }
    }

    /** Ends a run that began by {@link #start}; a run ends once, later calls change nothing. */
    public void end(String id, RunEnd end) {
        long now = clock.millis();
        late.write(id, handle -> update(handle, id, end, now));
    }

    /** As {@link #end}, soon: for runs that began by {@link #startSoon}. */
    public void endSoon(String id, RunEnd end) {
        log.end(new Ended(id, end, clock.millis()));
    }

    private static void update(Handle handle, String id, RunEnd end, long now) {
        handle.createUpdate(
                        """
                        UPDATE run SET state = :state, finished_at = :now, affected_rows = :rows, error_code = :code,
                        error = :error WHERE id = :id AND state = 'RUNNING'
                        """)
                .bind("id", id)
                .bind("state", end.state().name())
                .bind("now", now)
                .bind("rows", Columns.nullable(end.affectedRows()))
                .bind("code", end.errorCode().orElse(null))
                .bind("error", end.error().orElse(null))
                .execute();
        end.commits().ifPresent(commits -> RunEdges.committed(handle, id, commits));
        RunEdges.partitions(handle, id, end.partitions());
    }

    /** The writes that may have more commits than are recorded, those of the runs that began first, first. */
    public List<OpenWrite> openWrites() {
        return jdbi.withHandle(RunEdges::open);
    }

    /** The jobs that keep their checkpoints for less than this, of those that may commit more; each with how long. */
    public Map<String, Duration> keptShorter(Duration bound) {
        return jdbi.withHandle(handle -> StreamReads.keptShorter(handle, bound));
    }

    /** Records what was found out about open writes, all of it or nothing. */
    public void told(List<ToldWrite> told) {
        jdbi.useTransaction(handle -> told.forEach(each -> RunEdges.told(handle, each)));
    }

    /**
     * Marks the runs of sessions that ended with their process. Runs of stream jobs are left to their lane, which knows
     * whether the cluster still runs them. Only right for the one process that holds the home's lock.
     */
    public int loseAbandoned() {
        return jdbi.withHandle(handle -> handle.createUpdate(
                        """
                        UPDATE run SET state = 'LOST', finished_at = :now
                        WHERE state = 'RUNNING' AND instance_id <> :instance AND job_id IS NULL
                        """)
                .bind("instance", instanceId)
                .bind("now", clock.millis())
                .execute());
    }

    /** Waits until what was to be recorded soon is. */
    public void flush() {
        log.flush();
    }

    public Optional<RunRow> find(String id) {
        log.flush();
        return jdbi.withHandle(handle -> select(handle, id));
    }

    static Optional<RunRow> select(Handle handle, String id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM run WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> read(row))
                .findOne();
    }

    /** The newest runs first. */
    public List<RunRow> newest(int limit) {
        log.flush();
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT " + COLUMNS + " FROM run ORDER BY started_at DESC, id LIMIT :limit")
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    /** How many runs the store holds, by lane and state. */
    public List<RunCount> counts() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT lane, state, COUNT(*) AS runs FROM run GROUP BY lane, state")
                        .map((row, context) -> new RunCount(
                                Lane.valueOf(row.getString("lane")),
                                RunState.valueOf(row.getString("state")),
                                row.getLong("runs")))
                        .list());
    }

    /** Forgets runs that ended longer ago than this, and commits that are older, of runs that go on. */
    public int forget(Duration age) {
        long before = clock.millis() - age.toMillis();
        return jdbi.inTransaction(handle -> {
            int runs = handle.createUpdate("DELETE FROM run WHERE finished_at < :before")
                    .bind("before", before)
                    .execute();
            RunEdges.forget(handle, before);
            QueryUses.forget(handle, before);
            return runs;
        });
    }

    void close() {
        log.close();
        recordLate();
    }

    private static RunRow read(ResultSet row) throws SQLException {
        return new RunRow(
                row.getString("id"),
                Lane.valueOf(row.getString("lane")),
                StatementKind.valueOf(row.getString("kind")),
                Optional.ofNullable(row.getString("job_id")),
                Columns.optionalInt(row, "revision"),
                Optional.ofNullable(row.getString("session_id")),
                row.getString("instance_id"),
                new Caller(
                        row.getString("principal"),
                        row.getString("source"),
                        Tags.read(row.getString("tags")),
                        Door.valueOf(row.getString("door"))),
                Dialect.valueOf(row.getString("dialect")),
                row.getString("statement"),
                row.getString("cut"),
                Optional.ofNullable(row.getString("derivation_id")),
                Optional.ofNullable(row.getString("answered_by")).map(AnsweredBy::valueOf),
                RunState.valueOf(row.getString("state")),
                row.getLong("started_at"),
                Columns.optionalLong(row, "finished_at"),
                Columns.optionalLong(row, "affected_rows"),
                Optional.ofNullable(row.getString("flink_job_id")),
                Optional.ofNullable(row.getString("error_code")),
                Optional.ofNullable(row.getString("error")));
    }
}
