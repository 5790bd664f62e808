package dev.weirhouse.stream;

import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jobs that this process holds a lease of. A lease is held from the moment it is taken, before anything is done for the
 * job, and renewed until it is let go. Thread-safe: a lease is never renewed while it is being taken again.
 */
final class JobLeases {

    private final JobStore store;
    private final Duration duration;
    private final Map<String, JobRow> held = new HashMap<>();

    JobLeases(JobStore store, Duration duration) {
        this.store = store;
        this.duration = duration;
    }

    /** How long a lease lasts that is not renewed. */
    Duration duration() {
        return duration;
    }

    /**
     * Takes a job that no other live process holds; its epoch rises.
     *
     * @return the job; empty when another process holds it, or it is gone
     */
    synchronized Optional<JobRow> take(String jobId) {
        Optional<JobRow> taken = store.take(jobId, duration);
        taken.ifPresent(job -> held.put(jobId, job));
        return taken;
    }

    /** Remembers a job as it stands now: one that was just created with a lease, or one that was moved. */
    synchronized JobRow hold(JobRow job) {
        held.put(job.id(), job);
        return job;
    }

    synchronized boolean holds(JobRow job) {
        JobRow known = held.get(job.id());
        return known != null && known.epoch() == job.epoch();
    }

    synchronized List<JobRow> held() {
        return List.copyOf(held.values());
    }

    /** Lets go of a job, so that any process may take it. */
    synchronized void release(JobRow job) {
        JobRow known = held.remove(job.id());
        if (known != null) {
            store.renew(known, Duration.ZERO);
        }
    }

    /**
     * Renews all leases.
     *
     * @return the jobs that were lost: deleted, or taken by another process while this one was silent
     */
    synchronized List<JobRow> renew() {
        List<JobRow> lost = new ArrayList<>();
        for (JobRow job : List.copyOf(held.values())) {
            if (!store.renew(job, duration)) {
                held.remove(job.id());
                lost.add(job);
            }
        }
        return lost;
    }
}
