package dev.weirhouse.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SameRowsTest {

    private static List<List<String>> rows(String... rows) {
        return Arrays.stream(rows).map(row -> Arrays.asList(row.split(" "))).toList();
    }

    @Test
    void tiesMayComeInAnyOrder() {
        assertThat(SameRows.difference(rows("a 1", "b 1", "c 2"), rows("b 1", "a 1", "c 2")))
                .isEmpty();
    }

    @Test
    void eachRowCountsOnce() {
        assertThat(SameRows.difference(rows("a 1", "a 1", "b 1"), rows("a 1", "b 1", "b 1")))
                .hasValue("[a, 1] expected and missing, [b, 1] is there");
        assertThat(SameRows.difference(rows("a 1"), rows("a 1", "a 1"))).hasValue("1 rows expected, 2 found");
    }

    @Test
    void onlyARoughComparisonForgivesWhatADoubleCannotHold() {
        assertThat(SameRows.difference(rows("25.522006"), rows("25.5220058"))).isPresent();
        assertThat(SameRows.roughDifference(rows("25.522006"), rows("25.5220058")))
                .isEmpty();
        assertThat(SameRows.roughDifference(rows("25.52"), rows("25.53"))).isPresent();
        assertThat(SameRows.roughDifference(rows("abc"), rows("abd"))).isPresent();
    }

    @Test
    void nullIsLikeNullAlone() {
        List<List<String>> none = List.of(Arrays.asList((String) null));
        assertThat(SameRows.roughDifference(none, none)).isEmpty();
        assertThat(SameRows.roughDifference(none, rows("0"))).isPresent();
    }
}
