package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.TableName;

/**
 * A table that a run wrote which is over, and did not say what it committed.
 *
 * @param startedAt when the run began, in milliseconds since 1970 UTC
 */
public record OpenWrite(String runId, TableName table, String version, long startedAt) {}
