package dev.weirhouse.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RunsTest {

    @Test
    void orderDoesNotMatter() {
        Runs runs = new Runs(List.of(3.0, 1.0, 2.0));
        assertThat(List.of(runs.min(), runs.median(), runs.max())).containsExactly(1.0, 2.0, 3.0);
        assertThat(runs.values()).containsExactly(3.0, 1.0, 2.0);
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetween() {
        assertThat(new Runs(List.of(4.0, 1.0, 2.0, 10.0)).median()).isEqualTo(3.0);
    }

    @Test
    void aPercentileIsAValueThatWasMeasured() {
        Runs hundred =
                new Runs(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());
        assertThat(hundred.percentile(50)).isEqualTo(50.0);
        assertThat(hundred.percentile(99)).isEqualTo(99.0);
        assertThat(hundred.percentile(100)).isEqualTo(100.0);
        assertThat(hundred.percentile(0.1)).isEqualTo(1.0);
        assertThat(new Runs(List.of(7.0)).percentile(99)).isEqualTo(7.0);
    }

    @Test
    void nothingMeasuredIsNoFigure() {
        assertThatThrownBy(() -> new Runs(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Runs(List.of(1.0)).percentile(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
