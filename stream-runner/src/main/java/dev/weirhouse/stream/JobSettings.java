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
        settings.put("execution.checkpointing.mode", "EXACTLY_ONCE");
        settings.put("execution.checkpointing.max-concurrent-checkpoints", "1");
        settings.put("execution.checkpointing.dir", checkpoints);
        settings.put("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        settings.put("execution.checkpointing.num-retained", String.valueOf(config.checkpointsRetained()));
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

    /** What one submission of a job adds. */
    static Map<String, String> ofAttempt(String flinkJobId, Optional<String> restorePath) {
        Map<String, String> settings = new HashMap<>();
        settings.put("$internal.pipeline.job-id", flinkJobId);
        restorePath.ifPresent(path -> {
            settings.put("execution.state-recovery.path", path);
            settings.put("execution.state-recovery.claim-mode", "NO_CLAIM");
            settings.put("execution.state-recovery.ignore-unclaimed-state", "false");
        });
        return settings;
    }
}
