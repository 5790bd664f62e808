package dev.weirhouse.stream;

import dev.weirhouse.catalog.RunCommits;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a job's commits while the job ends: Flink deletes the checkpoints of one that has ended in order, and with them what
 * they tell of the commits that were not looked at.
 */
final class CommitLooks implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CommitLooks.class);

    /** Much less than it takes to end a job, so that no checkpoint comes and goes between two looks. */
    private static final long PAUSE_MILLIS = 10;

    private static final long LONGEST_LOOK_SECONDS = 30;

    private final RunCommits.Looks commits;
    private final String jobId;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "weir-commit-looks");
        made.setDaemon(true);
        return made;
    });

    private CommitLooks(RunCommits commits, String jobId) {
        this.commits = commits.looks(jobId);
        this.jobId = jobId;
    }

    /** Looks once, and then again and again until it is closed. */
    static CommitLooks begin(RunCommits commits, String jobId) {
        CommitLooks looks = new CommitLooks(commits, jobId);
        looks.look();
        looks.thread.scheduleWithFixedDelay(looks::look, PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return looks;
    }

    /** A job ends also where its commits cannot be looked at. */
    private void look() {
        try {
            commits.look();
        } catch (RuntimeException e) {
            LOG.warn("job={} commits are looked for again", jobId, e);
        }
    }

    /** Ends the looks with a last one; one that goes on is waited for. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(LONGEST_LOOK_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("job={} a look at its commits takes long", jobId);
                return;
            }
            look();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
