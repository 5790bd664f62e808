package dev.weirhouse.olap.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.util.JsonStringArrayList;
import org.apache.arrow.vector.util.Text;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.DataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every type, with nulls, written to an Arrow IPC stream and read again by Arrow's own reader. */
final class ArrowRowsTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingIsLeft() {
        assertThat(allocator.getAllocatedMemory()).isZero();
        allocator.close();
    }

    @Test
    void numbers() {
        assertThat(roundTrip(DataTypes.BOOLEAN(), true, null, false)).containsExactly(true, null, false);
        assertThat(roundTrip(DataTypes.TINYINT(), (byte) -128, null)).containsExactly((byte) -128, null);
        assertThat(roundTrip(DataTypes.SMALLINT(), (short) -32768, null)).containsExactly((short) -32768, null);
        assertThat(roundTrip(DataTypes.INT(), Integer.MIN_VALUE, null)).containsExactly(Integer.MIN_VALUE, null);
        assertThat(roundTrip(DataTypes.BIGINT(), Long.MIN_VALUE, null)).containsExactly(Long.MIN_VALUE, null);
        assertThat(roundTrip(DataTypes.FLOAT(), 1.5f, null, Float.NaN)).containsExactly(1.5f, null, Float.NaN);
        assertThat(roundTrip(DataTypes.DOUBLE(), -0.1, null)).containsExactly(-0.1, null);
    }

    @Test
    void decimalsOfBothRepresentations() {
        BigDecimal small = new BigDecimal("-12345678.90");
        assertThat(roundTrip(DataTypes.DECIMAL(10, 2), DecimalData.fromBigDecimal(small, 10, 2), null))
                .containsExactly(small, null);
        BigDecimal large = new BigDecimal("-12345678901234567890123456789012345.678");
        assertThat(roundTrip(DataTypes.DECIMAL(38, 3), DecimalData.fromBigDecimal(large, 38, 3), null))
                .containsExactly(large, null);
        BigDecimal positive = new BigDecimal("1.000000000000000000001");
        assertThat(roundTrip(DataTypes.DECIMAL(22, 21), DecimalData.fromBigDecimal(positive, 22, 21)))
                .containsExactly(positive);
    }

    @Test
    void textAndBytes() {
        assertThat(roundTrip(DataTypes.STRING(), text("Zürich ✈ 東京"), null, text("")))
                .containsExactly(new Text("Zürich ✈ 東京"), null, new Text(""));
        assertThat(roundTrip(DataTypes.CHAR(3), text("abc"), null)).containsExactly(new Text("abc"), null);
        byte[] bytes = {0, 1, (byte) 0xFF};
        assertThat((byte[]) roundTrip(DataTypes.BYTES(), bytes, null).get(0)).isEqualTo(bytes);
        assertThat((byte[]) roundTrip(DataTypes.BINARY(3), bytes, null).get(0)).isEqualTo(bytes);
        RawValueData<String> raw = RawValueData.fromObject("as it prints");
        assertThat(roundTrip(DataTypes.RAW(String.class, StringSerializer.INSTANCE), raw, null))
                .containsExactly(new Text("as it prints"), null);
    }

    @Test
    void datesAndTimes() {
        assertThat(roundTrip(DataTypes.DATE(), (int) LocalDate.of(1, 1, 1).toEpochDay(), null))
                .containsExactly((int) LocalDate.of(1, 1, 1).toEpochDay(), null);
        int nine = (int) (LocalTime.of(9, 30, 15, 250_000_000).toNanoOfDay() / 1_000_000);
        assertThat(roundTrip(DataTypes.TIME(0), nine, null)).containsExactly(nine / 1000, null);
        assertThat(roundTrip(DataTypes.TIME(3), nine, null))
                .containsExactly(LocalDate.EPOCH.atTime(LocalTime.of(9, 30, 15, 250_000_000)), null);
    }

    @Test
    void timestampsOfEachPrecision() {
        LocalDateTime exact = LocalDateTime.of(2001, 1, 14, 23, 59, 58, 123_456_789);
        TimestampData value = TimestampData.fromLocalDateTime(exact);
        assertThat(roundTrip(DataTypes.TIMESTAMP(0), value, null)).containsExactly(exact.withNano(0), null);
        assertThat(roundTrip(DataTypes.TIMESTAMP(3), value, null)).containsExactly(exact.withNano(123_000_000), null);
        assertThat(roundTrip(DataTypes.TIMESTAMP(6), value, null)).containsExactly(exact.withNano(123_456_000), null);
        assertThat(roundTrip(DataTypes.TIMESTAMP(9), value, null)).containsExactly(exact, null);
        LocalDateTime early = LocalDateTime.of(1, 1, 1, 0, 0, 0, 1000);
        assertThat(roundTrip(DataTypes.TIMESTAMP(6), TimestampData.fromLocalDateTime(early)))
                .containsExactly(early);
    }

    @Test
    void timesOfLocalZoneShowTheSessionsWallClock() {
        DataType type = DataTypes.TIMESTAMP_LTZ(3);
        List<Object> seen = roundTrip(
                type,
                instant("2001-01-14T12:00:00Z"),
                instant("2001-07-14T12:00:00Z"),
                null,
                instant("2001-03-25T00:59:59.999Z"),
                instant("2001-03-25T01:00:00Z"),
                instant("2001-03-25T00:59:59.999Z"));
        assertThat(seen)
                .containsExactly(
                        LocalDateTime.parse("2001-01-14T13:00:00"),
                        LocalDateTime.parse("2001-07-14T14:00:00"),
                        null,
                        LocalDateTime.parse("2001-03-25T01:59:59.999"),
                        LocalDateTime.parse("2001-03-25T03:00:00"),
                        LocalDateTime.parse("2001-03-25T01:59:59.999"));
    }

    @Test
    void aTimeBeyondNanosecondsIsRefusedNotBent() {
        TimestampData last = TimestampData.fromLocalDateTime(LocalDateTime.of(9999, 12, 31, 0, 0));
        assertThatThrownBy(() -> roundTrip(DataTypes.TIMESTAMP(9), last))
                .isInstanceOf(WarehouseException.class)
                .hasMessageContaining("WEIR-1405")
                .hasMessageContaining("TIMESTAMP(6)");
        assertThat(roundTrip(DataTypes.TIMESTAMP(6), last)).containsExactly(LocalDateTime.of(9999, 12, 31, 0, 0));
    }

    @Test
    void intervals() {
        assertThat(roundTrip(DataTypes.INTERVAL(DataTypes.YEAR(), DataTypes.MONTH()), 14, null))
                .containsExactly(Period.ofMonths(14), null);
        long millis = Duration.ofDays(-3).minusMillis(5).toMillis();
        List<Object> seen = roundTrip(DataTypes.INTERVAL(DataTypes.DAY(), DataTypes.SECOND(3)), millis, null);
        assertThat(seen).containsExactly(Duration.ofMillis(millis), null);
    }

    @Test
    void arraysWithNullsAtEachLevel() {
        DataType type = DataTypes.ARRAY(DataTypes.ARRAY(DataTypes.STRING()));
        GenericArrayData inner = new GenericArrayData(new Object[] {text("a"), null});
        GenericArrayData empty = new GenericArrayData(new Object[0]);
        List<Object> seen = roundTrip(type, new GenericArrayData(new Object[] {inner, null, empty}), null, empty);
        assertThat(seen).containsExactly(list(list(new Text("a"), null), null, list()), null, list());
    }

    @Test
    void mapsAndMultisets() {
        DataType map = DataTypes.MAP(DataTypes.STRING(), DataTypes.BIGINT());
        List<Object> seen = roundTrip(map, null, new GenericMapData(Collections.singletonMap(text("k"), null)));
        assertThat(seen.get(0)).isNull();
        assertThat(seen.get(1)).hasToString("[{\"key\":\"k\"}]");
        DataType multiset = DataTypes.MULTISET(DataTypes.INT());
        assertThat(roundTrip(multiset, new GenericMapData(Map.of(7, 2)), null).get(0))
                .hasToString("[{\"key\":7,\"value\":2}]");
    }

    @Test
    void rowsInsideRowsAndArrays() {
        DataType point =
                DataTypes.ROW(DataTypes.FIELD("x", DataTypes.INT()), DataTypes.FIELD("name", DataTypes.STRING()));
        DataType type =
                DataTypes.ROW(DataTypes.FIELD("points", DataTypes.ARRAY(point)), DataTypes.FIELD("n", DataTypes.INT()));
        GenericArrayData points = new GenericArrayData(
                new Object[] {GenericRowData.of(1, text("one")), null, GenericRowData.of(null, null)});
        List<Object> seen = roundTrip(type, null, GenericRowData.of(points, 3), GenericRowData.of(null, null));
        assertThat(seen.get(0)).isNull();
        assertThat(seen.get(1)).hasToString("{\"points\":[{\"x\":1,\"name\":\"one\"},null,{}],\"n\":3}");
        assertThat(seen.get(2)).hasToString("{}");
    }

    @Test
    void theTypeOfNull() {
        assertThat(roundTrip(DataTypes.NULL(), null, null)).containsExactly(null, null);
    }

    @Test
    void aBatchIsFullByRowsOrBytesAndItsMemoryIsUsedAgain() {
        ResolvedSchema schema = ResolvedSchema.of(Column.physical("s", DataTypes.STRING()));
        try (ArrowRows rows = new ArrowRows(schema, BERLIN, allocator, 3, 1000)) {
            RowData small = GenericRowData.of(text("x"));
            rows.add(small);
            rows.add(small);
            assertThat(rows.isFull()).isFalse();
            rows.add(small);
            assertThat(rows.isFull()).isTrue();
            assertThat(rows.seal().getRowCount()).isEqualTo(3);
            rows.clear();
            assertThat(rows.isEmpty()).isTrue();
            rows.add(GenericRowData.of((Object) null));
            assertThat(rows.seal().getVector(0).getObject(0)).isNull();
            rows.clear();
            rows.add(GenericRowData.of(text("x".repeat(1000))));
            assertThat(rows.isFull()).isTrue();
        }
    }

    @Test
    void exhaustedMemoryIsAnErrorOfItsOwn() {
        ResolvedSchema schema = ResolvedSchema.of(Column.physical("s", DataTypes.STRING()));
        try (BufferAllocator little = allocator.newChildAllocator("little", 0, 1 << 17);
                ArrowRows rows = new ArrowRows(schema, BERLIN, little, 1 << 20, 1 << 30)) {
            RowData wide = GenericRowData.of(text("x".repeat(10_000)));
            assertThatThrownBy(() -> Collections.nCopies(100, wide).forEach(rows::add))
                    .isInstanceOfSatisfying(WarehouseException.class, e -> assertThat(e.code())
                            .isEqualTo(OlapError.RESULT_MEMORY_EXHAUSTED));
        }
    }

    @Test
    void aTypeThatNoClientCanReadIsNamed() {
        ResolvedSchema schema = ResolvedSchema.of(Column.physical("z", DataTypes.TIMESTAMP_WITH_TIME_ZONE(3)));
        assertThatThrownBy(() -> ArrowFields.ofAnswer(schema))
                .hasMessageContaining("WEIR-1404")
                .hasMessageContaining("TIMESTAMP(3) WITH TIME ZONE");
    }

    private List<Object> roundTrip(DataType type, Object... values) {
        ResolvedSchema schema = ResolvedSchema.of(Column.physical("c", type), Column.physical("d", type));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ArrowRows rows = new ArrowRows(schema, BERLIN, allocator, 2, 1 << 20);
                ArrowStreamWriter writer = new ArrowStreamWriter(rows.root(), null, bytes)) {
            writer.start();
            for (Object value : values) {
                rows.add(GenericRowData.of(value, value));
                if (rows.isFull()) {
                    send(rows, writer);
                }
            }
            send(rows, writer);
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Object> first = read(bytes, 0);
        assertThat(read(bytes, 1).toArray()).isEqualTo(first.toArray());
        return first;
    }

    private static void send(ArrowRows rows, ArrowStreamWriter writer) throws IOException {
        rows.seal();
        writer.writeBatch();
        rows.clear();
    }

    private List<Object> read(ByteArrayOutputStream bytes, int column) {
        List<Object> values = new ArrayList<>();
        try (ArrowStreamReader reader =
                new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            while (reader.loadNextBatch()) {
                FieldVector vector = root.getVector(column);
                for (int i = 0; i < root.getRowCount(); i++) {
                    values.add(vector.getObject(i));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    private static StringData text(String text) {
        return StringData.fromBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static TimestampData instant(String text) {
        return TimestampData.fromInstant(Instant.parse(text));
    }

    private static List<Object> list(Object... values) {
        List<Object> list = new JsonStringArrayList<>();
        list.addAll(Arrays.asList(values));
        return list;
    }
}
