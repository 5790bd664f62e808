package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Lane;

/** How many runs of a lane stand in one state. */
public record RunCount(Lane lane, RunState state, long runs) {}
