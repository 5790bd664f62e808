package dev.weirhouse.olap.arrow;

import com.google.common.collect.MapMaker;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DistinctType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/** Which Arrow field carries a column of each of Flink's types, and what JDBC clients are told about the column. */
public final class ArrowFields {

    /** By identity: to compare two of Flink's schemas takes as long as to make one of Arrow's. */
    private static final ConcurrentMap<ResolvedSchema, Schema> ANSWERS =
            new MapMaker().weakKeys().makeMap();

    private ArrowFields() {}

    /** The schema of an answer's rows. It is made once for each of Flink's, as long as that is used. */
    public static Schema ofAnswer(ResolvedSchema schema) {
        return ANSWERS.computeIfAbsent(schema, ArrowFields::answer);
    }

    private static Schema answer(ResolvedSchema schema) {
        List<Field> fields = new ArrayList<>();
        for (Column column : schema.getColumns()) {
            LogicalType type = column.getDataType().getLogicalType();
            fields.add(field(column.getName(), type, describe(type).build()));
        }
        return new Schema(fields);
    }

    /**
     * The schema of a table as the metadata calls show it. It alone carries remarks: in an answer's schema the stock
     * driver takes them for the column's label.
     */
    public static Schema ofTable(String catalog, TableName table, ResolvedSchema schema) {
        List<Field> fields = new ArrayList<>();
        for (Column column : schema.getColumns()) {
            LogicalType type = column.getDataType().getLogicalType();
            FlightSqlColumnMetadata.Builder description = describe(type)
                    .catalogName(catalog)
                    .schemaName(table.database())
                    .tableName(table.table());
            column.getComment().ifPresent(description::remarks);
            fields.add(field(column.getName(), type, description.build()));
        }
        return new Schema(fields);
    }

    /** The schema that clients fill with parameters, one nullable field for each marker. */
    public static Schema ofParameters(List<LogicalType> types) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            LogicalType type = types.get(i).copy(true);
            Field field = field("parameter_" + (i + 1), type, describe(type).build());
            fields.add(new Field(
                    field.getName(),
                    new FieldType(true, asBound(field.getType()), null, field.getMetadata()),
                    field.getChildren()));
        }
        return new Schema(fields);
    }

    /** The stock driver puts milliseconds into a timestamp or time parameter of any unit. */
    private static ArrowType asBound(ArrowType type) {
        if (type instanceof ArrowType.Timestamp) {
            return new ArrowType.Timestamp(TimeUnit.MILLISECOND, null);
        }
        return type instanceof ArrowType.Time ? new ArrowType.Time(TimeUnit.MILLISECOND, 32) : type;
    }

    private static FlightSqlColumnMetadata.Builder describe(LogicalType type) {
        FlightSqlColumnMetadata.Builder description = new FlightSqlColumnMetadata.Builder()
                .typeName(type.copy(true).asSummaryString())
                .isAutoIncrement(false)
                .isReadOnly(false)
                .isSearchable(true);
        switch (type.getTypeRoot()) {
            case DECIMAL ->
                description.precision(((DecimalType) type).getPrecision()).scale(((DecimalType) type).getScale());
            case CHAR -> description.precision(((CharType) type).getLength()).isCaseSensitive(true);
            case VARCHAR ->
                description.precision(((VarCharType) type).getLength()).isCaseSensitive(true);
            case BINARY -> description.precision(((BinaryType) type).getLength());
            case VARBINARY -> description.precision(((VarBinaryType) type).getLength());
            default -> description.isCaseSensitive(false);
        }
        return description;
    }

    private static Field field(String name, LogicalType type, FlightSqlColumnMetadata description) {
        return field(name, type, description.getMetadataMap());
    }

    private static Field field(String name, LogicalType type, Map<String, String> metadata) {
        return new Field(name, new FieldType(type.isNullable(), arrowType(type), null, metadata), children(type));
    }

    private static Field child(String name, LogicalType type) {
        return field(name, type, (Map<String, String>) null);
    }

    /** The Arrow type of a value. */
    static ArrowType arrowType(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case NULL -> ArrowType.Null.INSTANCE;
            case BOOLEAN -> ArrowType.Bool.INSTANCE;
            case TINYINT -> new ArrowType.Int(8, true);
            case SMALLINT -> new ArrowType.Int(16, true);
            case INTEGER -> new ArrowType.Int(32, true);
            case BIGINT -> new ArrowType.Int(64, true);
            case FLOAT -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
            case DOUBLE -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
            case DECIMAL -> {
                DecimalType decimal = (DecimalType) type;
                yield new ArrowType.Decimal(decimal.getPrecision(), decimal.getScale(), 128);
            }
            case CHAR, VARCHAR, RAW -> ArrowType.Utf8.INSTANCE;
            case BINARY, VARBINARY -> ArrowType.Binary.INSTANCE;
            case DATE -> new ArrowType.Date(DateUnit.DAY);
            case TIME_WITHOUT_TIME_ZONE -> new ArrowType.Time(timeUnit(type), 32);
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                new ArrowType.Timestamp(timestampUnit(type), null);
            case INTERVAL_YEAR_MONTH -> new ArrowType.Interval(IntervalUnit.YEAR_MONTH);
            case INTERVAL_DAY_TIME -> new ArrowType.Interval(IntervalUnit.DAY_TIME);
            case ARRAY -> ArrowType.List.INSTANCE;
            case MAP, MULTISET -> new ArrowType.Map(false);
            case ROW, STRUCTURED_TYPE -> ArrowType.Struct.INSTANCE;
            case DISTINCT_TYPE -> arrowType(((DistinctType) type).getSourceType());
            default ->
                throw new WarehouseException(
                        OlapError.TYPE_NOT_CARRIED,
                        "A column of type " + type.asSummaryString()
                                + " cannot be sent to a client: CAST it to another type.");
        };
    }

    private static List<Field> children(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case ARRAY -> List.of(child("element", ((ArrayType) type).getElementType()));
            case MAP, MULTISET -> {
                Field key = child(MapVector.KEY_NAME, keyType(type).copy(false));
                Field value = child(MapVector.VALUE_NAME, valueType(type));
                yield List.of(new Field(
                        MapVector.DATA_VECTOR_NAME,
                        new FieldType(false, ArrowType.Struct.INSTANCE, null),
                        List.of(key, value)));
            }
            case ROW, STRUCTURED_TYPE -> {
                List<String> names = LogicalTypeChecks.getFieldNames(type);
                List<LogicalType> types = LogicalTypeChecks.getFieldTypes(type);
                List<Field> fields = new ArrayList<>();
                for (int i = 0; i < types.size(); i++) {
                    fields.add(child(names.get(i), types.get(i)));
                }
                yield fields;
            }
            case DISTINCT_TYPE -> children(((DistinctType) type).getSourceType());
            default -> List.of();
        };
    }

    /** The keys of a map, or the elements of a multiset. */
    static LogicalType keyType(LogicalType type) {
        return type instanceof MultisetType multiset ? multiset.getElementType() : ((MapType) type).getKeyType();
    }

    /** The values of a map, or the multiplicities of a multiset. */
    static LogicalType valueType(LogicalType type) {
        return type instanceof MapType map ? map.getValueType() : new IntType(false);
    }

    /** Flink keeps a time of day in milliseconds, whatever the declared precision. */
    private static TimeUnit timeUnit(LogicalType type) {
        return LogicalTypeChecks.getPrecision(type) == 0 ? TimeUnit.SECOND : TimeUnit.MILLISECOND;
    }

    private static TimeUnit timestampUnit(LogicalType type) {
        int precision = LogicalTypeChecks.getPrecision(type);
        if (precision == 0) {
            return TimeUnit.SECOND;
        } else if (precision <= 3) {
            return TimeUnit.MILLISECOND;
        }
        return precision <= 6 ? TimeUnit.MICROSECOND : TimeUnit.NANOSECOND;
    }

    /** Whether values are times that depend on the session's zone. */
    static boolean isZoned(LogicalType type) {
        return type.getTypeRoot() == LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
    }
}
