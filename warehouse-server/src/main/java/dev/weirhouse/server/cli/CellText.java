package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;

/** A value as text for a terminal. */
final class CellText {

    private CellText() {}

    static String of(JsonNode value) {
        if (value.isNull()) {
            return "NULL";
        }
        return visible(value.isValueNode() ? value.asText() : value.toString());
    }

    /** Control characters by their escapes: a value must neither break a table nor steer the terminal. */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> visible.append("\\n");
                case '\r' -> visible.append("\\r");
                case '\t' -> visible.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        visible.append(String.format("\\u%04x", c));
                    } else {
                        visible.appendCodePoint(c);
                    }
                }
            }
        });
        return visible.toString();
    }
}
