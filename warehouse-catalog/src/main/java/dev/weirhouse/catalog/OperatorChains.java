package dev.weirhouse.catalog;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses a statement with a chain of operators that the planner cannot take. Calcite reads {@code 1 + 1 + 1 + …} into a
 * flat list and spends time that grows with its square, without listening to anybody; what comes of it ends in a stack
 * overflow from about a thousand operators on. A list with commas, such as the rows of VALUES, is no chain and has no
 * bound here but the statement's length.
 */
final class OperatorChains {

    /** Half a second of reading, and more than the planner can plan. */
    static final int LONGEST = 2_000;

    private static final String SIGNS = "+-*/%<>=|!";
    private static final Set<String> JOINING = Set.of("AND", "OR");
    private static final Set<String> SETS = Set.of("UNION", "EXCEPT", "INTERSECT", "MINUS");
    /** Words behind which another expression begins. */
    private static final Set<String> BEGINNING =
            Set.of("SELECT", "FROM", "WHERE", "ON", "HAVING", "BY", "WHEN", "THEN", "ELSE", "END", "SET");

    private final String sql;
    private final Deque<int[]> outer = new ArrayDeque<>();
    /** Operators of the expression, and set operators of the query, at the present depth of brackets. */
    private int[] counts = new int[2];

    private int at;

    private OperatorChains(String sql) {
        this.sql = sql;
    }

    /** @throws WarehouseException STATEMENT_TOO_LARGE */
    static void check(String sql) {
        new OperatorChains(sql).scan();
    }

    private void scan() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (c == '\'' || c == '"' || c == '`') {
                skipPast(String.valueOf(c), at + 1);
            } else if (sql.startsWith("--", at)) {
                skipPast("\n", at);
            } else if (sql.startsWith("/*", at)) {
                skipPast("*/", at + 2);
            } else if (Character.isJavaIdentifierStart(c)) {
                word();
            } else {
                sign(c);
                at++;
            }
        }
    }

    private void skipPast(String end, int from) {
        int found = sql.indexOf(end, from);
        at = found < 0 ? sql.length() : found + end.length();
    }

    private void word() {
        int start = at;
        while (at < sql.length() && Character.isJavaIdentifierPart(sql.charAt(at))) {
            at++;
        }
        String word = sql.substring(start, at).toUpperCase(Locale.ROOT);
        if (JOINING.contains(word)) {
            count(0);
        } else if (SETS.contains(word)) {
            count(1);
        } else if (BEGINNING.contains(word)) {
            counts[0] = 0;
        }
    }

    private void sign(char c) {
        if (c == '(' || c == '[') {
            outer.push(counts);
            counts = new int[2];
        } else if (c == ')' || c == ']') {
            counts = outer.isEmpty() ? new int[2] : outer.pop();
        } else if (c == ',' || c == ';') {
            counts[0] = 0;
        } else if (SIGNS.indexOf(c) >= 0) {
            count(0);
        }
    }

    private void count(int kind) {
        if (++counts[kind] > LONGEST) {
            throw new WarehouseException(
                    CatalogError.STATEMENT_TOO_LARGE,
                    "More than " + LONGEST
                            + " operators follow each other without a bracket or a comma, which is more than"
                            + " the planner can take. Part the statement, or write the values as rows, or as a list for IN.",
                    new TextPositions(sql).at(at),
                    null);
        }
    }
}
