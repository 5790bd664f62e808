package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run of a job outside the warehouse; times in milliseconds since 1970 UTC, by the clock of whoever told of it.
 *
 * @param principal who told of it first
 * @param source the program that told of it, as a URI
 * @param affectedRows rows written; empty when that was not told
 * @param told what was said of its datasets, as JSON
 * @param updatedAt when it was told of last, by this warehouse's clock
 */
public record ForeignRunRow(
        String id,
        String jobId,
        String principal,
        String source,
        String statement,
        RunState state,
        long startedAt,
        OptionalLong finishedAt,
        OptionalLong affectedRows,
        Optional<String> error,
        Optional<String> derivation,
        String told,
        long updatedAt) {
    public ForeignRunRow {
        requireNonNull(id, "id is null");
        requireNonNull(jobId, "jobId is null");
        requireNonNull(state, "state is null");
        requireNonNull(told, "told is null");
    }
}
