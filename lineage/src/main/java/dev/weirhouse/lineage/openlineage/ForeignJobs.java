package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Digest;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.ForeignJobRow;
import dev.weirhouse.catalog.state.ForeignRunRow;
import dev.weirhouse.catalog.state.ForeignStore;
import dev.weirhouse.catalog.state.RunState;
import dev.weirhouse.lineage.DerivedLines;
import dev.weirhouse.lineage.openlineage.ForeignEvent.Job;
import dev.weirhouse.lineage.openlineage.ForeignEvent.OfDataset;
import dev.weirhouse.lineage.openlineage.ForeignEvent.OfJob;
import dev.weirhouse.lineage.openlineage.ForeignEvent.OfRun;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;

/**
 * Jobs outside the warehouse, as their events tell of them. An event is recorded whole or not at all, and what it says is put
 * to what others of its run said: events may come twice and in any order.
 *
 * <ul>
 *   <li>A run began when its earliest event says; it ended as its latest COMPLETE, FAIL or ABORT says, whatever comes behind.
 *   <li>What it derives from what is a derivation like any other, of which a graph's walk makes no difference.
 *   <li>A job derives what its latest run does, or what an event of the job alone said since.
 * </ul>
 *
 * Thread-safe.
 */
public final class ForeignJobs {

    /** So many jobs are kept, with what they derive, until the store is made anew. */
    private static final long MOST_JOBS = 10_000;

    private static final int MOST_RUNS_OF_JOB = 1_000;
    private static final int MOST_RUNS = 100_000;

    private static final int ID_DIGITS = 32;

    private final ForeignStore store;
    private final DatasetNames names;
    private final String namespace;
    private final Clock clock;

    ForeignJobs(Warehouse warehouse, DatasetNames names, String namespace) {
        this.store = warehouse.state().foreign();
        this.clock = warehouse.clock();
        this.names = requireNonNull(names, "names is null");
        this.namespace = requireNonNull(namespace, "namespace is null");
    }

    /**
     * Takes an event, as the text that it came as. One of a dataset alone is looked at and leaves nothing, for it tells of no job.
     *
     * @throws WarehouseException EVENT_INVALID, EVENT_TOO_LARGE, EVENT_NOT_FOREIGN, EVENT_OF_ANOTHER_JOB or
     *     TOO_MANY_FOREIGN_JOBS; then nothing is recorded
     */
    public void accept(byte[] json, Caller caller) {
        ForeignEvent event = EventReader.read(json, names, clock.instant());
        if (event instanceof OfDataset) {
            return;
        }
        store.change(handle -> {
            if (event instanceof OfRun run) {
                record(handle, run, caller);
            } else if (event instanceof OfJob job) {
                record(handle, job, caller);
            }
            return null;
        });
    }

    private void record(Handle handle, OfRun event, Caller caller) {
        if (isOwn(handle, event.run())) {
            throw new WarehouseException(
                    OpenLineageError.EVENT_NOT_FOREIGN,
                    "The run " + event.run() + " is one of this warehouse's own, which keeps its record itself.");
        }
        ForeignJobRow job = job(handle, event.job(), event.producer(), caller);
        Optional<ForeignRunRow> before = ForeignStore.findRun(handle, event.run());
        if (before.isPresent() && !before.get().jobId().equals(job.id())) {
            throw new WarehouseException(
                    OpenLineageError.EVENT_OF_ANOTHER_JOB,
                    "The run " + event.run() + " is known as one of another job than " + job.fullName() + ".");
        }
        ForeignRunRow run = run(handle, event, job, before, caller);
        boolean newest = job.lastRun()
                .map(last -> last.startedAt() <= run.startedAt() || last.id().equals(run.id()))
                .orElse(true);
        ForeignStore.put(handle, job(job, event.job(), newest ? run.derivation() : Optional.empty()));
        ForeignStore.put(handle, run);
        if (before.isEmpty()) {
            ForeignStore.keepNewest(handle, job.id(), MOST_RUNS_OF_JOB, MOST_RUNS);
        }
        ForeignStore.dropUnused(handle, before.flatMap(ForeignRunRow::derivation));
        ForeignStore.dropUnused(handle, job.derivation());
    }

    private void record(Handle handle, OfJob event, Caller caller) {
        ForeignJobRow job = job(handle, event.job(), event.producer(), caller);
        ForeignStore.put(handle, job(job, event.job(), derivation(handle, event.said())));
        ForeignStore.dropUnused(handle, job.derivation());
    }

    private boolean isOwn(Handle handle, String run) {
        return handle.createQuery("SELECT EXISTS (SELECT 1 FROM run WHERE id = :id)")
                .bind("id", run)
                .mapTo(Boolean.class)
                .one();
    }

    /** The job as it is known, or as it begins. */
    private ForeignJobRow job(Handle handle, Job job, String producer, Caller caller) {
        if (job.namespace().equals(namespace)) {
            throw new WarehouseException(
                    OpenLineageError.EVENT_NOT_FOREIGN,
                    "The namespace '" + namespace + "' is that of this warehouse's own jobs, which keeps their record"
                            + " itself: use another one, or change lineage.openlineage.namespace.");
        }
        Optional<ForeignJobRow> known = ForeignStore.findJob(handle, job.namespace(), job.name());
        if (known.isEmpty() && ForeignStore.countJobs(handle) >= MOST_JOBS) {
            throw new WarehouseException(
                    OpenLineageError.TOO_MANY_FOREIGN_JOBS,
                    MOST_JOBS + " jobs outside the warehouse are known, and no more are kept.");
        }
        long now = clock.millis();
        return new ForeignJobRow(
                known.map(ForeignJobRow::id).orElseGet(() -> Digest.of(job.namespace() + "\n" + job.name())
                        .substring(0, ID_DIGITS)),
                job.namespace(),
                job.name(),
                known.map(ForeignJobRow::principal).orElse(caller.principal()),
                producer,
                known.map(ForeignJobRow::statement).orElse(""),
                known.flatMap(ForeignJobRow::derivation),
                known.map(ForeignJobRow::createdAt).orElse(now),
                now,
                known.flatMap(ForeignJobRow::lastRun));
    }

    /** The same job with what an event says of it. */
    private static ForeignJobRow job(ForeignJobRow before, Job job, Optional<String> derivation) {
        return new ForeignJobRow(
                before.id(),
                before.namespace(),
                before.name(),
                before.principal(),
                before.source(),
                job.statement().orElse(before.statement()),
                derivation.or(before::derivation),
                before.createdAt(),
                before.updatedAt(),
                before.lastRun());
    }

    private ForeignRunRow run(
            Handle handle, OfRun event, ForeignJobRow job, Optional<ForeignRunRow> before, Caller caller) {
        long at = event.at().toEpochMilli();
        Said said = before.map(run -> EventJson.read(run.told(), Said.class))
                .orElseGet(Said::nothing)
                .and(event.said());
        OptionalLong ended = before.map(ForeignRunRow::finishedAt).orElse(OptionalLong.empty());
        boolean ends = event.state().isPresent()
                && event.state().get() != RunState.RUNNING
                && (ended.isEmpty() || ended.getAsLong() < at);
        return new ForeignRunRow(
                event.run(),
                job.id(),
                before.map(ForeignRunRow::principal).orElse(caller.principal()),
                event.producer(),
                event.job()
                        .statement()
                        .or(() -> before.map(ForeignRunRow::statement))
                        .orElse(""),
                ends ? event.state().get() : before.map(ForeignRunRow::state).orElse(RunState.RUNNING),
                Math.min(at, before.map(ForeignRunRow::startedAt).orElse(at)),
                ends ? OptionalLong.of(at) : ended,
                said.rows().isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(said.rows().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()),
                ends ? event.error() : before.flatMap(ForeignRunRow::error),
                derivation(handle, said),
                EventJson.write(said),
                clock.millis());
    }

    /** Writes what derives from what; empty when nothing does. */
    private Optional<String> derivation(Handle handle, Said said) {
        DerivedLines lines = said.lines();
        if (lines.tables().isEmpty()) {
            return Optional.empty();
        }
        String id = ForeignStore.DERIVATION + lines.id();
        lines.insert(handle, id, clock.millis());
        return Optional.of(id);
    }
}
