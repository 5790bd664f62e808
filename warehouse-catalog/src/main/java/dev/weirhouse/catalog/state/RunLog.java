package dev.weirhouse.catalog.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records that no answer waits for: one thread, many records in a transaction. When the queue of {@value #CAPACITY}
 * is full, callers wait.
 */
final class RunLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);
    private static final int CAPACITY = 10_000;
    private static final int BATCH = 500;

    private final Jdbi jdbi;
    private final BlockingQueue<Consumer<Handle>> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread writer;
    private volatile boolean closing;

    RunLog(Jdbi jdbi) {
        this.jdbi = jdbi;
        this.writer = new Thread(this::write, "run-log");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    void add(Consumer<Handle> entry) {
        try {
            queue.put(entry);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until everything that was added before is written. */
    void flush() {
        if (!writer.isAlive()) {
            return;
        }
        var written = new java.util.concurrent.CountDownLatch(1);
        add(handle -> written.countDown());
        try {
            written.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        List<Consumer<Handle>> batch = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                Consumer<Handle> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, BATCH - 1);
                jdbi.useTransaction(handle -> batch.forEach(entry -> entry.accept(handle)));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (JdbiException e) {
                LOG.error("{} records of runs were not written", batch.size(), e);
            } finally {
                batch.clear();
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            writer.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
