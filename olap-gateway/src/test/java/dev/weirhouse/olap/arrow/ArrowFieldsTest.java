package dev.weirhouse.olap.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.TableName;
import org.apache.arrow.flight.sql.FlightSqlColumnMetadata;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.junit.jupiter.api.Test;

final class ArrowFieldsTest {

    private static final ResolvedSchema COLUMNS = ResolvedSchema.of(
            Column.physical("fare", DataTypes.DECIMAL(10, 2).notNull()).withComment("in dollars"),
            Column.physical("code", DataTypes.VARCHAR(3)));

    @Test
    void aTablesColumnsAreDescribed() {
        Schema schema = ArrowFields.ofTable("weirhouse", new TableName("ods", "flights"), COLUMNS);
        FlightSqlColumnMetadata fare = description(schema.getFields().get(0));
        assertThat(schema.getFields().get(0).isNullable()).isFalse();
        assertThat(fare.getCatalogName()).isEqualTo("weirhouse");
        assertThat(fare.getSchemaName()).isEqualTo("ods");
        assertThat(fare.getTableName()).isEqualTo("flights");
        assertThat(fare.getTypeName()).isEqualTo("DECIMAL(10, 2)");
        assertThat(fare.getPrecision()).isEqualTo(10);
        assertThat(fare.getScale()).isEqualTo(2);
        assertThat(fare.getRemarks()).isEqualTo("in dollars");
        FlightSqlColumnMetadata code = description(schema.getFields().get(1));
        assertThat(code.getPrecision()).isEqualTo(3);
        assertThat(code.isCaseSensitive()).isTrue();
        assertThat(code.getRemarks()).isNull();
    }

    /** The stock driver shows remarks as the column's label. */
    @Test
    void anAnswersColumnsKeepTheirNames() {
        Field fare = ArrowFields.ofAnswer(COLUMNS).getFields().get(0);
        assertThat(fare.getName()).isEqualTo("fare");
        assertThat(description(fare).getRemarks()).isNull();
    }

    private static FlightSqlColumnMetadata description(Field field) {
        return new FlightSqlColumnMetadata(field.getMetadata());
    }
}
