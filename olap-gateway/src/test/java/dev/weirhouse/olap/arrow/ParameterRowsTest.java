package dev.weirhouse.olap.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeMilliVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMilliVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ParameterRowsTest {

    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingIsLeft() {
        allocator.close();
    }

    @Test
    void valuesOfEachKind() {
        assertThat(read(new BitVector("p", allocator), v -> v.setSafe(0, 1))).isEqualTo(true);
        assertThat(read(new UInt1Vector("p", allocator), v -> v.setSafe(0, 200)))
                .isEqualTo(200);
        assertThat(read(new DecimalVector("p", allocator, 10, 2), v -> v.setSafe(0, new BigDecimal("1.50"))))
                .isEqualTo(new BigDecimal("1.50"));
        assertThat(read(new VarCharVector("p", allocator), v -> v.setSafe(0, new Text("O'Hare"))))
                .isEqualTo("O'Hare");
        assertThat(read(new VarBinaryVector("p", allocator), v -> v.setSafe(0, new byte[] {1, 2})))
                .isEqualTo(new byte[] {1, 2});
        assertThat(read(new DateDayVector("p", allocator), v -> v.setSafe(0, 11_323)))
                .isEqualTo(LocalDate.of(2001, 1, 1));
        assertThat(read(new DateMilliVector("p", allocator), v -> v.setSafe(0, 86_400_000L)))
                .isEqualTo(LocalDate.of(1970, 1, 2));
        assertThat(read(new TimeMilliVector("p", allocator), v -> v.setSafe(0, 1)))
                .isEqualTo(LocalTime.of(0, 0, 0, 1_000_000));
        assertThat(read(new TimeMicroVector("p", allocator), v -> v.setSafe(0, 1)))
                .isEqualTo(LocalTime.of(0, 0, 0, 1000));
        assertThat(read(new TimeStampMilliVector("p", allocator), v -> v.setSafe(0, -1)))
                .isEqualTo(LocalDateTime.parse("1969-12-31T23:59:59.999"));
        assertThat(read(new TimeStampMicroTZVector("p", allocator, "Asia/Tokyo"), v -> v.setSafe(0, -1)))
                .isEqualTo(Instant.parse("1969-12-31T23:59:59.999999Z"));
    }

    @Test
    void nullsStayNull() {
        assertThat(read(new VarCharVector("p", allocator), v -> v.setNull(0))).isNull();
    }

    @Test
    void whatCannotBeBoundIsNamed() {
        assertThatThrownBy(() -> read(ListVector.empty("p", allocator), v -> v.endValue(v.startNewValue(0), 0)))
                .hasMessageContaining("WEIR-1404");
    }

    @Test
    void markersAreAnnouncedInMillisecondsAndMayBeNull() {
        Schema schema = ArrowFields.ofParameters(List.of(
                new TimestampType(false, 9),
                new LocalZonedTimestampType(6),
                new TimeType(0),
                new DecimalType(10, 2),
                new VarCharType(5)));
        assertThat(schema.getFields()).allMatch(Field::isNullable);
        assertThat(schema.getFields().stream().map(Field::getType))
                .containsExactly(
                        new ArrowType.Timestamp(TimeUnit.MILLISECOND, null),
                        new ArrowType.Timestamp(TimeUnit.MILLISECOND, null),
                        new ArrowType.Time(TimeUnit.MILLISECOND, 32),
                        new ArrowType.Decimal(10, 2, 128),
                        ArrowType.Utf8.INSTANCE);
    }

    private static <V extends FieldVector> Object read(V vector, Consumer<V> fill) {
        vector.allocateNew();
        fill.accept(vector);
        try (VectorSchemaRoot root = VectorSchemaRoot.of(vector)) {
            root.setRowCount(1);
            return ParameterRows.read(root).get(0).get(0);
        }
    }
}
