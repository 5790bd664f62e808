package dev.weirhouse.olap.duckdb;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.duckdb.EngineProtocol.Reply;
import dev.weirhouse.olap.duckdb.EngineProtocol.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.arrow.memory.BufferAllocator;

/**
 * DuckDB in a process of its own, which may die without harm: queries then run again, and another process takes its
 * place. Safe for several threads.
 */
public final class NativeEngine implements AutoCloseable {

    private static final int MOST_DIGITS = 38;
    private static final int NANOS_OF_MICRO = 1_000;

    private final NativeConfig config;
    private final Admission admission;
    private final EngineKeeper keeper;
    private final ScheduledThreadPoolExecutor watch;
    private final AtomicLong ids = new AtomicLong();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder crashed = new LongAdder();

    private NativeEngine(NativeConfig config, NativeFolders folders, Clock clock) throws IOException {
        this.config = config;
        this.admission = new Admission(config.effectiveMaxRunning(), config.maxQueued());
        this.watch = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "weir-native-watch");
            thread.setDaemon(true);
            return thread;
        });
        // A timeout that is not needed any more would hold its query until it is due.
        watch.setRemoveOnCancelPolicy(true);
        try {
            this.keeper = new EngineKeeper(config, folders, clock, watch);
        } catch (IOException e) {
            watch.shutdownNow();
            throw e;
        }
    }

    /**
     * Starts the engine and returns when it answers.
     *
     * @throws WarehouseException {@code NATIVE_ENGINE_NOT_STARTED}
     */
    public static NativeEngine start(NativeConfig config, NativeFolders folders, Clock clock) {
        requireNonNull(config, "config is null");
        requireNonNull(folders, "folders is null");
        requireNonNull(clock, "clock is null");
        NativeEngine engine;
        try {
            engine = new NativeEngine(config, folders, clock);
        } catch (IOException e) {
            throw notStarted(folders, e);
        }
        try {
            engine.keeper.engine().get();
            return engine;
        } catch (EngineKeeper.Absent e) {
            engine.close();
            throw notStarted(folders, e);
        } catch (ExecutionException e) {
            engine.close();
            throw notStarted(folders, e.getCause());
        } catch (InterruptedException e) {
            engine.close();
            Thread.currentThread().interrupt();
            throw notStarted(folders, e);
        }
    }

    private static WarehouseException notStarted(NativeFolders folders, Throwable cause) {
        return new WarehouseException(
                OlapError.NATIVE_ENGINE_NOT_STARTED,
                "The native engine does not start: see " + folders.logs().resolve("native-engine.log") + " and whether "
                        + folders.temp() + " can be written to and run from. " + cause.getMessage(),
                cause);
    }

    /**
     * Computes a query; returns when it can no longer fail.
     *
     * <p>An interruption of the calling thread cancels the query, and stays set.
     *
     * @param allocator for the answer's batches, as they are read
     * @throws WarehouseException {@code NATIVE_QUEUE_FULL}, {@code NATIVE_MEMORY_EXHAUSTED}, {@code NATIVE_SPOOL_FULL},
     *     {@code RESULT_MEMORY_EXHAUSTED}, {@code TIMED_OUT}, {@code CANCELLED} or {@code SHUTTING_DOWN}
     */
    public NativeOutcome execute(NativeQuery query, BufferAllocator allocator, NativeCancellation cancellation) {
        requireNonNull(allocator, "allocator is null");
        Optional<String> notCarried = notCarried(query);
        if (notCarried.isPresent()) {
            failed.increment();
            return new NativeOutcome.Failed(notCarried.get());
        }
        long deadline = System.nanoTime() + query.timeout().toNanos();
        enter(query, deadline, cancellation);
        try {
            EngineProcess engine = awaitEngine(query, deadline, cancellation);
            return run(query, allocator, cancellation, engine, deadline);
        } catch (EngineKeeper.Absent e) {
            return new NativeOutcome.Unavailable(e.getMessage());
        } catch (RejectedExecutionException e) {
            // The watch has been closed in the meantime.
            throw EngineKeeper.closed();
        } finally {
            // What is done at a cancellation from now on would meet another query.
            cancellation.onCancel(() -> {});
            admission.leave();
        }
    }

    private void enter(NativeQuery query, long deadline, NativeCancellation cancellation) {
        long untilDeadline = deadline - System.nanoTime();
        long wait = Math.min(config.queueTimeout().toNanos(), untilDeadline);
        try {
            admission.enter(wait, cancellation);
        } catch (Admission.QueueFull e) {
            refused.increment();
            throw new WarehouseException(
                    OlapError.NATIVE_QUEUE_FULL,
                    config.maxQueued() + " native queries wait already: try again later, or raise native.max-queued.");
        } catch (TimeoutException e) {
            if (wait == untilDeadline) {
                throw timedOut();
            }
            refused.increment();
            throw new WarehouseException(
                    OlapError.NATIVE_QUEUE_FULL,
                    "The query waited for " + config.queueTimeout().toSeconds()
                            + " s and its turn did not come: try again later, or raise native.queue-timeout.");
        } catch (CancellationException e) {
            throw cancelled();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        }
    }

    /** The engine, waiting for it while it starts. */
    private EngineProcess awaitEngine(NativeQuery query, long deadline, NativeCancellation cancellation)
            throws EngineKeeper.Absent {
        // A copy: a cancelled query must not take the engine from others that wait for it.
        CompletableFuture<EngineProcess> engine = keeper.engine().copy();
        if (!engine.isDone()) {
            cancellation.onCancel(() -> engine.cancel(false));
        }
        try {
            return engine.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw timedOut();
        } catch (CancellationException e) {
            throw cancelled();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cancelled();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof EngineKeeper.Absent absent) {
                throw absent;
            }
            throw EngineKeeper.closed();
        }
    }

    private NativeOutcome run(
            NativeQuery query,
            BufferAllocator allocator,
            NativeCancellation cancellation,
            EngineProcess engine,
            long deadline) {
        Request request = new Request(ids.incrementAndGet(), query.sql(), query.parameters());
        ByteBuffer frame = request.toFrame();
        if (frame.remaining() > EngineProtocol.MAX_FRAME_BYTES) {
            failed.increment();
            return new NativeOutcome.Failed("The query's text and parameters take " + frame.remaining() + " bytes");
        }
        Reply reply;
        SpoolFile file = null;
        try (QueryWatch guard = new QueryWatch(request.id(), engine, watch, deadline - System.nanoTime())) {
            cancellation.onCancel(() -> guard.stop(QueryWatch.Reason.CANCELLED));
            try {
                reply = exchange(engine, frame, () -> guard.stop(QueryWatch.Reason.CANCELLED));
                if (reply instanceof Reply.Spooled spooled) {
                    file = open(engine, spooled);
                }
            } catch (IOException e) {
                keeper.lost(engine);
                crashed.increment();
                throwIfStopped(guard, query);
                return new NativeOutcome.Lost(
                        "The native engine ended under the query: " + e.getMessage(),
                        engine.pid(),
                        engine.isUnheeded());
            }
            try {
                throwIfStopped(guard, query);
            } catch (WarehouseException e) {
                close(file);
                throw e;
            }
        }
        return outcome(query, reply, file, allocator);
    }

    private static Reply exchange(EngineProcess engine, ByteBuffer frame, Runnable onInterrupt) throws IOException {
        EngineConnection connection = engine.connect();
        try {
            Reply reply = Reply.of(connection.exchange(frame, onInterrupt));
            engine.release(connection);
            return reply;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private SpoolFile open(EngineProcess engine, Reply.Spooled spooled) throws IOException {
        SpoolFile file =
                SpoolFile.open(engine.spoolFolder().resolve(spooled.file()), () -> keeper.released(spooled.bytes()));
        keeper.spooled(engine, spooled.bytes());
        return file;
    }

    private static void close(SpoolFile file) {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.EXECUTION_FAILED, "An answer of the native engine cannot be closed.", e);
        }
    }

    private NativeOutcome outcome(NativeQuery query, Reply reply, SpoolFile file, BufferAllocator allocator) {
        if (reply instanceof Reply.Small small) {
            NativeAnswer answer = NativeAnswer.read(small.stream(), allocator);
            answered.increment();
            return new NativeOutcome.Answered(answer);
        }
        if (reply instanceof Reply.Spooled spooled) {
            NativeAnswer answer = NativeAnswer.read(file, spooled.bytes(), allocator);
            answered.increment();
            return new NativeOutcome.Answered(answer);
        }
        Reply.Refused none = (Reply.Refused) reply;
        switch (none.cause()) {
            case FAILED -> {
                failed.increment();
                return new NativeOutcome.Failed(none.text());
            }
            case MEMORY ->
                throw new WarehouseException(
                        OlapError.NATIVE_MEMORY_EXHAUSTED,
                        "The query needs more memory than is free, and cannot put it all on disk: ask for less, try again"
                                + " when less is running, or raise native.memory or native.temp-size. "
                                + firstLine(none.text()));
            case SPOOL_FULL ->
                throw new WarehouseException(
                        OlapError.NATIVE_SPOOL_FULL,
                        "The answer does not fit on disk beside those that are being read: ask for less, read answers"
                                + " faster, or raise native.spool-size. " + none.text() + ".");
            case CANCELLED -> throw cancelled();
        }
        throw new IllegalStateException("no outcome for " + none.cause());
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }

    private static void throwIfStopped(QueryWatch guard, NativeQuery query) {
        if (guard.reason().isEmpty()) {
            return;
        }
        throw switch (guard.reason().get()) {
            case CANCELLED -> cancelled();
            case TIMED_OUT -> timedOut();
        };
    }

    static WarehouseException cancelled() {
        return new WarehouseException(CatalogError.CANCELLED, "The native query was cancelled.");
    }

    static WarehouseException timedOut() {
        return new WarehouseException(
                CatalogError.TIMED_OUT,
                "The native query ran out of time and was cancelled: make it smaller, or allow it more time.");
    }

    /** A parameter that DuckDB would change on its way in. */
    private static Optional<String> notCarried(NativeQuery query) {
        List<String> found = new ArrayList<>();
        for (Object parameter : query.parameters()) {
            if (parameter instanceof BigDecimal number
                    && (number.scale() < 0 || number.scale() > MOST_DIGITS || number.precision() > MOST_DIGITS)) {
                found.add("No DECIMAL of DuckDB holds " + number);
            } else if (parameter instanceof LocalTime time && time.getNano() % NANOS_OF_MICRO != 0) {
                found.add("DuckDB's times have microseconds: " + time);
            } else if (parameter instanceof LocalDateTime moment && moment.getNano() % NANOS_OF_MICRO != 0) {
                found.add("DuckDB's times have microseconds: " + moment);
            }
        }
        return found.stream().findFirst();
    }

    /** What the engine counts. */
    public NativeStats stats() {
        return new NativeStats(
                admission.running(),
                admission.queued(),
                answered.sum(),
                failed.sum(),
                refused.sum(),
                crashed.sum(),
                keeper.restarts(),
                keeper.spooled());
    }

    /** The process's number while one runs, for operators and tests. */
    Optional<Long> pid() {
        return keeper.pid();
    }

    /** Ends the process; running queries are lost. Answers that are open stay readable. */
    @Override
    public void close() {
        keeper.close();
        watch.shutdownNow();
    }
}
