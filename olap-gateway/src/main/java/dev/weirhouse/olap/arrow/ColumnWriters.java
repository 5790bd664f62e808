package dev.weirhouse.olap.arrow;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.IntervalDayVector;
import org.apache.arrow.vector.IntervalYearVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeSecVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DistinctType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RawType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Makes the writer that fits a type and its vector, as {@link ArrowFields} pairs them. */
final class ColumnWriters {

    private static final long MILLIS_OF_DAY = 86_400_000L;

    /** A rough size for the offsets and children of one element of a collection. */
    private static final int BYTES_OF_ELEMENT = 8;

    private final ZoneId zone;
    private final ByteCount written;

    ColumnWriters(ZoneId zone, ByteCount written) {
        this.zone = zone;
        this.written = written;
    }

    ColumnWriter of(LogicalType type, FieldVector vector) {
        return new ColumnWriter(vector, values(type, vector));
    }

    private ColumnWriter.Values values(LogicalType type, FieldVector vector) {
        return switch (type.getTypeRoot()) {
            case NULL -> (index, cell) -> vector.setNull(index);
            case BOOLEAN -> {
                BitVector bits = (BitVector) vector;
                yield (index, cell) -> bits.setSafe(index, cell.asBoolean() ? 1 : 0);
            }
            case TINYINT -> {
                TinyIntVector bytes = (TinyIntVector) vector;
                yield (index, cell) -> bytes.setSafe(index, cell.asByte());
            }
            case SMALLINT -> {
                SmallIntVector shorts = (SmallIntVector) vector;
                yield (index, cell) -> shorts.setSafe(index, cell.asShort());
            }
            case INTEGER -> {
                IntVector ints = (IntVector) vector;
                yield (index, cell) -> ints.setSafe(index, cell.asInt());
            }
            case BIGINT -> {
                BigIntVector longs = (BigIntVector) vector;
                yield (index, cell) -> longs.setSafe(index, cell.asLong());
            }
            case FLOAT -> {
                Float4Vector floats = (Float4Vector) vector;
                yield (index, cell) -> floats.setSafe(index, cell.asFloat());
            }
            case DOUBLE -> {
                Float8Vector doubles = (Float8Vector) vector;
                yield (index, cell) -> doubles.setSafe(index, cell.asDouble());
            }
            case DECIMAL -> decimals((DecimalType) type, (DecimalVector) vector);
            case CHAR, VARCHAR -> strings((VarCharVector) vector);
            case BINARY, VARBINARY -> binaries((VarBinaryVector) vector);
            case RAW -> raws((RawType<?>) type, (VarCharVector) vector);
            case DATE -> {
                DateDayVector days = (DateDayVector) vector;
                yield (index, cell) -> days.setSafe(index, cell.asInt());
            }
            case TIME_WITHOUT_TIME_ZONE -> times(vector);
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                timestamps(type, (TimeStampVector) vector);
            case INTERVAL_YEAR_MONTH -> {
                IntervalYearVector months = (IntervalYearVector) vector;
                yield (index, cell) -> months.setSafe(index, cell.asInt());
            }
            case INTERVAL_DAY_TIME -> intervals((IntervalDayVector) vector);
            case ARRAY -> arrays((ArrayType) type, (ListVector) vector);
            case MAP, MULTISET -> maps(type, (MapVector) vector);
            case ROW, STRUCTURED_TYPE -> rows(type, (StructVector) vector);
            case DISTINCT_TYPE -> values(((DistinctType) type).getSourceType(), vector);
            default -> throw new IllegalArgumentException("no vector carries " + type);
        };
    }

    private static ColumnWriter.Values decimals(DecimalType type, DecimalVector vector) {
        int precision = type.getPrecision();
        int scale = type.getScale();
        return (index, cell) -> {
            DecimalData decimal = cell.asDecimal(precision, scale);
            if (decimal.isCompact()) {
                vector.setSafe(index, decimal.toUnscaledLong());
            } else {
                vector.setBigEndianSafe(index, decimal.toUnscaledBytes());
            }
        };
    }

    private ColumnWriter.Values strings(VarCharVector vector) {
        return (index, cell) -> {
            byte[] bytes = cell.asString().toBytes();
            vector.setSafe(index, bytes);
            written.add(bytes.length);
        };
    }

    private ColumnWriter.Values binaries(VarBinaryVector vector) {
        return (index, cell) -> {
            byte[] bytes = cell.asBytes();
            vector.setSafe(index, bytes);
            written.add(bytes.length);
        };
    }

    private <T> ColumnWriter.Values raws(RawType<T> type, VarCharVector vector) {
        TypeSerializer<T> serializer = type.getTypeSerializer();
        return (index, cell) -> {
            @SuppressWarnings("unchecked")
            RawValueData<T> raw = (RawValueData<T>) cell.asRaw();
            byte[] bytes = String.valueOf(raw.toObject(serializer)).getBytes(StandardCharsets.UTF_8);
            vector.setSafe(index, bytes);
            written.add(bytes.length);
        };
    }

    private static ColumnWriter.Values times(FieldVector vector) {
        if (vector instanceof TimeSecVector seconds) {
            return (index, cell) -> seconds.setSafe(index, Math.floorDiv(cell.asInt(), 1000));
        }
        TimeMilliVector millis = (TimeMilliVector) vector;
        return (index, cell) -> millis.setSafe(index, cell.asInt());
    }

    private ColumnWriter.Values timestamps(LogicalType type, TimeStampVector vector) {
        int precision = LogicalTypeChecks.getPrecision(type);
        TimeUnit unit = ((ArrowType.Timestamp) vector.getField().getType()).getUnit();
        if (!ArrowFields.isZoned(type)) {
            return (index, cell) -> {
                TimestampData value = cell.asTimestamp(precision);
                vector.setSafe(index, units(unit, value.getMillisecond(), value.getNanoOfMillisecond()));
            };
        }
        WallClock clock = new WallClock(zone);
        return (index, cell) -> {
            TimestampData value = cell.asTimestamp(precision);
            long millis = clock.local(value.getMillisecond());
            vector.setSafe(index, units(unit, millis, value.getNanoOfMillisecond()));
        };
    }

    private static long units(TimeUnit unit, long millis, int nanoOfMilli) {
        try {
            return switch (unit) {
                case SECOND -> Math.floorDiv(millis, 1000L);
                case MILLISECOND -> millis;
                case MICROSECOND -> Math.addExact(Math.multiplyExact(millis, 1000L), nanoOfMilli / 1000);
                case NANOSECOND -> Math.addExact(Math.multiplyExact(millis, 1_000_000L), nanoOfMilli);
            };
        } catch (ArithmeticException e) {
            throw new WarehouseException(
                    OlapError.VALUE_NOT_CARRIED,
                    "The time " + TimestampData.fromEpochMillis(millis, nanoOfMilli)
                            + " does not fit into Arrow's nanoseconds, which end with the year 2262:"
                            + " CAST the column to TIMESTAMP(6).",
                    e);
        }
    }

    private static ColumnWriter.Values intervals(IntervalDayVector vector) {
        return (index, cell) -> {
            long millis = cell.asLong();
            vector.setSafe(index, Math.toIntExact(millis / MILLIS_OF_DAY), (int) (millis % MILLIS_OF_DAY));
        };
    }

    private ColumnWriter.Values arrays(ArrayType type, ListVector vector) {
        ColumnWriter elements = of(type.getElementType(), vector.getDataVector());
        Cell.OfArray element = new Cell.OfArray();
        return (index, cell) -> {
            ArrayData array = cell.asArray();
            int size = array.size();
            int start = vector.startNewValue(index);
            for (int i = 0; i < size; i++) {
                elements.write(start + i, element.at(array, i));
            }
            vector.endValue(index, size);
            written.add((long) size * BYTES_OF_ELEMENT);
        };
    }

    private ColumnWriter.Values maps(LogicalType type, MapVector vector) {
        StructVector entries = (StructVector) vector.getDataVector();
        ColumnWriter keys = of(ArrowFields.keyType(type), (FieldVector) entries.getChildByOrdinal(0));
        ColumnWriter values = of(ArrowFields.valueType(type), (FieldVector) entries.getChildByOrdinal(1));
        Cell.OfArray key = new Cell.OfArray();
        Cell.OfArray value = new Cell.OfArray();
        return (index, cell) -> {
            MapData map = cell.asMap();
            ArrayData keyArray = map.keyArray();
            ArrayData valueArray = map.valueArray();
            int size = map.size();
            int start = vector.startNewValue(index);
            for (int i = 0; i < size; i++) {
                if (keyArray.isNullAt(i)) {
                    throw new WarehouseException(
                            OlapError.VALUE_NOT_CARRIED, "A map with a NULL key cannot be sent: Arrow has none.");
                }
                entries.setIndexDefined(start + i);
                keys.write(start + i, key.at(keyArray, i));
                values.write(start + i, value.at(valueArray, i));
            }
            vector.endValue(index, size);
            written.add((long) size * 2 * BYTES_OF_ELEMENT);
        };
    }

    private ColumnWriter.Values rows(LogicalType type, StructVector vector) {
        List<LogicalType> types = LogicalTypeChecks.getFieldTypes(type);
        ColumnWriter[] fields = new ColumnWriter[types.size()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = of(types.get(i), (FieldVector) vector.getChildByOrdinal(i));
        }
        Cell.OfRow field = new Cell.OfRow();
        return (index, cell) -> {
            RowData row = cell.asRow(fields.length);
            vector.setIndexDefined(index);
            for (int i = 0; i < fields.length; i++) {
                fields[i].write(index, field.at(row, i));
            }
            written.add((long) fields.length * BYTES_OF_ELEMENT);
        };
    }

    /** The bytes of what has no fixed size, written into a batch so far. */
    static final class ByteCount {

        private long bytes;

        void add(long more) {
            bytes += more;
        }

        long bytes() {
            return bytes;
        }

        void reset() {
            bytes = 0;
        }
    }
}
