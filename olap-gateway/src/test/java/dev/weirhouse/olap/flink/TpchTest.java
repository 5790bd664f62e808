package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.olap.tpch.Tpch;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All queries of TPC-H are native, and answer as Flink does, in Flink's order. */
@WarehouseTest
final class TpchTest {

    private static final double SCALE = 0.002;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allQueriesAreNativeAndRight(boolean keyed, TestWarehouse kit) throws Exception {
        TpchTables.load(kit, SCALE, keyed);
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("tpch"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            for (int query = 1; query <= Tpch.QUERIES; query++) {
                String sql = Tpch.query(query);
                assertThat(both.natively(both.plan(sql))).as("Q%d", query).isEqualTo(both.flink(sql));
            }
        }
    }
}
