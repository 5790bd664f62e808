package dev.weirhouse.olap.arrow;

import java.util.List;
import java.util.NoSuchElementException;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.util.CloseableIterator;

/** The rows of a columnar answer in Flink's internal format, for readers that take one at a time. */
public final class VectorRows implements CloseableIterator<RowData> {

    private static final long NANOS_OF_MILLI = 1_000_000;

    private final ColumnarAnswer answer;
    private final List<LogicalType> types;
    private int row;
    private int rows;
    private boolean closed;

    /** @throws dev.weirhouse.catalog.WarehouseException CANCELLED when the answer is closed already */
    public VectorRows(ColumnarAnswer answer) {
        answer.hold();
        this.answer = answer;
        this.types = answer.schema().getColumnDataTypes().stream()
                .map(type -> type.getLogicalType())
                .toList();
    }

    @Override
    public boolean hasNext() {
        while (row == rows) {
            if (!answer.loadNext()) {
                return false;
            }
            row = 0;
            rows = answer.root().getRowCount();
        }
        return true;
    }

    @Override
    public RowData next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        GenericRowData data = new GenericRowData(types.size());
        for (int i = 0; i < types.size(); i++) {
            FieldVector vector = answer.root().getVector(i);
            data.setField(i, vector.isNull(row) ? null : value(vector, types.get(i)));
        }
        row++;
        return data;
    }

    private Object value(FieldVector vector, LogicalType type) {
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> ((BitVector) vector).get(row) != 0;
            case TINYINT -> ((TinyIntVector) vector).get(row);
            case SMALLINT -> ((SmallIntVector) vector).get(row);
            case INTEGER -> ((IntVector) vector).get(row);
            case BIGINT -> ((BigIntVector) vector).get(row);
            case FLOAT -> ((Float4Vector) vector).get(row);
            case DOUBLE -> ((Float8Vector) vector).get(row);
            case DECIMAL ->
                DecimalData.fromBigDecimal(
                        ((DecimalVector) vector).getObject(row),
                        ((DecimalType) type).getPrecision(),
                        ((DecimalType) type).getScale());
            case CHAR, VARCHAR -> StringData.fromBytes(((VarCharVector) vector).get(row));
            case VARBINARY -> ((VarBinaryVector) vector).get(row);
            case DATE -> ((DateDayVector) vector).get(row);
            case TIMESTAMP_WITHOUT_TIME_ZONE -> timestamp((TimeStampVector) vector);
            default -> throw new IllegalStateException("no column of type " + type + " is computed in columns");
        };
    }

    private TimestampData timestamp(TimeStampVector vector) {
        long value = vector.get(row);
        long unitsOfMilli =
                switch (((ArrowType.Timestamp) vector.getField().getType()).getUnit()) {
                    case SECOND -> 0;
                    case MILLISECOND -> 1;
                    case MICROSECOND -> 1_000;
                    case NANOSECOND -> NANOS_OF_MILLI;
                };
        if (unitsOfMilli == 0) {
            return TimestampData.fromEpochMillis(value * 1_000);
        }
        long millis = Math.floorDiv(value, unitsOfMilli);
        long rest = Math.floorMod(value, unitsOfMilli);
        return TimestampData.fromEpochMillis(millis, (int) (rest * (NANOS_OF_MILLI / unitsOfMilli)));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            answer.release();
            answer.close();
        }
    }
}
