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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each query of {@code meaning.test}, which holds every mismatch that was ever found, is answered natively as by Flink, or
 * not at all where a mark above it says so. The script itself says what Flink answers, and runs through the doors like the
 * others.
 */
@WarehouseTest
final class MeaningScriptTest {

    /** What the native lane does with a query. */
    private enum Natively {
        ANSWERED,
        REFUSED,
        FAILED;

        /** By a comment, which the script's other readers pass over. */
        static Natively marked(String record) {
            return record.lines().anyMatch("# natively refused"::equals)
                    ? REFUSED
                    : record.lines().anyMatch("# natively failed"::equals) ? FAILED : ANSWERED;
        }
    }

    @TempDir
    private Path folder;

    private final List<String> otherwise = new ArrayList<>();

    @Test
    void noMismatchComesBack(TestWarehouse kit) throws Exception {
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("script"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            for (String record :
                    Files.readString(SqlScripts.FOLDER.resolve("meaning.test")).split("\n\n")) {
                List<String> lines = Arrays.stream(record.split("\n"))
                        .filter(line -> !line.startsWith("#"))
                        .toList();
                String sql = String.join("\n", lines.subList(1, lines.size())).split("\n----")[0];
                if (lines.get(0).startsWith("query")) {
                    compare(both, sql, Natively.marked(record));
                } else {
                    kit.run(sql);
                }
            }
            assertThat(otherwise).as("not done as marked").isEmpty();
        }
    }

    private void compare(InProcess both, String sql, Natively marked) throws Exception {
        List<List<String>> rows = List.of();
        Natively done = Natively.ANSWERED;
        String words = "";
        try {
            rows = both.natively(both.plan(sql));
        } catch (NotNative e) {
            done = Natively.REFUSED;
            words = e.getMessage();
        } catch (SQLException e) {
            done = Natively.FAILED;
            words = e.getMessage();
            assertThat(words).as(sql).doesNotStartWith("Binder").doesNotStartWith("Parser");
        }
        if (done != marked) {
            otherwise.add("natively " + done + " " + words + ": " + sql);
        }
        if (done == Natively.ANSWERED) {
            assertThat(rows).as(sql).containsExactlyInAnyOrderElementsOf(both.flink(sql));
        }
    }
}
