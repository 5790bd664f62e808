package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.RecentlyUsed;
import dev.weirhouse.olap.paimon.SplitFiles.Stored;
import dev.weirhouse.olap.paimon.TableHeads.Head;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.paimon.Snapshot;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.reader.RecordReader;
import org.apache.paimon.reader.RecordReaderIterator;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.DeletionFile;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.table.source.snapshot.TimeTravelUtil;
import org.apache.paimon.types.RowType;

/** The Parquet files that hold tables at snapshots, and how their rows are read out of them; thread-safe. */
public final class TableFiles {

    private static final int REMEMBERED = 10_000;

    /** How many files are made at once: each takes a reader of Paimon's, and up to a row group of memory. */
    private static final int COPIERS = 2;

    /** How long a query waits to have a file made, before it is left to Flink. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How many of a table's files EXPLAIN names. */
    private static final int NAMED_FILES = 20;

    /** How soon a query that waits for its turn notices that nobody waits for it. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private static final long ROWS_BETWEEN_LOOKS = 10_000;

    private final Semaphore copiers = new Semaphore(COPIERS);
    private final SplitCache cache;
    private final LocalFolders folders;
    private final SnapshotPlans plans;
    /** Stands for a file that is not made, because nobody reads it. */
    private static final Path NOT_MADE = Path.of("copy.parquet");

    private final SnapshotLeases leases;

    /** What snapshots were when they were last read, by table and number. */
    private final RecentlyUsed<String, String> heads = new RecentlyUsed<>(REMEMBERED);

    /**
     * @param folder where the cache lies
     * @param maxBytes the cache's bound
     * @param folders the folders whose files the engine may read where they lie, by the address that Paimon knows each
     *     under
     * @param leases keep the snapshots that are read
     */
    public TableFiles(Path folder, long maxBytes, Map<String, Path> folders, SnapshotLeases leases) {
        this.leases = requireNonNull(leases, "leases are null");
        this.cache = new SplitCache(folder, maxBytes);
        this.folders = new LocalFolders(folders);
        this.plans = new SnapshotPlans(this.folders);
    }

    /**
     * How the rows of a table are read at a place of a query; the files stay until the answer is closed.
     *
     * @param head the snapshot; empty when the place names a moment that is no number of a snapshot
     * @param columns the wanted ones
     * @param conditions hold for each wanted row: files that can have none are left out, other rows are not
     * @param parameters of the conditions
     * @param wanted asked while files are copied
     * @throws IOException when Paimon cannot read it, {@link Wanted.NoLongerException} when it is not wanted any more
     */
    public Reading read(
            TableRead read,
            Optional<Head> head,
            List<ReadColumn> columns,
            List<ScanCondition> conditions,
            List<?> parameters,
            Wanted wanted)
            throws IOException {
        return read(read, head, columns, conditions, parameters, Optional.of(wanted));
    }

    /** As {@link #read}, to tell what would be read: no file is copied, and the rows cannot be read. */
    public Reading look(
            TableRead read,
            Optional<Head> head,
            List<ReadColumn> columns,
            List<ScanCondition> conditions,
            List<?> parameters)
            throws IOException {
        return read(read, head, columns, conditions, parameters, Optional.empty());
    }

    /** @param wanted empty to look only */
    private Reading read(
            TableRead read,
            Optional<Head> head,
            List<ReadColumn> columns,
            List<ScanCondition> conditions,
            List<?> parameters,
            Optional<Wanted> wanted)
            throws IOException {
        if (head.isPresent() && head.get().id() == 0) {
            // By now the table may have its first commit.
            Reading nothing = new Reading(read.table(), Optional.empty(), wanted);
            nothing.sql = new RelationSql(columns, read.table().schema(), Map.of()).sql();
            return nothing;
        }
        if (head.isEmpty()) {
            return read(read.pinned(), columns, conditions, parameters, wanted);
        }
        FileStoreTable table = read.at(head.get().id());
        forgetReplaced(table, head.get());
        return read(table, columns, conditions, parameters, wanted);
    }

    /** Paimon remembers snapshots by their numbers, and after a rollback a number is given again. */
    private void forgetReplaced(FileStoreTable table, Head head) {
        String before;
        synchronized (heads) {
            before =
                    heads.put(table.location() + "|" + table.coreOptions().branch() + "|" + head.id(), head.identity());
        }
        if (!head.identity().equals(before)) {
            table.snapshotManager().invalidateCache();
        }
    }

    /**
     * How the rows of a table are read; the files stay until the answer is closed.
     *
     * @param table fixed to a snapshot
     * @param columns the wanted ones
     * @param conditions hold for each wanted row: files that can have none are left out, other rows are not
     * @param parameters of the conditions
     * @throws IOException when Paimon cannot read it
     */
    public Reading read(
            FileStoreTable table, List<ReadColumn> columns, List<ScanCondition> conditions, List<?> parameters)
            throws IOException {
        return read(table, columns, conditions, parameters, Optional.of(Wanted.ALWAYS));
    }

    private Reading read(
            FileStoreTable table,
            List<ReadColumn> columns,
            List<ScanCondition> conditions,
            List<?> parameters,
            Optional<Wanted> wanted)
            throws IOException {
        requireNonNull(table, "table is null");
        Optional<Snapshot> snapshot = TimeTravelUtil.tryTravelToSnapshot(table);
        Reading reading = new Reading(table, snapshot, wanted);
        try {
            // A tag keeps its files by itself, also when its snapshot has expired.
            if (snapshot.isPresent() && table.coreOptions().scanTagName() == null) {
                reading.lease = leases.lease(table, snapshot.get().id());
            }
            SnapshotFiles files =
                    plans.files(table, snapshot, Conditions.predicate(table.rowType(), conditions, parameters));
            RelationSql relation = new RelationSql(columns, table.schema(), files.schemas());
            for (SplitFiles split : files.splits()) {
                if (split.stored().isPresent() && relation.reads(split.stored().get())) {
                    readInPlace(table, split.stored().get(), relation, reading);
                } else {
                    readThroughPaimon(table, split.split(), columns, relation, reading);
                }
            }
            reading.sql = relation.sql();
            return reading;
        } catch (IOException | RuntimeException e) {
            reading.close();
            throw e;
        }
    }

    private void readInPlace(FileStoreTable table, Stored stored, RelationSql relation, Reading reading)
            throws IOException {
        for (StoredFile file : stored.plain()) {
            DeletionFile deletions = file.deletions();
            if (deletions == null) {
                relation.addPlain(file);
            } else if (reading.wanted.isEmpty()) {
                relation.addDeleted(file, NOT_MADE);
            } else {
                relation.addDeleted(
                        file,
                        reading.hold(cache.acquire(
                                DeletedPositions.key(deletions),
                                (made, room) -> DeletedPositions.write(table.fileIO(), deletions, file.rows(), made),
                                reading.wanted.get())));
            }
        }
        relation.addLayers(stored);
        List<StoredFile> all = new ArrayList<>(stored.plain());
        all.addAll(stored.young());
        stored.older().forEach(all::addAll);
        reading.inPlace += all.size();
        all.forEach(file -> reading.names.add(file.path().getFileName().toString()));
    }

    private void readThroughPaimon(
            FileStoreTable table, Split split, List<ReadColumn> columns, RelationSql relation, Reading reading)
            throws IOException {
        List<String> names = columns.stream().map(ReadColumn::name).toList();
        // DuckDB's tables have columns, and so do their files.
        List<String> copied = names.isEmpty() ? table.rowType().getFieldNames().subList(0, 1) : names;
        String key = table.location() + "|" + table.schema().id() + "|" + reading.options() + "|" + copied + "|"
                + describe(split);
        if (reading.wanted.isEmpty()) {
            relation.addCopy(NOT_MADE);
        } else {
            Wanted wanted = reading.wanted.get();
            relation.addCopy(reading.hold(cache.acquire(
                    key,
                    (made, room) -> copy(table, split, table.rowType().project(copied), made, room, wanted),
                    wanted)));
        }
        if (split instanceof DataSplit data) {
            reading.throughPaimon += data.dataFiles().size();
            data.dataFiles().forEach(file -> reading.names.add(file.fileName()));
        } else {
            reading.throughPaimon++;
        }
    }

    /** What a split's rows come from; data files and deletion vectors never change. */
    private static String describe(Split split) {
        if (!(split instanceof DataSplit data)) {
            return String.valueOf(split);
        }
        String deletions = data.deletionFiles()
                .map(list -> list.stream()
                        .map(deletion -> deletion == null ? "-" : DeletedPositions.key(deletion))
                        .collect(Collectors.joining(",")))
                .orElse("");
        return data.bucketPath() + "|"
                + data.dataFiles().stream().map(file -> file.fileName()).collect(Collectors.joining(",")) + "|"
                + deletions;
    }

    private void copy(FileStoreTable table, Split split, RowType type, Path target, SplitCache.Room room, Wanted wanted)
            throws IOException {
        awaitCopier(wanted);
        try (RecordReader<InternalRow> reader =
                        table.newReadBuilder().withReadType(type).newRead().createReader(split);
                RecordReaderIterator<InternalRow> rows = new RecordReaderIterator<>(reader);
                LocalParquet out = new LocalParquet(type, target)) {
            for (long row = 1; rows.hasNext(); row++) {
                out.add(rows.next());
                if (row % ROWS_BETWEEN_LOOKS == 0) {
                    room.take(Files.size(target));
                }
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Paimon cannot read " + describe(split), e);
        } finally {
            copiers.release();
        }
    }

    private void awaitCopier(Wanted wanted) throws IOException {
        try {
            for (Instant until = Instant.now().plus(PATIENCE); ; wanted.check()) {
                if (copiers.tryAcquire(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                } else if (Instant.now().isAfter(until)) {
                    throw new IOException("other tables are being read through Paimon");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while other tables were read through Paimon");
        }
    }

    /** Bytes in the cache. */
    public long cachedBytes() {
        return cache.bytes();
    }

    /** Files in the cache. */
    public int cachedFiles() {
        return cache.files();
    }

    /** How often a file was in the cache. */
    public long hits() {
        return cache.hits();
    }

    /** How often a file had to be made. */
    public long misses() {
        return cache.misses();
    }

    /** How often a file was let go for another. */
    public long evictions() {
        return cache.evictions();
    }

    /** A table while it is read. */
    public final class Reading implements AutoCloseable {

        private final List<SplitCache.Held> held = new ArrayList<>();
        private String sql = "";
        private final List<String> names = new ArrayList<>();
        private int inPlace;
        private int throughPaimon;

        private final FileStoreTable table;

        private final Optional<Snapshot> snapshot;
        private final Optional<Wanted> wanted;
        private String options;
        private SnapshotLeases.Lease lease;

        private Reading(FileStoreTable table, Optional<Snapshot> snapshot, Optional<Wanted> wanted) {
            this.table = table;
            this.snapshot = snapshot;
            this.wanted = wanted;
        }

        /** What a copy depends on beside its split: a hint may change how rows are merged. */
        private String options() {
            if (options == null) {
                options = PaimonTables.withoutMoment(table.options()).toString();
            }
            return options;
        }

        private Path hold(SplitCache.Held file) {
            held.add(file);
            return file.file();
        }

        /** A {@code SELECT} of the table's rows; its columns are the wanted ones, by name and of the wanted types. */
        public String sql() {
            return sql;
        }

        /** What EXPLAIN says of it. */
        public String summary() {
            int read = inPlace + throughPaimon;
            String some = names.stream().limit(NAMED_FILES).collect(Collectors.joining(", "));
            return (snapshot.isPresent() ? read + " of " + ofFiles() + " files, " : "") + inPlace + " where they lie, "
                    + throughPaimon + " through Paimon" + (some.isEmpty() ? "" : ": " + some)
                    + (names.size() > NAMED_FILES ? ", …" : "");
        }

        /** How many of the table's files the engine reads where they lie. */
        public int inPlace() {
            return inPlace;
        }

        /** How many of the table's files Paimon has read for the engine, now or before. */
        public int throughPaimon() {
            return throughPaimon;
        }

        /** How many files the table has; asks Paimon once a snapshot. */
        public int ofFiles() {
            return plans.files(table, snapshot, null).files();
        }

        @Override
        public void close() {
            held.forEach(SplitCache.Held::close);
            held.clear();
            if (lease != null) {
                lease.close();
            }
        }
    }
}
