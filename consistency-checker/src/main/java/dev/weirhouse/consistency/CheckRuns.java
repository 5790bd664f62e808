package dev.weirhouse.consistency;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.consistency.CheckStore.Start;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs checks and comparisons, a few at once. A run moves
 *
 * <ul>
 *   <li>to RUNNING when it is asked for: its row is written, under a lease, before anybody hears of it
 *   <li>from RUNNING to PASSED, FAILED or ERROR when it has ended, however it did; time that is up, a cancellation and the
 *       warehouse's close are errors
 *   <li>from RUNNING to ERROR when the lease ends, for then its process is dead
 * </ul>
 *
 * <p>Thread-safe.
 */
final class CheckRuns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CheckRuns.class);

    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration RENEW = Duration.ofSeconds(10);
    private static final int CLOSE_SECONDS = 30;
    private static final int IDLE_SECONDS = 30;

    private final CheckStore store;
    private final CheckConfig config;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final ThreadPoolExecutor pool;
    private long renewed = System.nanoTime();

    /** Something that waits or runs here. */
    private record Running(Work work, CountDownLatch ended) {}

    /** Finds what is asked for. */
    @FunctionalInterface
    interface Search {
        /**
         * Looks.
         *
         * @param id of the result
         */
        Finding find(String id, Work work);
    }

    CheckRuns(CheckStore store, CheckConfig config) {
        this.store = store;
        this.config = config;
        this.pool = new ThreadPoolExecutor(
                config.maxRunning(),
                config.maxRunning(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(config.maxQueued()),
                this::thread);
        pool.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, "weir-check-" + threads.incrementAndGet());
        thread.setDaemon(true);
        // Doors bring threads with loaders of their own; Hive and Flink look for theirs.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    /**
     * Begins a run.
     *
     * @return its result, RUNNING; empty when the check runs already, here or elsewhere
     * @throws WarehouseException TOO_MANY_CHECKS
     */
    Optional<CheckResult> start(Start start, Search search) {
        if (pool.getQueue().remainingCapacity() == 0) {
            // Before its row is written: who tries again and again would fill the store.
            throw tooMany(null);
        }
        Optional<CheckResult> begun = store.begin(start, LEASE);
        begun.ifPresent(result -> {
            Running entry = new Running(new Work(config.timeout()), new CountDownLatch(1));
            running.put(result.id(), entry);
            try {
                pool.execute(() -> run(result, entry, search));
            } catch (RejectedExecutionException e) {
                WarehouseException refused = pool.isShutdown()
                        ? new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is shutting down.", e)
                        : tooMany(e);
                end(result, entry, Finding.error(refused));
                throw refused;
            }
        });
        return begun;
    }

    private WarehouseException tooMany(RejectedExecutionException cause) {
        return new WarehouseException(
                CheckError.TOO_MANY_CHECKS,
                config.maxQueued() + " checks wait already: try again later, or raise check.max-queued.",
                cause);
    }

    private void run(CheckResult result, Running entry, Search search) {
        long begun = System.nanoTime();
        Finding found;
        try {
            entry.work().begin();
            found = search.find(result.id(), entry.work());
        } catch (WarehouseException e) {
            found = Finding.error(entry.work().ended().orElse(e));
        } catch (RuntimeException | Error e) {
            LOG.error("check={} result={} met a defect", result.subject(), result.id(), e);
            found = Finding.error(entry.work()
                    .ended()
                    .orElse(new WarehouseException(
                            CatalogError.INTERNAL,
                            "The check met a defect; the log has it under " + result.id() + ".",
                            e)));
        }
        end(result, entry, found);
        LOG.info(
                "check={} result={} state={} took={}ms {}",
                result.check().orElse(result.kind()),
                result.id(),
                found.state(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                found.message());
    }

    private void end(CheckResult result, Running entry, Finding finding) {
        try {
            store.end(result.id(), finding);
        } catch (RuntimeException e) {
            LOG.error("how check={} ended is not recorded: {}", result.id(), finding.state(), e);
        } finally {
            running.remove(result.id());
            entry.ended().countDown();
        }
    }

    /** Waits until a run has ended, if it is one of this process. */
    void await(String id, Duration atMost) {
        Running entry = running.get(id);
        if (entry == null) {
            return;
        }
        try {
            if (!entry.ended().await(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("result={} goes on", id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is closing.", e);
        }
    }

    /** Ends a run of this process; one that is over stays as it is. */
    void cancel(String id) {
        Optional.ofNullable(running.get(id)).ifPresent(entry -> entry.work().cancel());
    }

    /** What waits or runs here. */
    Set<String> running() {
        return Set.copyOf(running.keySet());
    }

    /** Ends runs whose time is up, and keeps the leases of the others. */
    synchronized void tend() {
        running.values().forEach(entry -> entry.work().expire());
        if (System.nanoTime() - renewed > RENEW.toNanos()) {
            renewed = System.nanoTime();
            store.renew(running(), LEASE);
        }
    }

    /** Ends all runs as errors. */
    @Override
    public void close() {
        pool.shutdown();
        running.values().forEach(entry -> entry.work().shutDown());
        try {
            if (!pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} checks go on while the warehouse closes", running.size());
                pool.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
