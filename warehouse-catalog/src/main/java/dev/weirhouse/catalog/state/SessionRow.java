package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;
import java.util.OptionalLong;

/** A session as the store keeps it; times in milliseconds since 1970 UTC. */
public record SessionRow(String id, String instanceId, Caller caller, long openedAt, OptionalLong closedAt) {}
