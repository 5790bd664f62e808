package dev.weirhouse.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From Flink's internal rows to the text of a script, for every type. */
final class SessionColumnTest {

    private final ValueText text = new ValueText(ZoneOffset.UTC);

    @ParameterizedTest
    @MethodSource("values")
    void isReadByItsType(DataType type, Object internal, ValueKind kind, String written) {
        SessionConnection.Column column = SessionConnection.Column.of(type, 1);
        assertThat(column.kind()).isEqualTo(kind);
        assertThat(text.of(column.value(GenericRowData.of(-1, internal)))).isEqualTo(written);
        assertThat(text.of(column.value(GenericRowData.of(-1, null)))).isEqualTo("NULL");
    }

    static Stream<Arguments> values() {
        TimestampData moment = TimestampData.fromLocalDateTime(LocalDateTime.of(2001, 1, 14, 23, 59, 0, 123_000_000));
        Map<Object, Object> map = new LinkedHashMap<>();
        map.put(StringData.fromString("b"), 2);
        map.put(StringData.fromString("a"), null);
        DataType row =
                DataTypes.ROW(DataTypes.FIELD("id", DataTypes.BIGINT()), DataTypes.FIELD("name", DataTypes.STRING()));
        return Stream.of(
                Arguments.of(DataTypes.BOOLEAN(), true, ValueKind.TEXT, "true"),
                Arguments.of(DataTypes.TINYINT(), (byte) 1, ValueKind.INTEGER, "1"),
                Arguments.of(DataTypes.SMALLINT(), (short) 2, ValueKind.INTEGER, "2"),
                Arguments.of(DataTypes.INT(), 3, ValueKind.INTEGER, "3"),
                Arguments.of(DataTypes.BIGINT(), 4L, ValueKind.INTEGER, "4"),
                Arguments.of(DataTypes.FLOAT(), 0.1f, ValueKind.REAL, "0.1"),
                Arguments.of(DataTypes.DOUBLE(), 0.1, ValueKind.REAL, "0.1"),
                Arguments.of(
                        DataTypes.DECIMAL(10, 3),
                        DecimalData.fromBigDecimal(new BigDecimal("1.5"), 10, 3),
                        ValueKind.REAL,
                        "1.500"),
                Arguments.of(DataTypes.STRING(), StringData.fromString("x"), ValueKind.TEXT, "x"),
                Arguments.of(DataTypes.CHAR(2), StringData.fromString("x "), ValueKind.TEXT, "x\\s"),
                Arguments.of(DataTypes.BYTES(), new byte[] {10}, ValueKind.TEXT, "0x0A"),
                Arguments.of(
                        DataTypes.DATE(), (int) LocalDate.of(2001, 1, 14).toEpochDay(), ValueKind.TEXT, "2001-01-14"),
                Arguments.of(DataTypes.TIME(3), 86_340_500, ValueKind.TEXT, "23:59:00.5"),
                Arguments.of(DataTypes.TIMESTAMP(3), moment, ValueKind.TEXT, "2001-01-14 23:59:00.123"),
                Arguments.of(DataTypes.TIMESTAMP_LTZ(6), moment, ValueKind.TEXT, "2001-01-14 23:59:00.123"),
                Arguments.of(DataTypes.INTERVAL(DataTypes.YEAR(), DataTypes.MONTH()), 14, ValueKind.TEXT, "P1Y2M"),
                Arguments.of(
                        DataTypes.INTERVAL(DataTypes.DAY(), DataTypes.SECOND(3)), 90_000L, ValueKind.TEXT, "PT1M30S"),
                Arguments.of(
                        DataTypes.ARRAY(DataTypes.INT()),
                        new GenericArrayData(new Integer[] {1, null}),
                        ValueKind.TEXT,
                        "[1, NULL]"),
                Arguments.of(
                        DataTypes.MAP(DataTypes.STRING(), DataTypes.INT()),
                        new GenericMapData(map),
                        ValueKind.TEXT,
                        "{a=NULL, b=2}"),
                Arguments.of(
                        DataTypes.MULTISET(DataTypes.INT()), new GenericMapData(Map.of(7, 2)), ValueKind.TEXT, "{7=2}"),
                Arguments.of(
                        row,
                        GenericRowData.of(1L, StringData.fromString("pear")),
                        ValueKind.TEXT,
                        "{id=1, name=pear}"));
    }
}
