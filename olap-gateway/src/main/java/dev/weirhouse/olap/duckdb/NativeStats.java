package dev.weirhouse.olap.duckdb;

/**
 * What the native engine counts, since it was started.
 *
 * @param running queries that are computed now
 * @param queued queries that wait for their turn now
 * @param answered queries that were answered
 * @param failed queries that the engine could not compute
 * @param refused queries that found the queue full, or waited too long in it
 * @param crashed queries under which the engine died
 * @param restarts how often the engine was started again
 * @param spooled bytes of answers that are on disk now
 */
public record NativeStats(
        int running, int queued, long answered, long failed, long refused, long crashed, long restarts, long spooled) {}
