package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.testkit.Eventually;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One engine with one place, answers on disk up to 48 MB, and room for one query in its queue. */
final class NativeEngineTest {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final int LARGE_ROWS = 1_000_000;
    private static final String LARGE =
            "SELECT i, i * 2 AS j, i::DOUBLE AS d, (i % 1000)::VARCHAR AS s FROM range(" + LARGE_ROWS + ") t(i)";

    @TempDir
    static Path folder;

    private static OpenEngine open;

    @BeforeAll
    static void start() {
        open = new OpenEngine(
                folder,
                Map.of(
                        "native.max-running", "1",
                        "native.max-queued", "1",
                        "native.memory", "256mb",
                        "native.spool-size", "48mb"));
    }

    @AfterAll
    static void nothingIsLeft() {
        open.close();
    }

    @Test
    void smallAnswersCome() {
        assertThat(open.rows("SELECT 1 AS a, 'x' AS b, NULL::INTEGER AS c"))
                .containsExactly(Arrays.asList(1, "x", null));
        assertThat(open.rows("SELECT i FROM range(5) t(i) WHERE i > 7")).isEmpty();
    }

    @Test
    void aSchemaComesWithoutRows() {
        try (NativeAnswer answer = answer("SELECT 1::DECIMAL(20, 3) AS a, DATE '2020-01-01' AS b WHERE false")) {
            assertThat(answer.schema().getFields())
                    .extracting(field -> field.getName())
                    .containsExactly("a", "b");
            assertThat(answer.schema().findField("a").getType()).isEqualTo(new ArrowType.Decimal(20, 3, 128));
            assertThat(answer.loadNext() && answer.root().getRowCount() > 0).isFalse();
        }
    }

    @Test
    void everyParameterArrivesAsItIs() {
        List<Object> values = Arrays.asList(
                null,
                true,
                (byte) -1,
                Short.MIN_VALUE,
                Integer.MAX_VALUE,
                Long.MIN_VALUE,
                new BigDecimal("-12345678901234567890.123456789012345678"),
                1.5f,
                Double.MIN_VALUE,
                "é😀 '\u0001",
                LocalDate.of(1, 1, 1),
                LocalTime.of(23, 59, 59, 999_999_000),
                LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000),
                new byte[] {0, 1, -1});
        List<Object> read = open.rows("SELECT " + "?, ".repeat(values.size() - 1) + "?", values.toArray())
                .get(0);
        assertThat(read.subList(0, 10)).isEqualTo(values.subList(0, 10));
        assertThat(read.get(10)).isEqualTo((int) LocalDate.of(1, 1, 1).toEpochDay());
        assertThat(read.get(11)).isEqualTo(LocalTime.of(23, 59, 59, 999_999_000).toNanoOfDay() / 1000);
        assertThat(read.get(12)).isEqualTo(values.get(12));
        assertThat((byte[]) read.get(13)).isEqualTo(new byte[] {0, 1, -1});
    }

    @Test
    void valuesThatWouldChangeAreNotSent() {
        assertThat(open.failure("SELECT ?", LocalTime.of(1, 2, 3, 1))).contains("microseconds");
        assertThat(open.failure("SELECT ?", LocalDateTime.of(1, 1, 1, 1, 1, 1, 999)))
                .contains("microseconds");
        assertThat(open.failure("SELECT ?", new BigDecimal("1E+3"))).contains("DECIMAL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open.execute("SELECT ?", new Object()))
                .withMessageContaining("java.lang.Object");
    }

    @Test
    void parametersOfOneExecutionDoNotReachTheNext() {
        String sql = "SELECT CAST(? AS INTEGER) + CAST(? AS INTEGER) AS a";
        assertThat(open.rows(sql, 1, 2)).containsExactly(List.of(3));
        assertThat(open.failure(sql, 1)).isNotEmpty();
        assertThat(open.failure(sql, 1, 2, 3)).isNotEmpty();
        assertThat(open.rows(sql, 3, 4)).containsExactly(List.of(7));
    }

    @Test
    void largeAnswersComeThroughAFileAndStayReadable() {
        try (NativeAnswer answer = answer(LARGE)) {
            assertThat(answer.bytes()).isGreaterThan(AnswerSpool.SMALL_BYTES);
            assertThat(open.engine().stats().spooled()).isEqualTo(answer.bytes());
            // The place is free again although nothing has been read.
            assertThat(open.rows("SELECT 1")).hasSize(1);
            assertThat(sumOfFirst(answer)).isEqualTo((long) LARGE_ROWS * (LARGE_ROWS - 1) / 2);
        }
        assertThat(open.engine().stats().spooled()).isZero();
    }

    private static long sumOfFirst(NativeAnswer answer) {
        long sum = 0;
        while (answer.loadNext()) {
            VectorSchemaRoot root = answer.root();
            BigIntVector first = (BigIntVector) root.getVector(0);
            for (int row = 0; row < root.getRowCount(); row++) {
                sum += first.get(row);
            }
        }
        return sum;
    }

    @Test
    void answersOnDiskAreBoundedTogether() {
        try (NativeAnswer first = answer(LARGE)) {
            assertThat(first.bytes()).isBetween(24L << 20, 48L << 20);
            assertRefused(OlapError.NATIVE_SPOOL_FULL, () -> open.execute(LARGE));
        }
        try (NativeAnswer again = answer(LARGE)) {
            assertThat(again.bytes()).isGreaterThan(24L << 20);
        }
    }

    @Test
    void anErrorInTheLastRowComesBeforeTheFirst() {
        String sql = "SELECT CAST(CASE WHEN i = " + (LARGE_ROWS - 1) + " THEN 'x' ELSE '1' END AS INTEGER) FROM range("
                + LARGE_ROWS + ") t(i)";
        assertThat(open.failure(sql)).startsWith("Conversion Error").contains("'x'");
        assertThat(open.failure(sql)).startsWith("Conversion Error");
        assertThat(open.failure("SELECT nonsense")).startsWith("Binder Error");
        assertThat(open.rows("SELECT 1")).hasSize(1);
    }

    @Test
    void nullsSortLowWhereNothingIsSaid() {
        String from = " FROM (VALUES (1), (NULL), (2)) t(a) ORDER BY a";
        assertThat(open.rows("SELECT a" + from)).containsExactly(Arrays.asList((Object) null), List.of(1), List.of(2));
        assertThat(open.rows("SELECT a" + from + " DESC"))
                .containsExactly(List.of(2), List.of(1), Arrays.asList((Object) null));
    }

    @Test
    void momentsHaveTheZoneUtc() {
        assertThat(open.rows("SELECT CAST(TIMESTAMPTZ '2020-01-01 00:00:00+02' AS VARCHAR)"))
                .containsExactly(List.of("2019-12-31 22:00:00+00"));
    }

    @Test
    void aCancellationEndsARunningQuery() {
        NativeCancellation cancellation = new NativeCancellation();
        long crashed = open.engine().stats().crashed();
        CompletableFuture<Void> cancelled = CompletableFuture.runAsync(() -> {
            awaitRunning(1);
            cancellation.cancel();
        });
        assertRefused(CatalogError.CANCELLED, () -> open.execute(cancellation, OpenEngine.LONG, OpenEngine.ENDLESS));
        cancelled.join();
        assertThat(open.rows("SELECT 1")).hasSize(1);
        assertThat(open.engine().stats().crashed()).isEqualTo(crashed);
    }

    @Test
    void aCancellationBeforehandEndsTheQueryAtOnce() {
        NativeCancellation cancellation = new NativeCancellation();
        cancellation.cancel();
        assertRefused(CatalogError.CANCELLED, () -> open.execute(cancellation, OpenEngine.LONG, OpenEngine.ENDLESS));
    }

    @Test
    void anInterruptionCancelsAndStays() throws Exception {
        CompletableFuture<Boolean> stayed = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            assertRefused(CatalogError.CANCELLED, () -> open.execute(OpenEngine.ENDLESS));
            stayed.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        awaitRunning(1);
        thread.interrupt();
        assertThat(stayed.get(20, TimeUnit.SECONDS)).isTrue();
        thread.join();
        assertThat(open.rows("SELECT 1")).hasSize(1);
    }

    @Test
    void aTimeoutEndsTheQuery() {
        long start = System.nanoTime();
        assertRefused(
                CatalogError.TIMED_OUT,
                () -> open.execute(new NativeCancellation(), Duration.ofMillis(200), OpenEngine.ENDLESS));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE);
    }

    @Test
    void theQueueIsBoundedAndItsQueriesCanBeCancelled() {
        NativeCancellation first = new NativeCancellation();
        CompletableFuture<Void> running = CompletableFuture.runAsync(() ->
                assertRefused(CatalogError.CANCELLED, () -> open.execute(first, OpenEngine.LONG, OpenEngine.ENDLESS)));
        awaitRunning(1);
        NativeCancellation second = new NativeCancellation();
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(
                () -> assertRefused(CatalogError.CANCELLED, () -> open.execute(second, OpenEngine.LONG, "SELECT 1")));
        Eventually.within(DEADLINE)
                .holds("a query waits", () -> assertThat(open.engine().stats().queued())
                        .isEqualTo(1));
        long refused = open.engine().stats().refused();
        assertRefused(OlapError.NATIVE_QUEUE_FULL, () -> open.execute("SELECT 1"));
        assertThat(open.engine().stats().refused()).isEqualTo(refused + 1);
        second.cancel();
        waiting.join();
        assertRefused(
                CatalogError.TIMED_OUT,
                () -> open.execute(new NativeCancellation(), Duration.ofMillis(50), "SELECT 1"));
        first.cancel();
        running.join();
        assertThat(open.engine().stats().running()).isZero();
        assertThat(open.engine().stats().queued()).isZero();
    }

    @Test
    void anAllocatorThatIsFullIsSaidAndLeavesNothing() {
        try (BufferAllocator tight = open.allocator().newChildAllocator("tight", 0, 64 << 10)) {
            NativeQuery query = new NativeQuery(LARGE, List.of(), OpenEngine.LONG);
            NativeOutcome outcome = open.engine().execute(query, tight, new NativeCancellation());
            try (NativeAnswer answer = ((NativeOutcome.Answered) outcome).answer()) {
                assertRefused(OlapError.RESULT_MEMORY_EXHAUSTED, answer::loadNext);
            }
        }
        assertThat(open.engine().stats().spooled()).isZero();
    }

    @Test
    void manyTextsDoNotPileUp() {
        List<Long> sums = new ArrayList<>();
        for (int i = 0; i < 3 * PreparedSelects.MAX_STATEMENTS; i++) {
            sums.add((Long) open.rows("SELECT 1::BIGINT + " + i).get(0).get(0));
        }
        assertThat(sums).hasSize(3 * PreparedSelects.MAX_STATEMENTS).doesNotHaveDuplicates();
        String longText = "SELECT 1 /* " + "x".repeat(PreparedSelects.MAX_KEPT_CHARS) + " */";
        assertThat(open.rows(longText)).isEqualTo(open.rows(longText));
    }

    private static NativeAnswer answer(String sql) {
        NativeOutcome outcome = open.execute(sql);
        assertThat(outcome).isInstanceOf(NativeOutcome.Answered.class);
        return ((NativeOutcome.Answered) outcome).answer();
    }

    private static void awaitRunning(int queries) {
        Eventually.within(DEADLINE)
                .holds("a query runs", () -> assertThat(open.engine().stats().running())
                        .isEqualTo(queries));
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatExceptionOfType(WarehouseException.class)
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(code));
    }
}
