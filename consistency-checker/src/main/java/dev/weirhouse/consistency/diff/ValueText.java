package dev.weirhouse.consistency.diff;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * Values as texts, of which two are equal if and only if the values are. A time of local zone is told in UTC, bytes in
 * hexadecimal digits, the entries of a map in the order of their texts.
 */
public final class ValueText {

    /** By the digits of a second's fraction; the year is one of two eras, which its number tells apart. */
    private static final List<DateTimeFormatter> TIMES = IntStream.rangeClosed(0, 9)
            .mapToObj(digits ->
                    DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss" + (digits == 0 ? "" : "." + "S".repeat(digits))))
            .toList();

    private ValueText() {}

    /** A row's values, null for NULL. */
    public static List<String> of(RowData row, List<LogicalType> types) {
        List<String> texts = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            texts.add(of(RowData.createFieldGetter(types.get(i), i).getFieldOrNull(row), types.get(i)));
        }
        return texts;
    }

    /** @param value in Flink's internal form, or null */
    static String of(Object value, LogicalType type) {
        if (value == null) {
            return null;
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> value.toString().toUpperCase(Locale.ROOT);
            case BINARY, VARBINARY -> HexFormat.of().formatHex((byte[]) value);
            case DATE -> LocalDate.ofEpochDay((Integer) value).toString();
            case TIME_WITHOUT_TIME_ZONE ->
                LocalTime.ofNanoOfDay((Integer) value * 1_000_000L).toString();
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> time((TimestampData) value, type);
            case ARRAY ->
                elements((ArrayData) value, ((ArrayType) type).getElementType()).toString();
            case MAP -> entries((MapData) value, ((MapType) type).getKeyType(), ((MapType) type).getValueType());
            case MULTISET -> entries((MapData) value, ((MultisetType) type).getElementType(), new IntType(false));
            case ROW, STRUCTURED_TYPE ->
                of((RowData) value, ((RowType) type).getChildren()).stream()
                        .map(ValueText::quoted)
                        .toList()
                        .toString();
            default -> value.toString();
        };
    }

    private static String time(TimestampData value, LogicalType type) {
        String text = TIMES.get(LogicalTypeChecks.getPrecision(type)).format(value.toLocalDateTime());
        return type.getTypeRoot() == LogicalTypeRoot.TIMESTAMP_WITH_LOCAL_TIME_ZONE ? text + "Z" : text;
    }

    private static List<String> elements(ArrayData array, LogicalType type) {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type);
        List<String> texts = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            texts.add(quoted(of(getter.getElementOrNull(array, i), type)));
        }
        return texts;
    }

    private static String entries(MapData map, LogicalType keys, LogicalType values) {
        List<String> names = elements(map.keyArray(), keys);
        List<String> texts = elements(map.valueArray(), values);
        TreeSet<String> entries = new TreeSet<>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(names.get(i) + "=" + texts.get(i));
        }
        return entries.toString();
    }

    /** Within others, a text says where it ends, and NULL is none. */
    private static String quoted(String text) {
        return text == null ? "NULL" : "'" + text.replace("'", "''") + "'";
    }
}
