package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.olap.fuzz.Fuzz;
import dev.weirhouse.olap.fuzz.FuzzReport;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Expressions and whole queries drawn from a seed over tables of all kinds mean natively what they mean to Flink. {@code -Dweir.seed}
 * repeats a run, {@code -Dweir.queries} makes it longer.
 */
@WarehouseTest
final class QueriesAgreeTest {

    private static final int COMPARISONS = Integer.getInteger("weir.queries", 400);
    private static final double NATIVE_SHARE = 0.8;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("weir.seed", 1);

    @Test
    void whatIsAnsweredNativelyIsWhatFlinkAnswers(TestWarehouse kit) throws Exception {
        try (DrawnWarehouse drawn = new DrawnWarehouse(kit, folder, seed)) {
            InProcessLanes lanes = drawn.lanes();
            FuzzReport report = new Fuzz(lanes, lanes::natively).run(drawn.queries(), COMPARISONS);
            System.out.println("seed " + seed + "\n" + report);
            assertThat(report.mismatches())
                    .as("-Dweir.seed=%d%n%s", seed, report)
                    .isEmpty();
            assertThat(report.nativeShare())
                    .as("-Dweir.seed=%d%n%s", seed, report)
                    .isGreaterThanOrEqualTo(NATIVE_SHARE);
        }
    }
}
