package dev.weirhouse.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RowDiffTest {

    @Test
    void showsWhatIsMissingAndWhatIsNew() {
        assertThat(RowDiff.of(List.of("a", "b", "c", "d"), List.of("a", "x", "c", "d", "e")))
                .isEqualTo("  a\n- b\n+ x\n  c\n  d\n+ e");
    }

    @Test
    void showsAnEmptySide() {
        assertThat(RowDiff.of(List.of(), List.of("a"))).isEqualTo("+ a");
        assertThat(RowDiff.of(List.of("a"), List.of())).isEqualTo("- a");
    }

    @Test
    void leavesOutWhatIsAlike() {
        List<String> expected = rows(20);
        List<String> actual = new ArrayList<>(expected);
        actual.set(10, "new");
        assertThat(RowDiff.of(expected, actual))
                .isEqualTo(
                        """
                          … 8 rows alike
                          row 8
                          row 9
                        - row 10
                        + new
                          row 11
                          row 12
                          … 7 rows alike""");
    }

    @Test
    void isBounded() {
        List<String> none = List.of();
        assertThat(RowDiff.of(rows(500), none).lines()).hasSize(RowDiff.MAX_SHOWN + 1);
        assertThat(RowDiff.of(rows(RowDiff.MAX_COMPARED + 1), List.of("a", "b")).lines())
                .hasSizeLessThanOrEqualTo(RowDiff.MAX_SHOWN + 1)
                .contains("+ a", "+ b");
    }

    private static List<String> rows(int count) {
        return IntStream.range(0, count).mapToObj(i -> "row " + i).toList();
    }
}
