package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.olap.fuzz.Comparison.Fixed;
import dev.weirhouse.olap.fuzz.Outcome;
import dev.weirhouse.olap.fuzz.Outcome.Column;
import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One query in several lanes has one answer, at one cut. */
@WarehouseTest
final class LaneAgreementTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final List<Column> COLUMNS = List.of(new Column("INT", true), new Column("DOUBLE", true));

    private static CheckResult compare(TestChecks open, TestWarehouse kit, String sql) {
        return open.ended(open.checks().compareLanes(sql, Optional.of(kit.database()), Map.of(), TestChecks.CALLER));
    }

    @Test
    void theLanesAgreeAtOneCut(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE fares (id INT, city STRING, fare DOUBLE, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE unwritten (id INT)");
        kit.run("INSERT INTO fares VALUES (1, 'Bern', 0.1), (2, 'Bern', 0.2), (3, 'Oslo', 0.3), (4, 'Oslo', 0.3)");
        String cut = kit.database() + ".fares=" + kit.database() + ".fares@1";
        try (TestChecks open = TestChecks.withAllLanes(kit)) {
            CheckResult sums = compare(open, kit, "SELECT city, SUM(fare), COUNT(*) FROM fares GROUP BY city");
            assertThat(sums.state()).as(sums.message()).isEqualTo(CheckState.PASSED);
            assertThat(sums.cut()).isEqualTo(cut);
            assertThat(sums.evidence().orElseThrow())
                    .contains("\"rows\":2")
                    .contains("\"lanes\":{\"native\":\"agrees\"}");
            Eventually.within(LONG).holds("the table can be looked up by key", () -> assertThat(
                            compare(open, kit, "SELECT city FROM fares WHERE id = 2")
                                    .evidence()
                                    .orElseThrow())
                    .contains("\"lanes\":{\"point\":\"agrees\",\"native\":\"agrees\"}"));
            CheckResult ties = compare(open, kit, "SELECT id, fare FROM fares ORDER BY fare DESC");
            assertThat(ties.state()).as(ties.message()).isEqualTo(CheckState.PASSED);
            assertThat(compare(open, kit, "SELECT RAND() FROM fares").errorCode())
                    .contains("WEIR-1604");
            assertThat(compare(open, kit, "SELECT COUNT(*) FROM unwritten").errorCode())
                    .contains("WEIR-1604");
            assertThat(compare(open, kit, "SELECT nosuch FROM fares").errorCode())
                    .contains("WEIR-1047");
        }
    }

    private static Outcome rows(List<List<String>> rows) {
        return new Rows(COLUMNS, rows);
    }

    private static Finding finding(List<Integer> order, Outcome flink, Outcome other) {
        return LaneAgreement.finding(
                new LaneAgreement.Question("SELECT", Optional.empty(), Map.of()),
                "",
                new Fixed(order, true),
                flink,
                Map.of("native", other));
    }

    @Test
    void whatDoesNotAgreeIsSaid() {
        Outcome flink = rows(List.of(List.of("1", "0.5"), List.of("1", "0.25"), List.of("2", "0.30000000000000004")));
        Outcome tied = rows(List.of(List.of("1", "0.25"), List.of("1", "0.5"), List.of("2", "0.3")));
        assertThat(finding(List.of(0), flink, tied).state()).isEqualTo(CheckState.PASSED);
        assertThat(finding(List.of(), flink, tied).state()).isEqualTo(CheckState.PASSED);
        assertThat(finding(List.of(0, 1), flink, tied).state()).isEqualTo(CheckState.FAILED);
        Outcome moved = rows(List.of(List.of("2", "0.3"), List.of("1", "0.25"), List.of("1", "0.5")));
        assertThat(finding(List.of(), flink, moved).state()).isEqualTo(CheckState.PASSED);
        assertThat(finding(List.of(0), flink, moved).state()).isEqualTo(CheckState.FAILED);
        Finding wrong = finding(
                List.of(), flink, rows(List.of(List.of("1", "0.25"), List.of("1", "0.5"), List.of("2", "0.4"))));
        assertThat(wrong.state()).isEqualTo(CheckState.FAILED);
        assertThat(wrong.evidence().orElseThrow()).contains("Flink [2, 0.30000000000000004], natively [2, 0.4]");
        assertThat(finding(List.of(), new Failed(Failure.DATA, "an overflow"), tied)
                        .state())
                .isEqualTo(CheckState.FAILED);
        assertThatThrownBy(() -> finding(List.of(), flink, new Refused("MATCH_RECOGNIZE")))
                .hasMessageContaining("WEIR-1604")
                .hasMessageContaining("native: MATCH_RECOGNIZE");
    }
}
