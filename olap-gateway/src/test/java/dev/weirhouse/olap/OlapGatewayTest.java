package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.SettableClock;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WarehouseTest
final class OlapGatewayTest {

    private static final Caller ALICE = new Caller("alice", "test", List.of("a", "b"), Door.FLIGHT);

    private final TestWarehouse house;
    private final SettableClock clock = SettableClock.standing(Instant.parse("2001-01-14T00:00:00Z"));
    private OlapGateway gateway;

    OlapGatewayTest(TestWarehouse house) {
        this.house = house;
    }

    @BeforeEach
    void open() {
        OlapConfig config = ConfigReader.read(
                OlapConfig.class,
                Map.of(
                        "olap.max-sessions", "2",
                        "olap.session-idle-timeout", "30m",
                        "olap.query-timeout", "10m",
                        "olap.max-running-queries", "1",
                        "olap.max-statements-per-session", "2",
                        "olap.max-queries-per-session", "2"));
        gateway = new OlapGateway(house.warehouse().gate(), config, OlapLanes.none(), clock);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private OlapSession openSession() {
        return gateway.open(ALICE, Optional.of(house.database()), Map.of());
    }

    @Test
    void aSessionStartsAsItsClientAskedFor() {
        OlapSession session =
                gateway.open(ALICE, Optional.of(house.database()), Map.of("table.local-time-zone", "Asia/Tokyo"));
        assertThat(session.caller()).isEqualTo(ALICE);
        assertThat(session.currentDatabase()).isEqualTo(house.database());
        assertThat(session.timeZone()).hasToString("Asia/Tokyo");
        assertThat(session.secret()).isNotEqualTo(session.id()).hasSize(32);
        assertThat(gateway.load(session.secret())).isSameAs(session);
    }

    @Test
    void aSessionThatCannotStartLeavesNoneOpen() {
        failsWith(CatalogError.DATABASE_NOT_FOUND, () -> gateway.open(ALICE, Optional.of("nowhere"), Map.of()));
        failsWith(
                CatalogError.SETTING_NOT_ALLOWED,
                () -> gateway.open(ALICE, Optional.empty(), Map.of("security.kerberos.login.keytab", "/etc/passwd")));
        assertThat(gateway.sessions()).isEmpty();
        openSession();
        openSession();
    }

    @Test
    void sessionsAreBoundedAndClosingOneMakesRoom() {
        OlapSession first = openSession();
        openSession();
        failsWith(CatalogError.TOO_MANY_SESSIONS, this::openSession);
        gateway.close(first);
        gateway.close(first);
        openSession();
        failsWith(CatalogError.TOO_MANY_SESSIONS, this::openSession);
    }

    @Test
    void aSessionUnusedForTooLongIsClosed() {
        OlapSession session = openSession();
        session.claim();
        clock.advance(Duration.ofMinutes(29));
        gateway.sweep();
        gateway.load(session.secret());
        clock.advance(Duration.ofMinutes(29));
        gateway.sweep();
        assertThat(gateway.sessions()).containsExactly(session);
        clock.advance(Duration.ofMinutes(2));
        gateway.sweep();
        assertThat(gateway.sessions()).isEmpty();
        failsWith(CatalogError.SESSION_NOT_FOUND, () -> gateway.load(session.secret()));
        failsWith(CatalogError.SESSION_NOT_FOUND, () -> session.prepare("SELECT 1"));
    }

    @Test
    void aSessionWhoseClientNeverComesBackIsClosedSoon() {
        OlapSession stranger = openSession();
        OlapSession known = openSession();
        known.claim();
        clock.advance(Duration.ofMinutes(2));
        gateway.sweep();
        assertThat(gateway.sessions()).containsExactly(known).doesNotContain(stranger);
    }

    @Test
    void aSessionWhoseClientWentAwayWaitsForItAWhile() {
        OlapSession session = openSession();
        session.claim();
        clock.advance(Duration.ofMinutes(5));
        session.release();
        clock.advance(Duration.ofSeconds(50));
        gateway.sweep();
        gateway.load(session.secret());
        clock.advance(Duration.ofMinutes(5));
        gateway.sweep();
        assertThat(gateway.sessions()).containsExactly(session);
        session.release();
        clock.advance(Duration.ofMinutes(2));
        gateway.sweep();
        assertThat(gateway.sessions()).isEmpty();
    }

    @Test
    void aSessionIsNotIdleWhileItRunsAndItsQueryEndsInTime() {
        OlapSession session = openSession();
        OlapQuery query = announce(session, endless());
        query.start();
        assertThat(gateway.runningQueries()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(9));
        gateway.sweep();
        assertThat(gateway.sessions()).containsExactly(session);
        assertThat(query.isEnded()).isFalse();
        clock.advance(Duration.ofMinutes(2));
        gateway.sweep();
        assertThat(query.isEnded()).isTrue();
        assertThat(gateway.runningQueries()).isZero();
        failsWith(CatalogError.TIMED_OUT, query::checkNotEnded);
        failsWith(OlapError.HANDLE_NOT_FOUND, () -> session.loadQuery(query.handle()));
    }

    @Test
    void oneMoreThanMayRunIsRefused() {
        OlapSession session = openSession();
        OlapQuery running = announce(session, endless());
        OlapQuery waiting = announce(session, "SELECT 1");
        Prepared third = session.check("SELECT 1");
        running.start();
        failsWith(OlapError.TOO_MANY_QUERIES, waiting::start);
        failsWith(OlapError.TOO_MANY_QUERIES, () -> session.check("SELECT 1"));
        failsWith(OlapError.TOO_MANY_OPEN_ANSWERS, () -> session.announce(third, List.of()));
        running.end(QueryEnd.CANCELLED);
        waiting.start();
        waiting.close();
    }

    @Test
    void theStatementUnusedForLongestMakesRoom() {
        OlapSession session = openSession();
        OlapStatement first = session.prepare("SELECT 1");
        OlapStatement second = session.prepare("SELECT 2");
        session.loadStatement(first.handle());
        OlapStatement third = session.prepare("SELECT 3");
        assertThat(session.loadStatement(first.handle())).isSameAs(first);
        assertThat(session.loadStatement(third.handle())).isSameAs(third);
        failsWith(OlapError.HANDLE_NOT_FOUND, () -> session.loadStatement(second.handle()));
    }

    @Test
    void handlesMeanNothingInAnotherSession() {
        OlapSession mine = openSession();
        OlapSession other = openSession();
        OlapStatement statement = mine.prepare("SELECT 1");
        failsWith(OlapError.HANDLE_NOT_FOUND, () -> other.loadStatement(statement.handle()));
        assertThat(gateway.findByHandle(statement.handle())).contains(mine);
        assertThat(gateway.findByHandle("no such handle")).isEmpty();
    }

    @Test
    void asManyParametersAsMarkers() {
        OlapSession session = openSession();
        OlapStatement statement = session.prepare("SELECT CAST(? AS INT)");
        failsWith(CatalogError.PARAMETER_MISMATCH, () -> session.announce(statement.prepared(), List.of()));
        session.announce(statement.prepared(), List.of(1)).close();
    }

    @Test
    void closingTheGatewayEndsAll() {
        OlapSession session = openSession();
        OlapQuery query = announce(session, endless());
        query.start();
        gateway.close();
        assertThat(query.isEnded()).isTrue();
        assertThat(gateway.sessions()).isEmpty();
        failsWith(CatalogError.SHUTTING_DOWN, this::openSession);
    }

    /** The planner is held up where the parameters are asked for. */
    @Test
    void aStatementCountsAndCanBeEndedWhileItIsPlanned() throws Exception {
        OlapSession session = openSession();
        CountDownLatch planning = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        OlapQuery slow = session.announce("SELECT 1", prepared -> {
            planning.countDown();
            awaitQuietly(goOn);
            return List.of();
        });
        CompletableFuture<Throwable> heard = CompletableFuture.supplyAsync(() -> catchThrowable(slow::start));
        planning.await();
        assertThat(gateway.runningQueries()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(31));
        gateway.sweep();
        assertThat(heard.get(30, TimeUnit.SECONDS)).hasMessageContaining("WEIR-2002");
        assertThat(gateway.runningQueries()).as("the planner is still at it").isEqualTo(1);
        goOn.countDown();
        Eventually.within(Duration.ofSeconds(30))
                .answers("the place is given back", gateway::runningQueries, count -> count == 0);
        gateway.close(session);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aTimeZoneThatIsNoneIsNamed() {
        assertThatThrownBy(() -> gateway.open(ALICE, Optional.empty(), Map.of("table.local-time-zone", "Mars/Olympus")))
                .hasMessageStartingWith("[WEIR-1015] SETTING_INVALID")
                .hasMessageContaining("Mars/Olympus");
        assertThat(gateway.sessions()).isEmpty();
    }

    private OlapQuery announce(OlapSession session, String sql) {
        return session.announce(session.check(sql), List.of());
    }

    /** A query that gives rows and does not come to an end. */
    private String endless() {
        try {
            house.run("CREATE TABLE IF NOT EXISTS ticks (i BIGINT) WITH ('connector' = 'datagen',"
                    + " 'rows-per-second' = '100', 'number-of-rows' = '100000000')");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return "SELECT i FROM ticks";
    }

    private static void failsWith(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(WarehouseException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}
