package dev.weirhouse.stream;

import dev.weirhouse.catalog.config.Setting;
import java.time.Duration;

/** The configuration of the stream lane. */
public record StreamConfig(
        @Setting(
                        key = "stream.checkpoint-path",
                        description =
                                "Where checkpoints and savepoints lie: a folder or URI that all tasks reach. Empty: below home.")
                String checkpointPath,
        @Setting(
                        key = "stream.checkpoint-interval",
                        value = "5s",
                        min = 100,
                        description = "How often a job takes a checkpoint and commits, unless its text says otherwise.")
                Duration checkpointInterval,
        @Setting(
                        key = "stream.restart-attempts",
                        value = "10",
                        min = 0,
                        description =
                                "How often Flink restarts a failing job, with growing pauses, before the job counts as failed.")
                int restartAttempts,
        @Setting(
                        key = "stream.savepoint-timeout",
                        value = "5m",
                        min = 1000,
                        description = "How long a stop waits for its savepoint.")
                Duration savepointTimeout,
        @Setting(
                        key = "stream.lease",
                        value = "30s",
                        min = 1000,
                        description = "How long a process that fell silent keeps its jobs before another takes them.")
                Duration lease,
        @Setting(
                        key = "stream.watch-interval",
                        value = "1s",
                        min = 50,
                        description = "How often the state of jobs on the cluster is looked at.")
                Duration watchInterval) {}
