package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.paimon.SnapshotPin;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.paimon.consumer.Consumer;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.options.ExpireConfig;
import org.apache.paimon.table.FileStoreTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotLeasesTest {

    @TempDir
    private Path folder;

    private final SettableClock clock = SettableClock.standing(Instant.now());
    private LocalTables tables;
    private SnapshotLeases leases;
    private FileStoreTable table;

    @BeforeEach
    void open() throws Exception {
        tables = new LocalTables(folder.resolve("warehouse"));
        leases = new SnapshotLeases("a", clock);
        table = tables.keyed("t", Map.of("bucket", "1", "num-sorted-run.compaction-trigger", "2"));
    }

    @AfterEach
    void close() throws Exception {
        leases.close();
        tables.close();
    }

    /** Far below the second that a lease's consumer moves at, and far above a commit's look. */
    private static final long PACE_MILLIS = 50;

    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void whoPinsAgainAfterAnotherDidGoesOnWhereThatStopped() throws Exception {
        commit(8);
        SnapshotPin one = new SnapshotPin(table, "flow");
        SnapshotPin other = new SnapshotPin(table, "flow");
        one.keep(1);
        other.keep(2);
        other.keep(3);
        one.keep(4);
        expire();
        assertThat(table.snapshotManager().earliestSnapshotId())
                .as("what was kept until now stays up to the next call")
                .isEqualTo(3);
        one.keep(5);
        expire();
        assertThat(table.snapshotManager().earliestSnapshotId()).isEqualTo(4);
        other.release();
        expire();
        assertThat(table.snapshotManager().earliestSnapshotId()).isGreaterThan(5);
    }

    @Test
    void whatIsLeasedStaysAndGoesAfter() throws Exception {
        commit(2);
        long first = table.latestSnapshot().orElseThrow().id();
        FileStoreTable before = LocalTables.newest(table);
        SnapshotLeases.Lease lease = leases.lease(table, first);
        SnapshotLeases.Lease again = leases.lease(table, first);
        commit(5);
        long last = table.latestSnapshot().orElseThrow().id();
        SnapshotLeases.Lease newer = leases.lease(table, last);
        expire();
        assertThat(table.snapshotManager().earliestSnapshotId()).isEqualTo(first);
        assertThat(rows(before)).isEqualTo(1);

        lease.close();
        lease.close();
        leases.settle();
        expire();
        assertThat(table.snapshotManager().earliestSnapshotId())
                .as("a lease counts once")
                .isEqualTo(first);

        again.close();
        leases.settle();
        // What was kept before goes with the next move.
        clock.advance(SnapshotLeases.RENEW);
        leases.settle();
        expire();
        assertThat(table.snapshotManager().earliestSnapshotId()).isEqualTo(last);
        assertThatThrownBy(() -> leases.lease(table, first))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has expired");

        newer.close();
        clock.advance(SnapshotLeases.LINGER.plusSeconds(1));
        leases.settle();
        assertThat(table.consumerManager().listAllIds()).isEmpty();
    }

    @Test
    void aConsumerIsWrittenSeldom() throws Exception {
        commit(3);
        leases.lease(table, 2).close();
        assertThat(kept()).hasValue(2);
        leases.lease(table, 3).close();
        assertThat(table.consumerManager().listAllIds()).hasSize(1);
        SnapshotLeases.Lease older = leases.lease(table, 1);
        assertThat(kept()).hasValue(1);
        SnapshotLeases.Lease newer = leases.lease(table, 3);
        older.close();
        leases.settle();
        assertThat(kept()).as("a commit may be looking at what was there").hasValue(1);
        clock.advance(SnapshotLeases.RENEW);
        leases.settle();
        assertThat(kept()).hasValue(3);
        newer.close();
    }

    private OptionalLong kept() {
        return table.consumerManager().minNextSnapshot();
    }

    @Test
    void aCommitThatLooksMeanwhileSeesAWholeConsumer() throws Exception {
        commit(40);
        SnapshotPin pin = new SnapshotPin(table, "moving");
        pin.keep(1);
        AtomicBoolean moving = new AtomicBoolean(true);
        CompletableFuture<Integer> looks = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            for (long least = 1; moving.get(); count++) {
                long now = kept().orElse(0);
                assertThat(now).isGreaterThanOrEqualTo(least);
                least = now;
            }
            return count;
        });
        for (long snapshot = 2; snapshot <= 40; snapshot++) {
            pin.keep(snapshot);
            Thread.sleep(PACE_MILLIS);
        }
        moving.set(false);
        assertThat(looks.get(1, TimeUnit.MINUTES)).isPositive();
        assertThat(kept()).hasValue(39);
        pin.release();
        assertThat(table.consumerManager().listAllIds()).isEmpty();
    }

    @Test
    void theDeadAreClearedAndOthersLeftAlone() throws Exception {
        commit(1);
        table.consumerManager().resetConsumer("weirhouse-reads-dead", new Consumer(1));
        table.consumerManager().resetConsumer("weirhouse-reads-alive", new Consumer(1));
        table.consumerManager().resetConsumer("stream", new Consumer(1));
        FileTime longAgo =
                FileTime.from(clock.instant().minus(SnapshotLeases.DEAD).minus(Duration.ofMinutes(1)));
        Path consumers = Path.of(table.location().toUri()).resolve("consumer");
        Files.setLastModifiedTime(consumers.resolve("consumer-weirhouse-reads-dead"), longAgo);
        Files.setLastModifiedTime(consumers.resolve("consumer-stream"), longAgo);

        try (SnapshotLeases.Lease lease = leases.lease(table, 1)) {
            assertThat(table.consumerManager().listAllIds())
                    .containsExactlyInAnyOrder("weirhouse-reads-a-1", "weirhouse-reads-alive", "stream");
        }
        leases.close();
        assertThat(table.consumerManager().listAllIds()).containsExactlyInAnyOrder("weirhouse-reads-alive", "stream");
    }

    @Test
    void theDeadAreClearedOnATableThatIsReadWithoutPause() throws Exception {
        commit(1);
        Path consumers = Path.of(table.location().toUri()).resolve("consumer");
        try (SnapshotLeases.Lease always = leases.lease(table, 1)) {
            table.consumerManager().resetConsumer("weirhouse-reads-dead", new Consumer(1));
            table.consumerManager().resetConsumer("weirhouse-reads-alive", new Consumer(1));
            clock.advance(SnapshotLeases.DEAD);
            leases.settle();
            leases.lease(table, 1).close();
            assertThat(table.consumerManager().listAllIds())
                    .as("both may be alive still")
                    .contains("weirhouse-reads-dead", "weirhouse-reads-alive");

            Files.setLastModifiedTime(
                    consumers.resolve("consumer-weirhouse-reads-alive"), FileTime.from(clock.instant()));
            clock.advance(SnapshotLeases.RENEW);
            leases.settle();
            // The timer may have been first, and be at it.
            Eventually.within(SOON).holds("the dead one is gone", () -> assertThat(
                            table.consumerManager().listAllIds())
                    .doesNotContain("weirhouse-reads-dead"));
            assertThat(table.consumerManager().listAllIds()).contains("weirhouse-reads-alive");
            assertThat(kept()).hasValue(1);
        }
    }

    @Test
    void whoReadsNowAndThenIsNotTakenForDead() throws Exception {
        commit(1);
        leases.lease(table, 1).close();
        for (Duration passed = Duration.ZERO;
                passed.compareTo(SnapshotLeases.RENEW) <= 0;
                passed = passed.plus(SnapshotLeases.LINGER.dividedBy(2))) {
            clock.advance(SnapshotLeases.LINGER.dividedBy(2));
            leases.lease(table, 1).close();
            leases.settle();
        }
        assertThat(table.consumerManager().listAllIds())
                .as("a file of its own was written again")
                .contains("weirhouse-reads-a-2");
    }

    @Test
    void whatAKilledProcessHasLeftGoesWithTheNextOfItsHome() throws Exception {
        commit(1);
        Path journal = folder.resolve("leases.txt");
        try (SnapshotLeases killed = SnapshotLeases.open(journal, clock)) {
            killed.lease(table, 1);
            assertThat(table.consumerManager().listAllIds()).hasSize(1);
            try (SnapshotLeases next = SnapshotLeases.open(journal, clock)) {
                assertThat(table.consumerManager().listAllIds()).isEmpty();
                next.lease(table, 1).close();
                assertThat(journal).exists();
            }
            assertThat(journal).as("who ends in order leaves nothing").doesNotExist();
        }
    }

    private void commit(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            LocalTables.write(table, List.of(GenericRow.of(1L, (long) i, BinaryString.fromString("w"))));
        }
    }

    private void expire() {
        table.newExpireSnapshots()
                .config(ExpireConfig.builder()
                        .snapshotRetainMax(1)
                        .snapshotRetainMin(1)
                        .snapshotTimeRetain(Duration.ZERO)
                        .build())
                .expire();
    }

    private static long rows(FileStoreTable table) throws Exception {
        long[] rows = {0};
        table.newReadBuilder()
                .newRead()
                .createReader(table.newReadBuilder().newScan().plan())
                .forEachRemaining(row -> rows[0]++);
        return rows[0];
    }
}
