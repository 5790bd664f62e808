package dev.weirhouse.olap.flight;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The short answer of a metadata call, sent as one batch even when it is empty: the stock driver keeps values of one
 * batch when it turns the next into columns.
 */
final class VectorTable implements AutoCloseable {

    private final VectorSchemaRoot root;
    private int rows;

    VectorTable(Schema schema, BufferAllocator allocator) {
        this.root = VectorSchemaRoot.create(schema, allocator);
        root.allocateNew();
    }

    /** Appends a row: text, bytes, whole numbers, truth values and lists of text, or null. */
    void add(Object... values) {
        if (values.length != root.getFieldVectors().size()) {
            throw new IllegalArgumentException("a row of " + values.length + " for " + root.getSchema());
        }
        for (int i = 0; i < values.length; i++) {
            put(root.getVector(i), rows, values[i]);
        }
        rows++;
    }

    private static void put(FieldVector vector, int row, Object value) {
        if (value == null) {
            vector.setNull(row);
        } else if (vector instanceof VarCharVector text) {
            text.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
        } else if (vector instanceof VarBinaryVector binary) {
            binary.setSafe(row, (byte[]) value);
        } else if (vector instanceof IntVector ints) {
            ints.setSafe(row, (Integer) value);
        } else if (vector instanceof BitVector bits) {
            bits.setSafe(row, (Boolean) value ? 1 : 0);
        } else if (vector instanceof ListVector list) {
            putList(list, row, (List<?>) value);
        } else {
            throw new IllegalArgumentException("no metadata answer has a " + vector.getField());
        }
    }

    private static void putList(ListVector list, int row, List<?> values) {
        int start = list.startNewValue(row);
        for (int i = 0; i < values.size(); i++) {
            put(list.getDataVector(), start + i, values.get(i));
        }
        list.endValue(row, values.size());
    }

    void send(ServerStreamListener listener) {
        root.setRowCount(rows);
        listener.start(root);
        listener.putNext();
        listener.completed();
    }

    @Override
    public void close() {
        root.close();
    }
}
