package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the tables of one query have to do with each other.
 *
 * @param strong whether they derive from one vector of source versions; if not, each is read at its newest snapshot
 * @param within how old what they derive from may be; empty for any age
 */
public record Consistency(boolean strong, Optional<Duration> within) {

    /** The setting of a session that says it. */
    public static final String SETTING = "read.consistency";

    /** Each table at its newest snapshot. */
    public static final Consistency LATEST = new Consistency(false, Optional.empty());

    private static final Pattern STRONG =
            Pattern.compile("strong(?:\\s+within\\s+(?<count>\\d{1,9})\\s*(?<unit>ms|s|min|h))?");

    public Consistency {
        requireNonNull(within, "within is null");
    }

    /**
     * Reads {@code latest}, {@code strong} or {@code strong within 30 s}; units are ms, s, min and h.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Consistency parse(String text) {
        String said = text.strip().toLowerCase(Locale.ROOT);
        if (said.equals("latest")) {
            return LATEST;
        }
        Matcher matcher = STRONG.matcher(said);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no consistency");
        }
        if (matcher.group("count") == null) {
            return new Consistency(true, Optional.empty());
        }
        long count = Long.parseLong(matcher.group("count"));
        return new Consistency(
                true,
                Optional.of(
                        switch (matcher.group("unit")) {
                            case "ms" -> Duration.ofMillis(count);
                            case "s" -> Duration.ofSeconds(count);
                            case "min" -> Duration.ofMinutes(count);
                            default -> Duration.ofHours(count);
                        }));
    }
}
