package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.utils.AttributedString;

/** A table for people. The first page decides how wide the columns are; longer values of later pages stick out. */
public final class TablePrinter implements AnswerPrinter {

    private final PrintWriter out;
    private List<ColumnInfo> columns = List.of();
    private int[] widths;
    private long count;

    public TablePrinter(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void begin(List<ColumnInfo> newColumns) {
        columns = List.copyOf(newColumns);
        widths = null;
        count = 0;
    }

    @Override
    public void rows(JsonNode page) {
        List<List<String>> texts = new ArrayList<>(page.size());
        page.forEach(row -> {
            List<String> cells = new ArrayList<>(row.size());
            row.forEach(cell -> cells.add(CellText.of(cell)));
            texts.add(cells);
        });
        if (isText(page)) {
            out.println(page.get(0).get(0).asText().stripTrailing());
            count += 1;
            out.flush();
            return;
        }
        if (widths == null) {
            measure(texts);
            header();
        }
        texts.forEach(this::line);
        count += texts.size();
        out.flush();
    }

    /** One cell of several lines, as EXPLAIN and SHOW CREATE TABLE answer: a text to be read, not a table. */
    private boolean isText(JsonNode page) {
        return widths == null
                && columns.size() == 1
                && page.size() == 1
                && page.get(0).get(0).isTextual()
                && page.get(0).get(0).asText().strip().contains("\n");
    }

    private void measure(List<List<String>> rows) {
        widths = columns.stream().mapToInt(column -> width(column.name())).toArray();
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
    }

    private void header() {
        line(columns.stream().map(column -> CellText.visible(column.name())).toList());
        StringBuilder rule = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            rule.append(i == 0 ? "" : "+").append("-".repeat(widths[i] + 2));
        }
        out.println(rule);
    }

    private void line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String padding = " ".repeat(Math.max(0, widths[i] - width(cells.get(i))));
            boolean right = columns.get(i).isNumber();
            line.append(i == 0 ? " " : "| ");
            line.append(right ? padding + cells.get(i) : cells.get(i) + padding).append(' ');
        }
        out.println(line.toString().stripTrailing());
    }

    /** Columns that the text takes on a terminal. */
    private static int width(String text) {
        return new AttributedString(text).columnLength();
    }

    @Override
    public void end(JsonNode statement) {
        String took = AnswerPrinter.seconds(statement);
        if (statement.has("columns")) {
            String cut = statement.path("truncated").asBoolean() ? ", and there are more" : "";
            out.printf(Locale.ROOT, "(%,d %s%s, %s)%n", count, count == 1 ? "row" : "rows", cut, took);
        } else if (statement.has("affectedRows")) {
            long written = statement.path("affectedRows").asLong();
            out.printf(Locale.ROOT, "%,d %s written (%s)%n", written, written == 1 ? "row" : "rows", took);
        } else {
            out.printf(Locale.ROOT, "OK (%s)%n", took);
        }
        out.flush();
    }
}
