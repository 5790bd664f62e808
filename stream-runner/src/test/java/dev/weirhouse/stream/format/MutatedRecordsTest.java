package dev.weirhouse.stream.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.flink.table.api.DataTypes.BOOLEAN;
import static org.apache.flink.table.api.DataTypes.DATE;
import static org.apache.flink.table.api.DataTypes.DECIMAL;
import static org.apache.flink.table.api.DataTypes.FIELD;
import static org.apache.flink.table.api.DataTypes.INT;
import static org.apache.flink.table.api.DataTypes.STRING;
import static org.apache.flink.table.api.DataTypes.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.types.Row;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a line is turned into, the wrapped format answers as the format alone, or with the line itself. */
class MutatedRecordsTest {

    private static final Field[] COLUMNS = {
        FIELD("id", INT().notNull()),
        FIELD("name", STRING()),
        FIELD("amount", DECIMAL(10, 2)),
        FIELD("day", DATE()),
        FIELD("at", TIMESTAMP(3)),
        FIELD("ok", BOOLEAN())
    };

    private static final Map<String, String> LINES = Map.of(
            "csv",
            "17,\"O'Hare, \"\"ORD\"\" é\",1234.50,2001-01-14,2001-01-14 23:59:59.999,true",
            "json",
            "{\"id\": 17, \"name\": \"O'Hare \\u00e9\", \"amount\": 1234.50, \"day\": \"2001-01-14\","
                    + " \"at\": \"2001-01-14 23:59:59.999\", \"ok\": true}");

    @ParameterizedTest
    @CsvSource({"csv,1", "csv,2", "csv,3", "json,1", "json,2", "json,3"})
    void answersAsTheFormatDoesOrWithTheLine(String format, long seed) throws Exception {
        Map<String, String> options = Map.of("connector", "strict", "format", format);
        Field[] nullable = COLUMNS.clone();
        nullable[0] = FIELD("id", INT());
        Decoder plain = Decoder.plain(options, nullable);
        Decoder rejecting = Decoder.rejecting(options, COLUMNS);
        Random random = new Random(seed);
        int rejected = 0;
        int rounds = 4_000;
        for (int round = 0; round < rounds; round++) {
            byte[] message = mutated(LINES.get(format).getBytes(UTF_8), random);
            String as = "%s seed %d round %d: %s".formatted(format, seed, round, new String(message, UTF_8));
            Optional<Row> expected = accepted(plain, message);
            List<Row> rows = rejecting.decode(message);
            if (expected.isPresent()) {
                assertThat(rows).as(as).containsExactly(Row.join(expected.get(), Row.of(null, null)));
            } else {
                assertThat(rows).as(as).singleElement().satisfies(row -> {
                    assertThat(row.getField(6)).isEqualTo(new String(message, UTF_8));
                    assertThat((String) row.getField(7)).isNotBlank().doesNotContain("\n");
                });
                rejected++;
            }
        }
        assertThat(rejecting.rejected()).isEqualTo(rejected);
        assertThat(rejected).as("rejected of %d", rounds).isBetween(rounds / 10, rounds * 9 / 10);
    }

    private static Optional<Row> accepted(Decoder plain, byte[] message) throws Exception {
        try {
            List<Row> rows = plain.decode(message);
            return rows.isEmpty() || rows.get(0).getField(0) == null ? Optional.empty() : Optional.of(rows.get(0));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** One to three bytes changed, lost, doubled or swapped; never empty. */
    private static byte[] mutated(byte[] line, Random random) {
        byte[] bytes = line.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) ",\"{}:\\ x0-\0".charAt(random.nextInt(11));
                case 2 -> bytes = without(bytes, at);
                case 3 -> bytes[at] = bytes[random.nextInt(bytes.length)];
                default -> bytes = Arrays.copyOf(bytes, random.nextInt(8) == 0 ? at + 1 : bytes.length);
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at) {
        if (bytes.length == 1) {
            return bytes;
        }
        byte[] shorter = new byte[bytes.length - 1];
        System.arraycopy(bytes, 0, shorter, 0, at);
        System.arraycopy(bytes, at + 1, shorter, at, shorter.length - at);
        return shorter;
    }
}
