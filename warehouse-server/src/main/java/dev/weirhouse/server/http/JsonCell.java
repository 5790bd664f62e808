package dev.weirhouse.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Writes the values of one type as JSON, from Flink's internal format.
 *
 * <p>Whole numbers and floating points are JSON numbers, {@code NaN} and the infinities texts; {@code DECIMAL} is a text,
 * because JSON readers round; dates and times are texts as SQL writes them ({@code 2001-01-31 10:00:00.000}, a
 * {@code TIMESTAMP_LTZ} in the session's time zone); intervals are ISO 8601; bytes are Base64; arrays are arrays; rows
 * are objects; maps and multisets are objects where their keys are texts, and arrays of pairs elsewhere.
 */
@FunctionalInterface
interface JsonCell {

    /**
     * Writes a value.
     *
     * @param value the value in Flink's internal format, never null
     */
    void write(JsonGenerator json, Object value) throws IOException;

    /** Writes a value that may be null. */
    default void writeNullable(JsonGenerator json, Object value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else {
            write(json, value);
        }
    }

    /**
     * The writer for a type.
     *
     * @param zone the session's time zone, in which {@code TIMESTAMP_LTZ} is told
     */
    static JsonCell of(LogicalType type, ZoneId zone) {
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> (json, value) -> json.writeBoolean((Boolean) value);
            case TINYINT, SMALLINT, INTEGER, BIGINT -> (json, value) -> json.writeNumber(((Number) value).longValue());
            case FLOAT -> (json, value) -> json.writeNumber((Float) value);
            case DOUBLE -> (json, value) -> json.writeNumber((Double) value);
            case BINARY, VARBINARY -> (json, value) -> json.writeBinary((byte[]) value);
            case DATE ->
                (json, value) ->
                        json.writeString(LocalDate.ofEpochDay((Integer) value).toString());
            case TIME_WITHOUT_TIME_ZONE -> time(LogicalTypeChecks.getPrecision(type));
            case TIMESTAMP_WITHOUT_TIME_ZONE -> {
                DateTimeFormatter format = timestampFormat(LogicalTypeChecks.getPrecision(type));
                yield (json, value) -> json.writeString(format.format(((TimestampData) value).toLocalDateTime()));
            }
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
                DateTimeFormatter format = timestampFormat(LogicalTypeChecks.getPrecision(type));
                yield (json, value) -> {
                    Instant instant = ((TimestampData) value).toInstant();
                    json.writeString(format.format(LocalDateTime.ofInstant(instant, zone)));
                };
            }
            case INTERVAL_YEAR_MONTH ->
                (json, value) -> json.writeString(
                        Period.ofMonths((Integer) value).normalized().toString());
            case INTERVAL_DAY_TIME ->
                (json, value) ->
                        json.writeString(Duration.ofMillis((Long) value).toString());
            case ARRAY -> array(((ArrayType) type).getElementType(), zone);
            case MAP -> map(((MapType) type).getKeyType(), ((MapType) type).getValueType(), zone);
            case MULTISET -> map(((MultisetType) type).getElementType(), new IntType(false), zone);
            case ROW -> row((RowType) type, zone);
            default -> (json, value) -> json.writeString(value.toString());
        };
    }

    private static JsonCell time(int precision) {
        DateTimeFormatter format = timeFormat(precision);
        return (json, value) -> json.writeString(format.format(LocalTime.ofNanoOfDay((Integer) value * 1_000_000L)));
    }

    private static DateTimeFormatter timeFormat(int precision) {
        DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder().appendPattern("HH:mm:ss");
        if (precision > 0) {
            builder.appendFraction(ChronoField.NANO_OF_SECOND, precision, precision, true);
        }
        return builder.toFormatter();
    }

    private static DateTimeFormatter timestampFormat(int precision) {
        return new DateTimeFormatterBuilder()
                .append(DateTimeFormatter.ISO_LOCAL_DATE)
                .appendLiteral(' ')
                .append(timeFormat(precision))
                .toFormatter();
    }

    private static JsonCell array(LogicalType elementType, ZoneId zone) {
        JsonCell element = of(elementType, zone);
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(elementType);
        return (json, value) -> {
            ArrayData array = (ArrayData) value;
            json.writeStartArray();
            for (int i = 0; i < array.size(); i++) {
                element.writeNullable(json, getter.getElementOrNull(array, i));
            }
            json.writeEndArray();
        };
    }

    private static JsonCell map(LogicalType keyType, LogicalType valueType, ZoneId zone) {
        JsonCell key = of(keyType, zone);
        JsonCell content = of(valueType, zone);
        ArrayData.ElementGetter keys = ArrayData.createElementGetter(keyType);
        ArrayData.ElementGetter values = ArrayData.createElementGetter(valueType);
        boolean textKeys = keyType.is(LogicalTypeFamily.CHARACTER_STRING);
        return (json, value) -> {
            MapData map = (MapData) value;
            ArrayData keyArray = map.keyArray();
            ArrayData valueArray = map.valueArray();
            boolean asObject = textKeys && !hasNull(keyArray);
            if (asObject) {
                json.writeStartObject();
            } else {
                json.writeStartArray();
            }
            for (int i = 0; i < map.size(); i++) {
                Object entryKey = keys.getElementOrNull(keyArray, i);
                Object entryValue = values.getElementOrNull(valueArray, i);
                if (asObject) {
                    json.writeFieldName(entryKey.toString());
                    content.writeNullable(json, entryValue);
                } else {
                    json.writeStartArray();
                    key.writeNullable(json, entryKey);
                    content.writeNullable(json, entryValue);
                    json.writeEndArray();
                }
            }
            if (asObject) {
                json.writeEndObject();
            } else {
                json.writeEndArray();
            }
        };
    }

    private static boolean hasNull(ArrayData array) {
        for (int i = 0; i < array.size(); i++) {
            if (array.isNullAt(i)) {
                return true;
            }
        }
        return false;
    }

    private static JsonCell row(RowType type, ZoneId zone) {
        List<JsonCell> cells = new ArrayList<>();
        List<RowData.FieldGetter> getters = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            cells.add(of(type.getTypeAt(i), zone));
            getters.add(RowData.createFieldGetter(type.getTypeAt(i), i));
        }
        List<String> names = type.getFieldNames();
        return (json, value) -> {
            json.writeStartObject();
            for (int i = 0; i < names.size(); i++) {
                json.writeFieldName(names.get(i));
                cells.get(i).writeNullable(json, getters.get(i).getFieldOrNull((RowData) value));
            }
            json.writeEndObject();
        };
    }
}
