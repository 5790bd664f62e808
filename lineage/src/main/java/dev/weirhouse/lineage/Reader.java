package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Lane;
import java.util.Optional;

/**
 * Who reads a table.
 *
 * @param source the tool that spoke for the user
 * @param lane empty for a job outside the warehouse
 * @param job the name of the job that reads it
 * @param runs how often in the time that was asked for
 * @param lastAt the newest run's beginning, in milliseconds since 1970 UTC
 */
public record Reader(
        String principal, String source, Optional<Lane> lane, Optional<String> job, long runs, long lastAt) {}
