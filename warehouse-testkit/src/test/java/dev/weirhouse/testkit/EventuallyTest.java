package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EventuallyTest {

    @Test
    void looksAgainUntilItHolds() {
        AtomicInteger looks = new AtomicInteger();
        Eventually.within(Duration.ofSeconds(30))
                .holds("three looks", () -> assertThat(looks.incrementAndGet()).isEqualTo(3));
        assertThat(looks).hasValue(3);
    }

    @Test
    void returnsTheAnswer() {
        AtomicInteger looks = new AtomicInteger();
        int answer = Eventually.within(Duration.ofSeconds(30)).answers("a look", looks::incrementAndGet, n -> n > 4);
        assertThat(answer).isEqualTo(5);
    }

    @Test
    void looksOnceWhenThereIsNoTime() {
        AtomicInteger looks = new AtomicInteger();
        assertThatThrownBy(() ->
                        Eventually.within(Duration.ZERO).answers("a bigger look", looks::incrementAndGet, n -> n > 1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a bigger look")
                .hasMessageContaining("1 attempts");
        assertThat(looks).hasValue(1);
    }

    @Test
    void failsWithTheLastFailure() {
        AtomicInteger looks = new AtomicInteger();
        assertThatThrownBy(() -> Eventually.within(Duration.ofMillis(40)).holds("the file", () -> {
                    throw new IOException("look " + looks.incrementAndGet());
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Not within PT0.04S: the file")
                .hasMessageContaining("look " + looks.get())
                .hasRootCauseInstanceOf(IOException.class);
        assertThat(looks).hasValueGreaterThan(1);
    }

    @Test
    void stopsWhenTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Eventually.within(Duration.ofMinutes(10)).holds("never", () -> {
                    throw new IOException("not yet");
                }))
                .isInstanceOf(AssertionError.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
