package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A part of a query, which can be made smaller: an optional one be dropped, a list lose an element, any part be replaced by
 * one of its children of the same sort.
 *
 * @param sort what it may be replaced with; {@link #OPTIONAL} and {@link #LIST} have a meaning of their own
 * @param template its text, <code>{}</code> in the place of each child
 */
record Piece(String sort, String template, List<Piece> children) {

    static final String OPTIONAL = "optional";
    static final String LIST = "list";
    static final String QUERY = "query";

    /** What a query selects from, with its alias. */
    static final String SOURCE = "source";

    /** A table, in a source. */
    static final String TABLE = "table";

    static final Piece NOTHING = new Piece(OPTIONAL, "", List.of());

    Piece {
        requireNonNull(sort, "sort is null");
        requireNonNull(template, "template is null");
        children = List.copyOf(children);
    }

    static Piece of(String sort, String template, Piece... children) {
        return new Piece(sort, template, List.of(children));
    }

    static Piece list(List<Piece> children) {
        return new Piece(LIST, "", children);
    }

    static Piece optional(String template, Piece... children) {
        return new Piece(OPTIONAL, template, List.of(children));
    }

    String sql() {
        if (sort.equals(LIST)) {
            return String.join(", ", children.stream().map(Piece::sql).toList());
        }
        StringBuilder sql = new StringBuilder();
        int from = 0;
        for (Piece child : children) {
            int hole = template.indexOf("{}", from);
            sql.append(template, from, hole).append(child.sql());
            from = hole + 2;
        }
        return sql.append(template.substring(from)).toString();
    }

    /** The same with less in one place; not all of them are valid queries. */
    List<Piece> smaller() {
        List<Piece> smaller = new ArrayList<>();
        if (sort.equals(OPTIONAL) && !equals(NOTHING)) {
            smaller.add(NOTHING);
        }
        if (sort.equals(LIST) && children.size() > 1) {
            for (int i = 0; i < children.size(); i++) {
                List<Piece> fewer = new ArrayList<>(children);
                fewer.remove(i);
                smaller.add(list(fewer));
            }
        }
        for (Piece child : children) {
            if (child.sort.equals(sort) && !sort.equals(OPTIONAL) && !sort.equals(LIST)) {
                smaller.add(child);
            }
        }
        for (int i = 0; i < children.size(); i++) {
            for (Piece less : children.get(i).smaller()) {
                List<Piece> changed = new ArrayList<>(children);
                changed.set(i, less);
                smaller.add(new Piece(sort, template, changed));
            }
        }
        return smaller;
    }

    /** The same with other texts in the places of parts without children. */
    Piece map(UnaryOperator<String> leaf) {
        return children.isEmpty()
                ? new Piece(sort, leaf.apply(template), children)
                : new Piece(
                        sort,
                        template,
                        children.stream().map(child -> child.map(leaf)).toList());
    }

    void forEach(Consumer<Piece> visitor) {
        visitor.accept(this);
        children.forEach(child -> child.forEach(visitor));
    }
}
