package dev.weirhouse.olap.fuzz;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A query that was drawn. It is a text and, behind it, perhaps an order that leaves no ties.
 *
 * @param piece of two children: the query, and its order with its limit
 * @param columns how many it has; one more than it has does no harm while it is made smaller
 */
record Query(Piece piece, int columns) {

    private static final String OF_EXPRESSION = "SELECT id AS c0, {} AS c1 FROM {}";

    /** A literal, or a key with one, whose last sign may be another. */
    private static final Pattern LITERAL = Pattern.compile(
            "(?<begin>-?[0-9]*|[0-9]+\\.[0-9]*|'[a-z ]*|(?:DATE|TIMESTAMP) '[0-9 :.-]*|t[0-9]+\\.id = [0-9]*)"
                    + "(?<last>[0-9a-z])(?<end>'?)");

    private static final Pattern SUMS_OF_DOUBLES = Pattern.compile("\\b(SUM|AVG)\\(");

    static Query of(Piece query, Piece order, int columns) {
        return new Query(Piece.of("root", "{}{}", query, order), columns);
    }

    /** An expression for each row of a table that has an {@code id}. */
    static Query ofExpression(Piece expression, String table) {
        return of(Piece.of(Piece.QUERY, OF_EXPRESSION, expression, Piece.of(Piece.TABLE, table)), Piece.NOTHING, 2);
    }

    String sql() {
        return piece.sql();
    }

    /** Whether it is an expression for each row of a table. */
    boolean isExpression() {
        return select().template().equals(OF_EXPRESSION);
    }

    /** The expression of a query that is one. */
    String expression() {
        return select().children().get(0).sql();
    }

    /** The table of an expression. */
    String table() {
        return select().children().get(1).sql();
    }

    private Piece select() {
        return piece.children().get(0);
    }

    boolean isOrdered() {
        return !piece.children().get(1).equals(Piece.NOTHING);
    }

    /** Whether a DOUBLE in its answer may depend on the order of addition. */
    boolean sums() {
        return SUMS_OF_DOUBLES.matcher(sql()).find();
    }

    /** The same with other literals of the same types: of the same shape, where the plan does not depend on them. */
    Query varied() {
        return new Query(piece.map(Query::varied), columns);
    }

    private static String varied(String part) {
        Matcher literal = LITERAL.matcher(part);
        if (!literal.matches()) {
            return part;
        }
        char last = literal.group("last").charAt(0);
        char other = last == '9' ? '8' : last == 'z' ? 'y' : (char) (last + 1);
        return literal.group("begin") + other + literal.group("end");
    }

    List<Query> smaller() {
        return piece.smaller().stream()
                .map(less -> new Query(less, columns))
                .sorted((a, b) -> Integer.compare(a.sql().length(), b.sql().length()))
                .toList();
    }

    /** The tables that it selects from. */
    Set<String> tables() {
        Set<String> tables = new TreeSet<>();
        piece.forEach(part -> {
            if (part.sort().equals(Piece.TABLE)) {
                tables.add(part.template());
            }
        });
        return tables;
    }

    /** What the query is made of: its operators and functions, as the templates of their texts. */
    Set<String> parts() {
        Set<String> parts = new TreeSet<>();
        piece.forEach(part -> {
            if (part.template().equals("{}")) {
                // A lookup by key, or a window's function.
                parts.add(part.sort().equals("window") ? part.children().get(0).sort() + " OVER" : part.sort());
            }
            boolean names = part.sort().equals(Piece.SOURCE)
                    && part.children().stream().anyMatch(child -> child.sort().equals(Piece.TABLE));
            if (part.template().contains("{}") && part.template().length() > 4 && !names
                    || part.template().contains("(*)")) {
                parts.add(part.template()
                        .replaceAll("\\b[a-z]+[0-9]+\\b", "x")
                        .replaceAll("[0-9]+", "n")
                        .strip());
            }
        });
        return parts;
    }
}
