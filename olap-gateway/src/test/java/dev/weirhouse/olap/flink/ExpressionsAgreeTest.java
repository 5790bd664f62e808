package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.olap.fuzz.NastyTable;
import dev.weirhouse.olap.fuzz.RandomExpressions;
import dev.weirhouse.olap.paimon.TableFiles;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Expressions drawn from a seed over nasty values: what DuckDB answers is what Flink answers. An error of DuckDB's is no
 * answer, for Flink is asked then. {@code -Dweir.seed} repeats a run, {@code -Dweir.batches} makes it longer.
 *
 * <p>Where Flink fails and DuckDB answers, only a failure of Flink's own is let pass: a {@code NullPointerException} or an
 * assertion in its code, no error that it means.
 */
@WarehouseTest
final class ExpressionsAgreeTest {

    private static final int BATCHES = Integer.getInteger("weir.batches", 3);
    private static final int EXPRESSIONS = 20;
    private static final int ROWS = 40;

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("weir.seed", 1);
    private final Random random = new Random(seed);
    private final Map<String, Integer> refused = new TreeMap<>();
    private final List<String> mismatches = new ArrayList<>();
    private int planned;
    private int translated;

    @Test
    void whatIsAnsweredNativelyIsWhatFlinkAnswers(TestWarehouse kit) throws Exception {
        TableFiles files = InProcess.files(kit, folder);
        try (Session session = kit.warehouse().gate().open(Caller.internal("agree"), Gate.Mode.BATCH);
                Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
            session.use(kit.database());
            InProcess both = new InProcess(session, files, duck);
            for (String table : List.of("mild", "nasty")) {
                kit.run(NastyTable.create(table, ""));
                kit.run(NastyTable.insert(table, ROWS, table.equals("mild"), random));
            }
            for (int batch = 0; batch < BATCHES; batch++) {
                compare(both, batch % 3 == 2 ? "nasty" : "mild");
            }
        }
        assertThat(mismatches).as("-Dweir.seed=%d", seed).isEmpty();
        assertThat(translated)
                .as("of %d expressions; refused: %s; -Dweir.seed=%d", planned, refused, seed)
                .isGreaterThanOrEqualTo(planned * 8 / 10);
    }

    private void compare(InProcess both, String table) throws Exception {
        RandomExpressions expressions = RandomExpressions.overNastyTable(random);
        List<String> texts = new ArrayList<>();
        List<List<List<String>>> answers = new ArrayList<>();
        while (texts.size() < EXPRESSIONS) {
            String text = expressions.any(1 + random.nextInt(3));
            QueryPlan plan;
            try {
                plan = both.plan("SELECT id, " + text + " AS x FROM " + table + " ORDER BY id");
            } catch (WarehouseException e) {
                // Not every expression that can be drawn is one of Flink's SQL.
                continue;
            }
            planned++;
            List<List<String>> answer = null;
            try {
                answer = both.natively(plan);
                translated++;
            } catch (NotNative e) {
                refused.merge(e.getMessage(), 1, Integer::sum);
            } catch (SQLException e) {
                assertThat(e.getMessage()).as(text).doesNotStartWith("Binder").doesNotStartWith("Parser");
                translated++;
            }
            texts.add(text);
            answers.add(answer);
        }
        List<List<List<String>>> flink = flink(both, table, texts);
        for (int i = 0; i < texts.size(); i++) {
            if (answers.get(i) != null
                    && flink.get(i) != null
                    && !answers.get(i).equals(flink.get(i))) {
                mismatches.add(texts.get(i) + " OF " + table + ": " + difference(flink.get(i), answers.get(i)));
            }
        }
    }

    private static String difference(List<List<String>> flink, List<List<String>> duck) {
        for (int i = 0; i < Math.min(flink.size(), duck.size()); i++) {
            if (!flink.get(i).equals(duck.get(i))) {
                return "Flink " + flink.get(i) + ", natively " + duck.get(i);
            }
        }
        return flink.size() + " rows and " + duck.size();
    }

    /** All expressions in one job of Flink's, or each in its own when one of them fails. */
    private List<List<List<String>>> flink(InProcess both, String table, List<String> texts) throws Exception {
        List<List<List<String>>> columns = new ArrayList<>();
        try {
            List<List<String>> rows =
                    both.flink("SELECT id, " + String.join(", ", texts) + " FROM " + table + " ORDER BY id");
            for (int i = 0; i < texts.size(); i++) {
                int column = i + 1;
                columns.add(rows.stream()
                        .map(row -> java.util.Arrays.asList(row.get(0), row.get(column)))
                        .toList());
            }
        } catch (WarehouseException e) {
            for (String text : texts) {
                columns.add(alone(both, table, text));
            }
        }
        return columns;
    }

    private List<List<String>> alone(InProcess both, String table, String text) throws Exception {
        try {
            return both.flink("SELECT id, " + text + " FROM " + table + " ORDER BY id");
        } catch (WarehouseException e) {
            return isDefect(e) ? null : List.of(List.of("error", String.valueOf(e.getMessage())));
        }
    }

    private static boolean isDefect(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String text = cause.toString();
            if (text.contains("NullPointerException") || text.contains("AssertionError")) {
                return true;
            }
        }
        return false;
    }
}
