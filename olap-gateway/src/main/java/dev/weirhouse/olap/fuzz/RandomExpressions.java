package dev.weirhouse.olap.fuzz;

import java.util.List;
import java.util.Random;

/** Expressions over the columns of a scope, drawn from a seed, each of a wanted kind. */
public final class RandomExpressions {

    /** Of so many arguments that may be a time with a zone one is; most of these the native lane does not take. */
    private static final int RARELY = 10;

    private final Random random;
    private final Scope scope;

    RandomExpressions(Random random, Scope scope) {
        this.random = random;
        this.scope = scope;
    }

    /** Expressions over the columns of {@link NastyTable}. */
    public static RandomExpressions overNastyTable(Random random) {
        Scope scope = new Scope();
        NastyTable.COLUMNS.forEach((name, type) -> scope.add(NastyTable.kind(type), name));
        return new RandomExpressions(random, scope);
    }

    /** The text of an expression of any kind that is read natively, of that depth at most. */
    public String any(int depth) {
        return any(Kind.READ, depth).sql();
    }

    /** An expression of one of the kinds, of that depth at most. */
    Piece any(List<Kind> kinds, int depth) {
        return of(pick(kinds), depth);
    }

    Piece of(Kind kind, int depth) {
        if (depth <= 0 || random.nextInt(6) == 0) {
            return leaf(kind);
        }
        int next = depth - 1;
        return switch (random.nextInt(24)) {
            case 0, 1 ->
                piece(kind, "CASE WHEN {} THEN {} ELSE {} END", of(Kind.BOOL, next), of(kind, next), of(kind, next));
            case 2 -> piece(kind, "COALESCE({}, {})", of(kind, next), of(kind, next));
            case 3 -> piece(kind, "NULLIF({}, {})", of(kind, next), of(kind, next));
            case 4 -> piece(kind, "IF({}, {}, {})", of(Kind.BOOL, next), of(kind, next), of(kind, next));
            default ->
                switch (kind) {
                    case BOOL -> bool(next);
                    case INT -> integer(next);
                    case DECIMAL -> decimal(next);
                    case FLOAT -> single(next);
                    case DOUBLE -> floating(next);
                    case TEXT -> text(next);
                    case BYTES -> leaf(kind);
                    case DATE -> date(next);
                    case TIME -> time(next);
                    case ZONED -> zoned(next);
                };
        };
    }

    /** A column, or a constant where there is none, and sometimes where there is. */
    Piece leaf(Kind kind) {
        return random.nextInt(4) == 0 || scope.of(kind).isEmpty() ? literal(kind) : column(kind);
    }

    private Piece column(Kind kind) {
        return piece(kind, pick(scope.of(kind)));
    }

    private static Piece piece(Kind kind, String template, Piece... children) {
        return Piece.of(kind.name(), template, children);
    }

    private Piece bool(int depth) {
        Kind kind = pick(Kind.DRAWN);
        return switch (random.nextInt(11)) {
            case 0, 1, 2 ->
                piece(
                        Kind.BOOL,
                        "({} " + pick(List.of("=", "<>", "<", "<=", ">", ">=")) + " {})",
                        of(kind, depth),
                        of(kind, depth));
            case 3 -> piece(Kind.BOOL, "({} AND {})", of(Kind.BOOL, depth), of(Kind.BOOL, depth));
            case 4 -> piece(Kind.BOOL, "({} OR {})", of(Kind.BOOL, depth), of(Kind.BOOL, depth));
            case 5 -> piece(Kind.BOOL, "(NOT {})", of(Kind.BOOL, depth));
            case 6 -> piece(Kind.BOOL, "({} " + pick(List.of("IS NULL", "IS NOT NULL")) + ")", of(kind, depth));
            case 7 ->
                piece(
                        Kind.BOOL,
                        "({} " + pick(List.of("IN", "NOT IN")) + " ({}, {}))",
                        of(kind, depth),
                        literal(kind),
                        literal(kind));
            case 8 ->
                piece(
                        Kind.BOOL,
                        "({} " + pick(List.of("IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE", "IS UNKNOWN"))
                                + ")",
                        of(Kind.BOOL, depth));
            case 9 ->
                piece(
                        Kind.BOOL,
                        "({} LIKE " + pick(List.of("'%a%'", "'A%'", "'%'", "'%é'", "'a%b'")) + ")",
                        of(Kind.TEXT, depth));
            default -> piece(Kind.BOOL, "({} BETWEEN {} AND {})", of(kind, depth), of(kind, depth), of(kind, depth));
        };
    }

    private Piece integer(int depth) {
        return switch (random.nextInt(11)) {
            case 0, 1, 2 ->
                piece(
                        Kind.INT,
                        "({} " + pick(List.of("+", "-", "*")) + " {})",
                        of(Kind.INT, depth),
                        of(Kind.INT, depth));
            case 3, 4 ->
                piece(
                        Kind.INT,
                        "({} " + pick(List.of("/", "%")) + " {})",
                        of(Kind.INT, depth),
                        piece(Kind.INT, pick(List.of("7", "-3", "2", "CAST(5 AS BIGINT)"))));
            case 5 -> piece(Kind.INT, pick(List.of("ABS({})", "(- {})", "SIGN({})")), of(Kind.INT, depth));
            case 6 ->
                piece(
                        Kind.INT,
                        "CAST({} AS " + pick(List.of("TINYINT", "SMALLINT", "INT", "BIGINT")) + ")",
                        of(pick(List.of(Kind.INT, Kind.DECIMAL, Kind.DOUBLE, Kind.FLOAT)), depth));
            case 7 -> piece(Kind.INT, "CHAR_LENGTH({})", of(Kind.TEXT, depth));
            case 8 ->
                piece(
                        Kind.INT,
                        "EXTRACT(" + pick(List.of("YEAR", "QUARTER", "MONTH", "DAY", "DOY", "DOW")) + " FROM {})",
                        of(random.nextBoolean() ? Kind.DATE : Kind.TIME, depth));
            case 9 ->
                piece(
                        Kind.INT,
                        "EXTRACT(" + pick(List.of("HOUR", "MINUTE", "SECOND")) + " FROM {})",
                        of(timeOrZoned(), depth));
            default ->
                piece(Kind.INT, "POSITION(" + pick(List.of("'a'", "''", "'b'")) + " IN {})", of(Kind.TEXT, depth));
        };
    }

    private Piece decimal(int depth) {
        return switch (random.nextInt(10)) {
            case 0, 1 ->
                piece(
                        Kind.DECIMAL,
                        "({} " + pick(List.of("+", "-")) + " {})",
                        of(Kind.DECIMAL, depth),
                        of(either(), depth));
            case 2 -> piece(Kind.DECIMAL, "({} * {})", of(Kind.DECIMAL, depth), of(either(), depth));
            case 3, 9 ->
                piece(
                        Kind.DECIMAL,
                        "({} / {})",
                        of(Kind.DECIMAL, depth),
                        piece(Kind.DECIMAL, pick(List.of("3", "0.7", "-2.50", "12"))));
            case 4 ->
                piece(
                        Kind.DECIMAL,
                        pick(List.of(
                                "ABS({})", "(- {})", "CAST(FLOOR({}) AS DECIMAL(20, 2))", "CAST(CEIL({}) AS BIGINT)")),
                        of(Kind.DECIMAL, depth));
            case 5, 8 -> piece(Kind.DECIMAL, "ROUND({}, " + random.nextInt(4) + ")", of(Kind.DECIMAL, depth));
            default ->
                piece(
                        Kind.DECIMAL,
                        "CAST({} AS DECIMAL(" + pick(List.of("10, 2", "5, 0", "38, 6", "20, 10", "18, 4")) + "))",
                        of(either(), depth));
        };
    }

    private Kind either() {
        return random.nextBoolean() ? Kind.DECIMAL : Kind.INT;
    }

    /** Flink takes a FLOAT together with no other number. */
    private Piece single(int depth) {
        return switch (random.nextInt(4)) {
            case 0, 1 ->
                piece(
                        Kind.FLOAT,
                        "({} " + pick(List.of("+", "-", "*", "/")) + " {})",
                        of(Kind.FLOAT, depth),
                        of(Kind.FLOAT, depth));
            case 2 -> piece(Kind.FLOAT, "CAST({} AS FLOAT)", of(pick(List.of(Kind.DOUBLE, Kind.INT)), depth));
            default -> piece(Kind.FLOAT, pick(List.of("ABS({})", "(- {})")), of(Kind.FLOAT, depth));
        };
    }

    private Piece floating(int depth) {
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                piece(
                        Kind.DOUBLE,
                        "({} " + pick(List.of("+", "-", "*", "/")) + " {})",
                        of(Kind.DOUBLE, depth),
                        of(Kind.DOUBLE, depth));
            case 2 ->
                piece(Kind.DOUBLE, "CAST({} AS DOUBLE)", of(random.nextInt(4) == 0 ? Kind.FLOAT : either(), depth));
            case 3 -> piece(Kind.DOUBLE, pick(List.of("ABS({})", "(- {})")), of(Kind.DOUBLE, depth));
            default -> piece(Kind.DOUBLE, "({} * {})", of(Kind.DOUBLE, depth), of(Kind.INT, depth));
        };
    }

    private Piece text(int depth) {
        return switch (random.nextInt(7)) {
            case 0 -> piece(Kind.TEXT, pick(List.of("UPPER({})", "LOWER({})", "REVERSE({})")), of(Kind.TEXT, depth));
            case 1 -> piece(Kind.TEXT, "({} || {})", of(Kind.TEXT, depth), of(Kind.TEXT, depth));
            case 2 ->
                piece(
                        Kind.TEXT,
                        "SUBSTRING({}, " + (1 + random.nextInt(4))
                                + (random.nextBoolean() ? ", " + random.nextInt(4) : "") + ")",
                        of(Kind.TEXT, depth));
            case 3 ->
                piece(
                        Kind.TEXT,
                        "TRIM(" + pick(List.of("BOTH", "LEADING", "TRAILING")) + " FROM {})",
                        of(Kind.TEXT, depth));
            case 4 ->
                piece(
                        Kind.TEXT,
                        "CAST({} AS STRING)",
                        random.nextInt(RARELY) == 0
                                ? of(Kind.ZONED, depth)
                                : of(pick(List.of(Kind.INT, Kind.DECIMAL, Kind.BOOL, Kind.DATE)), depth));
            case 5 -> piece(Kind.TEXT, "CAST({} AS VARCHAR(" + (1 + random.nextInt(4)) + "))", of(Kind.TEXT, depth));
            default -> piece(Kind.TEXT, "CONCAT({}, {})", of(Kind.TEXT, depth), of(Kind.TEXT, depth));
        };
    }

    private Piece date(int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> piece(Kind.DATE, "CAST({} AS DATE)", of(timeOrZoned(), depth));
            case 1 ->
                piece(
                        Kind.DATE,
                        "({} " + pick(List.of("+", "-")) + " INTERVAL '" + random.nextInt(99) + "' DAY)",
                        of(Kind.DATE, depth));
            default ->
                piece(
                        Kind.DATE,
                        "({} " + pick(List.of("+", "-")) + " INTERVAL '" + random.nextInt(30) + "' MONTH)",
                        of(Kind.DATE, depth));
        };
    }

    private Piece time(int depth) {
        return switch (random.nextInt(4)) {
            case 0 ->
                piece(
                        Kind.TIME,
                        "CAST({} AS TIMESTAMP(3))",
                        of(random.nextInt(RARELY) == 0 ? Kind.ZONED : Kind.DATE, depth));
            case 1 ->
                piece(
                        Kind.TIME,
                        "({} " + pick(List.of("+", "-")) + " INTERVAL '" + random.nextInt(99) + "' "
                                + pick(List.of("SECOND", "MINUTE", "HOUR", "DAY")) + ")",
                        of(Kind.TIME, depth));
            case 2 ->
                piece(
                        Kind.TIME,
                        "({} " + pick(List.of("+", "-")) + " INTERVAL '" + random.nextInt(30) + "' MONTH)",
                        of(Kind.TIME, depth));
            default ->
                piece(
                        Kind.TIME,
                        "CAST({} AS TIMESTAMP(" + pick(List.of("0", "0", "3", "3", "6", "6", "9")) + "))",
                        of(Kind.TIME, depth));
        };
    }

    /** The native lane reads none of these, but constants of them are computed before it gets to see them. */
    private Piece zoned(int depth) {
        return switch (random.nextInt(3)) {
            case 0 -> piece(Kind.ZONED, "CAST({} AS TIMESTAMP_LTZ(3))", of(Kind.TIME, depth));
            case 1 -> piece(Kind.ZONED, "CAST({} AS TIMESTAMP_LTZ(3))", of(Kind.DATE, depth));
            default ->
                piece(
                        Kind.ZONED,
                        "({} " + pick(List.of("+", "-")) + " INTERVAL '" + random.nextInt(99) + "' "
                                + pick(List.of("MINUTE", "HOUR", "DAY", "MONTH")) + ")",
                        of(Kind.ZONED, depth));
        };
    }

    private Kind timeOrZoned() {
        return random.nextInt(RARELY) == 0 ? Kind.ZONED : Kind.TIME;
    }

    Piece literal(Kind kind) {
        return piece(
                kind,
                pick(
                        switch (kind) {
                            case BOOL -> List.of("TRUE", "FALSE");
                            case INT ->
                                List.of(
                                        "0",
                                        "1",
                                        "-1",
                                        "7",
                                        "2147483647",
                                        "CAST(100 AS TINYINT)",
                                        "CAST(3 AS BIGINT)",
                                        "-128");
                            case DECIMAL -> List.of("0.5", "1.25", "-2.50", "0.00", "99999999.99", "3.333333");
                            case FLOAT ->
                                List.of("CAST('1.5' AS FLOAT)", "CAST('0.1' AS FLOAT)", "CAST('-0' AS FLOAT)");
                            case DOUBLE -> List.of("0e0", "1e0", "-2.5e0", "1e300", "7e-1");
                            case TEXT ->
                                List.of(
                                        "'a'",
                                        "''",
                                        "'straße'",
                                        "'O''Hare'",
                                        "'abc  '",
                                        "'ab '",
                                        "'abc'",
                                        "CAST(TO_TIMESTAMP_LTZ(86399, 0) AS STRING)");
                            case BYTES -> List.of("x''", "x'61'", "x'6100'", "x'ff00'");
                            case DATE ->
                                List.of(
                                        "DATE '2001-02-28'",
                                        "DATE '1969-12-31'",
                                        "DATE '2000-02-29'",
                                        "CAST(TO_TIMESTAMP_LTZ(1325239200, 0) AS DATE)");
                            case TIME ->
                                List.of(
                                        "TIMESTAMP '2001-02-28 23:59:59.999'",
                                        "TIMESTAMP '2000-02-29 00:00:00'",
                                        "TIMESTAMP '1999-12-31 12:00:00.5'",
                                        "CAST(TO_TIMESTAMP_LTZ(985485600000, 3) AS TIMESTAMP(3))");
                            case ZONED ->
                                List.of(
                                        "TO_TIMESTAMP_LTZ(0, 0)",
                                        "TO_TIMESTAMP_LTZ(1325239200123, 3)",
                                        "CAST(TIMESTAMP '2001-03-25 02:30:00' AS TIMESTAMP_LTZ(3))",
                                        "CAST(TIMESTAMP '2000-10-29 02:30:00.5' AS TIMESTAMP_LTZ(3))");
                        }));
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
