package dev.weirhouse.olap.duckdb;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** What the engine is at the moment; {@link EngineKeeper} alone moves it. */
sealed interface EngineState {

    /** A process is being started; whoever waits for it waits for {@code ready}. */
    record Starting(CompletableFuture<EngineProcess> ready) implements EngineState {}

    record Running(EngineProcess process) implements EngineState {}

    /** The engine died too often, and is left alone for a while. */
    record Resting(Instant until, String reason) implements EngineState {}

    record Closed() implements EngineState {}
}
