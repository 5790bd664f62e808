package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups that nothing can match are left out, where nobody can tell. {@code -Dweir.seed} draws other rows. */
@WarehouseTest
final class GroupKeysTest {

    private static final String BELOW_MEAN = "SELECT s.part, s.supplier, s.n FROM supplies s, parts p"
            + " WHERE s.part = p.id AND p.size < 3 AND s.n < (SELECT %s FROM supplies WHERE part = p.id)";

    private static final String OF_TWO_KEYS = "SELECT s.part, s.n FROM supplies s WHERE s.part IN"
            + " (SELECT id FROM parts WHERE size > 2) AND 2 * s.n > (SELECT SUM(n) FROM supplies x"
            + " WHERE x.part = s.part AND x.supplier = s.supplier AND n <> 3)";

    @TempDir
    private Path folder;

    @Test
    void groupsThatMeetNothingAreLeftOut(TestWarehouse kit) throws Exception {
        Random random = new Random(Long.getLong("weir.seed", 1));
        kit.run("CREATE TABLE parts (id INT, size INT)");
        kit.run("CREATE TABLE supplies (part INT, supplier INT, n INT)");
        kit.run("INSERT INTO parts VALUES (CAST(NULL AS INT), 1), " + rows(random, 20, 2));
        kit.run("INSERT INTO supplies VALUES (CAST(NULL AS INT), 1, 0), (100, 1, 0), " + rows(random, 200, 3));
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("groups"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            assertLeftOut(both, BELOW_MEAN.formatted("1.5 * AVG(n)"), 1);
            assertLeftOut(both, OF_TWO_KEYS, 1);
            assertLeftOut(both, BELOW_MEAN.formatted("COUNT(n)").replace("p.size < 3", "p.size < 100"), 0);
            assertLeftOut(both, BELOW_MEAN.formatted("MAX(n)").replace("p.size < 3 AND ", ""), 0);
        }
    }

    @Test
    void aGroupThatFailsStillFails(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE failing_parts (id INT, size INT)");
        kit.run("CREATE TABLE failing_supplies (part INT, supplier INT, n INT)");
        kit.run("INSERT INTO failing_parts VALUES (1, 1), (2, 5)");
        kit.run("INSERT INTO failing_supplies VALUES (1, 1, 1), (2, 1, 0)");
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("groups"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            String sql = BELOW_MEAN
                    .formatted("MAX(10 / n)")
                    .replace("FROM supplies", "FROM failing_supplies")
                    .replace(" parts", " failing_parts");
            assertThatThrownBy(() -> both.flink(sql)).hasMessageContaining("divided by zero");
            assertThatThrownBy(() -> both.natively(both.plan(sql))).isInstanceOf(SQLException.class);
        }
    }

    private static void assertLeftOut(InProcess both, String sql, int reductions) throws Exception {
        String text = Relations.translate(both.plan(sql).plan()).sql();
        assertThat(text.split(" IN \\(SELECT ", -1)).as(text).hasSize(reductions + 1);
        assertThat(both.natively(both.plan(sql))).as(sql).containsExactlyInAnyOrderElementsOf(both.flink(sql));
    }

    /** Rows of small numbers, the first of which is NULL at times. */
    private static String rows(Random random, int count, int columns) {
        return IntStream.range(0, count)
                .mapToObj(row -> IntStream.range(0, columns)
                        .mapToObj(column -> column == 0 && random.nextInt(10) == 0
                                ? "CAST(NULL AS INT)"
                                : String.valueOf(random.nextInt(column == 0 ? 20 : 6)))
                        .collect(Collectors.joining(", ", "(", ")")))
                .collect(Collectors.joining(", "));
    }
}
