package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All queries of TPC-H are native, and answer as Flink does, in Flink's order. */
@WarehouseTest
final class TpchTest {

    private static final double SCALE = 0.002;

    @TempDir
    private Path folder;

    @Test
    void allQueriesAreNativeAndRight(TestWarehouse kit) throws Exception {
        TpchTables.load(kit, SCALE);
        try (Session session = kit.warehouse().gate().open(Caller.internal("tpch"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                TableFiles files = InProcess.files(kit, folder)) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            for (int query = 1; query <= 22; query++) {
                String sql = text(query);
                assertThat(both.natively(both.plan(sql))).as("Q%d", query).isEqualTo(both.flink(sql));
            }
        }
    }

    private static String text(int query) throws Exception {
        try (var resource = TpchTest.class.getResourceAsStream("/tpch/q%02d.sql".formatted(query))) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
