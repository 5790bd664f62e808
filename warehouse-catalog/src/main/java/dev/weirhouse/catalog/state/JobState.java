package dev.weirhouse.catalog.state;

/**
 * Where a job stands.
 *
 * <ul>
 *   <li>STARTING: to be submitted, or being submitted, by the instance that owns it; with an error, which is why it was not
 *       accepted yet
 *   <li>RUNNING: its Flink job was accepted by the cluster
 *   <li>REVISING: its text was changed while it ran: to be stopped with a savepoint and started with its current revision
 *   <li>STOPPING: a stop with savepoint was asked for
 *   <li>STOPPED: stopped on demand; resume starts it from its savepoint
 *   <li>FAILED: its Flink job ended with an error that retries did not cure; resume starts it from its last checkpoint
 *   <li>FINISHED: all its inputs ended
 * </ul>
 */
public enum JobState {
    STARTING,
    RUNNING,
    REVISING,
    STOPPING,
    STOPPED,
    FAILED,
    FINISHED;

    /** Whether the job is meant to run: a process that finds it without a live owner takes it over. */
    public boolean wantsToRun() {
        return this == STARTING || this == RUNNING || this == REVISING || this == STOPPING;
    }
}
