package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many clients that ask small and large things, err, cancel, are interrupted and time out, at moments drawn from a seed.
 * None of it may end the engine, spoil another client's answer, or leave anything behind.
 */
final class EngineTurmoilTest {

    private static final long SEED = Long.getLong("weir.test.seed", System.nanoTime());
    private static final int CLIENTS = 8;
    private static final int QUERIES = 60;
    private static final int MOST_DELAY_MILLIS = 30;
    private static final int LARGE_ROWS = 100_000;

    @TempDir
    Path folder;

    @Test
    void everyQueryEndsAsItShould() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CLIENTS);
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (OpenEngine open = new OpenEngine(folder, Map.of("native.max-running", "3", "native.memory", "256mb"))) {
            List<Callable<Void>> clients = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                Random random = new Random(SEED + client);
                clients.add(() -> {
                    for (int query = 0; query < QUERIES; query++) {
                        askOne(open, timer, random);
                    }
                    return null;
                });
            }
            for (Future<Void> client : callers.invokeAll(clients)) {
                client.get();
            }
            assertThat(open.engine().stats().crashed()).isZero();
            assertThat(open.engine().stats().restarts()).isZero();
            assertThat(open.engine().stats().running()).isZero();
            assertThat(open.engine().stats().queued()).isZero();
            assertThat(open.engine().stats().spooled()).isZero();
        } catch (Exception | AssertionError e) {
            throw new AssertionError("Again with -Dweir.test.seed=" + SEED, e);
        } finally {
            callers.shutdownNow();
            timer.shutdownNow();
        }
    }

    private static void askOne(OpenEngine open, ScheduledExecutorService timer, Random random) throws Exception {
        int delay = random.nextInt(MOST_DELAY_MILLIS);
        switch (random.nextInt(6)) {
            case 0 -> {
                int number = random.nextInt();
                assertThat(open.rows("SELECT CAST(? AS INTEGER)", number)).containsExactly(List.of(number));
            }
            case 1 -> {
                int rows = LARGE_ROWS + random.nextInt(LARGE_ROWS);
                NativeOutcome outcome = open.execute("SELECT i, i::VARCHAR AS s FROM range(" + rows + ") t(i)");
                try (NativeAnswer answer = ((NativeOutcome.Answered) outcome).answer()) {
                    int read = 0;
                    while (answer.loadNext()) {
                        read += answer.root().getRowCount();
                    }
                    assertThat(read).isEqualTo(rows);
                }
            }
            case 2 ->
                assertThat(open.failure("SELECT CAST(i::VARCHAR || 'x' AS INTEGER) FROM range(9999) t(i)"))
                        .startsWith("Conversion Error");
            case 3 -> {
                NativeCancellation cancellation = new NativeCancellation();
                Future<?> later = timer.schedule(cancellation::cancel, delay, TimeUnit.MILLISECONDS);
                assertEnds(CatalogError.CANCELLED, open, cancellation, OpenEngine.LONG);
                later.get();
            }
            case 4 -> {
                Thread self = Thread.currentThread();
                Future<?> later = timer.schedule(self::interrupt, delay, TimeUnit.MILLISECONDS);
                assertEnds(CatalogError.CANCELLED, open, new NativeCancellation(), OpenEngine.LONG);
                assertThat(Thread.interrupted()).isTrue();
                later.get();
            }
            default -> assertEnds(CatalogError.TIMED_OUT, open, new NativeCancellation(), Duration.ofMillis(delay + 1));
        }
    }

    private static void assertEnds(
            CatalogError code, OpenEngine open, NativeCancellation cancellation, Duration timeout) {
        // Half of the rows pass, so that the interruption meets DuckDB's work as well as the writing of its rows.
        String endless = "SELECT a.range FROM range(100000) a, range(100000) b WHERE a.range % 2 = b.range % 2";
        try {
            NativeOutcome outcome = open.execute(cancellation, timeout, endless);
            throw new AssertionError("The query ended with " + outcome);
        } catch (WarehouseException e) {
            assertThat(e.code()).isEqualTo(code);
        }
    }
}
