package dev.weirhouse.olap.arrow;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.time.ZoneId;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/**
 * One batch of Arrow vectors, filled row by row, sent, and filled again. It belongs to one thread.
 *
 * <pre>{@code
 * while (rows.hasNext()) {
 *     batch.add(rows.next());
 *     if (batch.isFull()) {
 *         send(batch.seal());
 *         batch.clear();
 *     }
 * }
 * }</pre>
 */
public final class ArrowRows implements AutoCloseable {

    /** What vectors are made for at first; they grow by doubling. */
    private static final int FIRST_ROWS = 256;

    /** A rough size of a value of fixed size, its share of the validity bitmap included. */
    private static final int BYTES_OF_VALUE = 9;

    private final VectorSchemaRoot root;
    private final ColumnWriter[] writers;
    private final ColumnWriters.ByteCount written = new ColumnWriters.ByteCount();
    private final Cell.OfRow cell = new Cell.OfRow();
    private final int maxRows;
    private final long maxBytes;
    private int rows;

    /**
     * @param zone where the wall clocks hang that show times of local zone
     * @param maxRows rows at which the batch counts as full
     * @param maxBytes bytes, roughly counted, at which the batch counts as full
     */
    public ArrowRows(ResolvedSchema schema, ZoneId zone, BufferAllocator allocator, int maxRows, long maxBytes) {
        this.maxRows = maxRows;
        this.maxBytes = maxBytes;
        this.root = VectorSchemaRoot.create(ArrowFields.ofAnswer(schema), allocator);
        ColumnWriters columns = new ColumnWriters(zone, written);
        List<DataType> types = schema.getColumnDataTypes();
        this.writers = new ColumnWriter[types.size()];
        for (int i = 0; i < writers.length; i++) {
            writers[i] = columns.of(types.get(i).getLogicalType(), root.getVector(i));
        }
        allocate();
    }

    private void allocate() {
        try {
            for (FieldVector vector : root.getFieldVectors()) {
                vector.setInitialCapacity(Math.min(FIRST_ROWS, maxRows));
                vector.allocateNew();
            }
        } catch (OutOfMemoryException e) {
            root.close();
            throw exhausted(e);
        }
    }

    /** The vectors; their content changes with every batch. */
    public VectorSchemaRoot root() {
        return root;
    }

    /** Appends a row. */
    public void add(RowData row) {
        try {
            for (int i = 0; i < writers.length; i++) {
                writers[i].write(rows, cell.at(row, i));
            }
        } catch (OutOfMemoryException e) {
            throw exhausted(e);
        }
        rows++;
    }

    /** Whether the batch is due to be sent. */
    public boolean isFull() {
        return rows >= maxRows || written.bytes() + (long) rows * writers.length * BYTES_OF_VALUE >= maxBytes;
    }

    public boolean isEmpty() {
        return rows == 0;
    }

    /** Completes the batch: the vectors may be sent now. */
    public VectorSchemaRoot seal() {
        try {
            root.setRowCount(rows);
        } catch (OutOfMemoryException e) {
            throw exhausted(e);
        }
        return root;
    }

    /** Makes room for the next batch in the same memory. */
    public void clear() {
        rows = 0;
        written.reset();
        root.getFieldVectors().forEach(FieldVector::reset);
    }

    @Override
    public void close() {
        root.close();
    }

    private static WarehouseException exhausted(OutOfMemoryException cause) {
        return new WarehouseException(
                OlapError.RESULT_MEMORY_EXHAUSTED,
                "The memory for answers on their way to clients is used up: ask for fewer or smaller rows,"
                        + " try again when less is running, or raise flight.memory.",
                cause);
    }
}
