package dev.weirhouse.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that tests move. It either stands still between two moves, for code whose every step a test wants to see, or
 * ticks on from wherever it was moved to, for a whole warehouse, whose parts wait for time to pass.
 *
 * <p>It never goes back: leases and expiries are allowed to rely on that. Safe for use by many threads. A copy made by
 * {@link #withZone} is moved together with its original.
 */
public final class SettableClock extends Clock {

    private final Clock base;
    private final AtomicReference<Duration> ahead;
    private final ZoneId zone;

    private SettableClock(Clock base, AtomicReference<Duration> ahead, ZoneId zone) {
        this.base = base;
        this.ahead = ahead;
        this.zone = zone;
    }

    /** A clock that stands at an instant. */
    public static SettableClock standing(Instant start) {
        return new SettableClock(
                Clock.fixed(requireNonNull(start, "start is null"), ZoneOffset.UTC),
                new AtomicReference<>(Duration.ZERO),
                ZoneOffset.UTC);
    }

    /** A clock that runs with the machine's until it is moved ahead of it. */
    public static SettableClock ticking() {
        return new SettableClock(Clock.systemUTC(), new AtomicReference<>(Duration.ZERO), ZoneOffset.UTC);
    }

    /** Moves the clock ahead. */
    public void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("a clock does not go back: " + step);
        }
        ahead.accumulateAndGet(step, Duration::plus);
    }

    /** Moves the clock to an instant that lies ahead. */
    public void moveTo(Instant instant) {
        advance(Duration.between(instant(), instant));
    }

    @Override
    public Instant instant() {
        return base.instant().plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new SettableClock(base, ahead, requireNonNull(other, "zone is null"));
    }

    @Override
    public String toString() {
        return "SettableClock[" + instant() + "]";
    }
}
