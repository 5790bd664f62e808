package dev.weirhouse.server.demo;

import java.util.ArrayList;
import java.util.List;

/** A line of CSV (RFC 4180): a field may stand in double quotes, and a quote in it is doubled. */
final class CsvLine {

    private CsvLine() {}

    static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean isDoubledQuote = c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
            if (isDoubledQuote) {
                field.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
