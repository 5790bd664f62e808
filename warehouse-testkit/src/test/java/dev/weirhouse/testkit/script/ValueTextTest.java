package dev.weirhouse.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.types.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class ValueTextTest {

    private final ValueText text = new ValueText(ZoneId.of("America/Chicago"));

    @ParameterizedTest
    @MethodSource("values")
    void isWrittenAsThePackageSays(Object value, String written) {
        assertThat(text.of(value)).isEqualTo(written);
    }

    static Stream<Arguments> values() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("b", 2);
        map.put("a", null);
        Row named = Row.withNames();
        named.setField("y", "two words");
        named.setField("x", 1.50);
        return Stream.of(
                Arguments.of(null, "NULL"),
                Arguments.of("", "(empty)"),
                Arguments.of("NULL", "\\NULL"),
                Arguments.of("(empty)", "\\(empty)"),
                Arguments.of("two words", "two words"),
                Arguments.of(" a  b ", "\\sa\\s\\sb\\s"),
                Arguments.of("tab\tline\nback\\slash", "tab\\tline\\nback\\\\slash"),
                Arguments.of(true, "true"),
                Arguments.of((byte) -1, "-1"),
                Arguments.of(Long.MAX_VALUE, "9223372036854775807"),
                Arguments.of(BigInteger.TEN, "10"),
                Arguments.of(new BigDecimal("9.50"), "9.50"),
                Arguments.of(new BigDecimal("0E-10"), "0.0000000000"),
                Arguments.of(1.0, "1"),
                Arguments.of(-0.0, "0"),
                Arguments.of(0.1 + 0.2, "0.3"),
                Arguments.of(2.0 / 3, "0.666666666667"),
                Arguments.of(123456789.125, "123456789.125"),
                Arguments.of(1e14, "100000000000000"),
                Arguments.of(1e15, "1E15"),
                Arguments.of(-1.25e300, "-1.25E300"),
                Arguments.of(1e-6, "0.000001"),
                Arguments.of(1.5e-7, "1.5E-7"),
                Arguments.of(Double.NaN, "NaN"),
                Arguments.of(Double.NEGATIVE_INFINITY, "-Infinity"),
                Arguments.of(0.1f, "0.1"),
                Arguments.of(16777216f, "16777200"),
                Arguments.of(new byte[] {0, (byte) 0xff}, "0x00FF"),
                Arguments.of(new byte[0], "0x"),
                Arguments.of(LocalDate.of(2001, 1, 14), "2001-01-14"),
                Arguments.of(Date.valueOf("2001-01-14"), "2001-01-14"),
                Arguments.of(LocalTime.of(23, 59), "23:59:00"),
                Arguments.of(LocalTime.of(23, 59, 1, 500_000_000), "23:59:01.5"),
                Arguments.of(Time.valueOf("23:59:00"), "23:59:00"),
                Arguments.of(new Time(Time.valueOf("23:59:00").getTime() + 250), "23:59:00.25"),
                Arguments.of(LocalDateTime.of(2001, 1, 14, 23, 59), "2001-01-14 23:59:00"),
                Arguments.of(LocalDateTime.of(2001, 1, 14, 23, 59, 0, 1_000), "2001-01-14 23:59:00.000001"),
                Arguments.of(Timestamp.valueOf("2001-01-14 23:59:00.123"), "2001-01-14 23:59:00.123"),
                Arguments.of(Instant.parse("2001-01-14T23:59:00Z"), "2001-01-14 17:59:00"),
                Arguments.of(OffsetDateTime.parse("2001-01-14T23:59:00+06:00"), "2001-01-14 11:59:00"),
                Arguments.of(Period.ofMonths(14), "P1Y2M"),
                Arguments.of(Duration.ofMinutes(26 * 60 + 3), "PT26H3M"),
                Arguments.of(new Object[] {1, null, new int[] {2}}, "[1, NULL, [2]]"),
                Arguments.of(Arrays.asList("a", null), "[a, NULL]"),
                Arguments.of(map, "{a=NULL, b=2}"),
                Arguments.of(Map.of(), "{}"),
                Arguments.of(named, "{x=1.5, y=two words}"),
                Arguments.of(Row.of(List.of(1), ""), "{f0=[1], f1=(empty)}"));
    }
}
