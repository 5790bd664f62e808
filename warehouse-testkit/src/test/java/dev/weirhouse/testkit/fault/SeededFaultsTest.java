package dev.weirhouse.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

final class SeededFaultsTest {

    @Test
    void everyFailureNamesItsSeed() {
        IllegalStateException failure = new IllegalStateException("rows lost");
        assertThatThrownBy(() -> SeededFaults.run(42, faults -> {
                    throw failure;
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed 42 (repeat with -Dweir.seed=42)")
                .hasMessageContaining("rows lost")
                .hasCause(failure);
    }

    @Test
    void aTestThatDoesNotApplyIsNoFailure() {
        assertThatThrownBy(() -> SeededFaults.run(faults -> Assumptions.abort("not here")))
                .isInstanceOf(TestAbortedException.class);
    }

    @Test
    void theSameSeedDecidesTheSame() {
        List<List<Object>> drawn = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            SeededFaults.run(7, faults -> drawn.add(draw(faults)));
        }
        SeededFaults.run(8, faults -> drawn.add(draw(faults)));
        assertThat(drawn.get(0)).isEqualTo(drawn.get(1)).isNotEqualTo(drawn.get(2));
    }

    private static List<Object> draw(SeededFaults faults) {
        List<Object> drawn = new ArrayList<>();
        IntStream.range(0, 64).forEach(i -> drawn.add(faults.happens(0.5)));
        drawn.add(faults.between(1, 1_000_000));
        drawn.addAll(faults.moments(5, Duration.ofSeconds(1), Duration.ofSeconds(9)));
        drawn.add(faults.fork("files").nextLong());
        return drawn;
    }

    @Test
    void aForkDoesNotDependOnOtherDraws() {
        Set<Long> first = new HashSet<>();
        SeededFaults.run(7, faults -> first.add(faults.fork("files").nextLong()));
        SeededFaults.run(7, faults -> {
            faults.happens(0.5);
            assertThat(faults.fork("network").nextLong()).isNotIn(first);
            assertThat(faults.fork("files").nextLong()).isIn(first);
        });
    }

    @Test
    void momentsAreInOrderAndWithinBounds() {
        SeededFaults.run(faults -> assertThat(faults.moments(20, Duration.ofSeconds(1), Duration.ofSeconds(2)))
                .hasSize(20)
                .isSorted()
                .allMatch(moment -> moment.compareTo(Duration.ofSeconds(1)) >= 0)
                .allMatch(moment -> moment.compareTo(Duration.ofSeconds(2)) < 0));
    }

    @Test
    void oneTestASeed() {
        Assumptions.assumeTrue(System.getProperty(SeededFaults.SEED_PROPERTY) == null);
        assertThat(SeededFaults.tests(20, faults -> {}).map(test -> test.getDisplayName()))
                .hasSize(20)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("seed \\d{1,9}"));
    }
}
