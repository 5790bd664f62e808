package dev.weirhouse.server.architecture.planted.catalog;

/** What every floor may use. */
public final class Below {}
