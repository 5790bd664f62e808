package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty queries at once, each of which wants more than its share of the memory. Each is answered rightly, refused with its
 * code, or lost with an engine that did not bear it; nothing is answered wrongly, and the memory stays bounded.
 */
final class EngineMemoryTest {

    private static final int QUERIES = 50;
    private static final int ROWS = 100_000;

    /** A row takes some 60 bytes: with the share of a fiftieth of 128 MB every query wants twice what it has. */
    private static final String GREEDY =
            "SELECT max(a), count(*) FROM (SELECT a, row_number() OVER (ORDER BY b) AS n FROM"
                    + " (SELECT i AS a, md5((i + ?)::VARCHAR) AS b FROM range(" + ROWS + ") t(i)))";

    @TempDir
    Path folder;

    @Test
    void theyAreAnsweredRefusedOrLostAndTheEngineIsBack() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(QUERIES);
        try (OpenEngine open = new OpenEngine(
                folder,
                Map.of(
                        "native.max-running", Integer.toString(QUERIES),
                        "native.memory", "128mb",
                        "native.temp-size", "1gb"))) {
            List<Callable<Boolean>> queries = IntStream.range(0, QUERIES)
                    .mapToObj(i -> (Callable<Boolean>) () -> isAnswered(open, i))
                    .toList();
            for (Future<Boolean> each : callers.invokeAll(queries)) {
                each.get();
            }
            assertThat(open.rows("SELECT 1")).hasSize(1);
            assertThat(isAnswered(open, QUERIES)).as("one alone has room").isTrue();
            assertThat(peakBytes(open.pid())).isLessThan(900L << 20);
        } finally {
            callers.shutdownNow();
        }
    }

    private static boolean isAnswered(OpenEngine open, int query) {
        try {
            NativeOutcome outcome = open.execute(GREEDY, query);
            if (outcome instanceof NativeOutcome.Lost || outcome instanceof NativeOutcome.Unavailable) {
                return false;
            }
            List<List<Object>> rows = OpenEngine.rows(outcome);
            assertThat(rows).containsExactly(List.of((long) ROWS - 1, (long) ROWS));
            return true;
        } catch (WarehouseException e) {
            assertThat(e.code()).isEqualTo(OlapError.NATIVE_MEMORY_EXHAUSTED);
            return false;
        }
    }

    /** The most memory that the process ever held. */
    private static long peakBytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
