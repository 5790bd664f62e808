package dev.weirhouse.olap.paimon;

import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.paimon.TableHeads.Head;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.format.FileFormat;
import org.apache.paimon.format.FormatWriter;
import org.apache.paimon.fs.PositionOutputStream;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.options.Options;
import org.apache.paimon.reader.RecordReader;
import org.apache.paimon.reader.RecordReaderIterator;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.DeletionFile;
import org.apache.paimon.table.source.RawFile;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.RowType;

/** The Parquet files that hold tables at snapshots; thread-safe. */
public final class TableFiles {

    private static final String PARQUET = "parquet";

    /** Tables at a snapshot whose list of splits is remembered. */
    private static final int PLANS = 256;

    private final SplitCache cache;
    private final List<Path> roots;
    private final Map<String, List<Split>> plans = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Split>> eldest) {
            return size() > PLANS;
        }
    };

    /**
     * @param folder where the cache lies
     * @param maxBytes the cache's bound
     * @param roots the folders whose files the engine may read where they lie
     */
    public TableFiles(Path folder, long maxBytes, List<Path> roots) {
        this.cache = new SplitCache(folder, maxBytes);
        this.roots =
                roots.stream().map(root -> root.toAbsolutePath().normalize()).toList();
    }

    /**
     * The files of a table where it is read, which stay until the answer is closed.
     *
     * @param head the snapshot; empty when the place names a moment of its own
     * @param columns says which of its columns are wanted at all
     * @throws IOException when Paimon cannot read it
     */
    public Reading read(TableRead read, Optional<Head> head, Predicate<String> columns) throws IOException {
        if (head.isPresent() && head.get().id() == 0) {
            return new Reading();
        }
        return head.isPresent()
                ? read(read.at(head.get().id()), head.get().identity(), columns)
                : read(read.pinned(), "", columns);
    }

    /**
     * The files of a table, which stay until the answer is closed.
     *
     * @param table fixed to a snapshot
     * @param columns says which of its columns are wanted at all
     * @throws IOException when Paimon cannot read it
     */
    public Reading read(FileStoreTable table, Predicate<String> columns) throws IOException {
        return read(table, "", columns);
    }

    private Reading read(FileStoreTable table, String snapshot, Predicate<String> columns) throws IOException {
        Reading reading = new Reading();
        try {
            for (Split split : splits(table, snapshot)) {
                if (!readWhereItLies(table, split, reading)) {
                    readThroughPaimon(table, split, columns, reading);
                }
            }
            return reading;
        } catch (IOException | RuntimeException e) {
            reading.close();
            throw e;
        }
    }

    private List<Split> splits(FileStoreTable table, String snapshot) {
        if (snapshot.isEmpty()) {
            return table.newReadBuilder().newScan().plan().splits();
        }
        String key = table.location() + "|" + table.options() + "|" + snapshot;
        synchronized (plans) {
            List<Split> known = plans.get(key);
            if (known != null) {
                return known;
            }
        }
        List<Split> splits = table.newReadBuilder().newScan().plan().splits();
        synchronized (plans) {
            plans.put(key, splits);
        }
        return splits;
    }

    private boolean readWhereItLies(FileStoreTable table, Split split, Reading reading) {
        if (!(split instanceof DataSplit data) || split.getClass() != DataSplit.class) {
            return false;
        }
        Optional<List<RawFile>> files = data.convertToRawFiles();
        if (files.isEmpty()
                || data.deletionFiles()
                        .map(list -> list.stream().anyMatch(Objects::nonNull))
                        .orElse(false)) {
            return false;
        }
        List<Path> paths = new ArrayList<>();
        for (RawFile file : files.get()) {
            Optional<Path> local = local(file.path());
            if (!PARQUET.equals(file.format())
                    || file.schemaId() != table.schema().id()
                    || local.isEmpty()) {
                return false;
            }
            paths.add(local.get());
        }
        reading.files.addAll(paths);
        reading.inPlace += paths.size();
        return true;
    }

    private Optional<Path> local(String path) {
        org.apache.paimon.fs.Path given = new org.apache.paimon.fs.Path(path);
        String scheme = given.toUri().getScheme();
        if (scheme != null && !scheme.equals("file")) {
            return Optional.empty();
        }
        Path local = Path.of(given.toUri().getPath()).normalize();
        return roots.stream().anyMatch(local::startsWith) ? Optional.of(local) : Optional.empty();
    }

    private void readThroughPaimon(FileStoreTable table, Split split, Predicate<String> columns, Reading reading)
            throws IOException {
        RowType all = table.rowType();
        List<String> names =
                all.getFields().stream().map(DataField::name).filter(columns).toList();
        String key = table.location() + "|" + table.schema().id() + "|" + names + "|" + describe(split);
        Path file = cache.acquire(key, made -> copy(table, split, all.project(names), made));
        reading.held.add(key);
        reading.files.add(file);
    }

    /** What a split's rows come from; data files and deletion vectors never change. */
    private static String describe(Split split) {
        if (!(split instanceof DataSplit data)) {
            return String.valueOf(split);
        }
        String deletions = data.deletionFiles()
                .map(list -> list.stream()
                        .map(deletion -> deletion == null ? "-" : text(deletion))
                        .collect(Collectors.joining(",")))
                .orElse("");
        return data.partition() + "|" + data.bucketPath() + "|"
                + data.dataFiles().stream().map(file -> file.fileName()).collect(Collectors.joining(",")) + "|"
                + deletions;
    }

    private static String text(DeletionFile deletion) {
        return deletion.path() + "@" + deletion.offset() + "+" + deletion.length();
    }

    private static void copy(FileStoreTable table, Split split, RowType type, Path target) throws IOException {
        ReadBuilder builder = table.newReadBuilder().withReadType(type);
        FileFormat parquet = FileFormat.fromIdentifier(PARQUET, new Options());
        LocalFileIO files = LocalFileIO.create();
        try (RecordReader<InternalRow> reader = builder.newRead().createReader(split);
                RecordReaderIterator<InternalRow> rows = new RecordReaderIterator<>(reader);
                PositionOutputStream out = files.newOutputStream(new org.apache.paimon.fs.Path(target.toUri()), true);
                FormatWriter writer = parquet.createWriterFactory(type).create(out, "zstd")) {
            while (rows.hasNext()) {
                writer.addElement(rows.next());
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Paimon cannot read " + describe(split), e);
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

    /** A table's files while they are read. */
    public final class Reading implements AutoCloseable {

        private final List<Path> files = new ArrayList<>();
        private final List<String> held = new ArrayList<>();
        private int inPlace;

        private Reading() {}

        public List<Path> files() {
            return List.copyOf(files);
        }

        /** What EXPLAIN says of it. */
        public String summary() {
            return files.size() + " files, " + inPlace + " of them where they lie";
        }

        /** How many of the files are the table's own. */
        public int inPlace() {
            return inPlace;
        }

        @Override
        public void close() {
            held.forEach(cache::release);
            held.clear();
        }
    }
}
