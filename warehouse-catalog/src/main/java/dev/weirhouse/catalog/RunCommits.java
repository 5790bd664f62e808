package dev.weirhouse.catalog;

import dev.weirhouse.catalog.paimon.SignedCommits;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.OpenWrite;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.catalog.state.ToldWrite;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records, after the fact, the commits of streaming jobs and of runs that did not tell theirs, because they failed or their
 * process died. Paimon's snapshots bear the id of the job or the run, so nothing has to run beside a job, and what a crash
 * interrupted is found by the next look. What cannot be found is recorded as missed.
 *
 * <p>Thread-safe.
 */
public final class RunCommits {

    private static final Logger LOG = LoggerFactory.getLogger(RunCommits.class);

    /** What was cancelled may commit a moment later. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private final RunStore runs;
    private final VersionedCatalog catalog;
    private final Clock clock;
    private final Duration settledWhenLost;

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
        Map<Writer, List<OpenWrite>> open = new LinkedHashMap<>();
        for (OpenWrite write : runs.openWrites()) {
            open.computeIfAbsent(new Writer(write.signature(), write.version()), writer -> new ArrayList<>())
                    .add(write);
        }
        open.forEach((writer, writes) -> {
            try {
                runs.told(found(writes));
            } catch (RuntimeException e) {
                LOG.warn("what run={} committed to {} is looked for again", writer.signature(), writer.version(), e);
            }
        });
    }

    /** A snapshot of a version, if it is still kept. */
    public Optional<StoredSnapshot> snapshot(String version, long id) {
        return SignedCommits.snapshot(catalog, version, id);
    }

    /** @param writes of attempts of one job, or of one run; in their order */
    private List<ToldWrite> found(List<OpenWrite> writes) {
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
                            write, List.of(), Optional.of("the table is not there any more"), Optional.empty()))
                    .toList();
        }
        Map<OpenWrite, List<Commit>> owned =
                found.get().commits().stream().collect(Collectors.groupingBy(commit -> owner(commit, writes)));
        return writes.stream()
                .map(write -> new ToldWrite(
                        write,
                        owned.getOrDefault(write, List.of()),
                        write.equals(last) ? found.get().missed() : Optional.empty(),
                        isSettled(write)
                                ? Optional.empty()
                                : Optional.of(found.get().mark())))
                .filter(RunCommits::saysMore)
                .toList();
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
