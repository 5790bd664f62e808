package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.fuzz.Fuzz;
import dev.weirhouse.olap.fuzz.FuzzReport;
import dev.weirhouse.olap.fuzz.RandomQueries;
import dev.weirhouse.olap.fuzz.RandomTables;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Random;
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
        try (Session session = kit.warehouse().gate().open(Caller.internal("queries"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                TableFiles files = InProcess.files(kit, folder)) {
            session.use(kit.database());
            InProcessLanes lanes = new InProcessLanes(session, new InProcess(session, files, duck));
            Random random = new Random(seed);
            RandomTables tables = new RandomTables(random);
            for (String statement : tables.statements()) {
                kit.run(statement);
            }
            FuzzReport report = new Fuzz(lanes, lanes::natively).run(new RandomQueries(random, tables), COMPARISONS);
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
