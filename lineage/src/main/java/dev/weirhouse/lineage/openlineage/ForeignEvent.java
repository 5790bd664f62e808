package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.state.RunState;
import java.time.Instant;
import java.util.Optional;

/** An event of somebody else's that is well formed. */
sealed interface ForeignEvent {

    /** When it happened, as it says itself. */
    Instant at();

    /** Who made the event, as a URI. */
    String producer();

    /** A job by its name, with its SQL if that is told. */
    record Job(String namespace, String name, Optional<String> statement) {
        public Job {
            requireNonNull(namespace, "namespace is null");
            requireNonNull(name, "name is null");
        }
    }

    /**
     * Of a run.
     *
     * @param state where it stands now; empty when the event does not say
     */
    record OfRun(
            Instant at,
            String producer,
            String run,
            Optional<RunState> state,
            Optional<String> error,
            Job job,
            Said said)
            implements ForeignEvent {}

    /** Of a job that need not run: what it would read and write. */
    record OfJob(Instant at, String producer, Job job, Said said) implements ForeignEvent {}

    /** Of a dataset that no job is told of with. */
    record OfDataset(Instant at, String producer) implements ForeignEvent {}
}
