package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

final class SettableClockTest {

    private static final Instant START = Instant.parse("2001-01-01T00:00:00Z");

    @Test
    void standsUntilItIsMoved() {
        SettableClock clock = SettableClock.standing(START);
        assertThat(clock.instant()).isEqualTo(START).isEqualTo(clock.instant());
        clock.advance(Duration.ofMinutes(5));
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(300));
        clock.moveTo(START.plusSeconds(600));
        assertThat(clock.millis()).isEqualTo(START.plusSeconds(600).toEpochMilli());
    }

    @Test
    void ticksOnFromWhereItWasMovedTo() {
        SettableClock clock = SettableClock.ticking();
        Instant ahead = Instant.now().plus(Duration.ofDays(365));
        clock.moveTo(ahead);
        Eventually.within(Duration.ofSeconds(10))
                .holds("it ticks", () -> assertThat(clock.instant()).isAfter(ahead.plusMillis(1)));
    }

    @Test
    void doesNotGoBack() {
        SettableClock clock = SettableClock.standing(START);
        assertThatThrownBy(() -> clock.moveTo(START.minusSeconds(1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(clock.instant()).isEqualTo(START);
    }

    @Test
    void isMovedTogetherWithItsCopyInAnotherZone() {
        SettableClock clock = SettableClock.standing(START);
        Clock copy = clock.withZone(ZoneId.of("America/Chicago"));
        clock.advance(Duration.ofSeconds(1));
        assertThat(copy.instant()).isEqualTo(clock.instant());
        assertThat(copy.getZone()).isEqualTo(ZoneId.of("America/Chicago"));
    }
}
