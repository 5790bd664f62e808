package dev.weirhouse.catalog.state;

/**
 * The first snapshot of a version that replaced rows while a streaming job read on, and that its readers passed over.
 *
 * @param seen whether it was looked at; if not, it had expired by then, and may have replaced rows
 */
public record PassedOver(long snapshot, boolean seen) {}
