package dev.weirhouse.stream;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.flow.FlowAttempt;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.catalog.state.JobStore;
import dev.weirhouse.catalog.state.RevisionRow;
import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.catalog.state.StreamPlace;
import dev.weirhouse.stream.flink.ClusterJobs;
import dev.weirhouse.stream.flink.CompiledJob;
import dev.weirhouse.stream.flink.RestorePoints;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a job from state to state; nothing else does. Every method is called with the job's lock held, and for a job that
 * this process holds the lease of.
 *
 * <ul>
 *   <li>(none) → STARTING: a new name is applied
 *   <li>STOPPED, FAILED, FINISHED → STARTING: resume, or a changed text is applied
 *   <li>STARTING → RUNNING: the cluster accepted the job, or had accepted it before a crash
 *   <li>STARTING → STARTING: the metastore, the cluster or the checkpoints cannot be reached; tried again after a pause
 *   <li>STARTING → FAILED: the text does not compile any more, or the cluster refused it
 *   <li>RUNNING → STARTING: the cluster no longer knows the job, as after a crash of the process that was the cluster
 *   <li>RUNNING → REVISING → STARTING: a changed text was applied; the old one was stopped with a savepoint
 *   <li>REVISING → RUNNING: the savepoint failed; the old text runs on
 *   <li>FAILED → STARTING: a changed text did not start; the one that ran before is put back
 *   <li>RUNNING → STOPPING → STOPPED: stop; the savepoint is stored
 *   <li>STOPPING → RUNNING: the savepoint failed, or is not there in time
 *   <li>RUNNING → STOPPED: a savepoint that was not there in time came to be
 *   <li>RUNNING → FAILED: Flink's restarts did not help
 *   <li>RUNNING → FINISHED: all inputs ended
 * </ul>
 *
 * <p>A state is stored before it is acted upon. Submission survives a crash at any point: the Flink job's id is stored
 * first, and is used again unless the cluster has seen that job end, so that a late or second submission meets Flink's own
 * refusal of a duplicate. Every write names the lease's epoch.
 */
final class JobMoves {

    private static final Logger LOG = LoggerFactory.getLogger(JobMoves.class);

    /** What passes by itself; any other error of a start is for the job's owner to mend. */
    private static final Set<ErrorCode> PASSING = Set.of(
            CatalogError.CLUSTER_UNREACHABLE,
            CatalogError.METASTORE_UNREACHABLE,
            CatalogError.STATE_UNAVAILABLE,
            StreamError.CHECKPOINTS_UNREACHABLE);

    private final Warehouse warehouse;
    private final StreamConfig config;
    private final JobStore store;
    private final RunStore runs;
    private final JobLeases leases;
    private final StreamFlows flows;
    private final ClusterJobs cluster;
    private final RestorePoints restorePoints;
    private final Pauses pauses;
    private final Map<String, Set<TableName>> rejectedTables = new ConcurrentHashMap<>();

    JobMoves(
            Warehouse warehouse,
            StreamConfig config,
            JobLeases leases,
            StreamFlows flows,
            RestorePoints restorePoints,
            Clock clock) {
        this.warehouse = warehouse;
        this.config = config;
        this.store = warehouse.state().jobs();
        this.runs = warehouse.state().runs();
        this.leases = leases;
        this.flows = flows;
        this.cluster = new ClusterJobs(warehouse.cluster());
        this.restorePoints = restorePoints;
        this.pauses = new Pauses(clock);
    }

    /** For each job that was started or adopted here, the tables that records which cannot be read go to. */
    Map<String, Set<TableName>> rejectedTables() {
        return rejectedTables;
    }

    /** Compiles a text as a job of a name would be, and makes its tables for rejected records. */
    void check(String name, String sql, Caller caller) {
        try (CompiledJob compiled = compile(name, sql, caller, "unapplied")) {
            Optional<JobRow> existing = store.find(name);
            flows.check(existing.map(JobRow::id).orElse(""), compiled, sql, existing.map(job -> revision(job)
                    .sql()));
            compiled.explain();
        }
    }

    /**
     * Submits a job, or adopts it when the cluster runs it already.
     *
     * @return the job, RUNNING; FAILED with its error; or STARTING with the error for which it is tried again later
     * @throws WarehouseException JOB_OWNED_ELSEWHERE, or one that tells that nothing was changed
     */
    JobRow start(JobRow job) {
        Optional<JobStatus> known = job.flinkJobId().flatMap(cluster::status);
        if (known.isPresent() && !known.get().isTerminalState()) {
            noteRejectedTables(job);
            return running(job, "adopted");
        }
        endRun(job, RunEnd.lost());
        try {
            return submit(job, known.isPresent() || job.flinkJobId().isEmpty());
        } catch (WarehouseException e) {
            if (e.code() == StreamError.JOB_OWNED_ELSEWHERE) {
                throw e;
            }
            JobRow attempt = store.find(job.name()).orElse(job);
            if (passes(e)) {
                Duration pause = pauses.begin(job.id());
                move(attempt, JobState.STARTING, Optional.empty(), Optional.of(e.getMessage()));
                LOG.warn("job={} name={} state=STARTING again in {}", job.id(), job.name(), pause, e);
            } else {
                move(attempt, JobState.FAILED, Optional.empty(), Optional.of(e.getMessage()));
                endRun(attempt, RunEnd.failed(e));
                LOG.warn("job={} name={} state=FAILED", job.id(), job.name(), e);
            }
            return reload(attempt);
        }
    }

    private static boolean passes(WarehouseException e) {
        ErrorType type = e.code().type();
        return type == ErrorType.RETRY || type == ErrorType.RESOURCES || PASSING.contains(e.code());
    }

    private JobRow submit(JobRow job, boolean newFlinkJob) {
        RevisionRow revision = revision(job);
        Optional<String> restore = restorePoints.newest(job.id());
        try (CompiledJob compiled = compile(job.name(), revision.sql(), job.caller(), job.id())) {
            String flinkJobId = newFlinkJob
                    ? FlinkJobIds.of(job.id(), job.attempt() + 1)
                    : job.flinkJobId().orElseThrow();
            JobRow attempt = store.attempt(job, flinkJobId, restore).orElseThrow(() -> lost(job));
            leases.hold(attempt);
            Optional<String> derivation = warehouse.gate().learn(compiled::trees, compiled.allUses());
            String runId = runs.start(StreamRuns.start(attempt, revision, compiled, derivation));
            store.running(attempt, runId);
            Optional<FlowAttempt> flow = flows.join(attempt, compiled);
            StreamPlace place = new StreamPlace(
                    flinkJobId,
                    restorePoints.checkpoints(job.id()),
                    restorePoints.savepoints(job.id()),
                    compiled.checkpointInterval()
                            .multipliedBy(warehouse.cluster().checkpointsRetained()),
                    StreamPlace.number(restore));
            try {
                compiled.submit(
                        JobSettings.ofAttempt(restorePoints.checkpoints(job.id()), flinkJobId, restore),
                        flow,
                        sources -> runs.submits(runId, place, sources));
            } catch (WarehouseException e) {
                // Accepted all the same: by the answer that was lost, or by a submission that came first.
                if (cluster.status(flinkJobId)
                        .filter(status -> !status.isTerminalState())
                        .isEmpty()) {
                    throw e;
                }
            }
            runs.submitted(runId, flinkJobId);
            rejectedTables.put(job.name(), compiled.rejectedTables());
            return running(reload(attempt), "from=" + restore.orElse("nothing"));
        }
    }

    private JobRow running(JobRow job, String how) {
        String flinkJobId = job.flinkJobId().orElseThrow();
        if (!store.move(job, JobState.RUNNING, Optional.empty(), Optional.empty())) {
            // Another process took the job meanwhile, and its submission counts. On a cluster that both use it may well
            // be
            // this very Flink job.
            Optional<String> counts = store.find(job.name()).flatMap(JobRow::flinkJobId);
            if (!warehouse.cluster().isRemote() || !counts.equals(Optional.of(flinkJobId))) {
                cluster.cancel(flinkJobId);
            }
            endRun(job, RunEnd.lost());
            throw lost(job);
        }
        pauses.forget(job.id());
        LOG.info(
                "job={} name={} state=RUNNING run={} flink={} {}",
                job.id(),
                job.name(),
                job.runId().orElse(""),
                flinkJobId,
                how);
        return reload(job);
    }

    /**
     * Stops a job that is REVISING with a savepoint and starts it with its current revision; puts the one that ran before
     * back when that fails.
     *
     * @return the job, RUNNING with its current revision
     * @throws WarehouseException SAVEPOINT_FAILED or REVISION_REFUSED; the job runs with its former revision then, if that
     *     can be
     */
    JobRow revise(JobRow job) {
        int former = job.runId()
                .flatMap(runs::find)
                .map(run -> run.revision().orElse(job.revision()))
                .orElse(job.revision());
        Optional<JobStatus> status = job.flinkJobId().flatMap(cluster::status);
        if (status.isPresent() && !status.get().isTerminalState()) {
            try {
                savepoint(job, status.get());
            } catch (WarehouseException e) {
                if (e.code() != StreamError.SAVEPOINT_FAILED) {
                    throw e;
                }
                if (!store.revert(job, former, JobState.RUNNING, Optional.of(e.getMessage()))) {
                    throw lost(job);
                }
                throw e;
            }
        }
        endRun(job, RunEnd.finished(OptionalLong.empty()));
        JobRow started = start(job);
        if (started.state() != JobState.FAILED || former == job.revision()) {
            return started;
        }
        String why = started.error().orElse("no reason is known");
        LOG.warn("job={} name={} revision={} is put back", job.id(), job.name(), former);
        if (!store.revert(started, former, JobState.STARTING, Optional.empty())) {
            throw lost(job);
        }
        JobRow back = start(reload(started));
        throw new WarehouseException(
                StreamError.REVISION_REFUSED,
                "The job '" + job.name() + "' does not start with its new text: " + why + " It "
                        + (back.state() == JobState.RUNNING ? "runs on" : "is " + back.state()) + " with revision "
                        + former + ". To begin anew without the former state, delete the job and apply it again.");
    }

    /**
     * Stops a job with a savepoint.
     *
     * @return the job, STOPPED
     * @throws WarehouseException SAVEPOINT_FAILED, and the job runs on; CLUSTER_UNREACHABLE, and it is stopped later
     */
    JobRow stop(JobRow job) {
        Optional<JobStatus> status = job.flinkJobId().flatMap(cluster::status);
        if (status.isEmpty() || status.get().isTerminalState()) {
            return stoppedAt(job, restorePoints.newest(job.id()));
        }
        move(job, JobState.STOPPING, Optional.empty(), Optional.empty());
        try {
            return stoppedAt(job, Optional.ofNullable(savepoint(job, status.get())));
        } catch (WarehouseException e) {
            if (e.code() == StreamError.SAVEPOINT_FAILED) {
                move(job, JobState.RUNNING, Optional.empty(), Optional.of(e.getMessage()));
            }
            throw e;
        }
    }

    /** Ends a job's Flink job with a savepoint, and answers where it lies; what is left behind is never lost. */
    private String savepoint(JobRow job, JobStatus status) {
        String flinkJobId = job.flinkJobId().orElseThrow();
        if (status != JobStatus.RUNNING) {
            // A job that Flink is starting or restarting takes no savepoint; its newest checkpoint serves as well.
            cluster.cancel(flinkJobId);
            return restorePoints.newest(job.id()).orElse(null);
        }
        try (CommitLooks looks = CommitLooks.begin(warehouse.commits(), job.id())) {
            return cluster.stop(flinkJobId, restorePoints.savepoints(job.id()), config.savepointTimeout());
        } catch (WarehouseException e) {
            if (cluster.status(flinkJobId).map(JobStatus::isTerminalState).orElse(true)) {
                return restorePoints.newest(job.id()).orElse(null);
            }
            throw e;
        }
    }

    private JobRow stoppedAt(JobRow job, Optional<String> restorePath) {
        move(job, JobState.STOPPED, restorePath, Optional.empty());
        endRun(job, RunEnd.finished(OptionalLong.empty()));
        LOG.info("job={} name={} state=STOPPED at={}", job.id(), job.name(), restorePath.orElse("nothing"));
        return reload(job);
    }

    /** Ends a job without a savepoint. */
    void end(JobRow job) {
        if (job.state().wantsToRun()) {
            job.flinkJobId().ifPresent(cluster::cancel);
            endRun(job, RunEnd.failed(new WarehouseException(CatalogError.CANCELLED, "The job was deleted.")));
        }
        flows.leave(job);
        rejectedTables.remove(job.name());
        pauses.forget(job.id());
    }

    /** Goes on with a job where a crash, another process or an error left it, or follows what the cluster says of it. */
    void follow(JobRow job) {
        switch (job.state()) {
            case STARTING -> {
                if (pauses.isOver(job.id())) {
                    start(job);
                }
            }
            case REVISING -> revise(job);
            case STOPPING -> stop(job);
            case RUNNING -> followRunning(job);
            case STOPPED, FAILED, FINISHED -> leases.release(job);
        }
    }

    private void followRunning(JobRow job) {
        Optional<JobStatus> status = job.flinkJobId().flatMap(cluster::status);
        if (status.isEmpty()) {
            start(job);
            return;
        }
        switch (status.get()) {
            case FAILED ->
                failed(
                        job,
                        cluster.failure(job.flinkJobId().orElseThrow())
                                .orElseGet(() -> new WarehouseException(StreamError.JOB_FAILED, "The job failed.")));
            case CANCELED ->
                failed(
                        job,
                        new WarehouseException(
                                StreamError.JOB_FAILED,
                                "The job was cancelled on the cluster, not through the warehouse. weir job resume "
                                        + job.name() + " starts it again."));
            case FINISHED -> finished(job);
            default -> {
                noteRejectedTables(job);
                restorePoints.retain(job.id(), warehouse.config().checkpointsRetained());
            }
        }
    }

    /** All inputs ended, or a savepoint came to be after the stop that asked for it had given up. */
    private void finished(JobRow job) {
        Optional<String> newest = restorePoints.newest(job.id());
        if (newest.isPresent()
                && restorePoints.isSavepoint(job.id(), newest.get())
                && !newest.equals(job.restorePath())) {
            stoppedAt(job, newest);
            return;
        }
        move(job, JobState.FINISHED, Optional.empty(), Optional.empty());
        endRun(job, RunEnd.finished(OptionalLong.empty()));
        LOG.info("job={} name={} state=FINISHED", job.id(), job.name());
    }

    private void failed(JobRow job, WarehouseException error) {
        move(job, JobState.FAILED, Optional.empty(), Optional.of(error.getMessage()));
        endRun(job, RunEnd.failed(error));
        LOG.warn("job={} name={} state=FAILED", job.id(), job.name(), error);
    }

    /** What to do about a job whose lease was lost: a cluster within this process must not write on beside another. */
    void letGo(JobRow job) {
        LOG.info("job={} name={} is no longer this process's", job.id(), job.name());
        rejectedTables.remove(job.name());
        pauses.forget(job.id());
        if (!warehouse.cluster().isRemote()) {
            job.flinkJobId().ifPresent(cluster::cancel);
        }
    }

    private void noteRejectedTables(JobRow job) {
        if (rejectedTables.containsKey(job.name())) {
            return;
        }
        try (CompiledJob compiled = compile(job.name(), revision(job).sql(), job.caller(), job.id())) {
            rejectedTables.put(job.name(), compiled.rejectedTables());
        } catch (WarehouseException e) {
            rejectedTables.put(job.name(), Set.of());
            LOG.warn("job={} name={} runs on, but its text no longer compiles", job.id(), job.name(), e);
        }
    }

    private CompiledJob compile(String name, String sql, Caller caller, String id) {
        return CompiledJob.compile(
                warehouse.gate(),
                caller,
                name,
                sql,
                JobSettings.defaults(config, name, id, restorePoints.checkpoints(id)));
    }

    /** The revision that is meant to run. */
    RevisionRow revision(JobRow job) {
        return store.revisions(job.id()).stream()
                .filter(revision -> revision.revision() == job.revision())
                .findFirst()
                .orElseThrow(() -> new WarehouseException(
                        CatalogError.INTERNAL, "The job " + job.name() + " has no revision " + job.revision() + "."));
    }

    private void move(JobRow job, JobState state, Optional<String> restorePath, Optional<String> error) {
        if (!store.move(job, state, restorePath, error)) {
            throw lost(job);
        }
    }

    private void endRun(JobRow job, RunEnd end) {
        job.runId().ifPresent(run -> runs.end(run, end));
    }

    private JobRow reload(JobRow job) {
        return store.find(job.name())
                .filter(row -> row.epoch() == job.epoch())
                .map(leases::hold)
                .orElseThrow(() -> lost(job));
    }

    private static WarehouseException lost(JobRow job) {
        return ownedElsewhere(job.name());
    }

    static WarehouseException ownedElsewhere(String name) {
        return new WarehouseException(
                StreamError.JOB_OWNED_ELSEWHERE,
                "The job '" + name
                        + "' is in the hands of another process of this warehouse. Ask that one, or try again"
                        + " when its lease has ended.");
    }
}
