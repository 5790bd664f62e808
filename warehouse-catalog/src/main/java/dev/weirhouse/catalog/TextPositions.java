package dev.weirhouse.catalog;

import dev.weirhouse.catalog.WarehouseException.Position;
import java.util.Arrays;

/** The lines of a text: from an offset to line and column, and back. Immutable. */
final class TextPositions {

    private final String text;
    private final int[] lineStarts;

    TextPositions(String text) {
        this.text = text;
        this.lineStarts = lineStarts(text);
    }

    private static int[] lineStarts(String text) {
        int[] starts = new int[16];
        int lines = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean lineEnds = c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'));
            if (lineEnds) {
                if (lines == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * lines);
                }
                starts[lines++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, lines);
    }

    String text() {
        return text;
    }

    Position at(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        int line = found >= 0 ? found : -found - 2;
        return new Position(line + 1, offset - lineStarts[line] + 1);
    }

    /** The offset of a place; one outside of the text is taken for the nearest inside. */
    int offset(Position position) {
        int line = Math.max(1, Math.min(position.line(), lineStarts.length));
        int offset = lineStarts[line - 1] + Math.max(1, position.column()) - 1;
        int end = line < lineStarts.length ? lineStarts[line] - 1 : text.length();
        return Math.min(offset, end);
    }
}
