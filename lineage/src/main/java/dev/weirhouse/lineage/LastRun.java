package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Lane;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The newest run of a derivation.
 *
 * @param runId empty where a job outside the warehouse told of itself, and of no run
 * @param lane empty for a job outside the warehouse
 * @param startedAt in milliseconds since 1970 UTC
 * @param job the name of the job that it is of
 * @param former whether the job has another revision now, or is deleted
 */
public record LastRun(
        Optional<String> runId,
        Optional<Lane> lane,
        String principal,
        long startedAt,
        Optional<String> job,
        OptionalInt revision,
        boolean former,
        String statement) {}
