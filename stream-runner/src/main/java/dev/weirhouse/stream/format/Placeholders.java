package dev.weirhouse.stream.format;

import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DistinctType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * What stands in the columns of a record that was rejected: null where the type allows it, else the type's zero (0,
 * false, empty, 1970-01-01). Nobody is meant to read it; it only has to pass through Flink's serializers.
 */
final class Placeholders {

    private Placeholders() {}

    static RowData row(RowType type) {
        GenericRowData row = new GenericRowData(type.getFieldCount());
        for (int i = 0; i < type.getFieldCount(); i++) {
            row.setField(i, of(type.getTypeAt(i)));
        }
        return row;
    }

    @Nullable
    private static Object of(LogicalType type) {
        if (type.isNullable()) {
            return null;
        }
        return switch (type.getTypeRoot()) {
            case CHAR -> StringData.fromString(" ".repeat(((CharType) type).getLength()));
            case VARCHAR -> StringData.fromString("");
            case BOOLEAN -> false;
            case BINARY -> new byte[((BinaryType) type).getLength()];
            case VARBINARY -> new byte[0];
            case DECIMAL -> zero((DecimalType) type);
            case TINYINT -> (byte) 0;
            case SMALLINT -> (short) 0;
            case INTEGER, DATE, TIME_WITHOUT_TIME_ZONE, INTERVAL_YEAR_MONTH -> 0;
            case BIGINT, INTERVAL_DAY_TIME -> 0L;
            case FLOAT -> 0f;
            case DOUBLE -> 0d;
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> TimestampData.fromEpochMillis(0);
            case ARRAY -> new GenericArrayData(new Object[0]);
            case MAP, MULTISET -> new GenericMapData(Map.of());
            case ROW -> row((RowType) type);
            case DISTINCT_TYPE -> of(((DistinctType) type).getSourceType().copy(false));
            default ->
                throw new ValidationException("A column of type " + type
                        + " has no value that could stand for a malformed record: declare it without NOT NULL.");
        };
    }

    private static DecimalData zero(DecimalType type) {
        return DecimalData.zero(type.getPrecision(), type.getScale());
    }
}
