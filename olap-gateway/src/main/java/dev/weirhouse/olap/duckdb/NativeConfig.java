package dev.weirhouse.olap.duckdb;

import dev.weirhouse.catalog.config.ByteSize;
import dev.weirhouse.catalog.config.Setting;
import java.time.Duration;

/** The configuration of the native engine. */
public record NativeConfig(
        @Setting(
                        key = "native.enabled",
                        value = "true",
                        description =
                                "Whether the process has a native engine; without it, Flink computes every query.")
                boolean enabled,
        @Setting(
                        key = "native.memory",
                        value = "2gb",
                        min = 67108864,
                        description =
                                "Memory that native queries share, and that keeps what they have read of files; what they need beyond it goes to disk. The engine's process takes some 200 MB more.")
                ByteSize memory,
        @Setting(
                        key = "native.threads",
                        value = "0",
                        min = 0,
                        max = 1024,
                        description = "How many threads compute native queries; 0 means one for each core.")
                int threads,
        @Setting(
                        key = "native.temp-size",
                        value = "10gb",
                        min = 0,
                        description =
                                "The most that native queries may write to disk at once because they do not fit into memory.")
                ByteSize tempSize,
        @Setting(
                        key = "native.spool-size",
                        value = "4gb",
                        min = 1048576,
                        description =
                                "The most that native answers may take on disk at once while clients read them; a small answer takes nothing.")
                ByteSize spoolSize,
        @Setting(
                        key = "native.cache-size",
                        value = "10gb",
                        min = 1048576,
                        description =
                                "The most that copies of table files may take on disk: of files that the engine cannot read where they lie.")
                ByteSize cacheSize,
        @Setting(
                        key = "native.result-cache-size",
                        value = "64mb",
                        min = 0,
                        description =
                                "Memory for answers that are given again while nothing that they depend on has changed; 0 for none.")
                ByteSize resultCacheSize,
        @Setting(
                        key = "native.max-running",
                        value = "0",
                        min = 0,
                        max = 256,
                        description = "How many native queries are computed at once; 0 means one for each core.")
                int maxRunning,
        @Setting(
                        key = "native.max-queued",
                        value = "200",
                        min = 0,
                        max = 10000,
                        description = "How many native queries may wait for their turn; one more is refused.")
                int maxQueued,
        @Setting(
                        key = "native.queue-timeout",
                        value = "30s",
                        min = 1,
                        description = "How long a native query waits for its turn before it is refused.")
                Duration queueTimeout) {

    /** Threads as they are meant. */
    int effectiveThreads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Queries computed at once, as they are meant. */
    int effectiveMaxRunning() {
        return maxRunning == 0 ? Math.min(256, Runtime.getRuntime().availableProcessors()) : maxRunning;
    }
}
