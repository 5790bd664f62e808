package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SplitCacheTest {

    private static final int CALLERS = 4;
    private static final int BOUND = 100;
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    @AfterEach
    void close() {
        callers.shutdownNow();
    }

    @Test
    void oneMakesAFileAndTheOthersWaitForIt() throws Exception {
        SplitCache cache = new SplitCache(folder, BOUND);
        AtomicInteger made = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        List<Future<SplitCache.Held>> asked = ask(cache, (file, room) -> {
            made.incrementAndGet();
            await(go);
            Files.write(file, new byte[10]);
        });
        Eventually.within(LONG)
                .holds("all have asked", () -> assertThat(cache.hits()).isEqualTo(CALLERS - 1));
        assertThat(asked).noneMatch(Future::isDone);
        go.countDown();
        for (Future<SplitCache.Held> each : asked) {
            try (SplitCache.Held held = each.get()) {
                assertThat(held.file()).hasSize(10);
            }
        }
        assertThat(made).hasValue(1);
        assertThat(cache.misses()).isOne();
        assertThat(cache.bytes()).isEqualTo(10);
    }

    @Test
    void aFailureReachesAllWhoWaitAndLeavesNothing() throws Exception {
        SplitCache cache = new SplitCache(folder, BOUND);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<SplitCache.Held>> asked = ask(cache, (file, room) -> {
            Files.write(file, new byte[10]);
            await(go);
            throw new IOException("the disk is gone");
        });
        Eventually.within(LONG)
                .holds("all have asked", () -> assertThat(cache.hits()).isEqualTo(CALLERS - 1));
        go.countDown();
        for (Future<SplitCache.Held> each : asked) {
            assertThatThrownBy(each::get)
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessage("the disk is gone");
        }
        assertThat(folder).isEmptyDirectory();
        assertThat(cache.bytes()).isZero();
        assertThat(cache.files()).isZero();
        try (SplitCache.Held held = cache.acquire("key", bytes(10), Wanted.ALWAYS)) {
            assertThat(held.file()).as("the next caller tries again").hasSize(10);
        }
        assertThat(cache.misses()).isEqualTo(2);
    }

    @Test
    void whoGivesUpIsLetGoAndLeavesTheRestToTheOthers() throws Exception {
        SplitCache cache = new SplitCache(folder, BOUND);
        AtomicBoolean wanted = new AtomicBoolean(true);
        AtomicInteger made = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        SplitCache.Maker endless = (file, room) -> {
            begun.countDown();
            for (int size = 1; made.get() == 0; size = Math.min(size + 1, 50)) {
                room.take(size);
            }
        };
        Future<SplitCache.Held> first = callers.submit(() -> cache.acquire("key", endless, wanted::get));
        await(begun);
        AtomicBoolean patient = new AtomicBoolean(true);
        Future<SplitCache.Held> impatient = callers.submit(() -> cache.acquire("key", endless, patient::get));
        Future<SplitCache.Held> other = callers.submit(() -> cache.acquire(
                "key",
                (file, room) -> {
                    made.incrementAndGet();
                    Files.write(file, new byte[10]);
                },
                Wanted.ALWAYS));
        Eventually.within(LONG)
                .holds("they wait", () -> assertThat(cache.hits()).isEqualTo(2));
        patient.set(false);
        assertThatThrownBy(impatient::get).cause().isInstanceOf(Wanted.NoLongerException.class);
        assertThat(other.isDone()).isFalse();
        wanted.set(false);
        assertThatThrownBy(first::get).cause().isInstanceOf(Wanted.NoLongerException.class);
        try (SplitCache.Held held = other.get()) {
            assertThat(held.file()).as("made by who still wants it").hasSize(10);
        }
        assertThat(made).hasValue(1);
        assertThat(cache.bytes()).isEqualTo(10);
        assertThat(cache.files()).isOne();
    }

    @Test
    void theBoundHoldsBesideWhatIsInUse() throws Exception {
        SplitCache cache = new SplitCache(folder, BOUND);
        SplitCache.Held used = cache.acquire("used", bytes(60), Wanted.ALWAYS);
        cache.acquire("a", bytes(20), Wanted.ALWAYS).close();
        cache.acquire("b", bytes(20), Wanted.ALWAYS).close();
        cache.acquire("a", bytes(0), Wanted.ALWAYS).close();
        cache.acquire("c", bytes(20), Wanted.ALWAYS).close();
        assertThat(cache.bytes()).isEqualTo(BOUND);
        assertThat(cache.evictions()).isOne();
        assertThat(isCached(cache, "a")).as("used later than b").isTrue();
        assertThat(isCached(cache, "c")).isTrue();

        assertThatThrownBy(() -> cache.acquire("large", bytes(60), Wanted.ALWAYS))
                .as("what is in use stays")
                .hasMessageContaining("native.cache-size");
        assertThat(used.file()).exists();
        assertThat(cache.bytes()).as("no part is left").isEqualTo(60);
        assertThatThrownBy(() -> cache.acquire(
                        "growing",
                        (file, room) -> {
                            room.take(40);
                            room.take(41);
                        },
                        Wanted.ALWAYS))
                .hasMessageContaining("native.cache-size");
        assertThat(cache.bytes()).isEqualTo(60);
        used.close();
        used.close();
        SplitCache.Held large = cache.acquire("large", bytes(60), Wanted.ALWAYS);
        assertThat(used.file()).doesNotExist();
        assertThat(large.file()).exists();
        large.close();
        assertThat(cache.files()).isOne();
    }

    @Test
    void whatAFormerProcessLeftIsDeleted() throws Exception {
        Files.write(Files.createDirectories(folder.resolve("deep")).resolve("1.parquet"), new byte[10]);
        assertThat(new SplitCache(folder, BOUND).files()).isZero();
        assertThat(folder).isEmptyDirectory();
    }

    private List<Future<SplitCache.Held>> ask(SplitCache cache, SplitCache.Maker maker) {
        List<Future<SplitCache.Held>> asked = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            asked.add(callers.submit(() -> cache.acquire("key", maker, Wanted.ALWAYS)));
        }
        return asked;
    }

    private static boolean isCached(SplitCache cache, String key) throws IOException {
        long misses = cache.misses();
        cache.acquire(key, bytes(20), Wanted.ALWAYS).close();
        return cache.misses() == misses;
    }

    private static SplitCache.Maker bytes(int count) {
        return (file, room) -> Files.write(file, new byte[count]);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
