package dev.weirhouse.consistency.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.consistency.diff.DiffReport.Kind;
import dev.weirhouse.consistency.diff.TableDiff.Limits;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimestampType;
import org.junit.jupiter.api.Test;

final class RowComparisonTest {

    private static final int SAMPLES = 10;

    /** How many of the pairs differ. */
    private static long changed(LogicalType type, Floats floats, Object[]... pairs) {
        List<LogicalType> types = List.of(new IntType(false), type);
        RowBytes keys = new RowBytes(List.of(0), types);
        RowBytes values = new RowBytes(List.of(1), types);
        Limits limits = new Limits(Path.of("."), 0, SAMPLES, floats);
        RowComparison comparison = new RowComparison(List.of("id", "v"), types, 1, limits, RowComparison.Seen.ALL);
        try (RowPile left = RowPile.inHeap();
                RowPile right = RowPile.inHeap()) {
            for (int i = 0; i < pairs.length; i++) {
                GenericRowData one = GenericRowData.of(i, pairs[i][0]);
                GenericRowData other = GenericRowData.of(i, pairs[i][1]);
                left.add(keys.of(one), values.of(one));
                right.add(keys.of(other), values.of(other));
            }
            comparison.compare(left, right);
        }
        return comparison.count(Kind.CHANGED);
    }

    @Test
    void whatIsInfiniteOrNoNumberIsCloseToNothing() {
        double much = Double.POSITIVE_INFINITY;
        assertThat(changed(
                        new DoubleType(),
                        Floats.AS_SUMS,
                        new Object[] {much, 1.0},
                        new Object[] {much, -much},
                        new Object[] {Double.NaN, 1.0},
                        new Object[] {0.0, null}))
                .isEqualTo(4);
        assertThat(changed(
                        new DoubleType(),
                        Floats.AS_SUMS,
                        new Object[] {much, much},
                        new Object[] {Double.NaN, Double.NaN},
                        new Object[] {-0.0, 0.0},
                        new Object[] {null, null}))
                .isZero();
        assertThat(changed(new DoubleType(), Floats.EXACT, new Object[] {-0.0, 0.0}, new Object[] {much, 1.0}))
                .isEqualTo(2);
    }

    @Test
    void whatAddsUpToNothingIsCloseToNothing() {
        assertThat(changed(
                        new DoubleType(),
                        Floats.AS_SUMS,
                        new Object[] {0.1 + 0.2 - 0.3, 0.0},
                        new Object[] {-1e-10, 1e-10},
                        new Object[] {1e12, 1e12 + 100}))
                .isZero();
        assertThat(changed(
                        new DoubleType(),
                        Floats.AS_SUMS,
                        new Object[] {1e-8, 0.0},
                        new Object[] {1e12, 1e12 + 2000},
                        new Object[] {1.0, 1.0 + 1e-8}))
                .isEqualTo(3);
    }

    @Test
    void yearsOfTwoErasAreTwo() {
        assertThat(changed(new TimestampType(3), Floats.EXACT, new Object[] {
                    TimestampData.fromLocalDateTime(LocalDateTime.of(0, 1, 1, 0, 0)),
                    TimestampData.fromLocalDateTime(LocalDateTime.of(1, 1, 1, 0, 0))
                }))
                .isEqualTo(1);
    }
}
