package dev.weirhouse.stream;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.catalog.state.JobStore;
import dev.weirhouse.catalog.state.RevisionRow;
import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.stream.flink.ClusterJobs;
import dev.weirhouse.stream.flink.CompiledJob;
import dev.weirhouse.stream.flink.RestorePoints;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streaming jobs of a warehouse. This class alone moves a job from state to state:
 *
 * <ul>
 *   <li>(none) → STARTING: a new name is applied
 *   <li>STOPPED, FAILED, FINISHED → STARTING: resume, or a changed text is applied
 *   <li>RUNNING → STARTING: a changed text is applied and the old one was stopped with a savepoint; or the cluster no
 *       longer knows the job, as after a crash of the process that was the cluster
 *   <li>STARTING → RUNNING: the cluster accepted the job, or had accepted it before a crash
 *   <li>STARTING → FAILED: the text does not compile any more, or the cluster refused it
 *   <li>RUNNING → STOPPING → STOPPED: stop; the savepoint is stored
 *   <li>STOPPING → RUNNING: the savepoint failed
 *   <li>RUNNING → FAILED: Flink's restarts did not help
 *   <li>RUNNING → FINISHED: all inputs ended
 * </ul>
 *
 * <p>A state is stored before it is acted upon. Submission survives a crash at any point: the Flink job's id is stored
 * first, and is used again unless the cluster has seen that job end, so that a late or second submission meets Flink's own
 * refusal of a duplicate. A process acts for a job only under an unexpired lease, and every write names the lease's epoch.
 *
 * <p>Thread-safe.
 */
public final class StreamJobs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamJobs.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,127}");

    private final Warehouse warehouse;
    private final StreamConfig config;
    private final Clock clock;
    private final JobStore store;
    private final RunStore runs;
    private final ClusterJobs cluster;
    private final RestorePoints restorePoints;
    private final ScheduledExecutorService watchers = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "stream-jobs");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Map<String, JobRow> owned = new ConcurrentHashMap<>();
    private final Map<String, Set<TableName>> rejectedTables = new ConcurrentHashMap<>();
    private volatile int recovered;

    private StreamJobs(Warehouse warehouse, StreamConfig config, Clock clock) {
        this.warehouse = warehouse;
        this.config = config;
        this.clock = clock;
        this.store = warehouse.state().jobs();
        this.runs = warehouse.state().runs();
        this.cluster = new ClusterJobs(warehouse.cluster());
        this.restorePoints = new RestorePoints(
                config.checkpointPath().isEmpty()
                        ? warehouse.config().home().toUri().toString()
                        : config.checkpointPath());
    }

    /**
     * Opens the lane and takes up the jobs that are meant to run and that no live process owns: one that still runs on the
     * cluster is adopted, any other starts from its newest checkpoint. A job that cannot be started is FAILED and keeps
     * nobody else from starting.
     */
    public static StreamJobs open(Warehouse warehouse, StreamConfig config, Clock clock) {
        StreamJobs jobs = new StreamJobs(warehouse, config, clock);
        jobs.takeUp();
        jobs.recovered = jobs.owned.size();
        long watch = config.watchInterval().toMillis();
        long renew = Math.max(1, config.lease().toMillis() / 3);
        jobs.watchers.scheduleWithFixedDelay(guarded(jobs::watch), watch, watch, TimeUnit.MILLISECONDS);
        jobs.watchers.scheduleWithFixedDelay(guarded(jobs::renewLeases), renew, renew, TimeUnit.MILLISECONDS);
        return jobs;
    }

    /** How many jobs were taken up when the lane opened. */
    public int recovered() {
        return recovered;
    }

    /**
     * Makes a text run under a name. A new name is a new job; the same text again changes nothing but a job that does not
     * run, which is resumed; a changed text is a new revision, for which the running one is stopped with a savepoint that
     * the new one starts from.
     *
     * @return the job, RUNNING
     * @throws WarehouseException a USER error when the text does not compile: nothing was changed then
     */
    public JobRow apply(String name, String sql, Caller caller) {
        if (!NAME.matcher(name).matches()) {
            throw new WarehouseException(
                    StreamError.JOB_NAME_INVALID,
                    "'" + name + "' is not a job's name: a letter, then up to 127 letters, digits, '_', '-' and '.'.");
        }
        return locked(name, () -> {
            compile(name, sql, caller, Optional.empty()).close();
            Optional<JobRow> existing = store.find(name);
            if (existing.isEmpty()) {
                JobRow created = store.create(name, Lane.STREAM, sql, caller, config.lease())
                        .orElseThrow(() -> ownedElsewhere(name));
                LOG.info("job={} name={} state=STARTING revision=1", created.id(), name);
                return started(start(created));
            }
            JobRow job = take(existing.get());
            boolean changed = !revision(job).sql().equals(sql);
            if (!changed && job.state() == JobState.RUNNING) {
                return job;
            }
            if (changed) {
                if (job.state().wantsToRun()) {
                    job = stopped(job);
                }
                if (!store.revise(job, sql, caller)) {
                    throw ownedElsewhere(name);
                }
                job = load(name);
            }
            return started(start(job));
        });
    }

    /** All jobs, in order of names. */
    public List<JobRow> list() {
        return store.all().stream().filter(job -> job.lane() == Lane.STREAM).toList();
    }

    /**
     * A job by name.
     *
     * @throws WarehouseException JOB_NOT_FOUND
     */
    public JobRow load(String name) {
        return store.find(name)
                .orElseThrow(() -> new WarehouseException(
                        StreamError.JOB_NOT_FOUND, "There is no job '" + name + "'. See: weir job list."));
    }

    /** The revision that is meant to run. */
    public RevisionRow revision(JobRow job) {
        return store.revisions(job.id()).stream()
                .filter(revision -> revision.revision() == job.revision())
                .findFirst()
                .orElseThrow(() -> new WarehouseException(
                        CatalogError.INTERNAL, "The job " + job.name() + " has no revision " + job.revision() + "."));
    }

    /**
     * Stops a job with a savepoint, from which {@link #resume} starts it again.
     *
     * @return the job, STOPPED
     * @throws WarehouseException JOB_STATE when it does not run; SAVEPOINT_FAILED, and then it runs on
     */
    public JobRow stop(String name) {
        return locked(name, () -> {
            JobRow job = load(name);
            if (job.state() == JobState.STOPPED) {
                return job;
            }
            if (!job.state().wantsToRun()) {
                throw wrongState(job, "it does not run");
            }
            return stopped(take(job));
        });
    }

    /**
     * Starts a job again that does not run, from its savepoint or newest checkpoint.
     *
     * @return the job, RUNNING
     */
    public JobRow resume(String name) {
        return locked(name, () -> {
            JobRow job = load(name);
            return job.state() == JobState.RUNNING ? job : started(start(take(job)));
        });
    }

    /** Ends a job without a savepoint, and forgets it with its revisions, checkpoints and savepoints; its runs stay. */
    public void delete(String name) {
        locked(name, () -> {
            JobRow job = take(load(name));
            if (job.state().wantsToRun()) {
                job.flinkJobId().ifPresent(cluster::cancel);
                endRun(job, RunEnd.failed(new WarehouseException(CatalogError.CANCELLED, "The job was deleted.")));
            }
            if (!store.delete(job)) {
                throw ownedElsewhere(name);
            }
            owned.remove(job.id());
            rejectedTables.remove(name);
            restorePoints.delete(job.id());
            LOG.info("job={} name={} state=DELETED", job.id(), name);
            return null;
        });
    }

    /** For each job that this process runs, how many records its tables for rejected records hold. */
    public Map<String, Long> rejectedRecords() {
        Map<String, Long> counts = new TreeMap<>();
        rejectedTables.forEach((job, tables) -> counts.put(
                job,
                tables.stream()
                        .mapToLong(table -> warehouse.records(table).orElse(0L))
                        .sum()));
        return counts;
    }

    private JobRow started(JobRow job) {
        if (job.state() == JobState.FAILED) {
            throw new WarehouseException(
                    StreamError.JOB_FAILED,
                    "The job '" + job.name() + "' did not start: " + job.error().orElse("no reason is known"));
        }
        return job;
    }

    /** Submits a job that this process owns, or adopts it when the cluster runs it already. */
    private JobRow start(JobRow job) {
        Optional<JobStatus> known = job.flinkJobId().flatMap(cluster::status);
        if (known.isPresent() && !known.get().isTerminalState()) {
            store.move(job, JobState.RUNNING, Optional.empty(), Optional.empty());
            LOG.info("job={} name={} state=RUNNING adopted={}", job.id(), job.name(), job.flinkJobId());
            noteRejectedTables(job);
            return own(job);
        }
        endRun(job, RunEnd.lost());
        try {
            return submit(job, known.isPresent() || job.flinkJobId().isEmpty());
        } catch (WarehouseException e) {
            if (e.code() == StreamError.JOB_OWNED_ELSEWHERE
                    || !store.move(job, JobState.FAILED, Optional.empty(), Optional.of(e.getMessage()))) {
                owned.remove(job.id());
                throw e;
            }
            store.find(job.name()).ifPresent(row -> endRun(row, RunEnd.failed(e)));
            LOG.warn("job={} name={} state=FAILED", job.id(), job.name(), e);
            return own(job);
        }
    }

    private JobRow submit(JobRow job, boolean newFlinkJob) {
        RevisionRow revision = revision(job);
        Optional<String> restore = restorePoints.newest(job.id());
        try (CompiledJob compiled = compile(job.name(), revision.sql(), job.caller(), Optional.of(job.id()))) {
            String flinkJobId = newFlinkJob
                    ? FlinkJobIds.of(job.id(), job.attempt() + 1)
                    : job.flinkJobId().orElseThrow();
            JobRow attempt = store.attempt(job, flinkJobId, restore).orElseThrow(() -> ownedElsewhere(job.name()));
            String runId = runs.start(StreamRuns.start(attempt, revision, compiled.cut()));
            store.running(attempt, runId);
            compiled.submit(JobSettings.ofAttempt(config, restorePoints.checkpoints(job.id()), flinkJobId, restore));
            runs.submitted(runId, flinkJobId);
            if (!store.move(attempt, JobState.RUNNING, Optional.empty(), Optional.empty())) {
                // Another process took the job while it was submitted; its submission is the one that counts, and may
                // well
                // be this very Flink job.
                if (!store.find(job.name()).flatMap(JobRow::flinkJobId).equals(Optional.of(flinkJobId))) {
                    cluster.cancel(flinkJobId);
                }
                runs.end(runId, RunEnd.lost());
                throw ownedElsewhere(job.name());
            }
            rejectedTables.put(job.name(), compiled.rejectedTables());
            LOG.info(
                    "job={} name={} state=RUNNING run={} flink={} from={}",
                    job.id(),
                    job.name(),
                    runId,
                    flinkJobId,
                    restore.orElse("nothing"));
            return own(attempt);
        }
    }

    private CompiledJob compile(String name, String sql, Caller caller, Optional<String> jobId) {
        String id = jobId.orElse("unapplied");
        return CompiledJob.compile(
                warehouse.gate(),
                caller,
                name,
                sql,
                JobSettings.defaults(config, name, id, restorePoints.checkpoints(id)));
    }

    private void noteRejectedTables(JobRow job) {
        try (CompiledJob compiled = compile(job.name(), revision(job).sql(), job.caller(), Optional.of(job.id()))) {
            rejectedTables.put(job.name(), compiled.rejectedTables());
        } catch (WarehouseException e) {
            LOG.warn("job={} name={} runs on, but its text no longer compiles", job.id(), job.name(), e);
        }
    }

    private JobRow stopped(JobRow job) {
        String flinkJobId = job.flinkJobId().orElse("");
        Optional<JobStatus> status = flinkJobId.isEmpty() ? Optional.empty() : cluster.status(flinkJobId);
        if (status.isEmpty() || status.get().isTerminalState()) {
            return stoppedAt(job, restorePoints.newest(job.id()));
        }
        if (!store.move(job, JobState.STOPPING, Optional.empty(), Optional.empty())) {
            throw ownedElsewhere(job.name());
        }
        if (status.get() != JobStatus.RUNNING) {
            // A job that Flink is restarting takes no savepoint; its newest checkpoint serves as well.
            cluster.cancel(flinkJobId);
            return stoppedAt(job, restorePoints.newest(job.id()));
        }
        try {
            String savepoint = cluster.stop(flinkJobId, restorePoints.savepoints(job.id()), config.savepointTimeout());
            return stoppedAt(job, Optional.of(savepoint));
        } catch (WarehouseException e) {
            store.move(job, JobState.RUNNING, Optional.empty(), Optional.of(e.getMessage()));
            throw e;
        }
    }

    private JobRow stoppedAt(JobRow job, Optional<String> restorePath) {
        if (!store.move(job, JobState.STOPPED, restorePath, Optional.empty())) {
            throw ownedElsewhere(job.name());
        }
        endRun(job, RunEnd.finished(OptionalLong.empty()));
        LOG.info("job={} name={} state=STOPPED at={}", job.id(), job.name(), restorePath.orElse("nothing"));
        return own(job);
    }

    private void endRun(JobRow job, RunEnd end) {
        job.runId().ifPresent(run -> runs.end(run, end));
    }

    /** Looks at all jobs: takes up what nobody owns, and follows what the cluster says of the others. */
    private void watch() {
        takeUp();
        for (JobRow mine : owned.values()) {
            guarded(() -> tryLocked(mine.name(), () -> store.find(mine.name()).ifPresent(this::follow)))
                    .run();
        }
    }

    private void takeUp() {
        for (JobRow job : list()) {
            boolean free = job.ownerInstance().isEmpty() || job.leaseUntil() < clock.millis();
            boolean mine = owned.containsKey(job.id());
            if (job.state().wantsToRun() && free && !mine) {
                guarded(() -> tryLocked(job.name(), () -> store.take(job.id(), config.lease())
                                .ifPresent(this::recover)))
                        .run();
            }
        }
    }

    private void recover(JobRow job) {
        LOG.info("job={} name={} state={} taken epoch={}", job.id(), job.name(), job.state(), job.epoch());
        if (job.state() == JobState.STOPPING) {
            stopped(job);
        } else {
            start(job);
        }
    }

    private void follow(JobRow job) {
        JobRow mine = owned.get(job.id());
        if (job.state() != JobState.RUNNING || mine == null || mine.epoch() != job.epoch()) {
            return;
        }
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
            case FINISHED -> {
                if (store.move(job, JobState.FINISHED, Optional.empty(), Optional.empty())) {
                    endRun(job, RunEnd.finished(OptionalLong.empty()));
                    LOG.info("job={} name={} state=FINISHED", job.id(), job.name());
                }
            }
            default -> restorePoints.retain(job.id(), config.checkpointsRetained());
        }
    }

    private void failed(JobRow job, WarehouseException error) {
        if (store.move(job, JobState.FAILED, Optional.empty(), Optional.of(error.getMessage()))) {
            endRun(job, RunEnd.failed(error));
            LOG.warn("job={} name={} state=FAILED", job.id(), job.name(), error);
        }
    }

    private void renewLeases() {
        for (JobRow job : owned.values()) {
            if (!store.renew(job, config.lease())) {
                owned.remove(job.id(), job);
                // Deleted here, or taken by another process while this one was silent: that one's word counts now, and
                // a
                // cluster within this process must not write on beside it.
                LOG.info("job={} name={} is no longer this process's", job.id(), job.name());
                if (!warehouse.cluster().isRemote()) {
                    job.flinkJobId().ifPresent(cluster::cancel);
                }
            }
        }
    }

    private JobRow take(JobRow job) {
        return store.take(job.id(), config.lease()).map(this::own).orElseThrow(() -> ownedElsewhere(job.name()));
    }

    private JobRow own(JobRow job) {
        JobRow now = store.find(job.name()).orElse(job);
        owned.put(now.id(), now);
        return now;
    }

    private static WarehouseException ownedElsewhere(String name) {
        return new WarehouseException(
                StreamError.JOB_OWNED_ELSEWHERE,
                "The job '" + name
                        + "' is in the hands of another process of this warehouse. Ask that one, or try again"
                        + " when its lease has ended.");
    }

    private static WarehouseException wrongState(JobRow job, String why) {
        return new WarehouseException(
                StreamError.JOB_STATE, "The job '" + job.name() + "' is " + job.state() + ": " + why + ".");
    }

    private <T> T locked(String name, Supplier<T> action) {
        ReentrantLock lock = locks.computeIfAbsent(name, key -> new ReentrantLock(true));
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    private void tryLocked(String name, Runnable action) {
        ReentrantLock lock = locks.computeIfAbsent(name, key -> new ReentrantLock(true));
        if (lock.tryLock()) {
            try {
                action.run();
            } finally {
                lock.unlock();
            }
        }
    }

    private static Runnable guarded(Runnable action) {
        return () -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                // The next round tries again.
                LOG.warn("Watching jobs failed", e);
            }
        };
    }

    /**
     * Lets go of the jobs without ending them: on a cluster of its own they run on, and the next process takes them up
     * either way.
     */
    @Override
    public void close() {
        watchers.shutdownNow();
        try {
            watchers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        owned.values().forEach(job -> store.renew(job, java.time.Duration.ZERO));
    }
}
