package dev.weirhouse.catalog.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunStoreTest {

    private static final Instant NOW = Instant.parse("2024-02-01T00:00:00Z");

    @TempDir
    private Path home;

    private StateStore store;

    @BeforeEach
    void open() {
        store = StateStore.open(home.resolve("state.db"), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static RunStart start(String sql) {
        return new RunStart(
                Lane.OLAP,
                StatementKind.QUERY,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Caller.internal("runs"),
                Dialect.FLINK,
                sql,
                "db.t@7",
                List.of(),
                Optional.empty());
    }

    private RunRow row(String id) {
        return store.runs().find(id).orElseThrow();
    }

    @Test
    void aRunThatEndsAtOnceIsWrittenWithItsEnd() {
        Instant began = NOW.minusMillis(40);
        String id = store.runs().startSoon(start("SELECT 1"), began);
        store.runs().endSoon(id, RunEnd.finished(OptionalLong.empty()));
        assertThat(row(id).state()).isEqualTo(RunState.FINISHED);
        assertThat(row(id).startedAt()).isEqualTo(began.toEpochMilli());
        assertThat(row(id).finishedAt()).hasValue(NOW.toEpochMilli());
    }

    @Test
    void aRunThatEndsLaterIsSeenRunning() {
        String id = store.runs().startSoon(start("SELECT 1"), NOW);
        assertThat(row(id).state()).isEqualTo(RunState.RUNNING);
        assertThat(row(id).finishedAt()).isEmpty();
        store.runs().endSoon(id, RunEnd.finished(OptionalLong.of(3)));
        assertThat(row(id).affectedRows()).hasValue(3);
        store.runs().endSoon(id, RunEnd.lost());
        assertThat(row(id).state()).isEqualTo(RunState.FINISHED);
    }

    @Test
    void theFirstEndCounts() {
        String id = store.runs().startSoon(start("SELECT 1"), NOW);
        store.runs().endSoon(id, RunEnd.finished(OptionalLong.empty()));
        store.runs().endSoon(id, RunEnd.lost());
        assertThat(row(id).state()).isEqualTo(RunState.FINISHED);
    }

    @Test
    void aRefusedRunHasItsError() {
        store.runs()
                .failedSoon(
                        start("SELEC"), RunEnd.failed(new WarehouseException(CatalogError.SYNTAX_ERROR, "no SELECT")));
        RunRow row = store.runs().newest(1).get(0);
        assertThat(row.state()).isEqualTo(RunState.FAILED);
        assertThat(row.errorCode()).hasValue(CatalogError.SYNTAX_ERROR.id());
    }

    @Test
    void ofManyAtOnceNoneIsMissedNorLeftRunning() throws Exception {
        Random random = new Random(11);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            long seed = random.nextLong();
            threads.add(new Thread(() -> {
                Random own = new Random(seed);
                for (int run = 0; run < 2_000; run++) {
                    String id = store.runs().startSoon(start("SELECT " + run), NOW);
                    if (own.nextInt(100) == 0) {
                        Thread.yield();
                    }
                    store.runs().endSoon(id, RunEnd.finished(OptionalLong.empty()));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        store.runs().newest(1);
        assertThat(store.runs().counts()).containsExactly(new RunCount(Lane.OLAP, RunState.FINISHED, 8_000));
    }
}
