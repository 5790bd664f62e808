package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.consistency.Check.Reading;
import dev.weirhouse.consistency.CheckRule.Fresh;
import dev.weirhouse.consistency.CheckRule.InRange;
import dev.weirhouse.consistency.CheckRule.NotNull;
import dev.weirhouse.consistency.CheckRule.References;
import dev.weirhouse.consistency.CheckRule.ReturnsNothing;
import dev.weirhouse.consistency.CheckRule.RowsWithin;
import dev.weirhouse.consistency.CheckRule.Unique;
import dev.weirhouse.consistency.CheckStore.Start;
import dev.weirhouse.consistency.CheckTrigger.Kind;
import dev.weirhouse.consistency.Checks.Declaration;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Declared checks hold or do not, are run when they should be, and always come to an end. */
@WarehouseTest
final class ChecksTest {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final Map<String, String> SELDOM = Map.of("check.poll-interval", "1h");

    private static Declaration declaration(TestWarehouse kit, String name, String table, CheckRule rule, Kind kind) {
        return declaration(kit, name, table, rule, new CheckTrigger(kind, ""));
    }

    private static Declaration declaration(
            TestWarehouse kit, String name, String table, CheckRule rule, CheckTrigger trigger) {
        return new Declaration(
                name, Optional.of(new TableName(kit.database(), table)), rule, trigger, Severity.ERROR, Reading.LATEST);
    }

    /** Declares a check, runs it once and drops it. */
    private static CheckResult once(TestChecks open, TestWarehouse kit, String table, CheckRule rule) {
        open.checks().declare(declaration(kit, "once", table, rule, Kind.DEMAND), TestChecks.CALLER);
        try {
            return open.ended(open.checks().run("once", TestChecks.CALLER));
        } finally {
            open.checks().drop("once");
        }
    }

    @Test
    void eachKindHoldsOrDoesNotAndTellsOfWhichSnapshot(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE orders (id INT, customer INT, amount DECIMAL(10, 2), ordered_at TIMESTAMP(3))");
        kit.run("CREATE TABLE customers (id INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO customers VALUES (1), (2)");
        kit.run("INSERT INTO orders VALUES (1, 1, 1.00, TIMESTAMP '2024-01-31 12:00:00'),"
                + " (2, 2, 2.00, TIMESTAMP '2024-01-31 13:00:00')");
        String customers = kit.database() + ".customers";
        List<CheckRule> hold = List.of(
                new NotNull(List.of("id", "amount")),
                new Unique(List.of("id")),
                new InRange("amount", Optional.of("0.5"), Optional.of("2")),
                new InRange("ordered_at", Optional.of("2024-01-31T12:00:00"), Optional.empty()),
                new References("customer", customers, "id"),
                new Fresh(Duration.ofDays(1_000), Optional.empty()),
                new RowsWithin(0),
                new ReturnsNothing("SELECT * FROM orders WHERE amount < 0"));
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            for (CheckRule rule : hold) {
                CheckResult result = once(open, kit, "orders", rule);
                assertThat(result.state())
                        .as("%s: %s", rule.said(), result.message())
                        .isEqualTo(CheckState.PASSED);
                assertThat(result.snapshot()).as(rule.said()).hasValue(1);
                assertThat(result.version()).contains(kit.database() + ".orders");
                assertThat(result.committedAt()).isPresent();
            }
            kit.run("INSERT INTO orders VALUES (2, 3, 9.00, TIMESTAMP '2024-01-31 11:59:59.999'),"
                    + " (4, CAST(NULL AS INT), CAST(NULL AS DECIMAL(10, 2)), TIMESTAMP '2024-01-31 13:00:00')");
            kit.run("INSERT INTO orders VALUES (5, 4, -1.00, TIMESTAMP '2024-01-31 13:00:00')");
            Map<CheckRule, Long> broken = Map.of(
                    new NotNull(List.of("customer", "amount")), 1L,
                    new Unique(List.of("id")), 1L,
                    new InRange("amount", Optional.of("0.5"), Optional.of("2")), 2L,
                    new InRange("ordered_at", Optional.of("2024-01-31 12:00:00"), Optional.empty()), 1L,
                    new References("customer", customers, "id"), 2L,
                    new Fresh(Duration.ofHours(1), Optional.of("ordered_at")), 1L,
                    new ReturnsNothing("SELECT * FROM orders WHERE amount < 0"), 1L);
            broken.forEach((rule, violations) -> {
                CheckResult result = once(open, kit, "orders", rule);
                assertThat(result.state()).as(rule.said()).isEqualTo(CheckState.FAILED);
                assertThat(result.violations()).as(rule.said()).hasValue(violations);
                assertThat(result.snapshot()).as(rule.said()).hasValue(3);
            });
            CheckResult unique = once(open, kit, "orders", new Unique(List.of("id")));
            assertThat(unique.evidence().orElseThrow())
                    .contains("\"columns\":[\"id\",\"rows\"],\"rows\":[[\"2\",\"2\"]]");
            assertThat(once(open, kit, "customers", new Unique(List.of("id"))).state())
                    .isEqualTo(CheckState.PASSED);
            kit.run("CREATE TABLE unwritten (id INT)");
            CheckResult orphans =
                    once(open, kit, "orders", new References("customer", kit.database() + ".unwritten", "id"));
            assertThat(orphans.state()).as(orphans.message()).isEqualTo(CheckState.FAILED);
            assertThat(orphans.violations()).hasValue(4);
            assertThat(orphans.evidence().orElseThrow()).contains("\"columns\":[\"id\",\"customer\"");
        }
    }

    @Test
    void rowsAreComparedWithTheirHistoryAndResultsAreTables(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE counted (v INT)");
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            open.checks()
                    .declare(declaration(kit, "count", "counted", new RowsWithin(50), Kind.DEMAND), TestChecks.CALLER);
            for (String rows : List.of("(1), (2)", "(3)", "(4), (5), (6), (7), (8)")) {
                kit.run("INSERT INTO counted VALUES " + rows);
                open.ended(open.checks().run("count", TestChecks.CALLER));
            }
            assertThat(open.checks().results("count", 10))
                    .extracting(
                            result -> result.state() + " " + result.measure().getAsLong())
                    .containsExactly("FAILED 8", "PASSED 3", "PASSED 2");
            assertThat(kit.run("SELECT name, table_name, kind, `state`, snapshot_id, violations FROM weir.checks"
                                    + " WHERE name = 'count'")
                            .rows())
                    .containsExactly(List.of("count", kit.database() + ".counted", "ROWS", "FAILED", "3", "1"));
            assertThat(kit.run("SELECT `state`, snapshot_id, measure, principal FROM weir.check_results"
                                    + " WHERE check_name = 'count' ORDER BY snapshot_id")
                            .rows())
                    .containsExactly(
                            List.of("PASSED", "1", "2", "ada"),
                            List.of("PASSED", "2", "3", "ada"),
                            List.of("FAILED", "3", "8", "ada"));
            open.checks().drop("count");
            assertThatThrownBy(() -> open.checks().load("count")).hasMessageContaining("WEIR-1600");
        }
        assertThatThrownBy(() -> kit.run("SELECT * FROM weir.checks")).hasMessageContaining("WEIR-1046");
    }

    @Test
    void commitsAreFollowedAndATableThatGoesIsAnError(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE watched (v INT)");
        kit.run("INSERT INTO watched VALUES (1)");
        try (TestChecks open = TestChecks.open(kit, Map.of())) {
            Checks checks = open.checks();
            checks.declare(
                    declaration(kit, "watch", "watched", new NotNull(List.of("v")), Kind.COMMITS), TestChecks.CALLER);
            awaitNewest(checks, "watch", CheckState.PASSED, 1);
            assertThat(checks.results("watch", 1).get(0).cause()).isEqualTo(CheckCause.COMMIT);
            kit.run("INSERT INTO watched VALUES (CAST(NULL AS INT))");
            awaitNewest(checks, "watch", CheckState.FAILED, 2);
            kit.run("CALL sys.rollback_to('" + kit.database() + ".watched', '', CAST(1 AS BIGINT))");
            awaitNewest(checks, "watch", CheckState.PASSED, 1);
            int before = checks.results("watch", 10).size();
            kit.run("CALL sys.compact('" + kit.database() + ".watched')");
            checks.turn();
            assertThat(checks.results("watch", 10)).as("nothing changed").hasSize(before);
            kit.run("DROP TABLE watched");
            Eventually.within(LONG).holds("the table is missed", () -> assertThat(
                            checks.results("watch", 1).get(0).errorCode())
                    .contains("WEIR-1046"));
            int errors = checks.results("watch", 10).size();
            checks.turn();
            checks.turn();
            assertThat(checks.results("watch", 10)).as("it is said once").hasSize(errors);
            checks.drop("watch");
        }
    }

    private static void awaitNewest(Checks checks, String check, CheckState state, long snapshot) {
        Eventually.within(LONG).holds(check + " is " + state + " at " + snapshot, () -> {
            List<CheckResult> results = checks.results(check, 1);
            assertThat(results).isNotEmpty();
            assertThat(results.get(0).state()).as(results.get(0).message()).isEqualTo(state);
            assertThat(results.get(0).snapshot()).hasValue(snapshot);
        });
    }

    @Test
    void theClockSaysWhenChecksAreDue(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE timed (v INT)");
        kit.run("INSERT INTO timed VALUES (1)");
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            Checks checks = open.checks();
            checks.declare(
                    declaration(
                            kit,
                            "hourly",
                            "timed",
                            new Fresh(Duration.ofMinutes(90), Optional.empty()),
                            new CheckTrigger(
                                    Kind.EVERY,
                                    String.valueOf(Duration.ofHours(1).toMillis()))),
                    TestChecks.CALLER);
            checks.declare(
                    declaration(
                            kit,
                            "nightly",
                            "timed",
                            new NotNull(List.of("v")),
                            new CheckTrigger(Kind.CRON, "0 3 * * *")),
                    TestChecks.CALLER);
            checks.turn();
            awaitNewest(checks, "hourly", CheckState.PASSED, 1);
            checks.turn();
            assertThat(checks.results("hourly", 10)).hasSize(1);
            assertThat(checks.results("nightly", 10)).isEmpty();
            kit.clock().advance(Duration.ofHours(2));
            checks.turn();
            awaitNewest(checks, "hourly", CheckState.FAILED, 1);
            kit.clock().advance(Duration.ofHours(23));
            checks.turn();
            awaitNewest(checks, "nightly", CheckState.PASSED, 1);
            assertThat(checks.results("nightly", 1).get(0).cause()).isEqualTo(CheckCause.SCHEDULE);
            Eventually.within(LONG).holds("all have ended", () -> assertThat(
                            checks.results("hourly", 1).get(0).finishedAt())
                    .isPresent());
            checks.drop("hourly");
            checks.drop("nightly");
        }
    }

    @Test
    void aCheckRunsOnceAtATimeAndCanBeCancelled(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE slow (v INT)");
        kit.run("INSERT INTO slow VALUES (1)");
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            Checks checks = open.checks();
            // Flink takes a while even for this.
            checks.declare(declaration(kit, "slow", "slow", new NotNull(List.of("v")), Kind.DEMAND), TestChecks.CALLER);
            CheckResult begun = checks.run("slow", TestChecks.CALLER);
            assertThat(begun.state()).isEqualTo(CheckState.RUNNING);
            assertThatThrownBy(() -> checks.run("slow", TestChecks.CALLER)).hasMessageContaining("WEIR-2601");
            checks.cancel(begun.id());
            CheckResult cancelled = open.ended(begun);
            assertThat(cancelled.state()).isEqualTo(CheckState.ERROR);
            assertThat(cancelled.errorCode()).contains("WEIR-1080");
            CheckResult closed = checks.run("slow", TestChecks.CALLER);
            open.checks().close();
            try (Checks again = TestChecks.open(kit, open.gateway(), SELDOM)) {
                assertThat(again.result(closed.id()).errorCode()).contains("WEIR-3003");
                again.drop("slow");
            }
        }
    }

    @Test
    void whatADeadProcessRanIsAnErrorAndCanBeRunAgain(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE survived (v INT)");
        kit.run("INSERT INTO survived VALUES (1)");
        kit.run("CREATE DATABASE weir_check_0123456789abcdef0123456789abcdef");
        kit.run("CREATE TABLE weir_check_0123456789abcdef0123456789abcdef.twin_0 (v INT)");
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            open.checks()
                    .declare(
                            declaration(kit, "phoenix", "survived", new NotNull(List.of("v")), Kind.DEMAND),
                            TestChecks.CALLER);
        }
        String died = beginAndDie(kit, Duration.ofHours(1));
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            assertThat(open.checks().result(died).state()).isEqualTo(CheckState.ERROR);
            assertThat(open.checks().result(died).errorCode()).contains("WEIR-3600");
            assertThat(open.ended(open.checks().run("phoenix", TestChecks.CALLER))
                            .state())
                    .isEqualTo(CheckState.PASSED);
            assertThat(kit.run("SHOW DATABASES").rows())
                    .extracting(row -> row.get(0))
                    .noneMatch(name -> name.startsWith("weir_check_"));

            kit.run("CREATE DATABASE weir_check_0123456789abcdef0123456789abcdef");
            String diedLater = beginAndDie(kit, Duration.ofSeconds(-1));
            open.checks().turn();
            assertThat(open.checks().result(diedLater).state()).isEqualTo(CheckState.ERROR);
            assertThat(kit.run("SHOW DATABASES").rows())
                    .as("another process goes on and finds it")
                    .extracting(row -> row.get(0))
                    .noneMatch(name -> name.startsWith("weir_check_"));
            open.checks().drop("phoenix");
        }
    }

    private static String beginAndDie(TestWarehouse kit, Duration lease) throws Exception {
        try (StateStore dead = StateStore.open(kit.warehouse().config().stateFile(), kit.clock())) {
            return new CheckStore(dead, kit.clock())
                    .begin(
                            new Start(
                                    Optional.of("phoenix"),
                                    "NOT_NULL",
                                    "survived",
                                    CheckCause.DEMAND,
                                    Severity.ERROR,
                                    "ada"),
                            lease)
                    .orElseThrow()
                    .id();
        }
    }

    @Test
    void whatIsNotValidIsRefusedAndWhatIsNotAnyMoreIsAnError(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE shifting (v INT, w STRING, x ARRAY<INT>)");
        kit.run("INSERT INTO shifting VALUES (1, 'a', ARRAY[1])");
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            Checks checks = open.checks();
            for (Object[] refused : new Object[][] {
                {"shifting", new NotNull(List.of("nosuch")), "WEIR-1047"},
                {"nosuch", new NotNull(List.of("v")), "WEIR-1046"},
                {"shifting", new InRange("v", Optional.of("much"), Optional.empty()), "WEIR-1601"},
                {"shifting", new InRange("x", Optional.of("1"), Optional.empty()), "WEIR-1601"},
                {"shifting", new InRange("nosuch", Optional.of("1"), Optional.empty()), "WEIR-1047"},
                {"shifting", new Fresh(Duration.ofHours(1), Optional.of("w")), "WEIR-1601"},
                {"shifting", new References("v", "no.table", "id"), "WEIR-104"},
                {"shifting", new InRange("v", Optional.of("1e999999999"), Optional.empty()), "WEIR-1601"},
                {"shifting", new ReturnsNothing("INSERT INTO shifting VALUES (1)"), "WEIR-"},
                {"shifting", new ReturnsNothing("DROP TABLE shifting"), "WEIR-1601"},
                {"shifting", new ReturnsNothing("SELEC"), "WEIR-1001"},
            }) {
                assertThatThrownBy(() -> checks.declare(
                                declaration(kit, "refused", (String) refused[0], (CheckRule) refused[1], Kind.DEMAND),
                                TestChecks.CALLER))
                        .as("%s", refused[1])
                        .hasMessageContaining((String) refused[2]);
            }
            assertThatThrownBy(() -> checks.declare(
                            declaration(kit, "7", "shifting", new NotNull(List.of("v")), Kind.DEMAND),
                            TestChecks.CALLER))
                    .hasMessageContaining("WEIR-1601");
            assertThatThrownBy(() -> new RuleSpec("NEAT", null, null, null, null, null, null, null, null).rule())
                    .hasMessageContaining("WEIR-1601");
            assertThatThrownBy(() -> new RuleSpec(
                                    "RANGE", Collections.singletonList(null), "1", null, null, null, null, null, null)
                            .rule())
                    .hasMessageContaining("WEIR-1601");
            assertThat(checks.list()).isEmpty();
            checks.declare(
                    declaration(kit, "shift", "shifting", new NotNull(List.of("w")), Kind.DEMAND), TestChecks.CALLER);
            assertThatThrownBy(() -> checks.declare(
                            declaration(kit, "shift", "shifting", new NotNull(List.of("v")), Kind.DEMAND),
                            TestChecks.CALLER))
                    .hasMessageContaining("WEIR-1602");
            checks.declare(
                    new Declaration(
                            "torn",
                            Optional.of(new TableName(kit.database(), "shifting")),
                            new NotNull(List.of("v")),
                            new CheckTrigger(Kind.DEMAND, ""),
                            Severity.ERROR,
                            Reading.STRONG),
                    TestChecks.CALLER);
            assertThat(open.ended(checks.run("torn", TestChecks.CALLER)).errorCode())
                    .as("of no flow")
                    .contains("WEIR-1052");
            kit.run("ALTER TABLE shifting DROP w");
            CheckResult result = open.ended(checks.run("shift", TestChecks.CALLER));
            assertThat(result.state()).isEqualTo(CheckState.ERROR);
            assertThat(result.errorCode()).contains("WEIR-1047");
            assertThatThrownBy(() -> checks.run("nosuch", TestChecks.CALLER)).hasMessageContaining("WEIR-1600");
            assertThatThrownBy(() -> checks.result("nosuch")).hasMessageContaining("WEIR-1607");
            checks.drop("shift");
            checks.drop("torn");
        }
    }

    @Test
    void tablesAreComparedAndWhatIsReadIsRecorded(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE mine (id INT, v INT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO mine VALUES (1, 1), (2, 2)");
        kit.run("INSERT INTO mine VALUES (2, 3)");
        String mine = kit.database() + ".mine";
        try (TestChecks open = TestChecks.open(kit, SELDOM)) {
            CheckResult result = open.ended(open.checks()
                    .compareTables(Relation.parse(mine + "@1"), Relation.parse(mine), 5, TestChecks.CALLER));
            assertThat(result.state()).as(result.message()).isEqualTo(CheckState.FAILED);
            assertThat(result.violations()).hasValue(1);
            assertThat(result.snapshot()).hasValue(1);
            assertThat(result.evidence().orElseThrow()).contains("\"changedColumns\":{\"v\":1}");
            CheckResult none = open.ended(open.checks()
                    .compareTables(Relation.parse("no.table"), Relation.parse(mine), 5, TestChecks.CALLER));
            assertThat(none.state()).isEqualTo(CheckState.ERROR);
        }
        assertThat(kit.run("SELECT answered_by, cut FROM weir.queries WHERE source = 'check diff' AND cut = '" + mine
                                + "=" + mine + "@1'")
                        .rows())
                .containsExactly(List.of("CHECKER", mine + "=" + mine + "@1"));
    }
}
