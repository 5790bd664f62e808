package dev.weirhouse.catalog.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Lane;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one store, played by two stores on one file. */
final class JobStoreTest {

    private static final Caller CALLER = Caller.internal("lease test");
    private static final Duration LEASE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Instant now = Instant.parse("2001-01-01T00:00:00Z");
    private StateStore one;
    private StateStore two;

    @BeforeEach
    void open() {
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        one = StateStore.open(folder.resolve("state.db"), clock);
        two = StateStore.open(folder.resolve("state.db"), clock);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void aLeaseKeepsOthersOutUntilItEnds() {
        JobRow job =
                one.jobs().create("j", Lane.STREAM, "INSERT …", CALLER, LEASE).orElseThrow();
        assertThat(two.jobs().create("j", Lane.STREAM, "INSERT …", CALLER, LEASE))
                .isEmpty();
        assertThat(two.jobs().take(job.id(), LEASE)).isEmpty();
        now = now.plusSeconds(29);
        assertThat(one.jobs().renew(job, LEASE)).isTrue();
        now = now.plusSeconds(29);
        assertThat(two.jobs().take(job.id(), LEASE)).isEmpty();
        now = now.plusSeconds(2);
        JobRow taken = two.jobs().take(job.id(), LEASE).orElseThrow();
        assertThat(taken.epoch()).isEqualTo(job.epoch() + 1);
    }

    @Test
    void writesOfAFormerOwnerFindNothing() {
        JobRow job =
                one.jobs().create("j", Lane.STREAM, "INSERT …", CALLER, LEASE).orElseThrow();
        now = now.plusSeconds(31);
        JobRow taken = two.jobs().take(job.id(), LEASE).orElseThrow();
        assertThat(one.jobs().renew(job, LEASE)).isFalse();
        assertThat(one.jobs().attempt(job, "f".repeat(32), Optional.empty())).isEmpty();
        assertThat(one.jobs().move(job, JobState.RUNNING, Optional.empty(), Optional.empty()))
                .isFalse();
        assertThat(one.jobs().revise(job, "other", CALLER, JobState.STARTING)).isFalse();
        assertThat(one.jobs().delete(job)).isFalse();
        assertThat(two.jobs().move(taken, JobState.RUNNING, Optional.empty(), Optional.empty()))
                .isTrue();
        assertThat(one.jobs().find("j").orElseThrow().state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void ofManyThatTakeAtOnceOneGetsTheJob() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        JobRow job =
                one.jobs().create("j", Lane.STREAM, "INSERT …", CALLER, LEASE).orElseThrow();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 25; round++) {
                now = now.plusSeconds(31);
                List<Callable<Boolean>> takers = new ArrayList<>();
                takers.add(() -> one.jobs().take(job.id(), LEASE).isPresent());
                takers.add(
                        random.nextInt(2),
                        () -> two.jobs().take(job.id(), LEASE).isPresent());
                int winners = 0;
                for (Future<Boolean> taken : pool.invokeAll(takers)) {
                    winners += taken.get() ? 1 : 0;
                }
                assertThat(winners).as("seed %s round %s", seed, round).isEqualTo(1);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
