package dev.weirhouse.batch;

import dev.weirhouse.catalog.config.Setting;

/** The configuration of the batch lane. */
public record BatchConfig(
        @Setting(
                        key = "batch.max-running",
                        value = "4",
                        min = 1,
                        max = 256,
                        description = "How many scripts run at once.")
                int maxRunning,
        @Setting(
                        key = "batch.max-queued",
                        value = "100",
                        min = 0,
                        max = 100_000,
                        description = "How many scripts may wait for their turn; one more is refused.")
                int maxQueued,
        @Setting(
                        key = "batch.answer-rows",
                        value = "1000",
                        min = 0,
                        max = 1_000_000,
                        description = "How many rows of a query inside a script are shown.")
                int answerRows,
        @Setting(
                        key = "batch.kept-scripts",
                        value = "200",
                        min = 0,
                        max = 100_000,
                        description = "How many ended scripts can still be asked for.")
                int keptScripts) {}
