package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.consistency.Check.Reading;
import dev.weirhouse.consistency.CheckRule.Fresh;
import dev.weirhouse.consistency.CheckRule.InRange;
import dev.weirhouse.consistency.CheckRule.NotNull;
import dev.weirhouse.consistency.CheckRule.References;
import dev.weirhouse.consistency.CheckRule.ReturnsNothing;
import dev.weirhouse.consistency.CheckRule.RowsWithin;
import dev.weirhouse.consistency.CheckRule.Unique;
import dev.weirhouse.consistency.CheckStore.Alone;
import dev.weirhouse.consistency.CheckStore.Start;
import dev.weirhouse.consistency.Finding.Place;
import dev.weirhouse.testkit.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckStoreTest {

    private static final Instant NOW = Instant.parse("2024-02-01T00:00:00Z");
    private static final Duration LEASE = Duration.ofMinutes(1);

    @TempDir
    private Path home;

    private final SettableClock clock = SettableClock.standing(NOW);
    private StateStore state;
    private CheckStore store;

    @BeforeEach
    void open() {
        state = StateStore.open(home.resolve("state.db"), clock);
        store = new CheckStore(state, clock);
    }

    @AfterEach
    void close() {
        state.close();
    }

    private static Check check(String name, CheckRule rule, CheckTrigger trigger) {
        return new Check(
                name,
                Optional.of(new TableName("dw", "orders")),
                rule,
                trigger,
                Severity.WARNING,
                Reading.STRONG,
                new Caller("ada", "test", List.of("a", "b"), Door.INTERNAL),
                NOW);
    }

    /** Declares checks that are run. */
    private void declare(String... names) {
        for (String name : names) {
            store.declare(check(name, new NotNull(List.of("a")), new CheckTrigger(CheckTrigger.Kind.DEMAND, "")));
        }
    }

    private static Start start(String check) {
        return new Start(Optional.ofNullable(check), "NOT_NULL", "dw.orders", CheckCause.DEMAND, Severity.ERROR, "ada");
    }

    private static Finding lost() {
        return Finding.error(new WarehouseException(CheckError.CHECK_LOST, "It died."));
    }

    @Test
    void checksOfAllKindsComeBackAsTheyWereDeclared() {
        List<CheckRule> rules = List.of(
                new NotNull(List.of("a", "b")),
                new Unique(List.of("a")),
                new InRange("a", Optional.of("1"), Optional.empty()),
                new References("a", "dw.other", "b"),
                new Fresh(Duration.ofMinutes(10), Optional.empty()),
                new Fresh(Duration.ofMinutes(10), Optional.of("at")),
                new RowsWithin(20),
                new ReturnsNothing("SELECT 1"));
        List<CheckTrigger> triggers = List.of(
                new CheckTrigger(CheckTrigger.Kind.DEMAND, ""),
                new CheckTrigger(CheckTrigger.Kind.COMMITS, ""),
                new CheckTrigger(CheckTrigger.Kind.EVERY, "60000"),
                new CheckTrigger(CheckTrigger.Kind.CRON, "0 6 * * MON-FRI"));
        List<Check> declared = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            Check check = check("c" + i, rules.get(i), triggers.get(i % triggers.size()));
            assertThat(store.declare(check)).isTrue();
            declared.add(check);
        }
        assertThat(store.all()).isEqualTo(declared);
        assertThat(store.declare(declared.get(0))).as("a name is given once").isFalse();
        assertThat(store.drop("c0")).isTrue();
        assertThat(store.drop("c0")).isFalse();
        assertThat(store.find("c0")).isEmpty();
    }

    @Test
    void aCheckRunsOnceAtATimeAndEndsOnce() {
        declare("c", "d");
        CheckResult first = store.begin(start("c"), LEASE).orElseThrow();
        assertThat(first.state()).isEqualTo(CheckState.RUNNING);
        assertThat(store.begin(start("c"), LEASE)).isEmpty();
        assertThat(store.begin(start("d"), LEASE)).isPresent();
        assertThat(store.begin(start(null), LEASE)).as("a comparison").isPresent();
        assertThat(store.begin(start(null), LEASE)).as("and another").isPresent();
        store.end(
                first.id(),
                Finding.of(3, "dw.orders=dw.orders@7", "3 rows break it.", Optional.of("{}"))
                        .at(Optional.of(new Place("dw.orders", 7, OptionalLong.of(5)))));
        store.end(first.id(), Finding.of(0, "", "Too late.", Optional.empty()));
        CheckResult ended = store.result(first.id()).orElseThrow();
        assertThat(ended.state()).isEqualTo(CheckState.FAILED);
        assertThat(ended.violations()).hasValue(3);
        assertThat(ended.snapshot()).hasValue(7);
        assertThat(ended.committedAt()).hasValue(5);
        assertThat(ended.evidence()).contains("{}");
        assertThat(ended.finishedAt()).hasValue(NOW.toEpochMilli());
        assertThat(store.begin(start("c"), LEASE)).isPresent();
    }

    @Test
    void whatWasDroppedDoesNotBegin() {
        declare("c");
        CheckResult running = store.begin(start("c"), LEASE).orElseThrow();
        assertThat(store.drop("c")).isTrue();
        assertThat(store.begin(start("c"), LEASE)).isEmpty();
        store.end(running.id(), Finding.of(0, "", "Too late.", Optional.empty()));
        assertThat(store.newest(10)).isEmpty();
    }

    @Test
    void whatADeadProcessRanIsAnErrorOnceItsLeaseEnds() {
        declare("c");
        CheckResult result = store.begin(start("c"), LEASE).orElseThrow();
        try (StateStore otherState = StateStore.open(home.resolve("state.db"), clock)) {
            CheckStore other = new CheckStore(otherState, clock);
            assertThat(other.endLost(Set.of(), Alone.NOT_KNOWN, lost())).isZero();
            clock.advance(LEASE.minusSeconds(1));
            store.renew(List.of(result.id()), LEASE);
            clock.advance(Duration.ofSeconds(2));
            assertThat(other.endLost(Set.of(), Alone.NOT_KNOWN, lost()))
                    .as("it was renewed")
                    .isZero();
            clock.advance(LEASE);
            assertThat(store.endLost(Set.of(result.id()), Alone.NOT_KNOWN, lost()))
                    .as("it knows that it runs")
                    .isZero();
            assertThat(other.endLost(Set.of(), Alone.NOT_KNOWN, lost())).isEqualTo(1);
            CheckResult ended = other.result(result.id()).orElseThrow();
            assertThat(ended.state()).isEqualTo(CheckState.ERROR);
            assertThat(ended.errorCode()).contains("WEIR-3600");

            assertThat(store.begin(start("c"), LEASE)).isPresent();
            assertThat(other.endLost(Set.of(), Alone.YES, lost()))
                    .as("nobody else can be there")
                    .isEqualTo(1);
        }
    }

    @Test
    void measuresAreThoseOfOtherCutsHoweverOftenACheckHasRun() {
        declare("c", "d");
        for (int snapshot = 1; snapshot <= 3; snapshot++) {
            measure("c", snapshot, 10 * snapshot - 1);
            measure("c", snapshot, 10 * snapshot);
        }
        measure("d", 2, 7);
        for (int again = 0; again < 200; again++) {
            measure("c", 4, 40);
        }
        CheckResult unmeasured = store.begin(start("c"), LEASE).orElseThrow();
        store.end(unmeasured.id(), lost());
        assertThat(store.measures("c", cut(4), 10)).containsExactly(30L, 20L, 10L);
        assertThat(store.measures("c", cut(5), 2)).containsExactly(40L, 30L);
        assertThat(store.measures("d", cut(2), 10)).isEmpty();
    }

    private void measure(String check, int snapshot, long rows) {
        CheckResult result = store.begin(start(check), LEASE).orElseThrow();
        store.end(
                result.id(),
                Finding.of(0, cut(snapshot), "It holds.", Optional.empty()).measuring(rows));
        clock.advance(Duration.ofMillis(1));
    }

    private static String cut(int snapshot) {
        return "dw.orders=dw.orders@" + snapshot;
    }

    @Test
    void oldResultsAreForgottenButTheNewestOfEachCheck() {
        declare("c", "d");
        for (String check : new String[] {"c", "c", "d", null}) {
            CheckResult result = store.begin(start(check), LEASE).orElseThrow();
            store.end(result.id(), Finding.of(0, "", "It holds.", Optional.empty()));
            clock.advance(Duration.ofDays(1));
        }
        assertThat(store.forget(NOW)).isZero();
        assertThat(store.forget(clock.instant())).isEqualTo(2);
        assertThat(store.newest(10))
                .extracting(result -> result.check().orElseThrow())
                .containsExactly("d", "c");
        assertThat(store.newest("c", 10)).hasSize(1);
    }
}
