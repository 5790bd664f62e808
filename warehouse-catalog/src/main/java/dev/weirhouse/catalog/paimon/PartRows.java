package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.flink.FlinkRowData;
import org.apache.paimon.reader.RecordReader;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.table.source.TableRead;

/** The rows of some splits, one file or merged bucket after the other. Used by one thread. */
final class PartRows implements CloseableIterator<RowData> {

    private final String version;
    private final RecordReader<InternalRow> reader;
    private RecordReader.RecordIterator<InternalRow> batch;
    private InternalRow next;

    PartRows(String version, TableRead read, List<Split> splits) {
        this.version = version;
        try {
            this.reader = read.createReader(splits);
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null) {
                if (batch == null) {
                    batch = reader.readBatch();
                    if (batch == null) {
                        return false;
                    }
                }
                next = batch.next();
                if (next == null) {
                    batch.releaseBatch();
                    batch = null;
                }
            }
            return true;
        } catch (IOException | RuntimeException e) {
            throw unreadable(e);
        }
    }

    @Override
    public RowData next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        RowData row = new FlinkRowData(next);
        next = null;
        return row;
    }

    private WarehouseException unreadable(Exception cause) {
        return new WarehouseException(
                CatalogError.EXECUTION_FAILED, "The files of " + version + " cannot be read: " + cause, cause);
    }

    @Override
    public void close() throws Exception {
        if (batch != null) {
            batch.releaseBatch();
            batch = null;
        }
        reader.close();
    }
}
