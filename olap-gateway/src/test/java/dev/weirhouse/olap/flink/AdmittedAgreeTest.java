package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.fuzz.NastyTable;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that the page on the native lane admits has a sample here, which is answered natively over mild values, and
 * over nasty ones either as Flink answers or not at all.
 */
@WarehouseTest
final class AdmittedAgreeTest {

    private static final int ROWS = 40;

    @TempDir
    private Path folder;

    @Test
    void allThatIsAdmittedHasASampleThatAgrees(TestWarehouse kit) throws Exception {
        assertThat(AdmittedSamples.SAMPLES.keySet())
                .as("what is admitted has a sample")
                .containsExactlyInAnyOrderElementsOf(AdmittedSamples.admitted());
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("admitted"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            Random random = new Random(7);
            for (String table : List.of("mild", "nasty")) {
                kit.run(NastyTable.create(table, ""));
                kit.run(NastyTable.insert(table, ROWS, table.equals("mild"), random));
            }
            Map<String, List<List<String>>> mild = natively(both, "mild");
            assertThat(mild.keySet()).containsExactlyElementsOf(AdmittedSamples.queries());
            Map<String, List<List<String>>> nasty = natively(both, "nasty");
            compareExpressions(both, "mild", mild);
            compareExpressions(both, "nasty", nasty);
            for (String query : mild.keySet()) {
                boolean fits = nasty.containsKey(query);
                if (!AdmittedSamples.EXPRESSIONS.containsKey(query)) {
                    assertThat((fits ? nasty : mild).get(query))
                            .as(query)
                            .containsExactlyInAnyOrderElementsOf(both.flink(over(fits ? "nasty" : "mild", query)));
                }
            }
            assertThat(used(both)).as("each sample is of its entry").isEmpty();
        }
    }

    private static Map<String, List<List<String>>> natively(InProcess both, String table) throws Exception {
        Map<String, List<List<String>>> answers = new LinkedHashMap<>();
        for (String query : AdmittedSamples.queries()) {
            QueryPlan plan = both.plan(over(table, query));
            try {
                answers.put(query, both.natively(plan));
            } catch (SQLException e) {
                assertThat(e.getMessage())
                        .as("natively an error over %s values: %s", table, query)
                        .matches(message -> table.equals("nasty"))
                        .doesNotStartWith("Binder")
                        .doesNotStartWith("Parser");
            } catch (NotNative e) {
                throw new AssertionError(query, e);
            }
        }
        return answers;
    }

    /** All in one job of Flink's. */
    private static void compareExpressions(InProcess both, String table, Map<String, List<List<String>>> natively)
            throws Exception {
        List<String> expressions = natively.keySet().stream()
                .filter(AdmittedSamples.EXPRESSIONS::containsKey)
                .toList();
        List<String> all =
                expressions.stream().map(AdmittedSamples.EXPRESSIONS::get).toList();
        List<List<String>> rows =
                both.flink("SELECT id, " + String.join(", ", all) + " FROM " + table + " ORDER BY id");
        for (int i = 0; i < all.size(); i++) {
            List<String> own = new ArrayList<>();
            for (List<String> row : rows) {
                own.add(row.get(i + 1));
            }
            assertThat(natively.get(expressions.get(i)).stream().map(row -> row.get(1)))
                    .as("%s over %s", all.get(i), table)
                    .containsExactlyElementsOf(own);
        }
    }

    private static Set<Admitted> used(InProcess both) {
        Set<Admitted> missing = new LinkedHashSet<>(Functions.admitted());
        for (String query : AdmittedSamples.queries()) {
            missing.removeAll(AdmissionsUsed.in(both.plan(over("mild", query)).plan()));
        }
        return missing;
    }

    private static String over(String table, String query) {
        return query.replace("{}", table);
    }
}
