package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the answer of one statement after the other. */
public interface AnswerPrinter {

    /** Rows are coming; may be called again for the next statement. */
    void begin(List<ColumnInfo> columns);

    /** A page of rows: an array of arrays in the order of the columns. */
    void rows(JsonNode page);

    /** The statement is done; the last state that the warehouse told. */
    void end(JsonNode statement);

    /** A column's name and its type as Flink's SQL writes it. */
    record ColumnInfo(String name, String type) {

        static List<ColumnInfo> of(JsonNode columns) {
            List<ColumnInfo> read = new ArrayList<>();
            columns.forEach(column -> read.add(new ColumnInfo(
                    column.path("name").asText(), column.path("type").asText())));
            return read;
        }

        boolean isNumber() {
            return type.matches("(TINYINT|SMALLINT|INT|BIGINT|FLOAT|DOUBLE|DECIMAL)\\b.*");
        }
    }

    /** The forms of output. */
    enum Format {
        TABLE,
        CSV,
        JSON;

        AnswerPrinter printer(PrintWriter out) {
            return switch (this) {
                case TABLE -> new TablePrinter(out);
                case CSV -> new CsvPrinter(out);
                case JSON -> new JsonLinesPrinter(out);
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How long something took, for people. */
    static String seconds(JsonNode statement) {
        Duration elapsed = Duration.ofMillis(statement.path("elapsedMillis").asLong());
        return String.format(Locale.ROOT, "%.1f s", elapsed.toMillis() / 1000.0);
    }
}
