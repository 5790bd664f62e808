package dev.weirhouse.olap.paimon;

import java.io.IOException;
import java.time.Instant;
import org.apache.paimon.KeyValue;
import org.apache.paimon.data.serializer.RowCompactedSerializer;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.io.KeyValueFileReaderFactory;
import org.apache.paimon.reader.RecordReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One data file of a table and, once it is built, its rows by key in a local file. It lives as long as a {@link
 * PointBucket} counts on it: whoever reads it holds one. Thread-safe.
 */
final class FileSlot {

    private static final Logger LOG = LoggerFactory.getLogger(FileSlot.class);

    private final DataFileMeta file;
    private final PointSource source;
    private final KeyValueFileReaderFactory readers;
    private final Object building = new Object();
    private volatile KeyFile built;
    private volatile boolean freed;
    private long bytes;
    private int holders;
    private boolean queued;
    private String failure;
    private Instant failedAt;

    /** @param readers makes readers of the file's bucket; not shared with another slot */
    FileSlot(DataFileMeta file, PointSource source, KeyValueFileReaderFactory readers) {
        this.file = file;
        this.source = source;
        this.readers = readers;
    }

    boolean isBuilt() {
        return built != null;
    }

    /** Whether a question may wait until it is built. */
    boolean isSmall() {
        return source.isSmall(file);
    }

    /** The local file, built now if the data file is small. */
    KeyFile local() throws IOException, NotReadyException {
        KeyFile local = built;
        if (local != null) {
            return local;
        }
        checkFailure();
        if (!isSmall()) {
            throw new NotReadyException("its files are being prepared");
        }
        KeyFile made = build();
        if (made == null) {
            throw new NotReadyException("its files were let go");
        }
        return made;
    }

    /** Whether the caller is the one to queue it: it is not built, nor did another queue it. */
    synchronized boolean enqueue() {
        if (queued || built != null || freed || hasFailed()) {
            return false;
        }
        queued = true;
        return true;
    }

    /** Takes back {@link #enqueue}. */
    synchronized void dequeue() {
        queued = false;
    }

    private synchronized void checkFailure() throws NotReadyException {
        if (hasFailed()) {
            throw new NotReadyException(failure);
        }
    }

    /** For a while, lest what has no room is tried at the rate of questions. */
    synchronized boolean hasFailed() {
        return failure != null && source.now().isBefore(failedAt.plus(PointLookups.RETRY_AFTER));
    }

    /** @return null when nobody wants it any more */
    KeyFile build() throws IOException, NotReadyException {
        try {
            return tryBuild();
        } catch (NotReadyException e) {
            fail(e.getMessage());
            throw e;
        }
    }

    synchronized void fail(String reason) {
        failure = reason;
        failedAt = source.now();
    }

    private KeyFile tryBuild() throws IOException, NotReadyException {
        synchronized (building) {
            if (built != null || freed) {
                return built;
            }
            if (file.rowCount() > KeyFile.MAX_KEYS) {
                throw new NotReadyException("a data file has more than " + KeyFile.MAX_KEYS + " rows");
            }
            long began = System.nanoTime();
            long[] taken = {0};
            KeyFile made = null;
            try {
                made = write(more -> {
                    source.take(more);
                    taken[0] += more;
                });
            } finally {
                if (made == null) {
                    source.giveBack(taken[0]);
                }
            }
            if (made != null) {
                publish(made, taken[0]);
                LOG.debug(
                        "file={} rows={} bytes={} took={}ms",
                        file.fileName(),
                        file.rowCount(),
                        taken[0],
                        (System.nanoTime() - began) / 1_000_000);
            }
            return built;
        }
    }

    private synchronized void publish(KeyFile made, long size) throws IOException {
        if (freed) {
            source.giveBack(size);
            made.close();
        } else {
            bytes = size;
            built = made;
        }
    }

    private KeyFile write(KeyFile.Writer.Room room) throws IOException, NotReadyException {
        RowCompactedSerializer keys = new RowCompactedSerializer(source.keyType());
        RowCompactedSerializer values = new RowCompactedSerializer(source.valueType());
        try (KeyFile.Writer writer = new KeyFile.Writer(source.newFile(), file.rowCount(), room);
                RecordReader<KeyValue> reader = readers.createRecordReader(file)) {
            RecordReader.RecordIterator<KeyValue> batch;
            while ((batch = reader.readBatch()) != null) {
                if (freed) {
                    return null;
                }
                KeyValue row;
                while ((row = batch.next()) != null) {
                    writer.add(
                            keys.serializeToBytes(row.key()),
                            row.sequenceNumber(),
                            row.valueKind().toByteValue(),
                            values.serializeToBytes(row.value()));
                }
                batch.releaseBatch();
            }
            return writer.finish();
        }
    }

    DataFileMeta file() {
        return file;
    }

    synchronized void hold() {
        holders++;
    }

    void letGo() {
        KeyFile local;
        long size;
        synchronized (this) {
            if (--holders > 0) {
                return;
            }
            freed = true;
            local = built;
            size = bytes;
        }
        if (local != null) {
            try {
                local.close();
                source.giveBack(size);
            } catch (IOException e) {
                LOG.warn("The local file of {} could not be deleted", file.fileName(), e);
            }
        }
    }
}
