package dev.weirhouse.olap.paimon;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.apache.paimon.KeyValueFileStore;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.deletionvectors.DeletionVector;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.io.KeyValueFileReaderFactory;
import org.apache.paimon.types.RowType;

/** How a table's data files are read, and where their local files go. Thread-safe. */
final class PointSource {

    private final KeyValueFileReaderFactory.Builder readers;
    private final RowType valueType;
    private final PointRoom room;
    private final BooleanSupplier makeRoom;
    private final Clock clock;
    private final long rowsInPlace;

    /**
     * @param makeRoom lets another table go, or says that there is none to let go
     * @param rowsInPlace of how many rows a data file is at most that a question waits for
     */
    PointSource(
            KeyValueFileStore store,
            RowType valueType,
            PointRoom room,
            BooleanSupplier makeRoom,
            Clock clock,
            long rowsInPlace) {
        this.readers = store.newReaderFactoryBuilder();
        this.valueType = valueType;
        this.room = room;
        this.makeRoom = makeRoom;
        this.clock = clock;
        this.rowsInPlace = rowsInPlace;
    }

    RowType keyType() {
        return readers.keyType();
    }

    RowType valueType() {
        return valueType;
    }

    FileSlot slot(BinaryRow partition, int bucket, DataFileMeta file) {
        return new FileSlot(file, this, readers.build(partition, bucket, DeletionVector.emptyFactory()));
    }

    /** Whether a question waits until a file is built. */
    boolean isSmall(DataFileMeta file) {
        return file.rowCount() <= rowsInPlace && file.fileSize() <= PointLookups.BYTES_IN_PLACE;
    }

    Instant now() {
        return clock.instant();
    }

    Path newFile() {
        return room.newFile();
    }

    void take(long bytes) throws NotReadyException {
        room.take(bytes, makeRoom);
    }

    void giveBack(long bytes) {
        room.giveBack(bytes);
    }
}
