package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records of runs. What the store does not take now waits in the heap until it does, the records of a run in their order:
 * a record is no reason for what it tells of to fail. Nor to wait: one statement learns that the store is busy, and for a while
 * those after it do not try. Should the process die meanwhile, the commits of such runs are found by their signatures, and their
 * edges are of class unknown. Thread-safe.
 */
final class LateRecords {

    private static final Logger LOG = LoggerFactory.getLogger(LateRecords.class);

    /** Runs whose records wait; of one more nothing is kept. */
    private static final int MOST = 10_000;

    /** What the store refuses as often as this, it refuses for good. */
    private static final int TRIES = 100;

    /** For so long after a refusal nothing is tried but by {@link #writeAgain}. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Jdbi jdbi;
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();

    /** When the store refused something, as {@link System#nanoTime}; means nothing while nothing waits. */
    private long refusedAt;

    LateRecords(Jdbi jdbi) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
    }

    private static final class Waiting {
        private final List<HandleConsumer<RuntimeException>> records = new ArrayList<>();
        private int tries;
    }

    /** Writes a record of a run before this returns, if the store takes it. */
    void write(String run, HandleConsumer<RuntimeException> record) {
        synchronized (waiting) {
            boolean pauses = !waiting.isEmpty() && System.nanoTime() - refusedAt < PAUSE_NANOS;
            if (pauses || waiting.containsKey(run)) {
                keep(run, record);
                return;
            }
        }
        try {
            jdbi.useTransaction(record);
        } catch (JdbiException e) {
            LOG.warn("run={} is recorded later", run, e);
            synchronized (waiting) {
                refusedAt = System.nanoTime();
                keep(run, record);
            }
        }
    }

    private void keep(String run, HandleConsumer<RuntimeException> record) {
        if (waiting.size() < MOST || waiting.containsKey(run)) {
            waiting.computeIfAbsent(run, id -> new Waiting()).records.add(record);
        } else {
            LOG.error("run={} is not recorded: {} runs wait for that", run, MOST);
        }
    }

    /** Tries again to write what waits, until something is refused again; that goes behind the others. */
    void writeAgain() {
        synchronized (waiting) {
            while (!waiting.isEmpty()) {
                String run = waiting.keySet().iterator().next();
                Waiting late = waiting.remove(run);
                try {
                    jdbi.useTransaction(handle -> late.records.forEach(record -> record.useHandle(handle)));
                } catch (JdbiException e) {
                    refusedAt = System.nanoTime();
                    late.tries++;
                    if (late.tries < TRIES) {
                        waiting.put(run, late);
                        LOG.warn("{} runs are recorded later", waiting.size(), e);
                    } else {
                        LOG.error("run={} is not recorded", run, e);
                    }
                    return;
                }
            }
        }
    }
}
