package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.fuzz.RandomQueries;
import dev.weirhouse.olap.fuzz.RandomTables;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import java.util.Random;

/** Tables drawn from a seed, queries over them, and the lanes that answer these. */
final class DrawnWarehouse implements AutoCloseable {

    private final Session session;
    private final TableFiles files;
    private final Connection duck;
    private final InProcessLanes lanes;
    private final RandomQueries queries;

    DrawnWarehouse(TestWarehouse kit, Path folder, long seed) throws Exception {
        Random random = new Random(seed);
        RandomTables tables = new RandomTables(random, RandomTables.Extent.FEW, kit.database());
        for (Map.Entry<String, String> setting : tables.settings().entrySet()) {
            kit.run("SET '" + setting.getKey() + "' = '" + setting.getValue() + "'");
        }
        for (String statement : tables.statements()) {
            kit.run(statement);
        }
        session = kit.warehouse().gate().open(Caller.internal("drawn"), Gate.Mode.BATCH, tables.settings());
        session.use(kit.database());
        files = InProcess.files(kit, folder);
        duck = DriverManager.getConnection("jdbc:duckdb:");
        lanes = new InProcessLanes(session, new InProcess(session, files, duck));
        queries = new RandomQueries(random, tables);
    }

    InProcessLanes lanes() {
        return lanes;
    }

    RandomQueries queries() {
        return queries;
    }

    @Override
    public void close() throws Exception {
        duck.close();
        session.close();
    }
}
