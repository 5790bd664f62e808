package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.SettableClock;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's process is ended in every way that a process can be. */
final class EngineDeathTest {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final Duration BACK_WITHIN = Duration.ofSeconds(5);
    private static final Map<String, String> SETTINGS = Map.of("native.max-running", "4", "native.memory", "256mb");
    private static final String LARGE = "SELECT i, i::VARCHAR AS s FROM range(300000) t(i)";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"SEGV", "KILL"})
    void aDeathLosesWhatRunsAndNothingElse(String signal) {
        ExecutorService callers = Executors.newFixedThreadPool(3);
        try (OpenEngine open = new OpenEngine(folder, SETTINGS);
                NativeAnswer kept = ((NativeOutcome.Answered) open.execute(LARGE)).answer()) {
            List<CompletableFuture<NativeOutcome>> running = Stream.generate(
                            () -> CompletableFuture.supplyAsync(() -> open.execute(OpenEngine.ENDLESS), callers))
                    .limit(3)
                    .toList();
            awaitRunning(open, 3);
            long former = open.signal(signal);
            long killed = System.nanoTime();
            assertThat(running).allSatisfy(lost -> assertThat(lost.join()).isInstanceOf(NativeOutcome.Lost.class));
            assertThat(open.rows("SELECT 42")).containsExactly(List.of(42));
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(BACK_WITHIN);

            assertThat(open.pid()).isNotEqualTo(former);
            assertThat(open.engine().stats().crashed()).isEqualTo(3);
            assertThat(open.engine().stats().restarts()).isEqualTo(1);
            assertThat(open.engine().stats().running()).isZero();
            Eventually.within(DEADLINE)
                    .holds("the former life's folder is gone", () -> assertThat(OpenEngine.lives(open.folders()))
                            .hasSize(1));
            // Its answer was whole before, and is so still.
            assertThat(OpenEngine.rows(new NativeOutcome.Answered(kept))).hasSize(300_000);
            assertThat(open.engine().stats().spooled()).isZero();
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void whatEndsTheWarehouseDoesNotEndTheEngineBefore() {
        try (OpenEngine open = new OpenEngine(folder, SETTINGS)) {
            long pid = open.pid();
            List.of("HUP", "INT", "TERM").forEach(open::signal);
            assertThat(open.rows("SELECT 42")).containsExactly(List.of(42));
            assertThat(open.pid()).isEqualTo(pid);
            assertThat(open.engine().stats().restarts()).isZero();
        }
    }

    @Test
    void anIdleDeathIsNotNoticedByTheNextQuery() {
        try (OpenEngine open = new OpenEngine(folder, SETTINGS)) {
            long former = open.signal("KILL");
            Eventually.within(DEADLINE)
                    .holds("another runs", () -> assertThat(open.engine().pid())
                            .isPresent()
                            .get()
                            .isNotEqualTo(former));
            assertThat(open.rows("SELECT 42")).containsExactly(List.of(42));
            assertThat(open.engine().stats().crashed()).isZero();
        }
    }

    @Test
    void aProcessThatDoesNotObeyIsKilled() {
        try (OpenEngine open = new OpenEngine(folder, SETTINGS)) {
            long former = open.signal("STOP");
            assertThatExceptionOfType(WarehouseException.class)
                    .isThrownBy(() -> open.execute(new NativeCancellation(), Duration.ofMillis(100), "SELECT 1"))
                    .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(CatalogError.TIMED_OUT));
            assertThat(open.rows("SELECT 42")).containsExactly(List.of(42));
            assertThat(open.pid()).isNotEqualTo(former);
        }
    }

    @Test
    void tooManyDeathsGiveTheEngineARest() {
        SettableClock clock = SettableClock.standing(Instant.EPOCH);
        try (OpenEngine open = new OpenEngine(folder, SETTINGS, clock)) {
            for (int death = 0; death < EngineKeeper.MAX_DEATHS; death++) {
                open.signal("KILL");
                Eventually.within(DEADLINE).holds("it lives again", () -> assertThat(open.execute("SELECT 1"))
                        .satisfies(OpenEngine::rows));
            }
            open.signal("KILL");
            NativeOutcome outcome = Eventually.within(DEADLINE)
                    .answers(
                            "it rests",
                            () -> open.execute("SELECT 1"),
                            each -> each instanceof NativeOutcome.Unavailable);
            assertThat(((NativeOutcome.Unavailable) outcome).reason()).contains("rests for 60 s");
            assertThat(open.engine().pid()).isEmpty();
            clock.advance(EngineKeeper.REST);
            assertThat(open.rows("SELECT 42")).containsExactly(List.of(42));
        }
    }

    @Test
    void whatCallsAfterTheEndIsToldSo() {
        OpenEngine open = new OpenEngine(folder, SETTINGS);
        open.engine().close();
        assertThatExceptionOfType(WarehouseException.class)
                .isThrownBy(() -> open.execute("SELECT 1"))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(CatalogError.SHUTTING_DOWN));
        open.close();
    }

    /** Starts an engine in a process that is killed. */
    public static final class Warehouse {

        private Warehouse() {}

        public static void main(String[] arguments) throws Exception {
            NativeEngine engine = NativeEngine.start(
                    ConfigReader.read(NativeConfig.class, SETTINGS),
                    OpenEngine.folders(Path.of(arguments[0])),
                    Clock.systemUTC());
            System.out.println(engine.pid().orElseThrow());
            System.in.read();
        }
    }

    @Test
    void theEngineEndsWithItsWarehouse() throws Exception {
        Process warehouse = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Warehouse.class.getName(),
                        folder.toString())
                .redirectError(folder.resolve("warehouse.err").toFile())
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(warehouse.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            assertThat(line).as(() -> read(folder.resolve("warehouse.err"))).matches("\\d+");
            ProcessHandle engine = ProcessHandle.of(Long.parseLong(line)).orElseThrow();
            assertThat(engine.isAlive()).isTrue();
            warehouse.destroyForcibly();
            Eventually.within(DEADLINE)
                    .holds("the engine ends", () -> assertThat(engine.isAlive()).isFalse());
            assertThat(OpenEngine.lives(OpenEngine.folders(folder))).isEmpty();
        } finally {
            warehouse.destroyForcibly();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    private static void awaitRunning(OpenEngine open, int queries) {
        Eventually.within(DEADLINE)
                .holds("the queries run", () -> assertThat(open.engine().stats().running())
                        .isEqualTo(queries));
    }
}
