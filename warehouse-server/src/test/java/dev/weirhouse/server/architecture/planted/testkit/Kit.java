package dev.weirhouse.server.architecture.planted.testkit;

/** What only tests may use. */
public final class Kit {}
