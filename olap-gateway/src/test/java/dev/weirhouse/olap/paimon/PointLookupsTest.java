package dev.weirhouse.olap.paimon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.SettableClock;
import dev.weirhouse.testkit.fault.SeededFaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.schema.SchemaChange;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.types.DataTypes;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Lookups in tables as they change, against what was written. {@code -Dweir.rounds} makes a run longer. */
final class PointLookupsTest {

    private static final int ROUNDS = Integer.getInteger("weir.rounds", 16);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long DISK = 1L << 30;

    @TempDir
    private Path folder;

    private final SettableClock clock = SettableClock.ticking();

    @TestFactory
    Stream<DynamicTest> everyCommitIsSeenAtOnce() {
        return SeededFaults.tests(4, faults -> {
            RandomGenerator chance = faults.fork("commits");
            int buckets = chance.nextBoolean() ? 1 : 4;
            Path own = Files.createTempDirectory(folder, "seed");
            Map<String, String> options = new HashMap<>(Map.of("bucket", "" + buckets));
            options.put("write-only", "" + chance.nextBoolean());
            options.put("num-sorted-run.compaction-trigger", "3");
            if (chance.nextBoolean()) {
                options.put("changelog-producer", "lookup");
            }
            if (chance.nextBoolean()) {
                options.putAll(Map.of("snapshot.num-retained.min", "1", "snapshot.num-retained.max", "2"));
            }
            try (KeyTable table = new KeyTable(own, options);
                    PointLookups lookups = new PointLookups(
                            own.resolve("points"), DISK, 4, clock, chance.nextBoolean() ? 20 : 20_000)) {
                Map<Long, String> model = new TreeMap<>();
                check(lookups, table, model);
                for (int round = 0; round < ROUNDS; round++) {
                    List<GenericRow> rows = new ArrayList<>();
                    for (int i = chance.nextInt(1, chance.nextBoolean() ? 4 : 60); i > 0; i--) {
                        long id = chance.nextInt(100);
                        if (chance.nextInt(4) == 0) {
                            rows.add(KeyTable.delete(id));
                            model.remove(id);
                        } else {
                            rows.add(KeyTable.upsert(id, round + "/" + i, i));
                            model.put(id, round + "/" + i);
                        }
                    }
                    table.commit(rows);
                    if (chance.nextInt(3) > 0) {
                        check(lookups, table, model);
                    }
                    if (chance.nextInt(5) == 0) {
                        table.compact(buckets);
                        check(lookups, table, model);
                    }
                }
                check(lookups, table, model);
            }
        });
    }

    @Test
    void aLargeFileIsBuiltAsideAndACompactionIsNotFelt() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "1", "write-only", "true"));
                PointLookups lookups = open(folder, DISK, 4)) {
            table.commit(rows(60_000, "old"));
            assertThat(lookups.lookup(table.table(), keys(7), KeyTable.COLUMNS))
                    .isInstanceOf(PointAnswer.NotReady.class);
            assertThat(ready(lookups, table, 7)).containsExactly("old");
            for (int round = 0; round < 3; round++) {
                String now = "new" + round;
                table.commit(List.of(KeyTable.upsert(7, now, 0), KeyTable.delete(8 + round)));
                table.compact(1);
                long compacted = table.newest();
                // The compacted file is as large as the first, and yet there is an answer at once.
                assertThat(found(lookups, table, 7, 8 + round, 59_999)).containsExactly(now, "old");
                assertThat(snapshot(lookups, table)).isEqualTo(compacted);
                table.commit(List.of(KeyTable.upsert(8 + round, "back" + round, 0)));
                assertThat(found(lookups, table, 7, 8 + round)).containsExactly(now, "back" + round);
            }
            Eventually.within(LONG).holds("only the table's own files are left", () -> {
                try (Stream<Path> files = Files.list(folder.resolve("points"))) {
                    assertThat(files.count()).isLessThanOrEqualTo(2);
                }
            });
            assertThat(found(lookups, table, 7, 10)).containsExactly("new2", "back2");
        }
        assertThat(folder.resolve("points")).isEmptyDirectory();
    }

    @Test
    void readersSeeCommittedStatesOnlyAndNoneFromBeforeTheirQuestion() throws Exception {
        int keys = 40;
        try (KeyTable table = new KeyTable(
                        folder,
                        Map.of(
                                "bucket", "4",
                                "num-sorted-run.compaction-trigger", "3",
                                "snapshot.num-retained.min", "2",
                                "snapshot.num-retained.max", "4"));
                PointLookups lookups = open(folder, DISK, 4)) {
            AtomicLong committed = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();
            write(table, keys, 0);
            FileStoreTable store = table.table();
            Callable<Long> reader = () -> {
                long asked = 0;
                while (!done.get()) {
                    long before = committed.get();
                    List<String> rows = values(
                            lookups.lookup(store, keys(LongStream.range(0, keys).toArray()), KeyTable.COLUMNS));
                    assertThat(rows).hasSize(keys);
                    assertThat(rows.stream().distinct()).as("of one commit").hasSize(1);
                    assertThat(Long.parseLong(rows.get(0))).isGreaterThanOrEqualTo(before);
                    asked++;
                }
                return asked;
            };
            ExecutorService readers = Executors.newFixedThreadPool(2);
            try {
                List<Future<Long>> asked = List.of(readers.submit(reader), readers.submit(reader));
                try {
                    for (int round = 1; round <= ROUNDS; round++) {
                        write(table, keys, round);
                        committed.set(round);
                    }
                } finally {
                    done.set(true);
                }
                for (Future<Long> each : asked) {
                    assertThat(each.get()).isPositive();
                }
            } finally {
                readers.shutdown();
            }
        }
    }

    @Test
    void aTableMadeAnewIsAnother() throws Exception {
        Map<String, String> options = Map.of("bucket", "1");
        try (KeyTable table = new KeyTable(folder, options);
                PointLookups lookups = open(folder, DISK, 4)) {
            table.commit(List.of(KeyTable.upsert(1, "first", 0)));
            assertThat(found(lookups, table, 1)).containsExactly("first");
            FileStoreTable stale = table.table();
            table.drop();
            assertThatThrownBy(() -> lookups.lookup(stale, keys(1), KeyTable.COLUMNS))
                    .isInstanceOf(java.io.FileNotFoundException.class);
            table.create(options);
            assertThat(found(lookups, table, 1)).isEmpty();
            table.commit(List.of(KeyTable.upsert(1, "second", 0)));
            assertThat(found(lookups, table, 1)).containsExactly("second");
        }
    }

    @Test
    void aRollbackIsSeenThoughIdsComeAgain() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "1"));
                PointLookups lookups = open(folder, DISK, 4)) {
            for (String value : List.of("a", "b", "c")) {
                table.commit(List.of(KeyTable.upsert(1, value, 0)));
                assertThat(found(lookups, table, 1)).containsExactly(value);
            }
            table.table().rollbackTo(1);
            assertThat(found(lookups, table, 1)).containsExactly("a");
            table.commit(List.of(KeyTable.upsert(1, "x", 0)));
            assertThat(found(lookups, table, 1)).containsExactly("x");
            table.table().rollbackTo(1);
            table.commit(List.of(KeyTable.upsert(1, "y", 0)));
            table.commit(List.of(KeyTable.upsert(2, "z", 0)));
            assertThat(found(lookups, table, 1, 2)).containsExactly("y", "z");
            assertThat(snapshot(lookups, table)).isEqualTo(3);
        }
    }

    @Test
    void aSchemaChangeIsFollowed() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "2"));
                PointLookups lookups = open(folder, DISK, 4)) {
            table.commit(List.of(KeyTable.upsert(1, "one", 1)));
            FileStoreTable before = table.table();
            assertThat(found(lookups, table, 1)).containsExactly("one");
            table.alter(SchemaChange.addColumn("more", DataTypes.INT()));
            table.alter(SchemaChange.renameColumn("v", "word"));
            PointAnswer.Found evolved =
                    (PointAnswer.Found) lookups.lookup(table.table(), keys(1), List.of("more", "word"));
            assertThat(evolved.rows().get(0).isNullAt(0)).isTrue();
            assertThat(KeyTable.v(evolved.rows().get(0))).isEqualTo("one");
            table.commit(List.of(GenericRow.of(2L, org.apache.paimon.data.BinaryString.fromString("two"), 2, 20)));
            PointAnswer.Found both =
                    (PointAnswer.Found) lookups.lookup(table.table(), keys(2, 1), List.of("more", "word"));
            assertThat(both.rows().get(0).getInt(0)).isEqualTo(20);
            assertThat(KeyTable.v(both.rows().get(1))).isEqualTo("one");
            assertThat(lookups.lookup(before, keys(1), KeyTable.COLUMNS))
                    .isEqualTo(new PointAnswer.NotReady("its schema has changed since it was looked up"));
        }
    }

    @Test
    void overwritesAndAChangedNumberOfBucketsAreFollowed() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "2"));
                PointLookups lookups = open(folder, DISK, 4)) {
            table.commit(rows(30, "old"));
            assertThat(found(lookups, table, 3, 4, 5)).containsExactly("old", "old", "old");
            table.alter(SchemaChange.setOption("bucket", "5"));
            assertThat(found(lookups, table, 3, 4, 5)).containsExactly("old", "old", "old");
            overwrite(table, rows(5, "new"));
            assertThat(found(lookups, table, 0, 3, 4, 5)).containsExactly("new", "new", "new");
            overwrite(table, List.of());
            assertThat(found(lookups, table, 3)).isEmpty();
        }
    }

    @Test
    void aWriterWhoseSequenceNumbersLagIsMergedAsPaimonMerges() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "1", "write-only", "true"));
                PointLookups lookups = open(folder, DISK, 4)) {
            var builder = table.table().newBatchWriteBuilder();
            try (var slow = builder.newWrite();
                    var commit = builder.newCommit()) {
                slow.write(KeyTable.upsert(1, "slow", 0));
                table.commit(
                        List.of(KeyTable.upsert(2, "x", 0), KeyTable.upsert(3, "x", 0), KeyTable.upsert(1, "fast", 0)));
                assertThat(found(lookups, table, 1)).containsExactly("fast");
                commit.commit(slow.prepareCommit());
            }
            assertThat(read(table, 1)).containsExactly("fast");
            assertThat(found(lookups, table, 1)).containsExactly("fast");
            table.compact(1);
            assertThat(read(table, 1)).containsExactly("fast");
            assertThat(found(lookups, table, 1)).containsExactly("fast");
        }
    }

    @Test
    void theDiskBoundHoldsAndOnlyTablesAtRestMakeRoom() throws Exception {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        Map<String, String> options = Map.of("bucket", "1");
        long bound = 3L << 20;
        try (KeyTable first = new KeyTable(one, options);
                KeyTable second = new KeyTable(two, options);
                PointLookups lookups = open(folder, bound, 4)) {
            first.commit(rows(30_000, "first"));
            second.commit(rows(30_000, "second"));
            assertThat(ready(lookups, first, 1)).containsExactly("first");
            assertThat(lookups.stats().bytes()).isBetween(1L << 20, bound);
            Eventually.within(LONG).holds("there is no room for both", () -> {
                assertThat(lookups.lookup(second.table(), keys(1), KeyTable.COLUMNS)
                                .toString())
                        .contains("do not fit");
                assertThat(lookups.stats().bytes()).isLessThanOrEqualTo(bound);
            });
            assertThat(found(lookups, first, 2)).containsExactly("first");
            clock.advance(PointLookups.REST);
            // A new file is tried at once, one that failed only later.
            second.commit(rows(25_000, "again"));
            second.compact(1);
            assertThat(ready(lookups, second, 1)).containsExactly("again");
            assertThat(lookups.stats().tables()).isOne();
            assertThat(lookups.stats().bytes()).isLessThanOrEqualTo(bound);
        }
    }

    @Test
    void aCompactionWhoseProductHasNoRoomBesideWhatItReplacedEndsThat() throws Exception {
        long bound = 5L << 20;
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "1", "write-only", "true"));
                PointLookups lookups = open(folder, bound, 4)) {
            table.commit(rows(60_000, "old"));
            assertThat(ready(lookups, table, 7)).containsExactly("old");
            assertThat(lookups.stats().bytes()).isBetween(bound / 2 + 1, bound);
            table.commit(List.of(KeyTable.upsert(7, "new", 0)));
            table.compact(1);
            Eventually.within(LONG).holds("what was replaced is let go", () -> {
                assertThat(lookups.lookup(table.table(), keys(7), KeyTable.COLUMNS)
                                .toString())
                        .contains("do not fit");
                assertThat(lookups.stats().bytes()).isLessThan(bound / 2);
            });
            clock.advance(PointLookups.RETRY_AFTER);
            assertThat(ready(lookups, table, 7, 8)).containsExactly("new", "old");
        }
    }

    @Test
    void atMostSoManyTablesAreOpen() throws Exception {
        try (PointLookups lookups = open(folder, DISK, 2)) {
            List<KeyTable> tables = new ArrayList<>();
            for (int i : IntStream.range(0, 3).toArray()) {
                tables.add(new KeyTable(Files.createDirectory(folder.resolve("t" + i)), Map.of("bucket", "1")));
                tables.get(i).commit(rows(10, "t" + i));
            }
            assertThat(found(lookups, tables.get(0), 1)).containsExactly("t0");
            assertThat(found(lookups, tables.get(1), 1)).containsExactly("t1");
            assertThat(lookups.lookup(tables.get(2).table(), keys(1), KeyTable.COLUMNS))
                    .isEqualTo(new PointAnswer.NotReady("2 other tables are in use"));
            clock.advance(PointLookups.REST);
            assertThat(found(lookups, tables.get(0), 1)).containsExactly("t0");
            assertThat(found(lookups, tables.get(2), 1)).containsExactly("t2");
            assertThat(lookups.stats().tables()).isEqualTo(2);
            try (Stream<Path> files = Files.list(folder.resolve("points"))) {
                assertThat(files).hasSize(2);
            }
            PointLookups.Stats stats = lookups.stats();
            assertThat(stats.lookups()).isEqualTo(5);
            assertThat(stats.notReady()).isOne();
            assertThat(stats.refreshes()).isEqualTo(3);
            for (KeyTable table : tables) {
                table.close();
            }
        }
    }

    @Test
    void aReaderThatIsInterruptedHarmsNoOther() throws Exception {
        try (KeyTable table = new KeyTable(folder, Map.of("bucket", "1"));
                PointLookups lookups = open(folder, DISK, 4)) {
            table.commit(rows(100, "v"));
            assertThat(found(lookups, table, 1)).containsExactly("v");
            FileStoreTable store = table.table();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> lookups.lookup(store, keys(1), KeyTable.COLUMNS))
                    .isInstanceOf(java.nio.channels.ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(found(lookups, table, 1)).containsExactly("v");
        }
    }

    @Test
    void tablesThatItCannotServeAreRefused() throws Exception {
        Map<String, Map<String, String>> refused = Map.of(
                "its number of buckets is not fixed", Map.of("bucket", "-1"),
                "its merge engine is partial-update", Map.of("bucket", "1", "merge-engine", "partial-update"),
                "it has a sequence field", Map.of("bucket", "1", "sequence.field", "n"),
                "it has deletion vectors", Map.of("bucket", "1", "deletion-vectors.enabled", "true"),
                "it ignores deletes", Map.of("bucket", "1", "ignore-delete", "true"));
        int number = 0;
        for (var each : refused.entrySet()) {
            try (KeyTable table =
                    new KeyTable(Files.createDirectory(folder.resolve("r" + number++)), each.getValue())) {
                assertThat(PointLookups.refusal(table.table())).contains(each.getKey());
            }
        }
        try (KeyTable table = new KeyTable(Files.createDirectory(folder.resolve("served")), Map.of("bucket", "1"));
                PointLookups lookups = open(folder, DISK, 4)) {
            assertThat(PointLookups.refusal(table.table())).isEmpty();
            table.commit(rows(1, "v"));
            FileStoreTable fixed = table.table().copy(Map.of("scan.snapshot-id", "1"));
            assertThat(PointLookups.refusal(fixed)).contains("it is not read at its newest snapshot");
            assertThatThrownBy(() -> lookups.lookup(fixed, keys(1), KeyTable.COLUMNS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("newest snapshot");
            assertThatThrownBy(
                            () -> lookups.lookup(table.table(), List.<Object[]>of(new Object[] {1}), KeyTable.COLUMNS))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("BIGINT");
            assertThatThrownBy(() -> lookups.lookup(table.table(), keys(1), List.of("nowhere")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nowhere");
        }
    }

    private PointLookups open(Path at, long bytes, int tables) {
        return new PointLookups(at.resolve("points"), bytes, tables, clock);
    }

    private static void write(KeyTable table, int keys, int round) throws Exception {
        table.commit(rows(keys, "" + round));
    }

    private static List<GenericRow> rows(int count, String value) {
        return IntStream.range(0, count)
                .mapToObj(id -> KeyTable.upsert(id, value, id))
                .toList();
    }

    private static void overwrite(KeyTable table, List<GenericRow> rows) throws Exception {
        var builder = table.table().newBatchWriteBuilder().withOverwrite();
        try (var write = builder.newWrite();
                var commit = builder.newCommit()) {
            for (GenericRow row : rows) {
                write.write(row);
            }
            commit.commit(write.prepareCommit());
        }
    }

    /** What Paimon's own reader says of a key. */
    private static List<String> read(KeyTable table, long id) throws Exception {
        List<String> values = new ArrayList<>();
        var builder = table.table().newReadBuilder();
        try (var reader = builder.newRead().createReader(builder.newScan().plan())) {
            reader.forEachRemaining(row -> {
                if (row.getLong(0) == id) {
                    values.add(row.getString(1).toString());
                }
            });
        }
        return values;
    }

    private static void check(PointLookups lookups, KeyTable table, Map<Long, String> model) throws Exception {
        assertThat(ready(lookups, table, LongStream.range(0, 101).toArray())).containsExactlyElementsOf(model.values());
        Long newest = table.table().snapshotManager().latestSnapshotIdFromFileSystem();
        assertThat(snapshot(lookups, table)).isEqualTo(newest == null ? 0 : newest);
    }

    private static long snapshot(PointLookups lookups, KeyTable table) throws Exception {
        PointAnswer answer = Eventually.within(LONG)
                .answers(
                        "the files are built",
                        () -> lookups.lookup(table.table(), keys(1), KeyTable.COLUMNS),
                        PointAnswer.Found.class::isInstance);
        return ((PointAnswer.Found) answer).snapshotId();
    }

    private static List<String> ready(PointLookups lookups, KeyTable table, long... ids) {
        return values(Eventually.within(LONG)
                .answers(
                        "the files are built",
                        () -> lookups.lookup(table.table(), keys(ids), KeyTable.COLUMNS),
                        PointAnswer.Found.class::isInstance));
    }

    private static List<String> found(PointLookups lookups, KeyTable table, long... ids) throws Exception {
        return values(lookups.lookup(table.table(), keys(ids), KeyTable.COLUMNS));
    }

    private static List<String> values(PointAnswer answer) {
        assertThat(answer).isInstanceOf(PointAnswer.Found.class);
        return ((PointAnswer.Found) answer).rows().stream().map(KeyTable::v).toList();
    }

    private static List<Object[]> keys(long... ids) {
        return LongStream.of(ids).mapToObj(KeyTable::key).toList();
    }
}
