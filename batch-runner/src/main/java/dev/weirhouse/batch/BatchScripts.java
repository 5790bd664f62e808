package dev.weirhouse.batch;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs scripts: a bounded number at once, a bounded number waiting, in the order in which they came. */
public final class BatchScripts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BatchScripts.class);
    private static final Duration IDLE_THREAD = Duration.ofSeconds(30);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(30);

    private final Gate gate;
    private final BatchConfig config;
    private final Clock clock;

    /** One for each script that runs or waits; they bound the queue of {@link #workers}. */
    private final Semaphore places;

    private final ThreadPoolExecutor workers;
    private final AtomicLong lastNumber = new AtomicLong();

    /** By id, in the order of submission. Guarded by itself. */
    private final Map<String, ScriptRun> runs = new LinkedHashMap<>();

    public BatchScripts(Gate gate, BatchConfig config, Clock clock) {
        this.gate = requireNonNull(gate, "gate is null");
        this.config = requireNonNull(config, "config is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.places = new Semaphore(config.maxRunning() + config.maxQueued());
        this.workers = new ThreadPoolExecutor(
                config.maxRunning(),
                config.maxRunning(),
                IDLE_THREAD.toSeconds(),
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> new Thread(work, "weir-batch"));
        workers.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a script and waits for its end. A statement that fails is told by the outcome, not thrown.
     *
     * @throws WarehouseException as {@link #submit}
     */
    public ScriptOutcome run(Script script, Caller caller, ScriptListener listener) {
        return submit(script, caller, listener).await();
    }

    /**
     * Lets a script run as soon as its turn comes.
     *
     * @throws WarehouseException when the script is refused and nothing of it runs: {@code SYNTAX_ERROR} and {@code
     *     SEMANTIC_ERROR} with the place in its text (what does not end, a variable without a value), {@code
     *     SETTING_NOT_ALLOWED}, {@code SCRIPT_EMPTY}, {@code TOO_MANY_SCRIPTS}, {@code SHUTTING_DOWN}
     */
    public ScriptRun submit(Script script, Caller caller, ScriptListener listener) {
        List<ScriptStep> steps = ScriptStep.plan(script);
        if (!places.tryAcquire()) {
            throw new WarehouseException(
                    BatchError.TOO_MANY_SCRIPTS,
                    "%d scripts run and %d wait, which is all that batch.max-running and batch.max-queued allow: try again later."
                            .formatted(config.maxRunning(), config.maxQueued()));
        }
        ScriptRun run = new ScriptRun(nextId(), script, steps, caller, listener, clock);
        ScriptWorker worker = new ScriptWorker(run, steps, gate, config.answerRows(), clock);
        run.atEnd(() -> {
            // A script that is cancelled before its turn leaves the queue at once.
            workers.remove(worker);
            places.release();
        });
        remember(run);
        run.announceQueued();
        try {
            workers.execute(worker);
        } catch (RejectedExecutionException e) {
            run.cancel();
            throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is stopping: try again later.", e);
        }
        return run;
    }

    private String nextId() {
        return "script-%s-%d".formatted(Long.toString(clock.millis(), 36), lastNumber.incrementAndGet());
    }

    /** The scripts that wait or run and the last ones that have ended, in the order of their submission. */
    public List<ScriptRun> list() {
        synchronized (runs) {
            return List.copyOf(runs.values());
        }
    }

    public Optional<ScriptRun> find(String id) {
        synchronized (runs) {
            return Optional.ofNullable(runs.get(id));
        }
    }

    /**
     * The script with this id.
     *
     * @throws WarehouseException {@code SCRIPT_NOT_FOUND}
     */
    public ScriptRun load(String id) {
        return find(id).orElseThrow(() -> new WarehouseException(
                BatchError.SCRIPT_NOT_FOUND,
                "There is no script '%s', or it ended too long ago: its statements stand in weir.runs.".formatted(id)));
    }

    private void remember(ScriptRun run) {
        synchronized (runs) {
            long surplus = runs.values().stream()
                            .filter(other -> other.state().isFinal())
                            .count()
                    - config.keptScripts();
            Iterator<ScriptRun> oldestFirst = runs.values().iterator();
            while (surplus > 0 && oldestFirst.hasNext()) {
                if (oldestFirst.next().state().isFinal()) {
                    oldestFirst.remove();
                    surplus--;
                }
            }
            runs.put(run.id(), run);
        }
    }

    /** Cancels what waits and runs, and waits for it, for half a minute at most. */
    @Override
    public void close() {
        workers.shutdown();
        list().forEach(ScriptRun::cancel);
        try {
            if (!workers.awaitTermination(CLOSE_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("scripts still run after {} s; they are left to themselves", CLOSE_PATIENCE.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
