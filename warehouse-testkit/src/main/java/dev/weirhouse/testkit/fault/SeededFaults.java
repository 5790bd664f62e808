package dev.weirhouse.testkit.fault;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.IncompleteExecutionException;

/**
 * The one source of chance of a test. A plan of faults is only handed out inside of {@link #run} or {@link #tests}, which
 * name the seed in every failure; {@code -Dweir.seed=<seed>} runs the tests with that seed again.
 *
 * <p>Safe for use by many threads; then the seed fixes what is drawn, not which thread draws it. Let each part that
 * draws take a {@link #fork} of its own, so that one part's draws do not depend on another's.
 */
public final class SeededFaults {

    /** The system property that sets the seed; without it, each run takes a new one. */
    public static final String SEED_PROPERTY = "weir.seed";

    private final long seed;
    private final Random random;

    private SeededFaults(long seed) {
        this.seed = seed;
        this.random = new Random(scramble(seed));
    }

    /** A test that draws its faults from a seed. */
    @FunctionalInterface
    public interface SeededTest {
        void run(SeededFaults faults) throws Exception;
    }

    /** Runs a test with one seed: the one of {@value #SEED_PROPERTY} or a new one. */
    public static void run(SeededTest test) {
        run(seeds(1)[0], test);
    }

    /** Runs a test with a given seed, which once found a defect or shows a case. */
    public static void run(long seed, SeededTest test) {
        try {
            test.run(new SeededFaults(seed));
        } catch (IncompleteExecutionException notRun) {
            throw notRun;
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(
                    "seed %d (repeat with -D%s=%d): %s".formatted(seed, SEED_PROPERTY, seed, failure), failure);
        }
    }

    /** One test a seed, for a test factory; a single test when {@value #SEED_PROPERTY} is set. */
    public static Stream<DynamicTest> tests(int count, SeededTest test) {
        return LongStream.of(seeds(count))
                .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> run(seed, test)));
    }

    private static long[] seeds(int count) {
        Long given = Long.getLong(SEED_PROPERTY);
        // Seeds of at most nine digits are easy to copy from a log.
        return given != null
                ? new long[] {given}
                : new Random().longs(count, 0, 1_000_000_000L).toArray();
    }

    public long seed() {
        return seed;
    }

    /** A source of chance of its own, the same for the same seed and name. */
    public RandomGenerator fork(String name) {
        return new Random(scramble(seed ^ scramble(name.hashCode())));
    }

    /** Whether something of this probability happens now. */
    public boolean happens(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability lies between 0 and 1: " + probability);
        }
        return random.nextDouble() < probability;
    }

    /** A whole number from the first, to the second exclusively. */
    public int between(int from, int to) {
        return random.nextInt(from, to);
    }

    /** Moments between two, in order: when to kill, to pause, to cut. */
    public List<Duration> moments(int count, Duration from, Duration to) {
        return random.longs(count, from.toNanos(), to.toNanos())
                .sorted()
                .mapToObj(Duration::ofNanos)
                .toList();
    }

    /** Spreads neighbouring seeds over all bits (the finalizer of SplitMix64), since Random starts alike for them. */
    private static long scramble(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    @Override
    public String toString() {
        return "SeededFaults[seed=" + seed + "]";
    }
}
