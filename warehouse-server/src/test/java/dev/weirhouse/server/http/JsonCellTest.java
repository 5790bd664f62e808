package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.Test;

final class JsonCellTest {

    private static final ZoneId ZONE = ZoneId.of("America/New_York");

    private static String json(DataType type, Object value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.MAPPER.createGenerator(text)) {
            JsonCell.of(type.getLogicalType(), ZONE).writeNullable(json, value);
        }
        return text.toString();
    }

    @Test
    void numbersAndTexts() throws IOException {
        assertThat(json(DataTypes.BOOLEAN(), true)).isEqualTo("true");
        assertThat(json(DataTypes.TINYINT(), (byte) -1)).isEqualTo("-1");
        assertThat(json(DataTypes.SMALLINT(), (short) 7)).isEqualTo("7");
        assertThat(json(DataTypes.INT(), 7)).isEqualTo("7");
        assertThat(json(DataTypes.BIGINT(), Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
        assertThat(json(DataTypes.FLOAT(), 1.5f)).isEqualTo("1.5");
        assertThat(json(DataTypes.DOUBLE(), Double.NaN)).isEqualTo("\"NaN\"");
        assertThat(json(DataTypes.DOUBLE(), Double.NEGATIVE_INFINITY)).isEqualTo("\"-Infinity\"");
        assertThat(json(DataTypes.DECIMAL(10, 2), DecimalData.fromBigDecimal(new BigDecimal("1.50"), 10, 2)))
                .isEqualTo("\"1.50\"");
        assertThat(json(DataTypes.STRING(), StringData.fromString("a\"\n√"))).isEqualTo("\"a\\\"\\n√\"");
        assertThat(json(DataTypes.BYTES(), new byte[] {1, 2})).isEqualTo("\"AQI=\"");
        assertThat(json(DataTypes.STRING(), null)).isEqualTo("null");
    }

    @Test
    void datesAndTimes() throws IOException {
        assertThat(json(DataTypes.DATE(), (int) LocalDate.of(2001, 1, 31).toEpochDay()))
                .isEqualTo("\"2001-01-31\"");
        assertThat(json(DataTypes.TIME(0), 3_661_000)).isEqualTo("\"01:01:01\"");
        assertThat(json(DataTypes.TIME(3), 3_661_007)).isEqualTo("\"01:01:01.007\"");
        TimestampData local = TimestampData.fromLocalDateTime(LocalDateTime.of(2001, 1, 31, 10, 0, 0, 5_000_000));
        assertThat(json(DataTypes.TIMESTAMP(0), local)).isEqualTo("\"2001-01-31 10:00:00\"");
        assertThat(json(DataTypes.TIMESTAMP(6), local)).isEqualTo("\"2001-01-31 10:00:00.005000\"");
        TimestampData instant = TimestampData.fromInstant(Instant.parse("2001-01-31T10:00:00Z"));
        assertThat(json(DataTypes.TIMESTAMP_LTZ(3), instant)).isEqualTo("\"2001-01-31 05:00:00.000\"");
        assertThat(json(DataTypes.INTERVAL(DataTypes.MONTH()), 14)).isEqualTo("\"P1Y2M\"");
        assertThat(json(DataTypes.INTERVAL(DataTypes.SECOND(3)), 90_000L)).isEqualTo("\"PT1M30S\"");
    }

    @Test
    void nestedValues() throws IOException {
        assertThat(json(DataTypes.ARRAY(DataTypes.INT()), new GenericArrayData(new Integer[] {1, null})))
                .isEqualTo("[1,null]");
        assertThat(json(
                        DataTypes.ROW(DataTypes.FIELD("a", DataTypes.INT()), DataTypes.FIELD("b", DataTypes.STRING())),
                        GenericRowData.of(1, null)))
                .isEqualTo("{\"a\":1,\"b\":null}");
        assertThat(json(
                        DataTypes.MAP(DataTypes.STRING(), DataTypes.INT()),
                        new GenericMapData(Map.of(StringData.fromString("k"), 1))))
                .isEqualTo("{\"k\":1}");
        assertThat(json(DataTypes.MAP(DataTypes.INT(), DataTypes.INT()), new GenericMapData(Map.of(1, 2))))
                .isEqualTo("[[1,2]]");
        Map<StringData, Integer> nullKey = new HashMap<>();
        nullKey.put(null, 3);
        assertThat(json(DataTypes.MULTISET(DataTypes.STRING()), new GenericMapData(nullKey)))
                .isEqualTo("[[null,3]]");
    }

    @Test
    void aPageEndsAtItsRowsOrItsLength() {
        ResolvedSchema schema = ResolvedSchema.of(Column.physical("s", DataTypes.STRING()));
        List<RowData> rows = List.of(
                GenericRowData.of(StringData.fromString("aaaa")),
                GenericRowData.of(StringData.fromString("bbbb")),
                GenericRowData.of(StringData.fromString("cccc")));
        JsonRows writer = new JsonRows(schema, ZONE);
        assertThat(writer.take(rows.iterator(), 2, 1000)).isEqualTo(new JsonRows.Block("[[\"aaaa\"],[\"bbbb\"]]", 2));
        assertThat(writer.take(rows.iterator(), 9, 5)).isEqualTo(new JsonRows.Block("[[\"aaaa\"]]", 1));
        assertThat(writer.take(List.<RowData>of().iterator(), 9, 5)).isEqualTo(new JsonRows.Block("[]", 0));
    }
}
