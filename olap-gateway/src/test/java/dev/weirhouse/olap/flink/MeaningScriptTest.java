package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import dev.weirhouse.testkit.script.SqlScripts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each query of {@code meaning.test}, which holds every mismatch that was ever found, is answered natively as by Flink, or not
 * at all. The script itself says what Flink answers, and runs through the doors like the others.
 */
@WarehouseTest
final class MeaningScriptTest {

    @TempDir
    private Path folder;

    @Test
    void noMismatchComesBack(TestWarehouse kit) throws Exception {
        try (Session session = kit.warehouse().gate().open(Caller.internal("script"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                TableFiles files = InProcess.files(kit, folder)) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            for (String record :
                    Files.readString(SqlScripts.FOLDER.resolve("meaning.test")).split("\n\n")) {
                List<String> lines = Arrays.stream(record.split("\n"))
                        .filter(line -> !line.startsWith("#"))
                        .toList();
                String sql = String.join("\n", lines.subList(1, lines.size())).split("\n----")[0];
                if (lines.get(0).startsWith("query")) {
                    compare(both, sql);
                } else {
                    kit.run(sql);
                }
            }
        }
    }

    private static void compare(InProcess both, String sql) throws Exception {
        List<List<String>> natively;
        try {
            natively = both.natively(both.plan(sql));
        } catch (NotNative | SQLException e) {
            return;
        }
        assertThat(natively).as(sql).containsExactlyInAnyOrderElementsOf(both.flink(sql));
    }
}
