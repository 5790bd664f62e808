package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.paimon.TableRead;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.table.data.RowData;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.PrimaryKeyFileStoreTable;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypeRoot;

/**
 * Rows of Paimon tables by whole primary keys, at the newest commit.
 *
 * <p>A data file is read once, into a {@linkplain KeyFile local file} that is asked by key. Data files never change, so a
 * commit costs what it added. Small ones are read when a question first needs them; larger ones in the background, and
 * meanwhile the answer is {@link PointAnswer.NotReady}, unless the file is the product of a compaction: that changed no
 * row, so what it replaced goes on answering.
 *
 * <p>The local files together stay within a number of bytes, and so many tables are open at most: the one unused for
 * longest goes first, and none that was used within the last {@link #REST}. What a question is reading stays until it has
 * its answer. On the heap is what Paimon's manifests say of each file, and nothing of the rows. Thread-safe.
 */
public final class PointLookups implements AutoCloseable {

    /** The largest data file that a question waits for. */
    static final long ROWS_IN_PLACE = 20_000;

    static final long BYTES_IN_PLACE = 4L << 20;

    /** After what time a file that could not be built is tried again. */
    static final Duration RETRY_AFTER = Duration.ofMinutes(1);

    /** How long a table has not been used before it makes room for another. */
    static final Duration REST = Duration.ofSeconds(30);

    /** Files that wait to be built. */
    private static final int MAX_QUEUED = 4096;

    private final PointRoom room;
    private final int maxTables;
    private final Clock clock;
    private final long rowsInPlace;
    private final ThreadPoolExecutor builder;
    private final Map<Key, PointTable> tables = new HashMap<>();
    private final LongAdder lookups = new LongAdder();
    private final LongAdder notReady = new LongAdder();
    private final AtomicLong refreshes = new AtomicLong();
    private boolean closed;

    /** A table under one schema; made anew, it has another time. */
    private record Key(String location, String branch, long schema, long schemaTime) {}

    /**
     * Figures since the start, and as they are now.
     *
     * @param lookups questions
     * @param notReady those of them that had no answer
     * @param refreshes how often a table's view moved on
     * @param bytes in local files
     * @param tables that are open
     */
    public record Stats(long lookups, long notReady, long refreshes, long bytes, int tables) {}

    /**
     * @param folder for local files, emptied now; no other may use it
     * @param maxDiskBytes what they may take together
     * @param maxTables how many tables are open at most
     */
    public PointLookups(Path folder, long maxDiskBytes, int maxTables, Clock clock) {
        this(folder, maxDiskBytes, maxTables, clock, ROWS_IN_PLACE);
    }

    /** @param rowsInPlace of how many rows a data file is at most that a question waits for */
    PointLookups(Path folder, long maxDiskBytes, int maxTables, Clock clock, long rowsInPlace) {
        if (maxDiskBytes < 0 || maxTables < 1) {
            throw new IllegalArgumentException("No room: " + maxDiskBytes + " bytes, " + maxTables + " tables");
        }
        this.room = new PointRoom(folder, maxDiskBytes);
        this.maxTables = maxTables;
        this.clock = requireNonNull(clock, "clock is null");
        this.rowsInPlace = rowsInPlace;
        this.builder = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), task -> {
            Thread thread = new Thread(task, "point-lookup-files");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Why a table is not served, as a clause; empty when it is. */
    public static Optional<String> refusal(FileStoreTable table) {
        if (!(table instanceof PrimaryKeyFileStoreTable)) {
            return Optional.of("it is no plain table with a primary key");
        }
        CoreOptions options = table.coreOptions();
        if (table.bucketMode() != BucketMode.HASH_FIXED) {
            return Optional.of("its number of buckets is not fixed");
        }
        if (options.mergeEngine() != CoreOptions.MergeEngine.DEDUPLICATE) {
            return Optional.of("its merge engine is " + options.mergeEngine());
        }
        if (!options.sequenceField().isEmpty()) {
            return Optional.of("it has a sequence field");
        }
        if (options.deletionVectorsEnabled()) {
            return Optional.of("it has deletion vectors");
        }
        if (options.ignoreDelete()) {
            return Optional.of("it ignores deletes");
        }
        if (options.recordLevelExpireTime() != null) {
            return Optional.of("its records expire");
        }
        if (options.queryAuthEnabled()) {
            return Optional.of("its catalog says who may read which rows");
        }
        if (options.startupMode() != CoreOptions.StartupMode.LATEST_FULL) {
            return Optional.of("it is not read at its newest snapshot");
        }
        if (((PrimaryKeyFileStoreTable) table).catalogEnvironment().supportsVersionManagement()) {
            return Optional.of("its catalog keeps its snapshots");
        }
        return table.rowType().getFields().stream()
                .filter(field -> !isServed(field, table.primaryKeys()))
                .findFirst()
                .map(field -> "its column " + field.name() + " is of type " + field.type());
    }

    private static boolean isServed(DataField field, List<String> keys) {
        DataType type = field.type();
        return switch (type.getTypeRoot()) {
            // 0.0 and -0.0 are equal, and two keys.
            case FLOAT, DOUBLE, ARRAY, MAP, MULTISET, ROW -> !keys.contains(field.name());
            default -> isPlain(type.getTypeRoot());
        };
    }

    private static boolean isPlain(DataTypeRoot root) {
        return switch (root) {
            case CHAR,
                    VARCHAR,
                    BOOLEAN,
                    BINARY,
                    VARBINARY,
                    DECIMAL,
                    TINYINT,
                    SMALLINT,
                    INTEGER,
                    BIGINT,
                    DATE,
                    TIME_WITHOUT_TIME_ZONE,
                    TIMESTAMP_WITHOUT_TIME_ZONE,
                    TIMESTAMP_WITH_LOCAL_TIME_ZONE -> true;
            default -> false;
        };
    }

    /**
     * The rows of some keys, all of one commit.
     *
     * @param table not fixed to a snapshot, of its latest schema, and not {@linkplain #refusal refused}
     * @param keys each the values of the primary key's columns in the order of the primary key, as Flink's internal data
     *     ({@code Integer} for a DATE, {@code StringData}, {@code DecimalData} of the column's scale …), none null; a key
     *     given twice counts once
     * @param columns those of the answer's rows, in order
     * @throws IOException when a file cannot be read
     * @throws IllegalArgumentException when the table is refused, a value is not of its column's type, or there is no such
     *     column
     */
    public PointAnswer lookup(FileStoreTable table, List<Object[]> keys, List<String> columns) throws IOException {
        lookups.increment();
        PointAnswer answer;
        try {
            answer = table(table).lookup(keys, columns);
        } catch (NotReadyException e) {
            answer = new PointAnswer.NotReady(e.getMessage());
        }
        if (answer instanceof PointAnswer.NotReady) {
            notReady.increment();
        }
        return answer;
    }

    /** Rows with the cut that they are of, as a run records it. */
    public record Rows(String cut, List<RowData> rows) {
        public Rows {
            requireNonNull(cut, "cut is null");
            rows = List.copyOf(rows);
        }
    }

    /**
     * As {@link #lookup(FileStoreTable, List, List)}, of a table that a query reads.
     *
     * @return empty when there is no answer now
     */
    public Optional<Rows> lookup(TableRead read, List<Object[]> keys, List<String> columns) throws IOException {
        if (!(lookup(read.table(), keys, columns) instanceof PointAnswer.Found found)) {
            return Optional.empty();
        }
        String snapshot = found.snapshotId() == 0 ? "" : "@" + found.snapshotId();
        return Optional.of(new Rows(read.name() + "=" + read.version() + snapshot, found.rows()));
    }

    private PointTable table(FileStoreTable table) throws NotReadyException {
        Key key = new Key(
                table.location().toString(),
                table.coreOptions().branch(),
                table.schema().id(),
                table.schema().timeMillis());
        refusal(table).ifPresent(reason -> {
            throw new IllegalArgumentException("No point lookups in " + table.location() + ": " + reason);
        });
        long now = clock.millis();
        while (true) {
            synchronized (tables) {
                if (closed) {
                    throw new NotReadyException("point lookups are closed");
                }
                PointTable known = tables.get(key);
                if (known == null && tables.size() < maxTables) {
                    known = open((PrimaryKeyFileStoreTable) table, key);
                    tables.put(key, known);
                }
                if (known != null) {
                    known.usedAt(now);
                    return known;
                }
            }
            if (!letOneGo(key)) {
                throw new NotReadyException(maxTables + " other tables are in use");
            }
        }
    }

    private PointTable open(PrimaryKeyFileStoreTable table, Key key) {
        PointSource source = new PointSource(
                table.store(), table.schema().logicalRowType(), room, () -> letOneGo(key), clock, rowsInPlace);
        return new PointTable(table, source, builder, refreshes);
    }

    /** Lets the table go that was not used for longest; false when all others were used of late. */
    private boolean letOneGo(Key except) {
        long before = clock.millis() - REST.toMillis();
        PointTable gone;
        synchronized (tables) {
            Optional<Map.Entry<Key, PointTable>> oldest = tables.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals(except))
                    .filter(entry -> entry.getValue().lastUsed() <= before)
                    .min(Comparator.comparingLong(entry -> entry.getValue().lastUsed()));
            if (oldest.isEmpty()) {
                return false;
            }
            gone = tables.remove(oldest.get().getKey());
        }
        gone.close();
        return true;
    }

    public Stats stats() {
        int open;
        synchronized (tables) {
            open = tables.size();
        }
        return new Stats(lookups.sum(), notReady.sum(), refreshes.get(), room.bytes(), open);
    }

    /** Lets all tables go; a question that is being answered ends first. */
    @Override
    public void close() {
        List<PointTable> all;
        synchronized (tables) {
            closed = true;
            all = List.copyOf(tables.values());
            tables.clear();
        }
        // A build ends by itself once its table is closed.
        builder.getQueue().clear();
        builder.shutdown();
        all.forEach(PointTable::close);
        boolean interrupted = false;
        while (true) {
            try {
                if (builder.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
