package dev.weirhouse.olap.paimon;

import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.paimon.bucket.BucketFunction;
import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.schema.TableSchema;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypeChecks;
import org.apache.paimon.types.RowType;

/** What a table's primary key consists of. Thread-safe. */
final class KeyShape {

    private final List<DataType> types;
    private final RowType partitionType;
    private final RowType bucketKeyType;
    private final RowType trimmedType;
    private final int[] partition;
    private final int[] bucketKey;
    private final int[] trimmed;
    private final BucketFunction function;

    KeyShape(TableSchema schema, BucketFunction function) {
        List<String> names = schema.primaryKeys();
        this.types = schema.projectedLogicalRowType(names).getFieldTypes();
        this.partitionType = schema.logicalPartitionType();
        this.bucketKeyType = schema.logicalBucketKeyType();
        this.trimmedType = schema.logicalTrimmedPrimaryKeysType();
        this.partition = places(schema.partitionKeys(), names);
        this.bucketKey = places(schema.bucketKeys(), names);
        this.trimmed = places(schema.trimmedPrimaryKeys(), names);
        this.function = function;
    }

    private static int[] places(List<String> some, List<String> names) {
        return some.stream().mapToInt(names::indexOf).toArray();
    }

    RowType partitionType() {
        return partitionType;
    }

    RowType bucketKeyType() {
        return bucketKeyType;
    }

    RowType trimmedType() {
        return trimmedType;
    }

    int[] partition() {
        return partition;
    }

    int[] bucketKey() {
        return bucketKey;
    }

    int[] trimmed() {
        return trimmed;
    }

    BucketFunction function() {
        return function;
    }

    /**
     * A key as Paimon has it.
     *
     * @throws IllegalArgumentException when a value is not of its column's type
     */
    GenericRow row(Object[] key) {
        if (key.length != types.size()) {
            throw new IllegalArgumentException("A key has " + types.size() + " values, not " + key.length);
        }
        GenericRow row = new GenericRow(key.length);
        for (int i = 0; i < key.length; i++) {
            Object value = value(types.get(i), key[i]);
            if (value == null) {
                throw new IllegalArgumentException("Not a value of " + types.get(i) + ": " + key[i]);
            }
            row.setField(i, value);
        }
        return row;
    }

    private static Object value(DataType type, Object value) {
        return switch (type.getTypeRoot()) {
            case CHAR, VARCHAR -> value instanceof StringData string ? BinaryString.fromBytes(string.toBytes()) : null;
            case BINARY, VARBINARY -> value instanceof byte[] ? value : null;
            case BOOLEAN -> value instanceof Boolean ? value : null;
            case TINYINT -> value instanceof Byte ? value : null;
            case SMALLINT -> value instanceof Short ? value : null;
            case INTEGER, DATE, TIME_WITHOUT_TIME_ZONE -> value instanceof Integer ? value : null;
            case BIGINT -> value instanceof Long ? value : null;
            case DECIMAL -> value instanceof DecimalData decimal ? decimal(type, decimal) : null;
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                value instanceof TimestampData timestamp ? timestamp(type, timestamp) : null;
            default -> null;
        };
    }

    private static Decimal decimal(DataType type, DecimalData value) {
        int scale = DataTypeChecks.getScale(type);
        return value.scale() == scale
                ? Decimal.fromBigDecimal(value.toBigDecimal(), DataTypeChecks.getPrecision(type), scale)
                : null;
    }

    /** Finer than its column, a timestamp would be cut short and could meet a row that it does not equal. */
    private static Timestamp timestamp(DataType type, TimestampData value) {
        int unit = 1;
        for (int digits = DataTypeChecks.getPrecision(type); digits < 9; digits++) {
            unit *= 10;
        }
        long nanos = value.getMillisecond() % 1000 * 1_000_000 + value.getNanoOfMillisecond();
        return nanos % unit == 0
                ? Timestamp.fromEpochMillis(value.getMillisecond(), value.getNanoOfMillisecond())
                : null;
    }
}
