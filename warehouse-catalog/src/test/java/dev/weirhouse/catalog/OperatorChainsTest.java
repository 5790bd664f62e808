package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OperatorChainsTest {

    private static final int MANY = 400_000;

    @Test
    void longChainsAreRefusedAtOnce() {
        for (String sql : List.of(
                "SELECT 1" + "+1".repeat(MANY),
                "SELECT 1" + " || 'a'".repeat(MANY),
                "SELECT * FROM t WHERE " + "a = 1 OR ".repeat(MANY / 4) + "b",
                "SELECT (" + "a AND ".repeat(MANY) + "b), 1 FROM t",
                "SELECT 1" + " UNION ALL SELECT 1".repeat(MANY / 8))) {
            assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThatThrownBy(() -> OperatorChains.check(sql))
                    .isInstanceOfSatisfying(WarehouseException.class, e -> assertThat(e.code())
                            .isEqualTo(CatalogError.STATEMENT_TOO_LARGE)));
        }
        assertThatThrownBy(() -> OperatorChains.check("SELECT\n1" + "+1".repeat(MANY)))
                .hasMessageContaining("line 2:");
    }

    @Test
    void listsAreNoChains() {
        for (String sql : List.of(
                "INSERT INTO t VALUES (1, -1)" + ", (2, 3 * 4 - 5)".repeat(MANY / 8),
                "SELECT * FROM t WHERE a IN (1" + ", -1".repeat(MANY) + ")",
                "SELECT " + "a + 1, ".repeat(MANY / 4) + "a FROM t",
                "SELECT CASE " + "WHEN a = 1 THEN b - 2 ".repeat(MANY / 8) + "END FROM t",
                "SELECT '" + "+".repeat(MANY) + "', `" + "-".repeat(MANY) + "` -- " + "+".repeat(MANY) + "\n/*"
                        + "+".repeat(MANY) + "*/ FROM t",
                "SELECT 'open",
                "SELECT ))((",
                "")) {
            OperatorChains.check(sql);
        }
    }

    @Test
    void whatIsTooDeepForThePlannerIsToldSo() {
        try (Session session = TestWarehouse.session("chains")) {
            String deep = "SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000);
            String chain = "SELECT 1" + "+1".repeat(OperatorChains.LONGEST);
            for (String sql : List.of(chain, chain + "+1")) {
                assertThatThrownBy(() -> session.prepare(sql))
                        .isInstanceOfSatisfying(WarehouseException.class, e -> assertThat(e.code())
                                .isEqualTo(CatalogError.STATEMENT_TOO_LARGE));
            }
            assertThatThrownBy(() -> session.prepare(deep)).isInstanceOf(WarehouseException.class);
            assertThat(TestWarehouse.run(session, "SELECT 1 + 1")).containsExactly("2");
        }
    }
}
