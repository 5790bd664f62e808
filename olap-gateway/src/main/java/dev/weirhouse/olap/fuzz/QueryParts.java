package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What {@link RandomQueries} are made of: what they select from, what they select, and conditions on its rows. */
abstract class QueryParts {

    static final List<Kind> KEYS = List.of(Kind.INT, Kind.TEXT, Kind.DECIMAL, Kind.DATE, Kind.BOOL, Kind.TIME);

    final Random random;
    final List<Table> tables;
    private int names;

    QueryParts(Random random, List<Table> tables) {
        this.random = random;
        this.tables = tables;
    }

    /** A query whose columns are {@code c0}, {@code c1}, … of these kinds. */
    record Select(Piece piece, List<Kind> kinds) {}

    /** Something to select from, its columns named with its alias. */
    record Source(Piece piece, Scope scope, String alias, boolean hasId) {}

    /** Begins a query: its aliases are counted from 0. */
    void forgetAliases() {
        names = 0;
    }

    /** Any query, of parts that are nested this deep at most. */
    abstract Select select(int depth);

    Piece on(Source left, Source right) {
        Piece equal = equal(left.scope(), right.scope());
        if (random.nextInt(3) > 0) {
            return equal;
        }
        Scope both = left.scope().and(right.scope());
        return Piece.of(Kind.BOOL.name(), "({} AND {})", equal, new RandomExpressions(random, both).of(Kind.BOOL, 1));
    }

    /** Columns of one kind, and mostly of one name, which have one type. */
    Piece equal(Scope left, Scope right) {
        List<String[]> pairs = new ArrayList<>();
        for (Kind kind : KEYS) {
            for (String one : left.of(kind)) {
                for (String other : right.of(kind)) {
                    if (name(one).equals(name(other)) || random.nextInt(4) == 0) {
                        pairs.add(new String[] {one, other});
                    }
                }
            }
        }
        if (pairs.isEmpty()) {
            return Piece.of(Kind.BOOL.name(), "TRUE");
        }
        String[] pair = pick(pairs);
        return Piece.of(Kind.BOOL.name(), pair[0] + " = " + pair[1]);
    }

    static String name(String column) {
        return column.substring(column.indexOf('.') + 1);
    }

    String column(Scope scope, Kind kind, String otherwise) {
        return scope.of(kind).isEmpty() ? otherwise : pick(scope.of(kind));
    }

    Scope scope(String alias, List<Kind> kinds) {
        Scope scope = new Scope();
        for (int i = 0; i < kinds.size(); i++) {
            scope.add(kinds.get(i), alias + ".c" + i);
        }
        return scope;
    }

    Select items(Scope scope, String alias, String template, Piece... rest) {
        List<Kind> kinds = kinds(3);
        List<Piece> pieces = new ArrayList<>(List.of(list(scope, kinds, 2)));
        pieces.addAll(List.of(rest));
        return new Select(new Piece(Piece.QUERY, template, pieces), kinds);
    }

    List<Kind> kinds(int most) {
        return kinds(most, Kind.DRAWN);
    }

    List<Kind> kinds(int most, List<Kind> from) {
        List<Kind> kinds = new ArrayList<>();
        int count = 1 + random.nextInt(most);
        while (kinds.size() < count) {
            kinds.add(pick(from));
        }
        return kinds;
    }

    Piece list(Scope scope, List<Kind> kinds, int depth) {
        List<Piece> items = new ArrayList<>();
        for (Kind kind : kinds) {
            Piece value = random.nextInt(12) == 0 && depth > 1 && kind != Kind.DOUBLE && kind != Kind.BOOL
                    ? scalar(kind, scope)
                    : new RandomExpressions(random, scope).of(kind, random.nextInt(depth + 1));
            items.add(Piece.of("item", "{} AS c" + items.size(), value));
        }
        return Piece.list(items);
    }

    /** A subquery of one value for each row. */
    Piece scalar(Kind kind, Scope outer) {
        Source from = table();
        Piece value = kind == Kind.INT && random.nextBoolean()
                ? Piece.of("aggregate", "COUNT(*)")
                : Piece.of("aggregate", "MAX({})", new RandomExpressions(random, from.scope()).leaf(kind));
        return Piece.of(kind.name(), "(SELECT {} FROM {} WHERE {})", value, from.piece(), equal(outer, from.scope()));
    }

    /** At times one that few rows meet, or none: a group of nothing is where aggregates differ. */
    Piece few(Source from, int depth) {
        return from.hasId() && random.nextInt(5) == 0
                ? Piece.optional(
                        " WHERE {}",
                        Piece.of(Kind.BOOL.name(), from.alias() + ".id = " + random.nextInt(3 * RandomTables.ROWS)))
                : where(from, depth);
    }

    Piece where(Source from, int depth) {
        if (random.nextInt(3) == 0) {
            return Piece.NOTHING;
        }
        Piece condition = new RandomExpressions(random, from.scope()).of(Kind.BOOL, 2);
        if (depth > 0 && random.nextInt(3) == 0) {
            Piece sub = subquery(from.scope());
            condition = random.nextBoolean()
                    ? sub
                    : Piece.of(Kind.BOOL.name(), "({} " + pick(List.of("AND", "AND", "OR")) + " {})", sub, condition);
        }
        return Piece.optional(" WHERE {}", condition);
    }

    Piece subquery(Scope outer) {
        Source from = table();
        Piece filter = new RandomExpressions(random, from.scope()).of(Kind.BOOL, 1);
        Kind kind = pick(KEYS);
        String bool = Kind.BOOL.name();
        if (outer.of(kind).isEmpty() || from.scope().of(kind).isEmpty() || random.nextInt(3) == 0) {
            return Piece.of(
                    bool,
                    pick(List.of("EXISTS", "NOT EXISTS")) + " (SELECT 1 FROM {} WHERE {}{})",
                    from.piece(),
                    equal(outer, from.scope()),
                    Piece.optional(" AND {}", filter));
        }
        String one = pick(outer.of(kind));
        String other = from.scope().of(kind).stream()
                .filter(name -> name(name).equals(name(one)))
                .findFirst()
                .orElse(pick(from.scope().of(kind)));
        return random.nextInt(5) == 0
                ? Piece.of(
                        bool,
                        "(" + one + " " + pick(List.of("=", "<", ">=")) + " (SELECT MIN(" + other + ") FROM {}{}))",
                        from.piece(),
                        Piece.optional(" WHERE {}", filter))
                : Piece.of(
                        bool,
                        "(" + one + " " + pick(List.of("IN", "NOT IN")) + " (SELECT " + other + " FROM {}{}))",
                        from.piece(),
                        Piece.optional(" WHERE {}", filter));
    }

    Source source(int depth) {
        if (depth > 1 && random.nextInt(4) == 0) {
            Select select = select(depth - 1);
            String alias = alias();
            return new Source(
                    Piece.of(Piece.SOURCE, "({}) " + alias, select.piece()),
                    scope(alias, select.kinds()),
                    alias,
                    false);
        }
        if (random.nextInt(14) == 0) {
            String alias = alias();
            return new Source(
                    Piece.of(
                            Piece.SOURCE,
                            "(VALUES (1, 'a', 2.5), (2, CAST(NULL AS STRING), 0.1), (CAST(NULL AS INT), '', -1.5)) AS "
                                    + alias + " (i2, v1, c4)"),
                    new Scope()
                            .add(Kind.INT, alias + ".i2")
                            .add(Kind.TEXT, alias + ".v1")
                            .add(Kind.DECIMAL, alias + ".c4"),
                    alias,
                    false);
        }
        return table();
    }

    Source table() {
        return source(drawTable());
    }

    Table drawTable() {
        Table table = pick(tables);
        return table.name().startsWith("nasty") && random.nextBoolean() ? pick(tables) : table;
    }

    Source source(Table table) {
        String alias = alias();
        Scope scope = new Scope();
        for (Kind kind : table.columns().kinds()) {
            table.columns().of(kind).forEach(column -> scope.add(kind, alias + "." + column));
        }
        scope.add(Kind.INT, alias + ".id");
        return new Source(aliased(table, alias), scope, alias, true);
    }

    private static Piece aliased(Table table, String alias) {
        return Piece.of(Piece.SOURCE, "{} AS " + alias, Piece.of(Piece.TABLE, table.name()));
    }

    String alias() {
        return "t" + names++;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
