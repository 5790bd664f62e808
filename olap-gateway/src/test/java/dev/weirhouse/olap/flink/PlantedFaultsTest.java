package dev.weirhouse.olap.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.olap.fuzz.Fuzz;
import dev.weirhouse.olap.fuzz.Lane;
import dev.weirhouse.olap.fuzz.Outcome;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of the kinds that a translator has, planted into its text, are each found within a bounded number of comparisons. */
@WarehouseTest
final class PlantedFaultsTest {

    private static final int COMPARISONS = 2_000;

    /** What is planted has to be found, not what is rare to be drawn. */
    private static final long SEED = 14;

    private static final Map<String, UnaryOperator<String>> FAULTS = new LinkedHashMap<>();

    static {
        fault("a quotient of decimals is cut and not rounded", " \\+ 9 \\* ", " + 0 * ");
        fault("an anti join is a semi join", "ANTI JOIN", "SEMI JOIN");
        fault("a list of others is a list", " NOT IN \\(", " IN (");
        fault("a count takes nulls too", "count\\(c\\d+\\)", "count(*)");
        fault("a date is off by one", "to_days\\(", "to_days(1 + ");
        fault("NOT IN forgets nulls", "\\([lr]\\.c\\d+ IS NULL\\) OR ", "");
        fault("a sum of nothing is zero", "(sum\\(c\\d+\\)(?: FILTER \\(WHERE c\\d+\\))?)", "coalesce($1, 0)");
        fault("an outer join is an inner one", "LEFT JOIN", "JOIN");
        fault("nulls come last", "NULLS FIRST", "NULLS LAST");
        fault(
                "an average of whole numbers is rounded",
                "(CAST\\(sum\\(c\\d+\\)(?: FILTER \\(WHERE c\\d+\\))? AS BIGINT\\)) // ",
                "$1 / ");
        fault("a whole quotient is rounded", " // CAST\\(", " / CAST(");
        fault("DISTINCT is lost", "GROUP BY (c\\d+(?:, c\\d+)*)", "GROUP BY $1, random()");
        fault("a cast rounds", "CAST\\(trunc\\(", "CAST((");
        fault("a right join keeps only pairs", "RIGHT JOIN", "JOIN");
    }

    /** Stands for a text that a fault leaves as it is. */
    private static final String UNCHANGED = "SELECT error('unchanged')";

    @TempDir
    private Path folder;

    private final long seed = Long.getLong("weir.seed", SEED);

    private static void fault(String name, String pattern, String replacement) {
        FAULTS.put(name, sql -> sql.replaceAll(pattern, replacement));
    }

    @Test
    void eachPlantedFaultIsFound(TestWarehouse kit) throws Exception {
        try (DrawnWarehouse drawn = new DrawnWarehouse(kit, folder, seed)) {
            InProcessLanes lanes = drawn.lanes();
            Map<String, Lane> faulty = new LinkedHashMap<>();
            FAULTS.forEach((name, fault) -> faulty.put(name, sql -> faulty(lanes, sql, fault)));
            Map<String, Integer> found =
                    new Fuzz(lanes, lanes::natively).firstMismatches(drawn.queries(), COMPARISONS, faulty);
            System.out.println("seed " + seed + ", found at comparison " + found);
            assertThat(found.keySet()).as("-Dweir.seed=%d", seed).containsExactlyInAnyOrderElementsOf(FAULTS.keySet());
        }
    }

    /** Flink is spared the queries that the fault does nothing to. */
    private static Outcome faulty(InProcessLanes lanes, String sql, UnaryOperator<String> fault) {
        AtomicBoolean planted = new AtomicBoolean();
        Outcome outcome = lanes.natively(sql, text -> {
            String changed = fault.apply(text);
            planted.set(!changed.equals(text));
            return planted.get() ? changed : UNCHANGED;
        });
        return planted.get() && !outcome.equals(lanes.natively(sql)) ? outcome : new Outcome.Refused("no fault");
    }
}
