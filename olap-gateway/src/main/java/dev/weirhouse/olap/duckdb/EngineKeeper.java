package dev.weirhouse.olap.duckdb;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an engine's process alive. Its moves:
 *
 * <ul>
 *   <li>starting to running: the process answers
 *   <li>starting to starting: it ended before it answered, and another is tried
 *   <li>running to starting: it ended, or its socket broke
 *   <li>starting or running to resting: it ended more than {@value #MAX_DEATHS} times within a minute
 *   <li>resting to starting: somebody asks for it after the rest
 *   <li>any to closed
 * </ul>
 *
 * <p>Safe for several threads. One thread of its own starts processes and clears away after them, in this order, so no
 * two of them are there for long.
 */
final class EngineKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineKeeper.class);

    static final int MAX_DEATHS = 5;
    static final Duration DEATHS_WITHIN = Duration.ofMinutes(1);
    static final Duration REST = Duration.ofMinutes(1);

    /** How long a process may take until it answers. */
    static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private static final long CLOSE_SECONDS = 30;

    /** There is no engine, and none is coming at once. */
    static final class Absent extends Exception {
        private static final long serialVersionUID = 1L;

        Absent(String message) {
            super(message);
        }
    }

    private final NativeConfig config;
    private final NativeFolders folders;
    private final Clock clock;
    private final EngineLibrary library;
    private final ScheduledExecutorService watch;
    private final ExecutorService work;
    private final Deque<Instant> deaths = new ArrayDeque<>();
    private EngineState state;
    private EngineProcess starting;
    private long restarts;
    private long spooled;

    EngineKeeper(NativeConfig config, NativeFolders folders, Clock clock, ScheduledExecutorService watch)
            throws IOException {
        this.config = config;
        this.folders = folders;
        this.clock = clock;
        this.watch = watch;
        FileTrees.deleteQuietly(folders.temp());
        FileTrees.createPrivate(folders.temp());
        this.library = EngineLibrary.unpack(folders.temp().resolve("lib"));
        this.work = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "weir-native-keeper");
            thread.setDaemon(true);
            return thread;
        });
        synchronized (this) {
            begin(new CompletableFuture<>());
        }
    }

    /** Call while holding the lock. */
    private void begin(CompletableFuture<EngineProcess> ready) {
        state = new EngineState.Starting(ready);
        work.execute(() -> launch(ready));
    }

    private void launch(CompletableFuture<EngineProcess> ready) {
        EngineProcess process = null;
        try {
            synchronized (this) {
                if (state instanceof EngineState.Closed) {
                    return;
                }
                // Under the lock, so that each answer that is closed is either counted here or told to the process.
                process = EngineProcess.launch(config, folders, library, nextFolder(), spooled);
                starting = process;
            }
            awaitReady(process);
            synchronized (this) {
                starting = null;
                if (state instanceof EngineState.Closed) {
                    process.close();
                    return;
                }
                state = new EngineState.Running(process);
            }
            ready.complete(process);
            EngineProcess started = process;
            started.onEnd(() -> lost(started));
        } catch (IOException | RuntimeException e) {
            LOG.warn("the native engine does not start", e);
            synchronized (this) {
                starting = null;
                if (!(state instanceof EngineState.Closed)) {
                    died(ready, e.getMessage());
                }
            }
            if (process != null) {
                process.close();
            }
        }
    }

    /** A name that no process ever had: one that outlived its warehouse deletes its own folder, however late. */
    private Path nextFolder() {
        return folders.temp().resolve(UUID.randomUUID().toString());
    }

    private void awaitReady(EngineProcess process) throws IOException {
        Future<?> tooLate = watch.schedule(process::kill, START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        try {
            process.awaitReady();
        } finally {
            tooLate.cancel(false);
        }
    }

    /** A process has ended, or does not answer: another takes its place. What was said before counts. */
    void lost(EngineProcess process) {
        synchronized (this) {
            if (!(state instanceof EngineState.Running running) || running.process() != process) {
                return;
            }
            LOG.warn("engine={} lost", process.pid());
            process.kill();
            work.execute(process::close);
            died(new CompletableFuture<>(), "it ended, or did not answer a query");
        }
    }

    /** Call while holding the lock. */
    private void died(CompletableFuture<EngineProcess> ready, String reason) {
        Instant now = clock.instant();
        deaths.addLast(now);
        while (deaths.getFirst().isBefore(now.minus(DEATHS_WITHIN))) {
            deaths.removeFirst();
        }
        if (deaths.size() <= MAX_DEATHS) {
            restarts++;
            begin(ready);
            return;
        }
        deaths.clear();
        String told = "The native engine ended more than " + MAX_DEATHS + " times within a minute and rests for "
                + REST.toSeconds() + " s; at last: " + reason;
        LOG.warn("{}", told);
        state = new EngineState.Resting(now.plus(REST), told);
        ready.completeExceptionally(new Absent(told));
    }

    /** The process that runs, or the one that is being started. */
    synchronized CompletableFuture<EngineProcess> engine() throws Absent {
        if (state instanceof EngineState.Resting resting) {
            if (clock.instant().isBefore(resting.until())) {
                throw new Absent(resting.reason());
            }
            restarts++;
            begin(new CompletableFuture<>());
        }
        if (state instanceof EngineState.Running running) {
            return CompletableFuture.completedFuture(running.process());
        }
        if (state instanceof EngineState.Starting start) {
            return start.ready();
        }
        throw closed();
    }

    static WarehouseException closed() {
        return new WarehouseException(CatalogError.SHUTTING_DOWN, "The native engine is shutting down.");
    }

    /** A process has handed over an answer in a file. */
    synchronized void spooled(EngineProcess by, long bytes) {
        spooled += bytes;
        EngineProcess now = present();
        // Another process took its place before the answer was counted here.
        if (now != null && now != by) {
            now.say(EngineProtocol.RELEASE, -bytes);
        }
    }

    /** An answer in a file was closed. */
    synchronized void released(long bytes) {
        spooled -= bytes;
        EngineProcess now = present();
        if (now != null) {
            now.say(EngineProtocol.RELEASE, bytes);
        }
    }

    /** The process that was told what was spooled when it was started, and is to be told what changes. */
    private EngineProcess present() {
        return state instanceof EngineState.Running running ? running.process() : starting;
    }

    synchronized Optional<Long> pid() {
        return state instanceof EngineState.Running running
                ? Optional.of(running.process().pid())
                : Optional.empty();
    }

    synchronized long spooled() {
        return spooled;
    }

    synchronized long restarts() {
        return restarts;
    }

    @Override
    public void close() {
        synchronized (this) {
            EngineState last = state;
            state = new EngineState.Closed();
            if (last instanceof EngineState.Closed) {
                return;
            }
            if (last instanceof EngineState.Running running) {
                work.execute(running.process()::close);
            } else if (last instanceof EngineState.Starting start) {
                start.ready().completeExceptionally(closed());
            }
            if (starting != null) {
                starting.kill();
            }
        }
        work.shutdown();
        try {
            if (!work.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("the native engine did not end within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FileTrees.deleteQuietly(folders.temp());
    }
}
