package dev.weirhouse.stream;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.catalog.state.JobStore;
import dev.weirhouse.catalog.state.RevisionRow;
import dev.weirhouse.stream.flink.RestorePoints;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streaming jobs of a warehouse: what is asked of them, and the watch that goes on with them. {@link JobMoves} says from
 * which state a job moves to which. A process acts for a job only under an unexpired lease ({@link JobLeases}).
 *
 * <p>Thread-safe.
 */
public final class StreamJobs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamJobs.class);
    /** How often flows are looked at. */
    private static final Duration FLOW_TURN = Duration.ofMillis(100);

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,127}");

    private final Warehouse warehouse;
    private final StreamConfig config;
    private final Clock clock;
    private final JobStore store;
    private final RestorePoints restorePoints;
    private final JobLeases leases;
    private final StreamFlows flows;
    private final JobMoves moves;
    private final JobLocks locks = new JobLocks();
    private final ScheduledExecutorService watchers = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task, "stream-jobs");
        thread.setDaemon(true);
        return thread;
    });
    /** Alone, for a start that waits on the cluster must not hold up the flows. */
    private final ScheduledExecutorService flowKeeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "stream-flows");
        thread.setDaemon(true);
        thread.setContextClassLoader(StreamJobs.class.getClassLoader());
        return thread;
    });

    private volatile int recovered;

    private StreamJobs(Warehouse warehouse, StreamConfig config, Clock clock) {
        this.warehouse = warehouse;
        this.config = config;
        this.clock = clock;
        this.store = warehouse.state().jobs();
        this.restorePoints = new RestorePoints(
                config.checkpointPath().isEmpty()
                        ? warehouse.config().home().toUri().toString()
                        : config.checkpointPath());
        this.leases = new JobLeases(store, config.lease());
        this.flows = new StreamFlows(warehouse);
        this.moves = new JobMoves(warehouse, config, leases, flows, restorePoints, clock);
    }

    /**
     * Opens the lane and takes up the jobs that are meant to run and that no live process owns: one that still runs on the
     * cluster is adopted, any other starts from its newest checkpoint. A job that cannot be started keeps nobody else from
     * starting.
     */
    public static StreamJobs open(Warehouse warehouse, StreamConfig config, Clock clock) {
        StreamJobs jobs = new StreamJobs(warehouse, config, clock);
        jobs.takeUp();
        jobs.recovered = jobs.leases.held().size();
        long watch = config.watchInterval().toMillis();
        long renew = Math.max(1, config.lease().toMillis() / 3);
        jobs.watchers.scheduleWithFixedDelay(guarded(jobs::watch), watch, watch, TimeUnit.MILLISECONDS);
        long turn = FLOW_TURN.toMillis();
        jobs.flowKeeper.scheduleWithFixedDelay(guarded(jobs::keepFlows), turn, turn, TimeUnit.MILLISECONDS);
        jobs.watchers.scheduleWithFixedDelay(guarded(jobs::renewLeases), renew, renew, TimeUnit.MILLISECONDS);
        return jobs;
    }

    /** The flows that jobs belong to. */
    public StreamFlows flows() {
        return flows;
    }

    private void keepFlows() {
        Set<String> mine = leases.held().stream().map(JobRow::id).collect(Collectors.toSet());
        flows.turn(mine::contains);
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
     * @throws WarehouseException a USER error when the text does not compile: nothing was changed then; REVISION_REFUSED
     *     when a changed text cannot go on from the state of the one before, which runs on; JOB_WAITS when the job is stored
     *     and starts later
     */
    public JobRow apply(String name, String sql, Caller caller) {
        if (!NAME.matcher(name).matches()) {
            throw new WarehouseException(
                    StreamError.JOB_NAME_INVALID,
                    "'" + name + "' is not a job's name: a letter, then up to 127 letters, digits, '_', '-' and '.'.");
        }
        return acting(name, () -> {
            moves.check(name, sql, caller);
            Optional<JobRow> existing = store.find(name);
            if (existing.isEmpty()) {
                JobRow created = store.create(name, Lane.STREAM, sql, caller, config.lease())
                        .map(leases::hold)
                        .orElseThrow(() -> JobMoves.ownedElsewhere(name));
                LOG.info("job={} name={} state=STARTING revision=1", created.id(), name);
                return started(moves.start(created));
            }
            JobRow job = settled(take(existing.get()));
            if (!revision(job).sql().equals(sql)) {
                return started(revised(job, sql, caller));
            }
            return job.state() == JobState.RUNNING ? job : started(moves.start(job));
        });
    }

    private JobRow revised(JobRow job, String sql, Caller caller) {
        boolean runs = job.state() == JobState.RUNNING;
        if (!store.revise(job, sql, caller, runs ? JobState.REVISING : JobState.STARTING)) {
            throw JobMoves.ownedElsewhere(job.name());
        }
        JobRow revised = leases.hold(load(job.name()));
        return runs ? moves.revise(revised) : moves.start(revised);
    }

    /** Ends what a crash or an error left half done. */
    private JobRow settled(JobRow job) {
        return switch (job.state()) {
            case REVISING -> moves.revise(job);
            case STOPPING -> moves.stop(job);
            case STARTING, RUNNING, STOPPED, FAILED, FINISHED -> job;
        };
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
        return moves.revision(job);
    }

    /**
     * Stops a job with a savepoint, from which {@link #resume} starts it again.
     *
     * @return the job, STOPPED
     * @throws WarehouseException JOB_STATE when it does not run; SAVEPOINT_FAILED, and then it runs on, until a savepoint
     *     that only comes late ends it; CLUSTER_UNREACHABLE, and then it is stopped as soon as the cluster answers
     */
    public JobRow stop(String name) {
        return acting(name, () -> {
            JobRow job = load(name);
            if (job.state() == JobState.STOPPED) {
                return job;
            }
            if (!job.state().wantsToRun()) {
                throw new WarehouseException(
                        StreamError.JOB_STATE, "The job '" + name + "' is " + job.state() + ": it does not run.");
            }
            return moves.stop(take(job));
        });
    }

    /**
     * Starts a job again that does not run, from its savepoint or newest checkpoint.
     *
     * @return the job, RUNNING
     * @throws WarehouseException JOB_FAILED when it does not start; JOB_WAITS when it starts later
     */
    public JobRow resume(String name) {
        return acting(name, () -> {
            JobRow job = load(name);
            if (job.state() == JobState.RUNNING) {
                return job;
            }
            JobRow settled = settled(take(job));
            return settled.state() == JobState.RUNNING ? settled : started(moves.start(settled));
        });
    }

    /** Ends a job without a savepoint, and forgets it with its revisions, checkpoints and savepoints; its runs stay. */
    public void delete(String name) {
        acting(name, () -> {
            JobRow job = take(load(name));
            moves.end(job);
            // Its checkpoints tell what its commits rest on.
            guarded(() -> warehouse.commits().look(job.id())).run();
            if (!store.delete(job)) {
                throw JobMoves.ownedElsewhere(name);
            }
            leases.release(job);
            restorePoints.delete(job.id());
            LOG.info("job={} name={} state=DELETED", job.id(), name);
            return job;
        });
    }

    /** For each job that this process runs, how many records its tables for rejected records hold. */
    public Map<String, Long> rejectedRecords() {
        Map<String, Long> counts = new TreeMap<>();
        moves.rejectedTables()
                .forEach((job, tables) -> counts.put(
                        job,
                        tables.stream()
                                .mapToLong(table -> warehouse.records(table).orElse(0L))
                                .sum()));
        return counts;
    }

    private static JobRow started(JobRow job) {
        String why = job.error().orElse("no reason is known");
        return switch (job.state()) {
            case FAILED ->
                throw new WarehouseException(
                        StreamError.JOB_FAILED, "The job '" + job.name() + "' did not start: " + why);
            case STARTING ->
                throw new WarehouseException(
                        StreamError.JOB_WAITS,
                        "The job '" + job.name() + "' is stored, and starts as soon as it can: " + why);
            default -> job;
        };
    }

    private JobRow take(JobRow job) {
        return leases.take(job.id()).orElseThrow(() -> JobMoves.ownedElsewhere(job.name()));
    }

    /** Acts for a job alone, and lets go of it afterwards unless it is meant to run. */
    private JobRow acting(String name, Supplier<JobRow> action) {
        return locks.locked(name, () -> {
            try {
                return action.get();
            } finally {
                store.find(name).filter(job -> !job.state().wantsToRun()).ifPresent(leases::release);
            }
        });
    }

    /** Looks at all jobs: takes up what nobody owns, and goes on with the others. */
    private void watch() {
        takeUp();
        for (JobRow mine : leases.held()) {
            guarded(() -> locks.ifFree(
                            mine.name(),
                            () -> store.find(mine.name()).filter(leases::holds).ifPresent(moves::follow)))
                    .run();
        }
    }

    private void takeUp() {
        for (JobRow job : list()) {
            boolean free = job.ownerInstance().isEmpty() || job.leaseUntil() < clock.millis();
            if (job.state().wantsToRun() && free && !leases.holds(job)) {
                guarded(() -> locks.ifFree(
                                job.name(), () -> leases.take(job.id()).ifPresent(this::recover)))
                        .run();
            }
        }
    }

    private void recover(JobRow job) {
        LOG.info("job={} name={} state={} taken epoch={}", job.id(), job.name(), job.state(), job.epoch());
        moves.follow(job);
    }

    private void renewLeases() {
        leases.renew().forEach(moves::letGo);
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
        flowKeeper.shutdownNow();
        try {
            watchers.awaitTermination(10, TimeUnit.SECONDS);
            flowKeeper.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        leases.held().forEach(leases::release);
    }
}
