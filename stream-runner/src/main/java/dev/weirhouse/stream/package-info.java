/**
 * The stream lane: long-lived jobs that write and derive tables.
 *
 * <p>A job is a named SQL text of INSERTs, SETs and temporary tables; each applied text is a revision, and each submission
 * to the cluster an attempt, recorded as a run. {@link dev.weirhouse.stream.StreamJobs} is the one class that moves a job
 * from state to state. Jobs and their leases rest in the state store, checkpoints and savepoints in files.
 *
 * <p>{@code flink} compiles a text into a Flink job and finds what it starts from; {@code format} makes a record that
 * cannot be read a row in the table {@code <target>__rejected} instead of the end of the job.
 */
package dev.weirhouse.stream;
