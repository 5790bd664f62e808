package dev.weirhouse.stream;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Flink's settings for jobs, by the names that Flink 1.20 gives them. */
final class JobSettings {

    private JobSettings() {}

    /** What a job begins with; its text may SET some of it. */
    static Map<String, String> defaults(StreamConfig config, String name, String jobId, String checkpoints) {
        Map<String, String> settings = new HashMap<>();
        settings.put("pipeline.name", name);
        settings.put(
                "execution.checkpointing.interval", config.checkpointInterval().toMillis() + " ms");
        settings.putAll(recovery(checkpoints));
        settings.put("restart-strategy.type", "exponential-delay");
        settings.put("restart-strategy.exponential-delay.initial-backoff", "500 ms");
        settings.put("restart-strategy.exponential-delay.max-backoff", "30 s");
        settings.put(
                "restart-strategy.exponential-delay.attempts-before-reset-backoff",
                String.valueOf(config.restartAttempts()));
        // Names the job in each of its commits.
        settings.put("paimon.*.*.*.commit.user-prefix", jobId);
        return settings;
    }

    /** What recovery rests on, and no text may change. */
    private static Map<String, String> recovery(String checkpoints) {
        return Map.of(
                "execution.runtime-mode", "STREAMING",
                "execution.checkpointing.mode", "EXACTLY_ONCE",
                "execution.checkpointing.max-concurrent-checkpoints", "1",
                "execution.checkpointing.dir", checkpoints,
                "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
    }

    /** What one submission of a job adds, after its text has been read. */
    static Map<String, String> ofAttempt(String checkpoints, String flinkJobId, Optional<String> restorePath) {
        Map<String, String> settings = new HashMap<>(recovery(checkpoints));
        settings.put("$internal.pipeline.job-id", flinkJobId);
        restorePath.ifPresent(path -> {
            settings.put("execution.state-recovery.path", path);
            settings.put("execution.state-recovery.claim-mode", "NO_CLAIM");
            settings.put("execution.state-recovery.ignore-unclaimed-state", "false");
        });
        return settings;
    }
}
