package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.checkpoint.JobCheckpoints;
import dev.weirhouse.catalog.paimon.SignedCommits;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.OpenWrite;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.catalog.state.ToldWrite;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records, after the fact, the commits of streaming jobs and of runs that did not tell theirs, because they failed or their
 * process died. Paimon's snapshots bear the id of the job or the run, so nothing has to run beside a job, and what a crash
 * interrupted is found by the next look. What cannot be found is recorded as missed.
 *
 * <p>A commit of a streaming job bears its checkpoint, of which Flink keeps a few: how far the job's sources had read is told
 * by the checkpoint, and recorded with the commit, all of it or nothing. Of a checkpoint that is gone it is not known.
 *
 * <p>Thread-safe.
 */
public final class RunCommits {

    private static final Logger LOG = LoggerFactory.getLogger(RunCommits.class);

    /** What was cancelled may commit a moment later. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    /** A folder that cannot be reached is tried again for so long; then what a checkpoint said counts as not known. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Checkpoints that are kept more shortly than this are looked for more often than others. */
    static final Duration QUICK = Duration.ofMinutes(2);

    /** So many times a checkpoint is looked for before it may be gone. */
    private static final int LOOKS = 4;

    /** How many submissions of a job are searched for a checkpoint. */
    private static final int SUBMISSIONS = 10;

    private final RunStore runs;
    private final VersionedCatalog catalog;
    private final Clock clock;
    private final Duration settledWhenLost;
    private final Map<String, Long> lookedAt = new HashMap<>();

    /** By job, since when its checkpoints cannot be reached. */
    private final Map<String, Long> unreachableSince = new HashMap<>();

    private final Set<Writer> failing = new HashSet<>();

    /** @param settledWhenLost for how long a run may go on to commit whose process died */
    RunCommits(RunStore runs, VersionedCatalog catalog, Clock clock, Duration settledWhenLost) {
        this.runs = runs;
        this.catalog = catalog;
        this.clock = clock;
        this.settledWhenLost = settledWhenLost;
    }

    /** Writes to one version whose commits are signed alike. */
    private record Writer(String signature, String version) {}

    /** Looks for commits that are not recorded yet; what cannot be looked at is looked at the next time. */
    public synchronized void look() {
        look(runs.openWrites());
    }

    /** As {@link #look()}, of the jobs alone whose checkpoints may be gone before the next; cheap when there are none. */
    public synchronized void lookSoon() {
        long now = clock.millis();
        Map<String, Duration> quick = runs.keptShorter(QUICK);
        lookedAt.keySet().retainAll(quick.keySet());
        Set<String> due = quick.keySet().stream()
                .filter(job ->
                        now - lookedAt.getOrDefault(job, 0L) >= quick.get(job).toMillis() / LOOKS)
                .collect(Collectors.toSet());
        if (!due.isEmpty()) {
            look(runs.openWrites().stream()
                    .filter(write -> write.jobId().filter(due::contains).isPresent())
                    .toList());
            due.forEach(job -> lookedAt.put(job, now));
        }
    }

    /** As {@link #look()}, of one job, whose checkpoints are about to go. */
    public void look(String jobId) {
        looks(jobId).look();
    }

    /** Looks at one job again and again while its checkpoints go. */
    public Looks looks(String jobId) {
        return new Looks(jobId);
    }

    /**
     * Looks at one job while its checkpoints go: what a checkpoint says is read when it is there, and kept for its commit, which
     * comes later. Thread-safe.
     */
    public final class Looks {

        private final String jobId;
        private final Map<String, JobCheckpoints> checkpoints = new HashMap<>();

        private Looks(String jobId) {
            this.jobId = jobId;
        }

        /** As {@link RunCommits#look()}, of the job. */
        public void look() {
            synchronized (RunCommits.this) {
                checkpoints.computeIfAbsent(jobId, RunCommits.this::checkpoints).readAhead();
                RunCommits.this.look(
                        runs.openWrites().stream()
                                .filter(write -> write.jobId().equals(Optional.of(jobId)))
                                .toList(),
                        checkpoints);
            }
        }
    }

    private JobCheckpoints checkpoints(String jobId) {
        return new JobCheckpoints(runs.streamRuns(jobId, SUBMISSIONS), runs.jobReads(jobId), catalog::ofVersion);
    }

    private void look(List<OpenWrite> writes) {
        look(writes, new HashMap<>());
    }

    private void look(List<OpenWrite> writes, Map<String, JobCheckpoints> checkpoints) {
        Map<Writer, List<OpenWrite>> open = new LinkedHashMap<>();
        for (OpenWrite write : writes) {
            open.computeIfAbsent(new Writer(write.signature(), write.version()), writer -> new ArrayList<>())
                    .add(write);
        }
        open.forEach((writer, ofWriter) -> {
            try {
                runs.told(found(ofWriter, checkpoints));
                failing.remove(writer);
            } catch (RuntimeException e) {
                if (failing.add(writer)) {
                    LOG.warn(
                            "what run={} committed to {} is looked for again", writer.signature(), writer.version(), e);
                }
            }
        });
    }

    /** A snapshot of a version, if it is still kept. */
    public Optional<StoredSnapshot> snapshot(String version, long id) {
        return SignedCommits.snapshot(catalog, version, id);
    }

    /** @param writes of attempts of one job, or of one run; in their order */
    private List<ToldWrite> found(List<OpenWrite> writes, Map<String, JobCheckpoints> checkpoints) {
        OpenWrite last = writes.get(writes.size() - 1);
        SnapshotMark mark = writes.stream()
                .map(OpenWrite::told)
                .min(Comparator.comparingLong(SnapshotMark::snapshot))
                .orElseThrow();
        Optional<NewCommits> found = SignedCommits.after(catalog, last.table(), last.version(), last.signature(), mark);
        if (found.isEmpty()) {
            return writes.stream()
                    .filter(this::isSettled)
                    .map(write -> new ToldWrite(
                            write,
                            List.of(),
                            Map.of(),
                            Optional.of("the table is not there any more"),
                            Optional.empty()))
                    .toList();
        }
        Map<OpenWrite, List<Commit>> owned =
                found.get().commits().stream().collect(Collectors.groupingBy(commit -> owner(commit, writes)));
        return writes.stream()
                .map(write -> new ToldWrite(
                        write,
                        owned.getOrDefault(write, List.of()),
                        reads(write, owned.getOrDefault(write, List.of()), checkpoints),
                        write.equals(last) ? found.get().missed() : Optional.empty(),
                        isSettled(write)
                                ? Optional.empty()
                                : Optional.of(found.get().mark())))
                .filter(RunCommits::saysMore)
                .toList();
    }

    /** By checkpoint, how far the job had read. */
    private Map<Long, List<CheckpointRead>> reads(
            OpenWrite write, List<Commit> commits, Map<String, JobCheckpoints> checkpoints) {
        if (write.jobId().isEmpty()) {
            return Map.of();
        }
        JobCheckpoints ofJob = checkpoints.computeIfAbsent(write.jobId().get(), this::checkpoints);
        Map<Long, List<CheckpointRead>> reads = new HashMap<>();
        for (Commit commit : commits) {
            commit.checkpoint().ifPresent(number -> reads.put(number, reads(write, number, ofJob)));
        }
        // Before the commits are told: the snapshots that say so are looked at once.
        runs.passedOver(write.jobId().get(), ofJob.overwrites());
        return reads;
    }

    private List<CheckpointRead> reads(OpenWrite write, long checkpoint, JobCheckpoints checkpoints) {
        String job = write.jobId().orElseThrow();
        try {
            List<CheckpointRead> reads = checkpoints.at(checkpoint, write.runId());
            unreachableSince.remove(job);
            return reads;
        } catch (UncheckedIOException e) {
            long since = unreachableSince.computeIfAbsent(job, key -> clock.millis());
            if (clock.millis() - since < PATIENCE.toMillis()) {
                throw e;
            }
            return checkpoints.unknown(write.runId(), e.getMessage());
        }
    }

    private static boolean saysMore(ToldWrite told) {
        return !told.mark().equals(Optional.of(told.write().told()))
                || !told.commits().isEmpty()
                || told.missed().isPresent();
    }

    /** The write whose run had begun last when the commit was made. */
    private static OpenWrite owner(Commit commit, List<OpenWrite> writes) {
        OpenWrite owner = writes.get(0);
        for (OpenWrite write : writes) {
            if (write.startedAt() <= commit.committedAt()) {
                owner = write;
            }
        }
        return owner;
    }

    private boolean isSettled(OpenWrite write) {
        Duration patience =
                switch (write.state()) {
                    case RUNNING, FINISHED -> Duration.ZERO;
                    case LOST -> settledWhenLost;
                    case FAILED, CANCELLED -> SETTLED;
                };
        return write.finishedAt().isPresent() && write.finishedAt().getAsLong() + patience.toMillis() <= clock.millis();
    }
}
