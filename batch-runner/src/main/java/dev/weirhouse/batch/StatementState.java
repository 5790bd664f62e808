package dev.weirhouse.batch;

import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a statement of a script stands, with what is known of it there. {@link ScriptRun} moves it. */
public sealed interface StatementState {

    /** Waits for the statements before it. */
    record Queued() implements StatementState {}

    record Running(Instant since) implements StatementState {}

    /**
     * Succeeded.
     *
     * @param rows written by a write, when known; shown of a query, at most {@code batch.answer-rows}; else empty
     * @param runId its id in {@code weir.runs}; empty for what needs no run
     */
    record Finished(StatementKind kind, OptionalLong rows, Optional<String> runId, Duration took)
            implements StatementState {}

    /** Failed, with the error's place in the script's text. */
    record Failed(WarehouseException error, Optional<String> runId, Duration took) implements StatementState {}

    /** Was running when the script was cancelled. */
    record Cancelled(Optional<String> runId, Duration took) implements StatementState {}

    /** Was not begun, because the script ended before it. */
    record Skipped() implements StatementState {}

    /** The state as a word: {@code QUEUED}, {@code RUNNING}, {@code FINISHED}, {@code FAILED}, … */
    default String name() {
        return getClass().getSimpleName().toUpperCase(Locale.ROOT);
    }
}
