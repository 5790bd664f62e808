package dev.weirhouse.catalog.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers records of runs that no answer waits for and has them written together, some times a second. A run that ends
 * before its beginning is written is written once. When the queue of {@value #CAPACITY} is full, callers wait.
 */
final class RunLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunLog.class);
    private static final int CAPACITY = 10_000;
    private static final int BATCH = 1_000;
    private static final long GATHER_MILLIS = 50;

    private final Consumer<List<Entry>> store;
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Map<String, Begun> unwritten = new ConcurrentHashMap<>();
    private final Semaphore hurry = new Semaphore(0);
    private final Thread writer;
    private volatile boolean closing;

    /** What is to be written. */
    sealed interface Entry {}

    /** How a run ended, and when in milliseconds since 1970. */
    record Ended(String id, RunEnd end, long at) implements Entry {}

    /** Nothing; whoever waits for it knows that all before it is written. */
    private record Mark(CountDownLatch passed) implements Entry {}

    /** A run's beginning, and its end if that came in time. */
    static final class Begun implements Entry {
        private final String id;
        private final RunStart start;
        private final long at;
        private Ended ended;
        private boolean taken;

        Begun(String id, RunStart start, long at) {
            this.id = id;
            this.start = start;
            this.at = at;
        }

        String id() {
            return id;
        }

        RunStart start() {
            return start;
        }

        /** In milliseconds since 1970. */
        long at() {
            return at;
        }

        /** Its end; null when it is not known. */
        synchronized Ended ended() {
            return ended;
        }

        /** False when the beginning is being written already, so that the end needs an entry of its own. */
        private synchronized boolean end(Ended how) {
            if (taken) {
                return false;
            }
            if (ended == null) {
                ended = how;
            }
            return true;
        }

        private synchronized void take() {
            taken = true;
        }
    }

    /** @param store writes entries, in their order and in one transaction */
    RunLog(Consumer<List<Entry>> store) {
        this.store = store;
        this.writer = new Thread(this::write, "run-log");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    void begin(Begun begun) {
        unwritten.put(begun.id(), begun);
        add(begun);
    }

    void end(Ended ended) {
        Begun begun = unwritten.get(ended.id());
        if (begun == null || !begun.end(ended)) {
            add(ended);
        }
    }

    /** An interruption of the caller, such as a query's cancellation, is none of the record's. */
    private void add(Entry entry) {
        boolean interrupted = Thread.interrupted();
        while (true) {
            try {
                queue.put(entry);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until everything that was added before is written. */
    void flush() {
        if (!writer.isAlive()) {
            return;
        }
        CountDownLatch passed = new CountDownLatch(1);
        add(new Mark(passed));
        hurry.release();
        try {
            passed.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        List<Entry> batch = new ArrayList<>();
        while (!closing || !queue.isEmpty()) {
            try {
                Entry first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                if (!closing && queue.size() < BATCH) {
                    hurry.tryAcquire(GATHER_MILLIS, TimeUnit.MILLISECONDS);
                    hurry.drainPermits();
                }
                batch.add(first);
                queue.drainTo(batch, BATCH - 1);
                write(batch);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                batch.clear();
            }
        }
    }

    private void write(List<Entry> batch) {
        for (Entry entry : batch) {
            if (entry instanceof Begun begun) {
                begun.take();
                unwritten.remove(begun.id());
            }
        }
        try {
            store.accept(batch);
        } catch (RuntimeException | Error e) {
            LOG.warn("{} records of runs are written one by one", batch.size(), e);
            batch.forEach(this::writeAlone);
        }
        for (Entry entry : batch) {
            if (entry instanceof Mark mark) {
                mark.passed().countDown();
            }
        }
    }

    /** One record that the store refuses does not take the others with it. */
    private void writeAlone(Entry entry) {
        try {
            store.accept(List.of(entry));
        } catch (RuntimeException | Error e) {
            // Also an error: without this thread the queue fills, and every query waits.
            LOG.error("a record of a run was not written", e);
        }
    }

    @Override
    public void close() {
        closing = true;
        hurry.release();
        try {
            writer.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
