package dev.weirhouse.olap.arrow;

import org.apache.arrow.vector.FieldVector;

/** Writes the values of one column, or of one child of a nested column, into its vector. */
final class ColumnWriter {

    /** Writes a value that is not null. */
    @FunctionalInterface
    interface Values {
        void write(int index, Cell cell);
    }

    private final FieldVector vector;
    private final Values values;

    ColumnWriter(FieldVector vector, Values values) {
        this.vector = vector;
        this.values = values;
    }

    void write(int index, Cell cell) {
        if (cell.isNull()) {
            vector.setNull(index);
        } else {
            values.write(index, cell);
        }
    }
}
