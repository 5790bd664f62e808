package dev.weirhouse.consistency;

import dev.weirhouse.catalog.config.ByteSize;
import dev.weirhouse.catalog.config.Setting;
import java.time.Duration;
import java.util.Map;

/** The configuration of the checker. */
public record CheckConfig(
        @Setting(
                        key = "check.max-running",
                        value = "2",
                        min = 1,
                        max = 64,
                        description = "How many checks and comparisons run at once.")
                int maxRunning,
        @Setting(
                        key = "check.max-queued",
                        value = "1000",
                        min = 1,
                        max = 100_000,
                        description = "How many wait for that.")
                int maxQueued,
        @Setting(
                        key = "check.timeout",
                        value = "30m",
                        min = 1000,
                        description = "How long a check or comparison may take.")
                Duration timeout,
        @Setting(
                        key = "check.poll-interval",
                        value = "2s",
                        min = 50,
                        description = "How often it is looked whether a table has a new commit, or a check is due.")
                Duration pollInterval,
        @Setting(
                        key = "check.retention",
                        value = "30d",
                        min = 60_000,
                        description = "How long results are kept; the newest of each check always is.")
                Duration retention,
        @Setting(
                        key = "check.memory",
                        value = "64mb",
                        min = 1 << 20,
                        description =
                                "How much of the heap a comparison of tables takes for rows; what is more goes to files below home.")
                ByteSize memory,
        @Setting(
                        key = "check.sources",
                        secret = true,
                        description =
                                "Databases by name that tables may be compared with, as PostgreSQL's JDBC driver reads them: jdbc:postgresql://HOST/DATABASE?user=…&password=….")
                Map<String, String> sources) {

    private static final String SCHEME = "jdbc:postgresql:";

    public CheckConfig {
        sources = Map.copyOf(sources);
        sources.forEach((name, url) -> {
            if (!url.startsWith(SCHEME)) {
                throw new IllegalArgumentException("check.sources." + name + ": does not begin with " + SCHEME);
            }
        });
    }
}
