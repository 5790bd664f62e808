package dev.weirhouse.olap.arrow;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeNanoVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;

/**
 * Reads the parameters that a client bound. A client may send other types than it was asked for; the value's own type
 * counts, and the statement's types decide later what becomes of it.
 */
public final class ParameterRows {

    private ParameterRows() {}

    /** The rows of one message, each a list with a value, possibly null, for each marker. */
    public static List<List<Object>> read(VectorSchemaRoot root) {
        List<List<Object>> rows = new ArrayList<>(root.getRowCount());
        for (int row = 0; row < root.getRowCount(); row++) {
            List<Object> values = new ArrayList<>(root.getFieldVectors().size());
            for (FieldVector vector : root.getFieldVectors()) {
                values.add(vector.isNull(row) ? null : value(vector, row));
            }
            rows.add(values);
        }
        return rows;
    }

    private static Object value(FieldVector vector, int row) {
        return switch (vector.getMinorType()) {
            case BIT, TINYINT, SMALLINT, INT, BIGINT, FLOAT4, FLOAT8, DECIMAL, DECIMAL256 -> vector.getObject(row);
            case DATEDAY -> LocalDate.ofEpochDay(((DateDayVector) vector).get(row));
            case UINT1 -> ((UInt1Vector) vector).get(row) & 0xFF;
            case UINT2 -> (int) ((UInt2Vector) vector).get(row);
            case UINT4 -> ((UInt4Vector) vector).getValueAsLong(row);
            case VARCHAR, LARGEVARCHAR, VIEWVARCHAR -> vector.getObject(row).toString();
            case VARBINARY, LARGEVARBINARY, VIEWVARBINARY, FIXEDSIZEBINARY -> vector.getObject(row);
            case DATEMILLI ->
                Instant.ofEpochMilli(((DateMilliVector) vector).get(row))
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDate();
            case TIMESEC -> LocalTime.ofSecondOfDay(((TimeSecVector) vector).get(row));
            case TIMEMILLI -> LocalTime.ofNanoOfDay(((TimeMilliVector) vector).get(row) * 1_000_000L);
            case TIMEMICRO -> LocalTime.ofNanoOfDay(((TimeMicroVector) vector).get(row) * 1000L);
            case TIMENANO -> LocalTime.ofNanoOfDay(((TimeNanoVector) vector).get(row));
            case TIMESTAMPSEC, TIMESTAMPMILLI, TIMESTAMPMICRO, TIMESTAMPNANO ->
                LocalDateTime.ofInstant(instant((TimeStampVector) vector, row), ZoneOffset.UTC);
            case TIMESTAMPSECTZ, TIMESTAMPMILLITZ, TIMESTAMPMICROTZ, TIMESTAMPNANOTZ ->
                instant((TimeStampVector) vector, row);
            default ->
                throw new WarehouseException(
                        OlapError.TYPE_NOT_CARRIED,
                        "A parameter of Arrow type " + vector.getField().getType()
                                + " is not read: send a number, text, bytes, a date or a time.");
        };
    }

    private static Instant instant(TimeStampVector vector, int row) {
        long value = vector.get(row);
        TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
        return switch (unit) {
            case SECOND -> Instant.ofEpochSecond(value);
            case MILLISECOND -> Instant.ofEpochMilli(value);
            case MICROSECOND ->
                Instant.ofEpochSecond(Math.floorDiv(value, 1_000_000L), Math.floorMod(value, 1_000_000L) * 1000L);
            case NANOSECOND ->
                Instant.ofEpochSecond(Math.floorDiv(value, 1_000_000_000L), Math.floorMod(value, 1_000_000_000L));
        };
    }
}
