package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.StreamTableCommit;
import org.apache.paimon.table.sink.StreamTableWrite;
import org.apache.paimon.table.sink.StreamWriteBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many lookups a core carries while a writer commits. It runs when it is asked for by name, with {@code
 * -Dweir.rates.rows} for another number of rows than a million, and asserts nothing about time.
 */
final class PointRates {

    private static final int ROWS = Integer.getInteger("weir.rates.rows", 1_000_000);
    private static final int BUCKETS = 4;
    private static final int UPSERTS = 5_000;
    private static final long COMMIT_EVERY_MILLIS = 2_000;
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);

    @TempDir
    private Path folder;

    @Test
    void lookupsBesideAWriter() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "" + BUCKETS));
                IOManager spill = IOManager.create(folder.toString());
                PointLookups lookups = new PointLookups(folder.resolve("points"), 4L << 30, 4, Clock.systemUTC())) {
            StreamWriteBuilder builder = table.table().newStreamWriteBuilder();
            try (StreamTableWrite write = builder.newWrite();
                    StreamTableCommit commit = builder.newCommit()) {
                write.withIOManager(spill);
                long began = System.nanoTime();
                for (long id = 0; id < ROWS; id++) {
                    write.write(row(id, 0));
                    if (id % 500_000 == 499_999) {
                        commit.commit(id, write.prepareCommit(false, id));
                    }
                }
                commit.commit(ROWS, write.prepareCommit(true, ROWS));
                print("load of %d rows, s: %.1f", ROWS, (System.nanoTime() - began) / 1e9);
                FileStoreTable store = table.table();
                began = System.nanoTime();
                for (long id = 0; id < 1000; ) {
                    id += lookups.lookup(store, keys(id, 1), KeyTable.COLUMNS) instanceof PointAnswer.Found ? 1 : 0;
                    Thread.onSpinWait();
                }
                print("first touch to first 1000 answers, s: %.1f", (System.nanoTime() - began) / 1e9);
                AtomicBoolean done = new AtomicBoolean();
                ExecutorService threads = Executors.newCachedThreadPool();
                try {
                    Future<?> writer = threads.submit(() -> {
                        upsert(write, commit, lookups, store, done);
                        return null;
                    });
                    for (int clients : new int[] {1, 1, 2}) {
                        for (int count : new int[] {1, 10}) {
                            measure(threads, lookups, store, clients, count);
                        }
                    }
                    done.set(true);
                    writer.get();
                } finally {
                    done.set(true);
                    threads.shutdown();
                }
                print("%s", lookups.stats());
            }
        }
    }

    private static void upsert(
            StreamTableWrite write,
            StreamTableCommit commit,
            PointLookups lookups,
            FileStoreTable store,
            AtomicBoolean done)
            throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        List<Long> visible = new ArrayList<>();
        long next = System.nanoTime();
        for (int round = 1; !done.get(); round++) {
            long last = 0;
            for (int i = 0; i < UPSERTS; i++) {
                last = random.nextLong(ROWS);
                write.write(row(last, round));
            }
            commit.commit(ROWS + round, write.prepareCommit(false, ROWS + round));
            long began = System.nanoTime();
            if (lookups.lookup(store, keys(last, 1), KeyTable.COLUMNS) instanceof PointAnswer.Found found) {
                assertThat(found.rows().get(0).getInt(2)).isEqualTo(round);
                visible.add(System.nanoTime() - began);
            }
            next += TimeUnit.MILLISECONDS.toNanos(COMMIT_EVERY_MILLIS);
            while (!done.get() && System.nanoTime() < next) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        long[] sorted = visible.stream().mapToLong(nanos -> nanos).sorted().toArray();
        print(
                "commit to its row, ms: median %.1f, most %.1f of %d",
                sorted[sorted.length / 2] / 1e6, sorted[sorted.length - 1] / 1e6, sorted.length);
    }

    private static void measure(
            ExecutorService threads, PointLookups lookups, FileStoreTable store, int clients, int count)
            throws Exception {
        List<Future<double[]>> all = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            all.add(threads.submit(() -> ask(lookups, store, count)));
        }
        double rate = 0;
        double core = 0;
        long notReady = 0;
        double p99 = 0;
        double most = 0;
        for (Future<double[]> each : all) {
            double[] figures = each.get();
            rate += figures[0];
            core += figures[1] / clients;
            notReady += (long) figures[2];
            p99 = Math.max(p99, figures[3]);
            most = Math.max(most, figures[4]);
        }
        print(
                "clients=%d keys=%d: %.0f lookups/s, %.0f per second of a core, p99 %.3f ms, most %.1f ms, not ready %d",
                clients, count, rate, core, p99, most, notReady);
    }

    private static double[] ask(PointLookups lookups, FileStoreTable store, int count) throws Exception {
        var cpu = ManagementFactory.getThreadMXBean();
        SplittableRandom random = new SplittableRandom();
        long asked = 0;
        long notReady = 0;
        long[] took = new long[4_000_000];
        long cpuBegan = cpu.getCurrentThreadCpuTime();
        long began = System.nanoTime();
        long now = began;
        while (now - began < WINDOW_NANOS) {
            PointAnswer answer = lookups.lookup(store, keys(random.nextLong(ROWS), count), KeyTable.COLUMNS);
            if (answer instanceof PointAnswer.Found found) {
                assertThat(found.rows().size() == count).isTrue();
            } else {
                notReady++;
            }
            long after = System.nanoTime();
            took[(int) (asked++ % took.length)] = after - now;
            now = after;
        }
        double seconds = (now - began) / 1e9;
        double cpuSeconds = (cpu.getCurrentThreadCpuTime() - cpuBegan) / 1e9;
        long[] sorted = Arrays.copyOf(took, (int) Math.min(asked, took.length));
        Arrays.sort(sorted);
        return new double[] {
            asked / seconds,
            asked / cpuSeconds,
            notReady,
            sorted[(int) (sorted.length * 0.99)] / 1e6,
            sorted[sorted.length - 1] / 1e6
        };
    }

    private static List<Object[]> keys(long first, int count) {
        List<Object[]> keys = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            keys.add(KeyTable.key((first + i * 7919L) % ROWS));
        }
        return keys;
    }

    private static InternalRow row(long id, int round) {
        return KeyTable.upsert(id, "a comment of some forty bytes, number " + id, round);
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
