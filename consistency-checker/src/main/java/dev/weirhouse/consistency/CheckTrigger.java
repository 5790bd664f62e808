package dev.weirhouse.consistency;

import static java.util.Objects.requireNonNull;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * When a check is run, beside on demand.
 *
 * @param text milliseconds of EVERY, the expression of CRON; empty for the others
 */
public record CheckTrigger(Kind kind, String text) {

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** A kind of trigger. */
    public enum Kind {
        /** On demand alone. */
        DEMAND,
        /** After the table was committed to. */
        COMMITS,
        /** Each time that this long has passed since it was run. */
        EVERY,
        /** By a cron expression of five fields, in UTC. */
        CRON
    }

    /** @throws WarehouseException CHECK_INVALID */
    public CheckTrigger {
        requireNonNull(kind, "kind is null");
        requireNonNull(text, "text is null");
        switch (kind) {
            case EVERY -> {
                if (!text.matches("\\d{1,15}") || Long.parseLong(text) < SHORTEST.toMillis()) {
                    throw new WarehouseException(
                            CheckError.CHECK_INVALID,
                            "A check is run every so often, at least " + SHORTEST.toMillis() + " ms apart.");
                }
            }
            case CRON -> cron(text);
            default -> {
                if (!text.isEmpty()) {
                    throw new WarehouseException(
                            CheckError.CHECK_INVALID, "A check that is run by " + kind + " has no times.");
                }
            }
        }
    }

    /** When it is due next after a moment; empty when no time says so. */
    public Optional<Instant> next(Instant after) {
        return switch (kind) {
            case EVERY -> Optional.of(after.plusMillis(Long.parseLong(text)));
            case CRON ->
                ExecutionTime.forCron(cron(text))
                        .nextExecution(after.atZone(ZoneOffset.UTC))
                        .map(next -> next.toInstant());
            default -> Optional.empty();
        };
    }

    private static Cron cron(String text) {
        try {
            return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX)).parse(text);
        } catch (IllegalArgumentException e) {
            throw new WarehouseException(
                    CheckError.CHECK_INVALID,
                    "'" + text + "' is no cron expression of five fields, such as '0 6 * * MON-FRI': " + e.getMessage(),
                    e);
        }
    }
}
