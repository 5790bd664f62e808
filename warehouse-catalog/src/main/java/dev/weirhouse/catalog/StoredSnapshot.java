package dev.weirhouse.catalog;

/**
 * A snapshot of a version that is still kept.
 *
 * @param user the name that its commit bears
 * @param kind APPEND, OVERWRITE, COMPACT or ANALYZE
 * @param committedAt in milliseconds since 1970 UTC, by the writer's clock
 */
public record StoredSnapshot(String user, String kind, long committedAt) {}
