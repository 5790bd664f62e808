package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the engine costs, for docs/decisions/0008. It runs when it is asked for by name, and asserts nothing about time.
 */
final class EngineRates {

    private static final int ROUNDS = 5;
    private static final int CALLS = 4_000;
    private static final int ROWS = 1_000_000;
    private static final String WIDE = "SELECT i, i * 2 AS b, i::DOUBLE AS c, (i % 1000)::VARCHAR AS d,"
            + " (i % 100)::DECIMAL(10, 2) AS e FROM range(" + ROWS + ") t(i)";

    @TempDir
    Path folder;

    @Test
    void startAndRestart() {
        List<Long> starts = new ArrayList<>();
        List<Long> first = new ArrayList<>();
        List<Long> restarts = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            long began = System.nanoTime();
            try (OpenEngine open = new OpenEngine(folder.resolve("start" + round), Map.of())) {
                starts.add(System.nanoTime() - began);
                began = System.nanoTime();
                open.rows("SELECT 1");
                first.add(System.nanoTime() - began);
                began = System.nanoTime();
                open.signal("KILL");
                while (!(open.execute("SELECT 1") instanceof NativeOutcome.Answered answered)) {
                    Thread.onSpinWait();
                }
                restarts.add(System.nanoTime() - began);
                OpenEngine.rows(open.execute("SELECT 1"));
            }
        }
        print("start, DuckDB's library unpacked, ms", starts, 1e6);
        print("the first query after it, ms", first, 1e6);
        print("from SIGKILL to the next answer, ms", restarts, 1e6);
    }

    @Test
    void smallQueries() throws Exception {
        for (String threads : List.of("1", "0")) {
            try (OpenEngine open =
                    new OpenEngine(folder.resolve("small" + threads), Map.of("native.threads", threads))) {
                calls(open, CALLS);
                for (int clients : new int[] {1, 8}) {
                    for (int round = 0; round < ROUNDS; round++) {
                        many(open, clients, threads);
                    }
                }
                System.out.printf(
                        Locale.ROOT, "resident after small queries, MB: %d%n", residentBytes(open.pid()) >> 20);
            }
        }
    }

    private static void many(OpenEngine open, int clients, String threads) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(clients);
        try {
            List<Callable<long[]>> work = new ArrayList<>();
            for (int client = 0; client < clients; client++) {
                work.add(() -> calls(open, CALLS / clients));
            }
            long began = System.nanoTime();
            List<Long> times = new ArrayList<>();
            for (Future<long[]> each : callers.invokeAll(work)) {
                LongStream.of(each.get()).forEach(times::add);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            times.sort(null);
            System.out.printf(
                    Locale.ROOT,
                    "SELECT 1, native.threads %s, clients %d: %.0f/s, p50 %.0f us, p99 %.0f us%n",
                    threads,
                    clients,
                    times.size() / seconds,
                    times.get(times.size() / 2) / 1e3,
                    times.get(times.size() * 99 / 100) / 1e3);
        } finally {
            callers.shutdownNow();
        }
    }

    private static long[] calls(OpenEngine open, int calls) {
        long[] times = new long[calls];
        for (int i = 0; i < calls; i++) {
            long began = System.nanoTime();
            try (NativeAnswer answer = ((NativeOutcome.Answered) open.execute("SELECT 1 AS a")).answer()) {
                assertThat(answer.loadNext()).isTrue();
            }
            times[i] = System.nanoTime() - began;
        }
        return times;
    }

    @Test
    void largeAnswers() throws Exception {
        try (OpenEngine open = new OpenEngine(folder.resolve("large"), Map.of())) {
            List<Long> computed = new ArrayList<>();
            List<Long> read = new ArrayList<>();
            long bytes = 0;
            for (int round = 0; round < 2 * ROUNDS; round++) {
                long began = System.nanoTime();
                try (NativeAnswer answer = ((NativeOutcome.Answered) open.execute(WIDE)).answer()) {
                    computed.add(System.nanoTime() - began);
                    bytes = answer.bytes();
                    int rows = 0;
                    while (answer.loadNext()) {
                        rows += answer.root().getRowCount();
                    }
                    assertThat(rows).isEqualTo(ROWS);
                    read.add(System.nanoTime() - began);
                }
            }
            print("1 M rows x 5 columns, " + (bytes >> 20) + " MB, until the answer is whole, ms", computed, 1e6);
            print("until all of it is read, ms", read, 1e6);
            System.out.printf(Locale.ROOT, "resident after large answers, MB: %d%n", residentBytes(open.pid()) >> 20);
        }
    }

    @Test
    void fiftySortsInSharedMemory() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(50);
        try (OpenEngine open =
                new OpenEngine(folder.resolve("sorts"), Map.of("native.memory", "512mb", "native.max-running", "50"))) {
            List<Callable<NativeOutcome>> work = Collections.nCopies(
                    50,
                    () -> open.execute(
                            "SELECT max(a) FROM (SELECT i AS a, row_number() OVER (ORDER BY md5(i::VARCHAR)) AS n"
                                    + " FROM range(" + ROWS + ") t(i)) WHERE n % 2 = 0"));
            long began = System.nanoTime();
            int answered = 0;
            for (Future<NativeOutcome> each : callers.invokeAll(work)) {
                try {
                    assertThat(OpenEngine.rows(each.get())).hasSize(1);
                    answered++;
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).hasMessageContaining("NATIVE_MEMORY_EXHAUSTED");
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "50 sorts of 1 M rows at once in 512 MB: %d answered in %.1f s, most resident %d MB%n",
                    answered,
                    (System.nanoTime() - began) / 1e9,
                    statusBytes(open.pid(), "VmHWM") >> 20);
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void anAnswerLargerThanMemory() throws Exception {
        try (OpenEngine open = new OpenEngine(folder.resolve("giant"), Map.of("native.memory", "128mb"))) {
            long began = System.nanoTime();
            try (NativeAnswer answer = ((NativeOutcome.Answered) open.execute(
                            "SELECT i, i * 2 AS b, i::DOUBLE AS c, i::VARCHAR AS d FROM range(30000000) t(i)"))
                    .answer()) {
                System.out.printf(
                        Locale.ROOT,
                        "an answer of %d MB with 128 MB of memory: whole after %.1f s, most resident %d MB%n",
                        answer.bytes() >> 20,
                        (System.nanoTime() - began) / 1e9,
                        statusBytes(open.pid(), "VmHWM") >> 20);
            }
        }
    }

    private static void print(String what, List<Long> nanos, double unit) {
        nanos.sort(null);
        System.out.printf(
                Locale.ROOT,
                "%s: median %.0f, least %.0f, most %.0f%n",
                what,
                nanos.get(nanos.size() / 2) / unit,
                nanos.get(0) / unit,
                nanos.get(nanos.size() - 1) / unit);
    }

    private static long residentBytes(long pid) throws IOException {
        return statusBytes(pid, "VmRSS");
    }

    private static long statusBytes(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
