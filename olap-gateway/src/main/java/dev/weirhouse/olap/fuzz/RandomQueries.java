package dev.weirhouse.olap.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Queries over {@link RandomTables}, drawn from a seed. Each has one answer: an order given with a limit leaves no ties, and
 * a row number counts along a key.
 */
public final class RandomQueries extends QueryParts {

    private static final List<String> JOINS =
            List.of("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");

    /** One in so many has an order; it takes a job of Flink's to itself. */
    private static final int ORDERED = 14;

    /** Of so many comparisons one is of a whole query. */
    private static final int WHOLE = 10;

    private static final int MOST_KEYS = 4;

    public RandomQueries(Random random, RandomTables tables) {
        super(random, tables.tables());
    }

    /** An expression or a whole query, as often as a run of {@link Fuzz} compares them. */
    Query any() {
        return random.nextInt(WHOLE) == 0 ? whole() : expressions(1).get(0);
    }

    /** Expressions over one table. */
    List<Query> expressions(int count) {
        Table table = drawTable();
        Scope scope = table.columns().and(new Scope().add(Kind.INT, "id"));
        RandomExpressions expressions = new RandomExpressions(random, scope);
        List<Query> drawn = new ArrayList<>();
        while (drawn.size() < count) {
            drawn.add(Query.ofExpression(expressions.any(Kind.READ, 1 + random.nextInt(3)), table.name()));
        }
        return drawn;
    }

    Query whole() {
        forgetAliases();
        Select select = select(2);
        boolean ordered = random.nextInt(ORDERED) == 0;
        return Query.of(
                select.piece(),
                ordered ? order(select.kinds()) : Piece.NOTHING,
                select.kinds().size());
    }

    private Piece order(List<Kind> kinds) {
        List<String> terms = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            terms.add(
                    random.nextInt(terms.size() + 1),
                    "c" + i + pick(List.of("", " ASC", " DESC"))
                            + pick(List.of("", "", " NULLS FIRST", " NULLS LAST")));
        }
        String limit = random.nextInt(3) == 0 ? "" : " LIMIT " + (1 + random.nextInt(30));
        String offset = limit.isEmpty() || random.nextInt(4) > 0 ? "" : " OFFSET " + random.nextInt(5);
        return Piece.optional(" ORDER BY " + String.join(", ", terms) + limit + offset);
    }

    @Override
    Select select(int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 5)) {
            case 0, 1 -> plain(depth);
            case 2, 3, 14 -> grouped(depth);
            case 4 -> distinct(depth);
            case 5, 6, 7 -> joined(depth);
            case 8, 9 -> united(depth);
            case 10 -> windowed();
            case 11 -> ranked();
            case 12 -> shared(depth);
            case 13 -> point();
            default -> sets(depth);
        };
    }

    private Select plain(int depth) {
        if (random.nextInt(10) == 0) {
            return all();
        }
        Source from = source(depth);
        return items(from.scope(), from.alias(), "SELECT {} FROM {}{}", from.piece(), where(from, depth));
    }

    /** A table as it is. */
    private Select all() {
        Table table = drawTable();
        String columns =
                IntStream.range(0, table.kinds().size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        Piece from = Piece.of(
                Piece.SOURCE,
                (table.hasHint() ? "(SELECT * FROM {})" : "{}") + " AS " + alias() + " (" + columns + ")",
                Piece.of(Piece.TABLE, table.name()));
        return new Select(Piece.of(Piece.QUERY, "SELECT * FROM {}", from), table.kinds());
    }

    /** Rows by their key, there or not. */
    private Select point() {
        List<Table> keyed =
                tables.stream().filter(table -> !table.key().isEmpty()).toList();
        Table table = pick(keyed);
        Source from = source(table);
        String key = table.key().size() == 1 ? keys(from.alias()) : tuples(table.key(), from.alias());
        Piece condition = random.nextInt(3) > 0
                ? Piece.NOTHING
                : Piece.optional(" AND {}", new RandomExpressions(random, from.scope()).of(Kind.BOOL, 1));
        List<Kind> kinds = kinds(3, from.scope().kinds());
        List<Piece> items = new ArrayList<>();
        int depth = random.nextInt(3) / 2;
        for (Kind kind : kinds) {
            Piece value = new RandomExpressions(random, from.scope()).of(kind, depth);
            items.add(Piece.of("item", "{} AS c" + items.size(), value));
        }
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "SELECT {} FROM {} WHERE {}{}",
                        Piece.list(items),
                        from.piece(),
                        Piece.of("point lookup", "{}", Piece.of(Kind.BOOL.name(), key)),
                        condition),
                kinds);
    }

    private String keys(String alias) {
        List<String> keys = ids().stream().map(String::valueOf).toList();
        String id = alias + ".id";
        return keys.size() == 1 ? id + " = " + keys.get(0) : id + " IN (" + String.join(", ", keys) + ")";
    }

    /** All columns of a key; now and then they stand for no row. */
    private String tuples(List<TableColumn> key, String alias) {
        return ids().stream()
                .map(id -> key.stream()
                        .map(column -> alias + "." + column.name() + " = " + valueOf(column, id))
                        .collect(Collectors.joining(" AND ", "(", ")")))
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    private String valueOf(TableColumn column, int id) {
        boolean other = !column.equals(TableColumn.ID) && random.nextInt(8) == 0;
        return column.valueOf(other ? id + 1 : id, 0);
    }

    private List<Integer> ids() {
        int count = random.nextBoolean() ? 1 : 1 + random.nextInt(MOST_KEYS);
        return random.ints(count, 0, 2 * RandomTables.ROWS).boxed().toList();
    }

    private Select distinct(int depth) {
        Source from = source(depth);
        List<Kind> kinds = kinds(2);
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "SELECT DISTINCT {} FROM {}{}",
                        list(from.scope(), kinds, 1),
                        from.piece(),
                        where(from, depth)),
                kinds);
    }

    private Select joined(int depth) {
        Source left = source(depth);
        Source right = source(depth);
        Scope both = left.scope().and(right.scope());
        Piece on = on(left, right);
        return items(
                both,
                left.alias(),
                "SELECT {} FROM {} " + pick(JOINS) + " {} ON {}{}",
                left.piece(),
                right.piece(),
                on,
                random.nextInt(3) > 0
                        ? Piece.NOTHING
                        : Piece.optional(" WHERE {}", new RandomExpressions(random, both).of(Kind.BOOL, 2)));
    }

    private Select grouped(int depth) {
        Source from = source(depth);
        List<Kind> kinds = new ArrayList<>();
        List<Piece> items = new ArrayList<>();
        List<Piece> keys = new ArrayList<>();
        List<Kind> there =
                KEYS.stream().filter(kind -> !from.scope().of(kind).isEmpty()).toList();
        int count = there.isEmpty() ? 0 : random.nextInt(3);
        while (keys.size() < count) {
            Kind kind = pick(there);
            Piece key = new RandomExpressions(random, from.scope()).of(kind, random.nextInt(5) == 0 ? 1 : 0);
            keys.add(key);
            kinds.add(kind);
            items.add(Piece.of("item", "{} AS c" + items.size(), key));
        }
        int aggregates = 1 + random.nextInt(4);
        for (int i = 0; i < aggregates; i++) {
            Kind kind = pick(List.of(Kind.INT, Kind.INT, Kind.DECIMAL, Kind.TEXT, Kind.DATE, Kind.TIME, Kind.DOUBLE));
            items.add(Piece.of("item", "{} AS c" + items.size(), aggregate(kind, from.scope(), aggregates == 1)));
            kinds.add(kind);
        }
        Piece having = random.nextInt(4) > 0
                ? Piece.NOTHING
                : Piece.optional(" HAVING {}", Piece.of("having", pick(List.of("COUNT(*) > 1", "COUNT(*) < 3"))));
        Piece group = keys.isEmpty() ? Piece.NOTHING : Piece.optional(" GROUP BY {}", Piece.list(keys));
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "SELECT {} FROM {}{}{}{}",
                        Piece.list(items),
                        from.piece(),
                        few(from, depth),
                        group,
                        having),
                kinds);
    }

    private Piece aggregate(Kind kind, Scope scope, boolean alone) {
        RandomExpressions expressions = new RandomExpressions(random, scope);
        Piece argument = expressions.of(kind, random.nextInt(4) == 0 ? 1 : 0);
        String each = alone && random.nextInt(3) == 0 ? "DISTINCT " : "";
        String template =
                switch (kind) {
                    case INT ->
                        pick(List.of(
                                "COUNT(*)",
                                "COUNT(" + each + "{})",
                                "SUM(" + each + "{})",
                                "AVG({})",
                                "AVG({})",
                                "MIN({})",
                                "MAX({})"));
                    case DECIMAL -> pick(List.of("SUM(" + each + "{})", "AVG({})", "MIN({})", "MAX({})"));
                    case DOUBLE -> pick(List.of("SUM({})", "AVG({})"));
                    default -> pick(List.of("MIN({})", "MAX({})"));
                };
        if (kind == Kind.DOUBLE) {
            // What these add up to depends on the order by its last digits alone: it is exact, or of one sign.
            argument = Piece.of(
                    Kind.DOUBLE.name(),
                    pick(List.of("CAST({} / 2048 AS DOUBLE)", "ABS(CAST({} AS DOUBLE))")),
                    Piece.of(Kind.INT.name(), column(scope, Kind.INT, "1")));
        }
        Piece call =
                template.contains("{}") ? Piece.of("aggregate", template, argument) : Piece.of("aggregate", template);
        return random.nextInt(3) > 0
                ? call
                : Piece.of("aggregate", "{} FILTER (WHERE {})", call, expressions.of(Kind.BOOL, 1));
    }

    private Select sets(int depth) {
        Source from = source(depth);
        List<Kind> kinds = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        for (Kind kind : KEYS) {
            if (keys.size() < 2 && !from.scope().of(kind).isEmpty() && random.nextBoolean()) {
                keys.add(pick(from.scope().of(kind)));
                kinds.add(kind);
            }
        }
        if (keys.size() < 2) {
            return grouped(depth);
        }
        String both = keys.get(0) + ", " + keys.get(1);
        String sets = pick(List.of(
                "ROLLUP (" + both + ")",
                "CUBE (" + both + ")",
                "GROUPING SETS ((" + keys.get(0) + "), (" + keys.get(1) + "), ())",
                "GROUPING SETS ((" + both + "), ())"));
        Kind kind = pick(List.of(Kind.INT, Kind.DECIMAL));
        kinds.add(kind);
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "SELECT " + keys.get(0) + " AS c0, " + keys.get(1) + " AS c1, {} AS c2 FROM {}{} GROUP BY {}",
                        aggregate(kind, from.scope(), false),
                        from.piece(),
                        where(from, depth),
                        Piece.of("sets", sets)),
                kinds);
    }

    private Select united(int depth) {
        Select left = select(depth - 1);
        Source from = source(0);
        Piece right = Piece.of(
                Piece.QUERY,
                "SELECT {} FROM {}{}",
                list(from.scope(), left.kinds(), 1),
                from.piece(),
                where(from, depth));
        // What is compared as a whole row has no DOUBLE, or is Flink's.
        String operator = left.kinds().contains(Kind.DOUBLE)
                ? "UNION ALL"
                : pick(List.of(
                        "UNION ALL", "UNION", "INTERSECT", "EXCEPT", "UNION ALL", "INTERSECT ALL", "EXCEPT ALL"));
        return new Select(
                Piece.of(Piece.QUERY, "SELECT * FROM (({}) " + operator + " ({})) " + alias(), left.piece(), right),
                left.kinds());
    }

    private Select windowed() {
        Source from = table();
        Scope scope = from.scope();
        Kind kind = pick(List.of(Kind.INT, Kind.DECIMAL, Kind.TEXT, Kind.DATE));
        String partition =
                random.nextInt(3) == 0 ? "" : "PARTITION BY " + column(scope, pick(KEYS), from.alias() + ".id");
        String order = " ORDER BY " + column(scope, pick(KEYS), from.alias() + ".id")
                + pick(List.of("", " DESC", " DESC NULLS FIRST", " NULLS LAST"));
        String unique = order + ", " + from.alias() + ".id";
        String argument = column(scope, kind, from.alias() + ".id");
        String call = pick(List.of(
                "ROW_NUMBER() OVER (" + partition + unique + ")",
                "RANK() OVER (" + partition + order + ")",
                "DENSE_RANK() OVER (" + partition + order + ")",
                "COUNT(*) OVER (" + partition + order + ")",
                "COUNT(" + argument + ") OVER (" + partition + ")",
                "MIN(" + argument + ") OVER (" + partition + order + ")",
                "MAX(" + argument + ") OVER (" + partition + unique
                        + " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
                "MIN(" + argument + ") OVER (" + partition + unique
                        + " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"));
        Kind result = call.startsWith("M") ? kind : Kind.INT;
        Piece window = Piece.of("window", "{}", Piece.of(call.replaceAll("\\(.*", ""), call));
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "SELECT " + from.alias() + ".id AS c0, {} AS c1 FROM {}{}",
                        window,
                        from.piece(),
                        where(from, 1)),
                List.of(Kind.INT, result));
    }

    private Select ranked() {
        Source from = table();
        String id = from.alias() + ".id";
        String partition = "PARTITION BY " + column(from.scope(), pick(KEYS), id);
        String order = " ORDER BY " + column(from.scope(), pick(KEYS), id) + pick(List.of("", " DESC"));
        String call = random.nextBoolean()
                ? "ROW_NUMBER() OVER (" + partition + order + ", " + id + ")"
                : "RANK() OVER (" + partition + order + ")";
        String alias = alias();
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "SELECT " + alias + ".id AS c0 FROM (SELECT " + id + ", " + call + " AS n FROM {}{}) " + alias
                                + " WHERE n <= " + (1 + random.nextInt(3)),
                        from.piece(),
                        where(from, 1)),
                List.of(Kind.INT));
    }

    /** One query that is read twice. */
    private Select shared(int depth) {
        Select once = select(depth - 1);
        String name = alias();
        Scope left = scope("l", once.kinds());
        Scope right = scope("r", once.kinds());
        List<Kind> kinds = kinds(2);
        return new Select(
                Piece.of(
                        Piece.QUERY,
                        "WITH " + name + " AS ({}) SELECT {} FROM " + name + " l " + pick(JOINS) + " " + name
                                + " r ON {}",
                        once.piece(),
                        list(left.and(right), kinds, 1),
                        equal(left, right)),
                kinds);
    }
}
