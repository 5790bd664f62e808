package dev.weirhouse.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.weirhouse.server.cli.AnswerPrinter.ColumnInfo;
import dev.weirhouse.server.cli.AnswerPrinter.Format;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AnswerPrinterTest {

    private static final List<ColumnInfo> COLUMNS = List.of(
            new ColumnInfo("origin", "STRING"), new ColumnInfo("n", "BIGINT NOT NULL"), new ColumnInfo("n", "INT"));

    private static final String ROWS =
            """
            [["ATL", 12345, null], ["日本", 7, 1], ["a\\u001b[31m\\nb\\"c,", -1, 2]]
            """;

    private static String print(Format format, String rows, String statement) throws JsonProcessingException {
        StringWriter text = new StringWriter();
        AnswerPrinter printer = format.printer(new PrintWriter(text));
        if (rows != null) {
            printer.begin(COLUMNS);
            printer.rows(ApiClient.JSON.readTree(rows));
        }
        printer.end(ApiClient.JSON.readTree(statement));
        return text.toString();
    }

    @Test
    void aTableIsAlignedAndCannotSteerTheTerminal() throws JsonProcessingException {
        assertThat(print(Format.TABLE, ROWS, "{\"columns\": [], \"elapsedMillis\": 1234}"))
                .isEqualTo(
                        """
                         origin            |     n |    n
                        -------------------+-------+------
                         ATL               | 12345 | NULL
                         日本              |     7 |    1
                         a\\u001b[31m\\nb"c, |    -1 |    2
                        (3 rows, 1.2 s)
                        """);
    }

    @Test
    void whatHasNoRowsIsSaid() throws JsonProcessingException {
        assertThat(print(Format.TABLE, "[]", "{\"columns\": [], \"elapsedMillis\": 0}"))
                .endsWith("(0 rows, 0.0 s)\n");
        assertThat(print(Format.TABLE, "[[\"x\", 1, 1]]", "{\"columns\": [], \"truncated\": true}"))
                .endsWith("(1 row, and there are more, 0.0 s)\n");
        assertThat(print(Format.TABLE, null, "{\"affectedRows\": 1500, \"elapsedMillis\": 99}"))
                .isEqualTo("1,500 rows written (0.1 s)\n");
        assertThat(print(Format.TABLE, null, "{\"kind\": \"DDL\"}")).isEqualTo("OK (0.0 s)\n");
    }

    @Test
    void csvTellsNullFromEmpty() throws JsonProcessingException {
        assertThat(print(Format.CSV, ROWS, "{\"columns\": []}"))
                .isEqualTo("origin,n,n\r\nATL,12345,\r\n日本,7,1\r\n\"a\u001b[31m\nb\"\"c,\",-1,2\r\n");
        assertThat(print(Format.CSV, "[[\"\", 1, null]]", "{\"columns\": []}")).endsWith("\"\",1,\r\n");
    }

    @Test
    void jsonIsAnObjectALineAndKeepsColumnsOfOneName() throws JsonProcessingException {
        assertThat(print(Format.JSON, "[[\"ATL\", 9007199254740993, null]]", "{\"columns\": []}"))
                .isEqualTo("{\"origin\":\"ATL\",\"n\":9007199254740993,\"n_2\":null}\n");
        assertThat(print(Format.JSON, null, "{\"affectedRows\": 2}")).isEqualTo("{\"affectedRows\":2}\n");
    }
}
