package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** RFC 4180, with a line of names before the rows; NULL is an empty field, an empty text a quoted one. */
final class CsvPrinter implements AnswerPrinter {

    private final PrintWriter out;

    CsvPrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void begin(List<ColumnInfo> columns) {
        line(columns.stream().map(column -> field(column.name())).toList());
    }

    @Override
    public void rows(JsonNode page) {
        for (JsonNode row : page) {
            List<String> fields = new ArrayList<>(row.size());
            row.forEach(cell ->
                    fields.add(cell.isNull() ? "" : field(cell.isValueNode() ? cell.asText() : cell.toString())));
            line(fields);
        }
        out.flush();
    }

    @Override
    public void end(JsonNode statement) {
        out.flush();
    }

    private void line(List<String> fields) {
        out.print(fields.stream().collect(Collectors.joining(",", "", "\r\n")));
    }

    private static String field(String text) {
        boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
