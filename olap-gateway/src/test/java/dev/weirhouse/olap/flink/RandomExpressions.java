package dev.weirhouse.olap.flink;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Expressions over {@link NastyTable}, drawn from a seed, each of a wanted type. */
final class RandomExpressions {

    enum Kind {
        BOOL,
        INT,
        DECIMAL,
        DOUBLE,
        TEXT,
        DATE,
        TIME
    }

    private static final Map<Kind, List<String>> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put(Kind.BOOL, List.of("o1", "o2"));
        COLUMNS.put(Kind.INT, List.of("t1", "s1", "i1", "i2", "b1", "b2"));
        COLUMNS.put(Kind.DECIMAL, List.of("c1", "c2", "c3", "c4"));
        COLUMNS.put(Kind.DOUBLE, List.of("d1", "d2"));
        COLUMNS.put(Kind.TEXT, List.of("v1", "v2"));
        COLUMNS.put(Kind.DATE, List.of("a1", "a2"));
        COLUMNS.put(Kind.TIME, List.of("m1", "m2"));
    }

    private final Random random;

    RandomExpressions(Random random) {
        this.random = random;
    }

    Kind kind() {
        return Kind.values()[random.nextInt(Kind.values().length)];
    }

    String of(Kind kind, int depth) {
        if (depth <= 0 || random.nextInt(6) == 0) {
            return random.nextInt(4) == 0 ? literal(kind) : pick(COLUMNS.get(kind));
        }
        int next = depth - 1;
        switch (random.nextInt(10)) {
            case 0:
                return "CASE WHEN " + of(Kind.BOOL, next) + " THEN " + of(kind, next) + " ELSE " + of(kind, next)
                        + " END";
            case 1:
                return "COALESCE(" + of(kind, next) + ", " + of(kind, next) + ")";
            case 2:
                return "NULLIF(" + of(kind, next) + ", " + of(kind, next) + ")";
            default:
        }
        return switch (kind) {
            case BOOL -> bool(next);
            case INT -> integer(next);
            case DECIMAL -> decimal(next);
            case DOUBLE -> floating(next);
            case TEXT -> text(next);
            case DATE -> date(next);
            case TIME -> time(next);
        };
    }

    private String bool(int depth) {
        Kind kind = kind();
        return switch (random.nextInt(9)) {
            case 0, 1, 2 ->
                "(" + of(kind, depth) + pick(List.of(" = ", " <> ", " < ", " <= ", " > ", " >= ")) + of(kind, depth)
                        + ")";
            case 3 -> "(" + of(Kind.BOOL, depth) + " AND " + of(Kind.BOOL, depth) + ")";
            case 4 -> "(" + of(Kind.BOOL, depth) + " OR " + of(Kind.BOOL, depth) + ")";
            case 5 -> "(NOT " + of(Kind.BOOL, depth) + ")";
            case 6 -> "(" + of(kind, depth) + pick(List.of(" IS NULL", " IS NOT NULL")) + ")";
            case 7 ->
                "(" + of(kind, depth) + pick(List.of(" IN (", " NOT IN (")) + literal(kind) + ", " + literal(kind)
                        + "))";
            default ->
                random.nextBoolean()
                        ? "(" + of(Kind.TEXT, depth) + " LIKE "
                                + pick(List.of("'%a%'", "'A%'", "'%'", "'%é'", "'a%b'", "''")) + ")"
                        : "(" + of(kind, depth) + " BETWEEN " + of(kind, depth) + " AND " + of(kind, depth) + ")";
        };
    }

    private String integer(int depth) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> "(" + of(Kind.INT, depth) + pick(List.of(" + ", " - ", " * ")) + of(Kind.INT, depth) + ")";
            case 3 -> "(" + of(Kind.INT, depth) + pick(List.of(" / ", " % ")) + literal(Kind.INT) + ")";
            case 4 -> "ABS(" + of(Kind.INT, depth) + ")";
            case 5 ->
                "CAST(" + of(pick(List.of(Kind.INT, Kind.DECIMAL, Kind.DOUBLE)), depth) + " AS "
                        + pick(List.of("TINYINT", "SMALLINT", "INT", "BIGINT")) + ")";
            case 6 -> "CHAR_LENGTH(" + of(Kind.TEXT, depth) + ")";
            case 7 ->
                "EXTRACT(" + pick(List.of("YEAR", "QUARTER", "MONTH", "DAY", "DOY", "DOW")) + " FROM "
                        + of(random.nextBoolean() ? Kind.DATE : Kind.TIME, depth) + ")";
            case 8 -> "EXTRACT(" + pick(List.of("HOUR", "MINUTE", "SECOND")) + " FROM " + of(Kind.TIME, depth) + ")";
            default -> "POSITION(" + pick(List.of("'a'", "''", "'b'")) + " IN " + of(Kind.TEXT, depth) + ")";
        };
    }

    private String decimal(int depth) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> "(" + of(Kind.DECIMAL, depth) + pick(List.of(" + ", " - ")) + of(either(), depth) + ")";
            case 2 -> "(" + of(Kind.DECIMAL, depth) + " * " + of(either(), depth) + ")";
            case 3 -> "(" + of(Kind.DECIMAL, depth) + " / " + literal(either()) + ")";
            case 4 -> pick(List.of("FLOOR(", "CEIL(", "ABS(", "-(")) + of(Kind.DECIMAL, depth) + ")";
            case 5 -> "ROUND(" + of(Kind.DECIMAL, depth) + ", " + random.nextInt(4) + ")";
            default ->
                "CAST(" + of(either(), depth) + " AS DECIMAL("
                        + pick(List.of("10, 2", "5, 0", "38, 6", "20, 10", "18, 4")) + "))";
        };
    }

    private Kind either() {
        return random.nextBoolean() ? Kind.DECIMAL : Kind.INT;
    }

    private String floating(int depth) {
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                "(" + of(Kind.DOUBLE, depth) + pick(List.of(" + ", " - ", " * ", " / ")) + of(Kind.DOUBLE, depth) + ")";
            case 2 -> "CAST(" + of(pick(List.of(Kind.INT, Kind.DECIMAL)), depth) + " AS DOUBLE)";
            case 3 -> pick(List.of("ABS(", "-(")) + of(Kind.DOUBLE, depth) + ")";
            default -> "(" + of(Kind.DOUBLE, depth) + " * " + of(Kind.INT, depth) + ")";
        };
    }

    private String text(int depth) {
        return switch (random.nextInt(7)) {
            case 0 -> pick(List.of("UPPER(", "LOWER(", "REVERSE(")) + of(Kind.TEXT, depth) + ")";
            case 1 -> "(" + of(Kind.TEXT, depth) + " || " + of(Kind.TEXT, depth) + ")";
            case 2 ->
                "SUBSTRING(" + of(Kind.TEXT, depth) + ", " + (1 + random.nextInt(4))
                        + (random.nextBoolean() ? ", " + random.nextInt(4) : "") + ")";
            case 3 -> "TRIM(" + pick(List.of("BOTH", "LEADING", "TRAILING")) + " FROM " + of(Kind.TEXT, depth) + ")";
            case 4 -> "CAST(" + of(pick(List.of(Kind.INT, Kind.DECIMAL, Kind.BOOL, Kind.DATE)), depth) + " AS STRING)";
            case 5 -> "CAST(" + of(Kind.TEXT, depth) + " AS VARCHAR(" + (1 + random.nextInt(4)) + "))";
            default -> "CONCAT(" + of(Kind.TEXT, depth) + ", " + of(Kind.TEXT, depth) + ")";
        };
    }

    private String date(int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> "CAST(" + of(Kind.TIME, depth) + " AS DATE)";
            case 1 ->
                "(" + of(Kind.DATE, depth) + pick(List.of(" + ", " - ")) + "INTERVAL '" + random.nextInt(99) + "' DAY)";
            default ->
                "(" + of(Kind.DATE, depth) + pick(List.of(" + ", " - ")) + "INTERVAL '" + random.nextInt(30)
                        + "' MONTH)";
        };
    }

    private String time(int depth) {
        return switch (random.nextInt(4)) {
            case 0 -> "CAST(" + of(Kind.DATE, depth) + " AS TIMESTAMP(3))";
            case 1 ->
                "(" + of(Kind.TIME, depth) + pick(List.of(" + ", " - ")) + "INTERVAL '" + random.nextInt(99) + "' "
                        + pick(List.of("SECOND", "MINUTE", "HOUR", "DAY")) + ")";
            case 2 ->
                "(" + of(Kind.TIME, depth) + pick(List.of(" + ", " - ")) + "INTERVAL '" + random.nextInt(30)
                        + "' MONTH)";
            default -> "CAST(" + of(Kind.TIME, depth) + " AS TIMESTAMP(" + pick(List.of("0", "3", "6")) + "))";
        };
    }

    String literal(Kind kind) {
        return switch (kind) {
            case BOOL -> pick(List.of("TRUE", "FALSE"));
            case INT ->
                pick(List.of("0", "1", "-1", "7", "2147483647", "CAST(100 AS TINYINT)", "CAST(3 AS BIGINT)", "-128"));
            case DECIMAL -> pick(List.of("0.5", "1.25", "-2.50", "0.00", "99999999.99", "3.333333"));
            case DOUBLE -> pick(List.of("0e0", "1e0", "-2.5e0", "1e300", "7e-1"));
            case TEXT -> pick(List.of("'a'", "''", "'straße'", "'O''Hare'", "'a😀b'", "'abc  '"));
            case DATE -> pick(List.of("DATE '2001-02-28'", "DATE '1969-12-31'", "DATE '2000-02-29'"));
            case TIME ->
                pick(List.of(
                        "TIMESTAMP '2001-02-28 23:59:59.999'",
                        "TIMESTAMP '1969-12-31 23:59:59.999'",
                        "TIMESTAMP '2000-02-29 00:00:00'"));
        };
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    List<String> literals(Kind kind, int count) {
        List<String> literals = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            literals.add(literal(kind));
        }
        return literals;
    }
}
