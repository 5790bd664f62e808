package dev.weirhouse.testkit.script;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One record of a script; lines count from 1. */
sealed interface ScriptRecord {

    /** The line that the record begins at. */
    int line();

    /** Something that changes how the following records run. */
    record Directive(int line, Word word, String argument) implements ScriptRecord {}

    /** The words of directives. */
    enum Word {
        DIALECT,
        SET,
        SESSION,
        USER
    }

    /** A statement that must succeed. */
    record Succeeds(int line, String sql) implements ScriptRecord {}

    /** A statement that must fail, with a code, a message or both; with neither, its code is yet to be written. */
    record Fails(int line, String sql, Optional<String> code, Optional<Pattern> message) implements ScriptRecord {

        boolean unanswered() {
            return code.isEmpty() && message.isEmpty();
        }
    }

    /**
     * A query that must answer these rows.
     *
     * @param kinds the letters of the columns
     * @param rows the rows as they are written; missing when they are yet to be written
     * @param rowsFrom the line of {@code ----}, or the line after the statement
     * @param rowsTo the line after the last row
     */
    record Query(int line, String kinds, Order order, String sql, Optional<List<String>> rows, int rowsFrom, int rowsTo)
            implements ScriptRecord {}

    /** How rows are put in order before they are compared. */
    enum Order {
        NOSORT,
        ROWSORT,
        VALUESORT
    }
}
