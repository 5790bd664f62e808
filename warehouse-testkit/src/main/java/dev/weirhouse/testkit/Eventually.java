package dev.weirhouse.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Waits until something holds, looking again at growing intervals, and fails with the last thing seen once a deadline has
 * passed. The deadline is a bound for a machine that is slow, not a guess at how long the thing takes.
 *
 * <pre>{@code
 * Eventually.within(Duration.ofSeconds(30)).holds("all rows arrive", () -> assertThat(count()).isEqualTo(1_000));
 * }</pre>
 */
public final class Eventually {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(2);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    private final Duration deadline;

    private Eventually(Duration deadline) {
        this.deadline = deadline;
    }

    /** A wait that ends in failure when the deadline has passed; the first look comes at once. */
    public static Eventually within(Duration deadline) {
        if (requireNonNull(deadline, "deadline is null").isNegative()) {
            throw new IllegalArgumentException("a deadline cannot lie in the past: " + deadline);
        }
        return new Eventually(deadline);
    }

    /** A look at the world: throws while the thing does not hold. */
    @FunctionalInterface
    public interface Look {
        void run() throws Exception;
    }

    /**
     * Waits until a look passes.
     *
     * @throws AssertionError at the deadline, with the last failure as its cause; at once when the thread is interrupted
     */
    public void holds(String what, Look look) {
        answers(what, () -> {
            look.run();
            return null;
        });
    }

    /** Waits until a value is as wanted and returns it. */
    public <T> T answers(String what, Callable<T> value, Predicate<? super T> wanted) {
        return answers(what, () -> {
            T answer = value.call();
            if (!wanted.test(answer)) {
                throw new AssertionError("the last answer was: " + answer);
            }
            return answer;
        });
    }

    private <T> T answers(String what, Callable<T> attempt) {
        long start = System.nanoTime();
        long pause = FIRST_PAUSE.toNanos();
        for (int attempts = 1; ; attempts++) {
            Throwable last;
            try {
                return attempt.call();
            } catch (Exception | AssertionError failure) {
                last = failure;
            }
            long spent = System.nanoTime() - start;
            if (last instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (spent >= deadline.toNanos() || Thread.currentThread().isInterrupted()) {
                throw new AssertionError(
                        "Not within %s: %s. %d attempts in %d ms; the last one: %s"
                                .formatted(deadline, what, attempts, TimeUnit.NANOSECONDS.toMillis(spent), last),
                        last);
            }
            LockSupport.parkNanos(Math.min(pause, deadline.toNanos() - spent));
            pause = Math.min(pause * 2, LONGEST_PAUSE.toNanos());
        }
    }
}
