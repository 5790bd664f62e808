package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.junit.jupiter.api.Test;

final class JsonParameterTest {

    private static final ZoneId ZONE = ZoneId.of("America/New_York");

    private static Object read(String json, DataType type) throws JsonProcessingException {
        return JsonParameter.readAll(nodes(json), List.of(type.getLogicalType()), ZONE)
                .get(0);
    }

    private static List<JsonNode> nodes(String... values) throws JsonProcessingException {
        List<JsonNode> nodes = new ArrayList<>();
        for (String value : values) {
            nodes.add(Json.MAPPER.readTree(value));
        }
        return nodes;
    }

    @Test
    void aValueIsReadAsTheMarkersType() throws JsonProcessingException {
        assertThat(read("true", DataTypes.BOOLEAN())).isEqualTo(true);
        assertThat(read("7", DataTypes.TINYINT())).isEqualTo((byte) 7);
        assertThat(read("7", DataTypes.INT())).isEqualTo(7);
        assertThat(read("\"9223372036854775807\"", DataTypes.BIGINT())).isEqualTo(Long.MAX_VALUE);
        assertThat(read("1.5", DataTypes.DOUBLE())).isEqualTo(1.5);
        assertThat(read("\"NaN\"", DataTypes.DOUBLE())).isEqualTo(Double.NaN);
        assertThat(read("\"1.50\"", DataTypes.DECIMAL(10, 2))).isEqualTo(new BigDecimal("1.50"));
        assertThat(read("0.1", DataTypes.DECIMAL(10, 2))).isEqualTo(new BigDecimal("0.1"));
        assertThat(read("\"a\"", DataTypes.STRING())).isEqualTo("a");
        assertThat(read("\"AQI=\"", DataTypes.BYTES())).isEqualTo(new byte[] {1, 2});
        assertThat(read("\"2001-01-31\"", DataTypes.DATE())).isEqualTo(LocalDate.of(2001, 1, 31));
        assertThat(read("\"10:00\"", DataTypes.TIME())).isEqualTo(LocalTime.of(10, 0));
        assertThat(read("\"2001-01-31 10:00:00\"", DataTypes.TIMESTAMP(3)))
                .isEqualTo(LocalDateTime.of(2001, 1, 31, 10, 0));
        assertThat(read("\"2001-01-31T10:00:00\"", DataTypes.TIMESTAMP(3)))
                .isEqualTo(LocalDateTime.of(2001, 1, 31, 10, 0));
        assertThat(read("\"2001-01-31 05:00:00\"", DataTypes.TIMESTAMP_LTZ(3)))
                .isEqualTo(Instant.parse("2001-01-31T10:00:00Z"));
        assertThat(read("\"2001-01-31T10:00:00Z\"", DataTypes.TIMESTAMP_LTZ(3)))
                .isEqualTo(Instant.parse("2001-01-31T10:00:00Z"));
        assertThat(read("null", DataTypes.INT())).isNull();
        assertThat(read("7", DataTypes.NULL())).isEqualTo(7L);
    }

    @Test
    void whatDoesNotFitIsNamedByItsNumber() {
        assertRefused("300", DataTypes.TINYINT());
        assertRefused("1.5", DataTypes.INT());
        assertRefused("\"x\"", DataTypes.BIGINT());
        assertRefused("1", DataTypes.STRING());
        assertRefused("\"true\"", DataTypes.BOOLEAN());
        assertRefused("\"2001-02-30\"", DataTypes.DATE());
        assertRefused("\"***\"", DataTypes.BYTES());
        assertRefused("1e999999999", DataTypes.INT());
    }

    private static void assertRefused(String json, DataType type) {
        assertThatThrownBy(() -> read(json, type))
                .isInstanceOf(WarehouseException.class)
                .satisfies(e -> assertThat(((WarehouseException) e).code()).isEqualTo(CatalogError.PARAMETER_MISMATCH))
                .hasMessageContaining("Parameter 1, ");
    }

    @Test
    void everyMarkerNeedsAValue() {
        List<LogicalType> types = List.of(DataTypes.INT().getLogicalType());
        assertThatThrownBy(() -> JsonParameter.readAll(nodes("1", "2"), types, ZONE))
                .hasMessageContaining("The statement has 1 markers and the request 2 parameters.");
    }
}
