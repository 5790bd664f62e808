package dev.weirhouse.catalog;

import dev.weirhouse.catalog.config.ConfigReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;

/** One warehouse for this module's tests, which cannot use the test kit because that stands on this module. */
final class TestWarehouse {

    private static Warehouse warehouse;

    private TestWarehouse() {}

    static synchronized Warehouse get() {
        if (warehouse == null) {
            warehouse = Warehouse.open(
                    config(Path.of(
                            "target", "test-home-" + ProcessHandle.current().pid())),
                    Clock.systemUTC());
            Runtime.getRuntime().addShutdownHook(new Thread(warehouse::close));
        }
        return warehouse;
    }

    static CatalogConfig config(Path home) {
        return ConfigReader.read(
                CatalogConfig.class,
                Map.of(
                        "home", home.toString(),
                        "metastore.port", "0",
                        "cluster.ui.port", "0",
                        "cluster.slots", "8",
                        "cluster.network-memory", "64mb",
                        "cluster.managed-memory", "128mb",
                        "session.max", "100",
                        "sql.settings",
                                "table.*, parallelism.default, execution.runtime-mode, execution.batch-shuffle-mode,"
                                        + " execution.checkpointing.interval, restart-strategy.*, pipeline.max-parallelism, read.*",
                        "sql.connectors", "filesystem, datagen, paimon, absent",
                        "secrets.token", "s3cr3t"));
    }

    static Session session(String database) {
        Session session =
                get().gate().open(new Caller("tester", "junit", List.of("test"), Door.INTERNAL), Gate.Mode.BATCH);
        run(session, "CREATE DATABASE IF NOT EXISTS " + database);
        session.use(database);
        return session;
    }

    /** Runs a statement to its end and gives its rows as texts. */
    static List<String> run(Session session, String sql) {
        return run(session.execute(sql, Lane.OLAP));
    }

    static List<String> run(Answer opened) {
        try (Answer answer = opened) {
            if (answer.kind() == StatementKind.WRITE) {
                return List.of(String.valueOf(answer.affectedRows()));
            }
            List<String> rows = new ArrayList<>();
            List<LogicalType> types = answer.schema().getColumnDataTypes().stream()
                    .map(type -> type.getLogicalType())
                    .toList();
            List<RowData.FieldGetter> getters = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                getters.add(RowData.createFieldGetter(types.get(i), i));
            }
            CloseableIterator<RowData> iterator = answer.rows();
            while (iterator.hasNext()) {
                RowData row = iterator.next();
                rows.add(String.join(
                        "|",
                        getters.stream()
                                .map(getter -> String.valueOf(getter.getFieldOrNull(row)))
                                .toList()));
            }
            return rows;
        }
    }
}
