package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.consistency.CheckRule.InRange;
import dev.weirhouse.consistency.CheckRule.NotNull;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.VarCharType;
import org.junit.jupiter.api.Test;

final class RuleSqlTest {

    private static final TableName TABLE = new TableName("dw", "orders");

    private static String most(String most, LogicalType type) {
        return RuleSql.of(TABLE, new InRange("c", Optional.empty(), Optional.of(most)), type)
                .count()
                .replaceFirst(".* WHERE ", "");
    }

    @Test
    void namesAndValuesEndWhereTheyAreToEnd() {
        assertThat(RuleSql.of(TABLE, new NotNull(List.of("a` OR `b"))).count())
                .isEqualTo("SELECT COUNT(*) FROM `dw`.`orders` AS t WHERE `a`` OR ``b` IS NULL");
        assertThat(most("x' OR 'a' = 'a", new VarCharType(10))).isEqualTo("`c` > 'x'' OR ''a'' = ''a'");
        assertThatThrownBy(() -> most("1 OR 1 = 1", new IntType())).hasMessageContaining("WEIR-1601");
    }

    @Test
    void numbersAreThoseOfTheColumn() {
        assertThat(most("1e2", new IntType())).isEqualTo("`c` > 100");
        assertThat(most("0.1", new DoubleType())).isEqualTo("`c` > 0.1E0 OR CAST(`c` AS STRING) = 'NaN'");
        assertThat(most("0.1", new FloatType()))
                .as("a FLOAT of 0.1 is no more than that")
                .startsWith("`c` > 0.10000000149011612E0 OR ");
        assertThatThrownBy(() -> most("1e999999999", new IntType())).hasMessageContaining("WEIR-1601");
        assertThatThrownBy(() -> most("1e-999999999", new DoubleType())).hasMessageContaining("WEIR-1601");
    }

    @Test
    void timesThatWouldBeCutOffAreRefused() {
        assertThat(most("2024-01-31T12:00:00.5Z", new LocalZonedTimestampType(6)))
                .isEqualTo("`c` > TO_TIMESTAMP_LTZ(1706702400500, 3)");
        assertThatThrownBy(() -> most("2024-01-31T12:00:00.0005Z", new LocalZonedTimestampType(6)))
                .hasMessageContaining("to the millisecond");
        assertThatThrownBy(() -> most("+1000000000-12-31T23:59:59Z", new LocalZonedTimestampType(3)))
                .hasMessageContaining("WEIR-1601");
    }
}
