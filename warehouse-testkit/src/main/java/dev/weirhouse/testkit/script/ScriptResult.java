package dev.weirhouse.testkit.script;

import java.util.List;

/**
 * A statement's answer as text.
 *
 * @param columns the kinds of the columns; empty when the statement does not answer rows
 * @param rows the values by row, as the package says that they are written
 */
public record ScriptResult(List<ValueKind> columns, List<List<String>> rows) {

    /** The most rows that an answer may have: scripts are read by people. */
    static final int MAX_ROWS = 100_000;

    public ScriptResult {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        if (columns.isEmpty() && !rows.isEmpty()) {
            throw new IllegalArgumentException("rows without columns");
        }
    }

    /** The answer of a statement that answers no rows. */
    public static ScriptResult none() {
        return new ScriptResult(List.of(), List.of());
    }

    static void checkBound(int rows) {
        if (rows > MAX_ROWS) {
            throw new IllegalStateException("An answer of more than " + MAX_ROWS + " rows; ask for fewer.");
        }
    }

    /** The rows as they stand in a script. */
    List<String> lines() {
        return rows.stream().map(row -> String.join("  ", row)).toList();
    }

    /** The kinds as they stand in a script. */
    String kinds() {
        StringBuilder letters = new StringBuilder(columns.size());
        columns.forEach(column -> letters.append(column.letter()));
        return letters.toString();
    }
}
