package dev.weirhouse.stream.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.flink.table.api.DataTypes.ARRAY;
import static org.apache.flink.table.api.DataTypes.BIGINT;
import static org.apache.flink.table.api.DataTypes.BINARY;
import static org.apache.flink.table.api.DataTypes.BOOLEAN;
import static org.apache.flink.table.api.DataTypes.BYTES;
import static org.apache.flink.table.api.DataTypes.CHAR;
import static org.apache.flink.table.api.DataTypes.DATE;
import static org.apache.flink.table.api.DataTypes.DECIMAL;
import static org.apache.flink.table.api.DataTypes.DOUBLE;
import static org.apache.flink.table.api.DataTypes.FIELD;
import static org.apache.flink.table.api.DataTypes.FLOAT;
import static org.apache.flink.table.api.DataTypes.INT;
import static org.apache.flink.table.api.DataTypes.MAP;
import static org.apache.flink.table.api.DataTypes.ROW;
import static org.apache.flink.table.api.DataTypes.SMALLINT;
import static org.apache.flink.table.api.DataTypes.STRING;
import static org.apache.flink.table.api.DataTypes.TIME;
import static org.apache.flink.table.api.DataTypes.TIMESTAMP;
import static org.apache.flink.table.api.DataTypes.TIMESTAMP_LTZ;
import static org.apache.flink.table.api.DataTypes.TINYINT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.DataTypes.Field;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;
import org.junit.jupiter.api.Test;

class RejectingFormatTest {

    private static final Map<String, String> CSV = Map.of("connector", "strict", "format", "csv");
    private static final Map<String, String> JSON = Map.of("connector", "strict", "format", "json");
    private static final Field ID = FIELD("id", INT().notNull());
    private static final Field NAME = FIELD("name", STRING());

    @Test
    void wrapsTheFormatAndItsOptions() {
        assertThat(wrap("format", "csv", "csv.null-literal", "-", "path", "/in"))
                .isEqualTo(Map.of(
                        "format", "weir-rejecting",
                        "weir-rejecting.format", "csv",
                        "weir-rejecting.options.null-literal", "-",
                        "path", "/in"));
        assertThat(wrap("key.format", "raw", "value.format", "json", "value.json.ignore-parse-errors", "true"))
                .isEqualTo(Map.of(
                        "key.format", "raw",
                        "value.format", "weir-rejecting",
                        "value.weir-rejecting.format", "json",
                        "value.weir-rejecting.options.ignore-parse-errors", "true"));
    }

    @Test
    void leavesAloneWhatHasNoRecords() {
        ClassLoader loader = getClass().getClassLoader();
        assertThat(RejectingFormat.wrap(Map.of("connector", "datagen"), loader)).isEmpty();
        assertThat(RejectingFormat.wrap(Map.of("format", "no-such-format"), loader))
                .isEmpty();
        assertThat(RejectingFormat.wrap(wrap("format", "csv"), loader)).isEmpty();
    }

    @Test
    void acceptsWhatFits() throws Exception {
        Decoder decoder = Decoder.rejecting(CSV, ID, NAME);
        assertThat(decoder.decode(utf8("1,a"))).containsExactly(Row.of(1, "a", null, null));
        assertThat(decoder.decode(utf8("2,"))).containsExactly(Row.of(2, "", null, null));
        assertThat(decoder.rejected()).isZero();
    }

    @Test
    void rejectsWhatTheFormatCannotRead() throws Exception {
        Decoder csv = Decoder.rejecting(CSV, FIELD("id", INT()), NAME);
        assertThat(csv.decode(utf8("x,a")))
                .containsExactly(
                        Row.of(null, null, "x,a", "Fail to deserialize at field: id: For input string: \"x\""));
        assertThat(csv.decode(utf8("1")))
                .containsExactly(Row.of(null, null, "1", "Row length mismatch. 2 fields expected but was 1"));
        assertThat(csv.decode(utf8("1,a,b"))).singleElement().satisfies(row -> assertThat(row.getField(2))
                .isEqualTo("1,a,b"));
        assertThat(csv.rejected()).isEqualTo(3);

        Decoder json = Decoder.rejecting(JSON, ID, NAME);
        assertThat(json.decode(utf8("{\"id\": 1, \"name\": \"a\"}"))).containsExactly(Row.of(1, "a", null, null));
        assertThat(json.decode(utf8("{\"id\": 1, \"name\": "))).singleElement().satisfies(row -> {
            assertThat(row.getField(0)).isEqualTo(0);
            assertThat(row.getField(2)).isEqualTo("{\"id\": 1, \"name\": ");
            assertThat((String) row.getField(3))
                    .isNotBlank()
                    .doesNotContain("\n")
                    .doesNotContain("Source");
        });
    }

    @Test
    void rejectsNullsWhereTheTypeAllowsNone() throws Exception {
        Decoder decoder = Decoder.rejecting(
                JSON,
                ID,
                FIELD("who", ROW(FIELD("first", STRING().notNull()), FIELD("last", STRING()))),
                FIELD("tags", ARRAY(STRING().notNull())),
                FIELD("counts", MAP(STRING(), INT().notNull())));
        assertThat(decoder.decode(
                        utf8("{\"id\": 1, \"who\": {\"first\": \"a\"}, \"tags\": [], \"counts\": {\"k\": 1}}")))
                .singleElement()
                .satisfies(row -> assertThat(row.getField(5)).isNull())
                .satisfies(row -> assertThat(row.getField(0)).isEqualTo(1));
        assertThat(reason(decoder, "{}")).isEqualTo("The column 'id' is NOT NULL and has no value.");
        assertThat(reason(decoder, "{\"id\": 1, \"who\": {\"last\": \"a\"}}")).contains("'who.first'");
        assertThat(reason(decoder, "{\"id\": 1, \"tags\": [\"a\", null]}")).contains("'tags[]'");
        assertThat(reason(decoder, "{\"id\": 1, \"counts\": {\"a\": null}}")).contains("'counts[value]'");
        assertThat(decoder.rejected()).isEqualTo(4);
    }

    @Test
    void placeholdersPassEverySerializer() throws Exception {
        Decoder decoder = Decoder.rejecting(
                JSON,
                FIELD("a", TINYINT().notNull()),
                FIELD("b", SMALLINT().notNull()),
                FIELD("c", BIGINT().notNull()),
                FIELD("d", FLOAT().notNull()),
                FIELD("e", DOUBLE().notNull()),
                FIELD("f", DECIMAL(20, 2).notNull()),
                FIELD("g", BOOLEAN().notNull()),
                FIELD("h", CHAR(2).notNull()),
                FIELD("i", STRING().notNull()),
                FIELD("j", BINARY(2).notNull()),
                FIELD("k", BYTES().notNull()),
                FIELD("l", DATE().notNull()),
                FIELD("m", TIME().notNull()),
                FIELD("n", TIMESTAMP(3).notNull()),
                FIELD("o", TIMESTAMP_LTZ(6).notNull()),
                FIELD("p", ARRAY(INT()).notNull()),
                FIELD("q", MAP(STRING(), INT()).notNull()),
                FIELD(
                        "r",
                        ROW(FIELD("x", INT().notNull()), FIELD("y", STRING())).notNull()));
        assertThat(decoder.decode(utf8("?"))).singleElement().satisfies(row -> assertThat(row)
                .isEqualTo(Row.of(
                        (byte) 0,
                        (short) 0,
                        0L,
                        0f,
                        0d,
                        new BigDecimal("0.00"),
                        false,
                        "  ",
                        "",
                        new byte[2],
                        new byte[0],
                        LocalDate.EPOCH,
                        LocalTime.MIDNIGHT,
                        LocalDateTime.parse("1970-01-01T00:00"),
                        Instant.EPOCH,
                        new Integer[0],
                        Map.of(),
                        Row.of(0, null),
                        "?",
                        row.getField(19))));
    }

    @Test
    void whetherARecordFitsDoesNotDependOnTheColumnsRead() throws Exception {
        List<Field> columns = List.of(ID, NAME, FIELD("amount", DOUBLE()));
        byte[] good = utf8("1,a,2.5");
        byte[] bad = utf8("1,a,much");

        Decoder one = Decoder.rejecting(CSV, columns, "name");
        assertThat(one.decode(good)).containsExactly(Row.of("a"));
        assertThat(one.decode(bad)).containsExactly(Row.of((Object) null));
        assertThat(one.rejected()).isEqualTo(1);

        Decoder turned = Decoder.rejecting(CSV, columns, "__weir_error", "amount", "__weir_raw", "id");
        assertThat(turned.decode(good)).containsExactly(Row.of(null, 2.5, null, 1));
        assertThat(turned.decode(bad))
                .containsExactly(Row.of(
                        "Fail to deserialize at field: amount: For input string: \"much\"", null, "1,a,much", 0));

        Decoder none = Decoder.rejecting(CSV, columns, new String[0]);
        assertThat(none.decode(good)).containsExactly(new Row(0));
        assertThat(none.decode(bad)).containsExactly(new Row(0));
    }

    @Test
    void recordsThatTheUserIgnoresAreDropped() throws Exception {
        Map<String, String> options = new HashMap<>(JSON);
        options.put("json.ignore-parse-errors", "true");
        Decoder decoder = Decoder.rejecting(options, ID, NAME);
        assertThat(decoder.decode(utf8("{\"id\": 1"))).isEmpty();
        assertThat(decoder.decode(utf8("{}"))).isEmpty();
        assertThat(decoder.decode(utf8("{\"id\": 1}"))).containsExactly(Row.of(1, null, null, null));
        assertThat(decoder.rejected()).isZero();
    }

    @Test
    void emptyMessagesAreNoRecords() throws Exception {
        assertThat(Decoder.rejecting(JSON, ID).decode(new byte[0])).isEmpty();
        assertThat(Decoder.rejecting(JSON, ID).decode(null)).isEmpty();
        assertThat(Decoder.rejecting(CSV, ID).decode(null)).isEmpty();
        assertThat(Decoder.rejecting(CSV, ID, NAME).decode(new byte[0])).isEmpty();
    }

    @Test
    void commentsAreNoRecordsWhereTheyAreAllowed() throws Exception {
        Map<String, String> options = new HashMap<>(CSV);
        options.put("csv.allow-comments", "true");
        Decoder decoder = Decoder.rejecting(options, ID, NAME);
        assertThat(decoder.decode(utf8("# a comment"))).isEmpty();
        assertThat(decoder.decode(utf8("1,a"))).hasSize(1);
        assertThat(Decoder.rejecting(CSV, ID, NAME).decode(utf8("# a comment"))).hasSize(1);
    }

    @Test
    void changeEventsKeepTheirKindAndComeAllOrNone() throws Exception {
        Map<String, String> options = Map.of("connector", "strict", "format", "debezium-json");
        Decoder decoder = Decoder.rejecting(options, ID, FIELD("name", STRING().notNull()));
        assertThat(
                        decoder.decode(
                                utf8(
                                        "{\"before\": {\"id\": 1, \"name\": \"a\"}, \"after\": {\"id\": 1, \"name\": \"b\"}, \"op\": \"u\"}")))
                .containsExactly(
                        Row.ofKind(RowKind.UPDATE_BEFORE, 1, "a", null, null),
                        Row.ofKind(RowKind.UPDATE_AFTER, 1, "b", null, null));
        assertThat(decoder.decode(utf8("{\"before\": {\"id\": 1}, \"after\": null, \"op\": \"d\"}")))
                .singleElement()
                .satisfies(row -> assertThat(row.getKind()).isEqualTo(RowKind.DELETE))
                .satisfies(row -> assertThat(row.getField(3)).isNull());
        String broken = "{\"before\": {\"id\": 1, \"name\": \"a\"}, \"after\": {\"id\": 1}, \"op\": \"u\"}";
        assertThat(decoder.decode(utf8(broken)))
                .containsExactly(Row.of(0, "", broken, "The column 'name' is NOT NULL and has no value."));
    }

    @Test
    void metadataOfTheFormatFollowsTheColumns() throws Exception {
        Map<String, String> options = Map.of("connector", "strict", "format", "debezium-json");
        Decoder decoder = Decoder.rejectingWithMetadata(options, List.of("source.table"), ID);
        assertThat(decoder.decode(utf8(
                        "{\"before\": null, \"after\": {\"id\": 1}, \"op\": \"c\", \"source\": {\"table\": \"t\"}}")))
                .containsExactly(Row.of(1, null, null, "t"));
        assertThat(decoder.decode(utf8("x"))).singleElement().satisfies(row -> {
            assertThat(row.getField(1)).isEqualTo("x");
            assertThat(row.getField(3)).isNull();
        });
    }

    @Test
    void theTextIsUtf8AndBounded() throws Exception {
        Decoder decoder = Decoder.rejecting(JSON, ID);
        assertThat(raw(decoder, new byte[] {'a', (byte) 0xff, 0, 'b'})).isEqualTo("a\uFFFD\0b");

        String text = "é".repeat(RejectedText.MAX_RAW_BYTES / 2);
        assertThat(raw(decoder, utf8(text))).isEqualTo(text);
        String cut = raw(decoder, utf8("x" + text));
        assertThat(cut)
                .startsWith("xéé")
                .endsWith("é … [cut, 65537 bytes in all]")
                .doesNotContain("\uFFFD");
        assertThat(utf8(cut)).hasSizeBetween(RejectedText.MAX_RAW_BYTES - 2, RejectedText.MAX_RAW_BYTES);

        byte[] noise = new byte[RejectedText.MAX_RAW_BYTES];
        Arrays.fill(noise, (byte) 0x80);
        assertThat(utf8(raw(decoder, noise)).length).isLessThanOrEqualTo(RejectedText.MAX_RAW_BYTES);
    }

    @Test
    void reasonsAreOneBoundedLine() {
        assertThat(RejectedText.oneLine("a\r\n\tb\0c ").toString()).isEqualTo("a b c");
        assertThat(RejectedText.oneLine("x".repeat(10_000)).toString())
                .hasSize(RejectedText.MAX_REASON_CHARACTERS)
                .endsWith("…");
        assertThat(RejectedText.reason(new IllegalStateException())).isEqualTo("IllegalStateException");
        Throwable wrapped =
                new RuntimeException("outer quotes the record", new RuntimeException(new Exception("why.")));
        assertThat(RejectedText.reason(wrapped)).isEqualTo("why");
        assertThatThrownBy(() -> RejectedText.reason(new RuntimeException(new OutOfMemoryError("heap"))))
                .isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void deepNestingIsARecordsFault() throws Exception {
        Decoder decoder = Decoder.rejecting(JSON, ID, FIELD("deep", STRING()));
        String text = "{\"id\": 1, \"deep\": " + "[".repeat(30_000) + "]".repeat(30_000) + "}";
        assertThat(decoder.decode(utf8(text))).hasSize(1);
    }

    @Test
    void rowsAreNotShared() throws Exception {
        Decoder decoder = Decoder.rejecting(CSV, ID, NAME);
        RowData first = decoder.schema().deserialize(utf8("1,a"));
        RowData second = decoder.schema().deserialize(utf8("x,b"));
        assertThat(first.getInt(0)).isEqualTo(1);
        assertThat(second.getString(2)).hasToString("x,b");
    }

    @Test
    void saysWhatIsWrongWithTheTable() {
        assertThatThrownBy(() -> Decoder.create(wrapped(CSV), List.of(ID), List.of(), "id"))
                .isInstanceOf(ValidationException.class)
                .hasMessage("The format 'weir-rejecting' needs the physical column '__weir_raw' of type STRING.");
        Map<String, String> misspelt = new HashMap<>(CSV);
        misspelt.put("csv.field-delimitr", "|");
        assertThatThrownBy(() -> Decoder.rejecting(misspelt, ID))
                .rootCause()
                .hasMessageContaining("Unsupported options found for 'csv'")
                .hasMessageContaining("field-delimitr");
        Map<String, String> around =
                Map.of("connector", "strict", "format", "weir-rejecting", "weir-rejecting.format", "weir-rejecting");
        assertThatThrownBy(() -> Decoder.create(around, List.of(ID), List.of(), "id"))
                .rootCause()
                .hasMessage("The format 'weir-rejecting' cannot stand around itself.");
    }

    @Test
    void optionsReachTheInnerFormatAsTheyAre() throws Exception {
        for (String delimiter : List.of(";", "|", "\\t", "=", "'")) {
            Map<String, String> options = new HashMap<>(CSV);
            options.put("csv.field-delimiter", delimiter);
            options.put("csv.null-literal", "n/a: [x, y]");
            Decoder decoder = Decoder.rejecting(options, ID, NAME);
            String text = "1" + delimiter.replace("\\t", "\t") + "n/a: [x, y]";
            assertThat(decoder.decode(utf8(text))).containsExactly(Row.of(1, null, null, null));
        }
    }

    private static Map<String, String> wrapped(Map<String, String> options) {
        return RejectingFormat.wrap(options, RejectingFormatTest.class.getClassLoader())
                .orElseThrow();
    }

    private static Map<String, String> wrap(String... pairs) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            options.put(pairs[i], pairs[i + 1]);
        }
        return wrapped(options);
    }

    private static String raw(Decoder decoder, byte[] message) throws Exception {
        return decoder.decode(message).get(0).getFieldAs(1);
    }

    private static String reason(Decoder decoder, String text) throws Exception {
        return decoder.decode(utf8(text)).get(0).getFieldAs(decoder.arity() - 1);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
