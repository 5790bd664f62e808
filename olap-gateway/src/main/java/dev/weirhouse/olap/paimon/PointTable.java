package dev.weirhouse.olap.paimon;

import dev.weirhouse.olap.paimon.SnapshotTrail.Commit;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.flink.table.data.RowData;
import org.apache.paimon.bucket.BucketFunction;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.flink.FlinkRowData;
import org.apache.paimon.table.PrimaryKeyFileStoreTable;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.RowKind;
import org.apache.paimon.types.RowType;
import org.apache.paimon.utils.ProjectedRow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One table under one schema. A question goes so:
 *
 * <ol>
 *   <li>Hold the current view. If its snapshot is the newest, ask it.
 *   <li>Otherwise make the next view, one thread at a time: by the changes of the snapshots since, or by all files where
 *       that chain is broken. Its unchanged files keep what was built of them.
 *   <li>Look up all keys in the one view. A file that is not built is built in place when it is small; otherwise it is
 *       queued and there is no answer now.
 *   <li>A data file that is gone was of an expired snapshot: make the newest view by all files and ask once more.
 * </ol>
 *
 * <p>Thread-safe.
 */
final class PointTable implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PointTable.class);

    /** Snapshots behind the newest beyond which all files are listed instead of each snapshot's changes. */
    private static final int MAX_STEPS = 64;

    private final PrimaryKeyFileStoreTable table;
    private final Executor builder;
    private final AtomicLong refreshes;
    private final SnapshotTrail trail;
    private final KeyShape shape;
    private final RowType rowType;
    private final Map<String, Integer> columns = new HashMap<>();
    private final ConcurrentLinkedQueue<KeyCodec> codecs = new ConcurrentLinkedQueue<>();
    private final PointViews views;
    private final ReentrantLock moving = new ReentrantLock();
    private volatile PointView current;
    private volatile long lastUsed;
    private volatile boolean closed;

    PointTable(PrimaryKeyFileStoreTable table, PointSource source, Executor builder, AtomicLong refreshes) {
        this.table = table;
        this.rowType = source.valueType();
        this.builder = builder;
        this.refreshes = refreshes;
        this.trail = new SnapshotTrail(table);
        this.shape = new KeyShape(
                table.schema(),
                BucketFunction.create(table.coreOptions(), table.schema().logicalBucketKeyType()));
        this.views = new PointViews(source, table.store().newKeyComparator());
        this.current = new PointView(Commit.NONE, Map.of());
        List<DataField> fields = rowType.getFields();
        for (int i = 0; i < fields.size(); i++) {
            columns.put(fields.get(i).name(), i);
        }
    }

    void usedAt(long millis) {
        lastUsed = millis;
    }

    long lastUsed() {
        return lastUsed;
    }

    PointAnswer lookup(List<Object[]> keys, List<String> projection) throws IOException {
        Set<GenericRow> rows = new LinkedHashSet<>();
        for (Object[] key : keys) {
            rows.add(shape.row(key));
        }
        int[] places = projection.stream().mapToInt(this::place).toArray();
        try {
            try {
                return lookup(rows, places, newest());
            } catch (IOException | RuntimeException e) {
                if (!isMissingFile(e)) {
                    throw e;
                }
                return lookup(rows, places, relisted());
            }
        } catch (NotReadyException e) {
            return new PointAnswer.NotReady(e.getMessage());
        }
    }

    private int place(String column) {
        Integer place = columns.get(column);
        if (place == null) {
            throw new IllegalArgumentException("There is no column " + column + " in " + table.location());
        }
        return place;
    }

    /** Looks up in a view that is held for this, and lets it go. */
    private PointAnswer lookup(Set<GenericRow> keys, int[] places, PointView view)
            throws IOException, NotReadyException {
        try {
            KeyCodec codec = Optional.ofNullable(codecs.poll()).orElseGet(() -> new KeyCodec(shape, rowType));
            try {
                return new PointAnswer.Found(view.commit().id(), rows(keys, places, view, codec));
            } finally {
                codecs.add(codec);
            }
        } finally {
            view.letGo();
        }
    }

    private List<RowData> rows(Set<GenericRow> keys, int[] places, PointView view, KeyCodec codec)
            throws IOException, NotReadyException {
        List<RowData> rows = new ArrayList<>(keys.size());
        for (GenericRow key : keys) {
            InternalRow row = lookup(key, view, codec);
            if (row != null) {
                rows.add(new FlinkRowData(ProjectedRow.from(places).replaceRow(row)));
            }
        }
        return rows;
    }

    private InternalRow lookup(GenericRow key, PointView view, KeyCodec codec) throws IOException, NotReadyException {
        PointView.Partition partition = view.partitions().get(codec.partition(key));
        if (partition == null) {
            return null;
        }
        if (partition.totalBuckets() <= 0) {
            throw new NotReadyException("a partition has files of several bucket counts");
        }
        PointBucket bucket = partition.buckets().get(codec.bucket(key, partition.totalBuckets()));
        if (bucket == null) {
            return null;
        }
        KeyFile.Entry entry;
        try {
            entry = bucket.find(codec.trimmed(key), codec);
        } catch (NotReadyException e) {
            queue(bucket);
            throw e;
        }
        return entry == null || RowKind.fromByteValue(entry.kind()).isRetract() ? null : codec.value(entry.value());
    }

    /** The view of the newest snapshot, held for the caller. */
    private PointView newest() throws IOException, NotReadyException {
        while (true) {
            PointView view = current;
            if (!view.hold()) {
                if (closed) {
                    throw new NotReadyException("its files were let go");
                }
                continue;
            }
            boolean isNewest = false;
            try {
                isNewest = trail.isNewest(view.commit());
            } finally {
                if (!isNewest) {
                    view.letGo();
                }
            }
            if (isNewest) {
                return view;
            }
            moving.lock();
            try {
                checkOpen();
                // What another thread has moved to meanwhile may be older than this question.
                if (current == view) {
                    return move(next(view));
                }
            } finally {
                moving.unlock();
            }
        }
    }

    private void checkOpen() throws NotReadyException {
        if (closed) {
            throw new NotReadyException("its files were let go");
        }
    }

    /** The newest view by all files, each bucket asked in its own; held for the caller. */
    private PointView relisted() throws IOException, NotReadyException {
        moving.lock();
        try {
            checkOpen();
            return move(listed(current));
        } finally {
            moving.unlock();
        }
    }

    private PointView next(PointView view) throws IOException, NotReadyException {
        Optional<List<PointViews.Step>> steps;
        try {
            steps = steps(view.commit());
        } catch (IOException | RuntimeException e) {
            if (!isMissingFile(e)) {
                throw e;
            }
            steps = Optional.empty();
        }
        return steps.isPresent() ? views.after(view, steps.get()) : listed(view);
    }

    private PointView listed(PointView before) throws IOException, NotReadyException {
        Commit newest = trail.newest();
        check(newest);
        return views.of(newest, trail.all(newest), before);
    }

    /**
     * The snapshots that follow one, up to the newest; empty when that cannot be told.
     *
     * <p>All but the last are looked at once more at the end: as none was replaced since it was read, they were all there
     * at that moment, each the successor of the one before it.
     */
    private Optional<List<PointViews.Step>> steps(Commit from) throws IOException, NotReadyException {
        if (from == Commit.NONE) {
            return Optional.empty();
        }
        List<Commit> chain = new ArrayList<>(List.of(from));
        for (Optional<Commit> next = trail.find(from.id() + 1); next.isPresent(); ) {
            if (chain.size() > MAX_STEPS) {
                return Optional.empty();
            }
            chain.add(next.get());
            next = trail.find(next.get().id() + 1);
        }
        List<PointViews.Step> steps = new ArrayList<>();
        for (int i = 1; i < chain.size(); i++) {
            if (!trail.exists(chain.get(i - 1))) {
                return Optional.empty();
            }
            check(chain.get(i));
            steps.add(new PointViews.Step(chain.get(i), trail.changes(chain.get(i))));
        }
        return steps.isEmpty() ? Optional.empty() : Optional.of(steps);
    }

    private void check(Commit commit) throws NotReadyException {
        if (commit == Commit.NONE) {
            return;
        }
        if (commit.snapshot().schemaId() > table.schema().id()) {
            throw new NotReadyException("its schema has changed since it was looked up");
        }
        if (commit.snapshot().indexManifest() != null) {
            throw new NotReadyException("its snapshot has indexes, which may mark rows as deleted");
        }
    }

    /** Makes a view the current one and holds it for the caller, too. */
    private PointView move(PointView next) {
        refreshes.incrementAndGet();
        next.hold();
        PointView before = current;
        current = next;
        before.letGo();
        next.partitions().values().forEach(partition -> partition.buckets().values().stream()
                .filter(bucket -> !bucket.isSettled())
                .forEach(this::queue));
        return next;
    }

    private void queue(PointBucket bucket) {
        for (FileSlot slot : bucket.toBuild()) {
            if (slot.enqueue()) {
                try {
                    builder.execute(() -> build(slot));
                } catch (RejectedExecutionException e) {
                    // As many as can wait do; a later question queues it.
                    slot.dequeue();
                    return;
                }
            }
        }
    }

    private void build(FileSlot slot) {
        try {
            slot.build();
        } catch (NotReadyException e) {
            LOG.info(
                    "table={} file={} is not built: {}",
                    table.location(),
                    slot.file().fileName(),
                    e.getMessage());
        } catch (IOException | RuntimeException e) {
            slot.fail("a data file could not be read");
            if (!isMissingFile(e)) {
                LOG.warn(
                        "table={} file={} could not be read",
                        table.location(),
                        slot.file().fileName(),
                        e);
            }
        } finally {
            slot.dequeue();
            settle();
        }
    }

    private void settle() {
        moving.lock();
        try {
            if (!closed) {
                Optional<PointView> next = views.settle(current);
                if (next.isPresent()) {
                    move(next.get()).letGo();
                }
            }
        } finally {
            moving.unlock();
        }
    }

    private static boolean isMissingFile(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileNotFoundException || cause instanceof NoSuchFileException) {
                return true;
            }
        }
        return false;
    }

    /** Lets its files go as soon as no question is using them. */
    @Override
    public void close() {
        moving.lock();
        try {
            if (!closed) {
                closed = true;
                current.letGo();
            }
        } finally {
            moving.unlock();
        }
    }
}
