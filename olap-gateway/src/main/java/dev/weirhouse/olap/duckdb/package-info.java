/**
 * The native engine: DuckDB in a process of its own, behind a Unix socket.
 *
 * <p>{@link dev.weirhouse.olap.duckdb.NativeEngine} takes a query in DuckDB's dialect and gives a whole answer in Arrow
 * batches, or says which way it ended without one. It does not know what a query means; translation, and the choice
 * between it and Flink, lie with its caller.
 *
 * <p>A process of its own, because DuckDB's crash, or a query's hunger for memory, ends only the process that it happens
 * in. {@code EngineKeeper} keeps one alive, {@code EngineProcess} is one life of it, {@code EngineProtocol} says what the
 * two processes tell each other, and {@code EngineMain} is where the other one begins. What starts with {@code Native}
 * belongs to the warehouse, what {@code EngineMain} reaches runs in the engine.
 *
 * <p>Nothing rests here: what is on disk lies in a temporary folder and goes with the engine.
 */
package dev.weirhouse.olap.duckdb;
