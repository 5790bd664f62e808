package dev.weirhouse.olap.flink;

import dev.weirhouse.olap.fuzz.NastyTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** For everything that is admitted, queries over {@link NastyTable} ({@code {}} for its name) that use it. */
final class AdmittedSamples {

    static final Map<String, List<String>> SAMPLES = new LinkedHashMap<>();

    /** The queries that only compute an expression of each row, with the expression. */
    static final Map<String, String> EXPRESSIONS = new LinkedHashMap<>();

    static {
        relations();
        aggregates();
        windows();
        casts();
        comparisons();
        logic();
        arithmetic();
        texts();
        times();
    }

    private AdmittedSamples() {}

    static List<String> admitted() {
        return NativeLaneReference.admitted().values().stream()
                .flatMap(List::stream)
                .map(AdmittedSamples::key)
                .toList();
    }

    static List<String> queries() {
        return SAMPLES.values().stream().flatMap(List::stream).toList();
    }

    private static String key(Admitted admitted) {
        return admitted.name() + " of " + admitted.arguments();
    }

    private static void queries(String name, String arguments, String... queries) {
        SAMPLES.put(key(new Admitted(name, arguments)), List.of(queries));
    }

    private static void expressions(String name, String arguments, String... expressions) {
        List<String> queries = new ArrayList<>();
        for (String expression : expressions) {
            String query = "SELECT id, " + expression + " FROM {} ORDER BY id";
            EXPRESSIONS.put(query, expression);
            queries.add(query);
        }
        SAMPLES.put(key(new Admitted(name, arguments)), queries);
    }

    private static void aggregates(String name, String arguments, String... expressions) {
        List<String> queries = new ArrayList<>();
        List<String> plain =
                Stream.of(expressions).filter(one -> !one.contains("DISTINCT")).toList();
        Stream.of(expressions).filter(one -> one.contains("DISTINCT")).forEach(one -> {
            queries.add("SELECT o1, " + one + " FROM {} GROUP BY o1");
            queries.add("SELECT " + one + " FROM {}");
        });
        if (!plain.isEmpty()) {
            queries.add("SELECT o1, " + String.join(", ", plain) + " FROM {} GROUP BY o1");
            queries.add("SELECT " + String.join(", ", plain) + " FROM {} WHERE id < 0");
        }
        SAMPLES.put(key(new Admitted(name, arguments)), queries);
    }

    private static void relations() {
        queries(
                "a table",
                "of Paimon, of any kind and at any snapshot",
                "SELECT id, b1, f1, d1, c3, v1, h1, x1, o1, a1, m0, m1, m2 FROM {}");
        queries("SELECT, WHERE", "of what is admitted below", "SELECT i1, v1 FROM {} WHERE o1 AND i2 > 1");
        queries(
                "JOIN",
                "INNER, LEFT, RIGHT, FULL, on any condition that Flink takes",
                "SELECT a.id, b.id FROM {} a JOIN {} b ON a.i1 = b.i2 AND a.v1 < b.v2",
                "SELECT a.id, b.id FROM {} a LEFT JOIN {} b ON a.v1 = b.v1 AND a.o1",
                "SELECT a.id, b.id FROM {} a RIGHT JOIN {} b ON a.c1 = b.c1",
                "SELECT a.id, b.id FROM {} a FULL JOIN {} b ON a.a1 = b.a2",
                "SELECT a.id, b.id FROM {} a JOIN {} b ON a.d2 < b.d2");
        queries(
                "IN, EXISTS",
                "and NOT IN, NOT EXISTS, with and without correlation, as Flink makes joins of them",
                "SELECT id FROM {} WHERE i1 IN (SELECT i2 FROM {})",
                "SELECT id FROM {} WHERE i2 NOT IN (SELECT i1 FROM {} WHERE i1 IS NOT NULL)",
                "SELECT id FROM {} WHERE i2 NOT IN (SELECT i1 FROM {})",
                "SELECT id FROM {} a WHERE EXISTS (SELECT 1 FROM {} b WHERE b.i2 = a.i1 AND b.o1)",
                "SELECT id FROM {} a WHERE NOT EXISTS (SELECT 1 FROM {} b WHERE b.v2 = a.v1)");
        queries(
                "GROUP BY, DISTINCT",
                "any type that is read but FLOAT and DOUBLE",
                "SELECT v1, a1, COUNT(*) FROM {} GROUP BY v1, a1 HAVING COUNT(*) > 1",
                "SELECT DISTINCT c1, o1, m2 FROM {}");
        queries(
                "GROUPING SETS, ROLLUP, CUBE",
                "any type that is read but FLOAT and DOUBLE",
                "SELECT o1, i2, COUNT(*) FROM {} GROUP BY GROUPING SETS ((o1), (i2), ())",
                "SELECT o1, v1, SUM(i2) FROM {} GROUP BY ROLLUP (o1, v1)",
                "SELECT o1, o2, MIN(v1) FROM {} GROUP BY CUBE (o1, o2)");
        queries(
                "UNION, UNION ALL",
                "any type that is read; UNION but FLOAT and DOUBLE",
                "SELECT i1, v1 FROM {} UNION SELECT i2, v2 FROM {}",
                "SELECT i1, d1 FROM {} UNION ALL SELECT i2, d2 FROM {}");
        queries(
                "INTERSECT, EXCEPT",
                "any type that is read but FLOAT and DOUBLE",
                "SELECT i1, o1 FROM {} INTERSECT SELECT i2, o2 FROM {}",
                "SELECT i1 FROM {} EXCEPT SELECT i2 FROM {}");
        queries(
                "ORDER BY, LIMIT, OFFSET",
                "any type that is read",
                "SELECT id, d1 FROM {} ORDER BY d1 DESC, id LIMIT 7 OFFSET 2",
                "SELECT id, v1 FROM {} ORDER BY v1, id LIMIT 20");
        queries(
                "VALUES",
                "constants",
                "SELECT * FROM (VALUES (1, 'a', 2.5), (2, CAST(NULL AS STRING), 0.1)) v (x, y, z)");
    }

    private static void aggregates() {
        aggregates("COUNT", "rows, or values of any type that is read", "COUNT(*)", "COUNT(d1)", "COUNT(v1)");
        aggregates(
                "COUNT(DISTINCT)",
                "one column of any type that is read but FLOAT and DOUBLE",
                "COUNT(DISTINCT v1)",
                "COUNT(DISTINCT m2)");
        aggregates(
                "SUM",
                "TINYINT to BIGINT, DECIMAL, DOUBLE; DISTINCT of those but DOUBLE",
                "SUM(t1)",
                "SUM(i2)",
                "SUM(b2)",
                "SUM(c1)",
                "SUM(DISTINCT s1)",
                "SUM(CAST(i2 AS DOUBLE))");
        aggregates(
                "AVG",
                "TINYINT to BIGINT, DECIMAL, DOUBLE; DISTINCT of those but DOUBLE",
                "AVG(t1)",
                "AVG(i2)",
                "AVG(b2)",
                "AVG(c1)",
                "AVG(DISTINCT c2)",
                "AVG(CAST(i2 AS DOUBLE))");
        for (String name : List.of("MIN", "MAX")) {
            aggregates(
                    name,
                    "any type that is read but FLOAT, DOUBLE and VARBINARY",
                    name + "(v1)",
                    name + "(a1)",
                    name + "(m2)",
                    name + "(c3)",
                    name + "(o1)");
        }
        aggregates("FILTER", "of each of these", "COUNT(*) FILTER (WHERE o2)", "SUM(i2) FILTER (WHERE v1 = 'a')");
        queries(
                "a scalar subquery",
                "of any type that is read; more than one row is Flink's error",
                "SELECT id, (SELECT MAX(v2) FROM {} b WHERE b.i2 = a.i2) FROM {} a",
                "SELECT id, (SELECT v1 FROM {} WHERE id = 3) FROM {} WHERE i2 > (SELECT AVG(i2) FROM {})");
    }

    private static void windows() {
        queries(
                "ROW_NUMBER, RANK, DENSE_RANK",
                "any order",
                "SELECT id, ROW_NUMBER() OVER (PARTITION BY o1 ORDER BY v1 DESC, id) FROM {}",
                "SELECT id, RANK() OVER (ORDER BY v1), DENSE_RANK() OVER (ORDER BY v1) FROM {}");
        queries(
                "COUNT, SUM, MIN, MAX",
                "as aggregates, over a whole partition",
                "SELECT id, COUNT(*) OVER (PARTITION BY v1), SUM(i2) OVER (PARTITION BY v1) FROM {}");
        queries(
                "COUNT, SUM, MIN, MAX",
                "as aggregates, from the partition's begin or to its end, ROWS or RANGE",
                "SELECT id, SUM(c4) OVER (PARTITION BY o1 ORDER BY id), MIN(v1) OVER (ORDER BY v2) FROM {}",
                "SELECT id, MAX(a2) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM {}");
        queries(
                "ROW_NUMBER, RANK up to a number",
                "the first rows of each partition",
                "SELECT id, v1 FROM (SELECT id, v1, RANK() OVER (PARTITION BY o1 ORDER BY v1) AS n FROM {}) t WHERE n <= 2",
                "SELECT id, n FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY v1 ORDER BY id) AS n FROM {}) t WHERE n <= 2");
    }

    private static void casts() {
        expressions(
                "CAST",
                "TINYINT to BIGINT to each other, DECIMAL, FLOAT or DOUBLE",
                "CAST(i1 AS FLOAT)",
                "CAST(b2 AS TINYINT)",
                "CAST(t1 AS BIGINT)",
                "CAST(i1 AS DECIMAL(12, 2))",
                "CAST(b1 AS DOUBLE)");
        expressions(
                "CAST",
                "DECIMAL to DECIMAL, TINYINT to BIGINT, or DOUBLE",
                "CAST(c2 AS DECIMAL(18, 1))",
                "CAST(c1 AS INT)",
                "CAST(c3 AS DOUBLE)");
        expressions("CAST", "FLOAT or DOUBLE to TINYINT to BIGINT", "CAST(d2 AS BIGINT)", "CAST(f1 AS INT)");
        expressions("CAST", "FLOAT and DOUBLE to each other", "CAST(f1 AS DOUBLE)", "CAST(d2 AS FLOAT)");
        expressions("CAST", "a text to VARCHAR of any length", "CAST(v1 AS VARCHAR(2))");
        expressions(
                "CAST",
                "TINYINT to BIGINT, DECIMAL, BOOLEAN or DATE to STRING",
                "CAST(b1 AS STRING)",
                "CAST(c2 AS STRING)",
                "CAST(o1 AS STRING)",
                "CAST(a1 AS STRING)");
        expressions("CAST", "DATE to TIMESTAMP, TIMESTAMP to DATE", "CAST(a1 AS TIMESTAMP(3))", "CAST(m2 AS DATE)");
        expressions(
                "CAST",
                "TIMESTAMP to TIMESTAMP of precision 0, 3 or 6, or of a higher one",
                "CAST(m2 AS TIMESTAMP(0))",
                "CAST(m2 AS TIMESTAMP(3))",
                "CAST(m1 AS TIMESTAMP(6))");
    }

    private static void comparisons() {
        for (String operator : List.of("=", "<>", "<", "<=", ">", ">=")) {
            expressions(
                    operator,
                    "two values of one type but FLOAT and DOUBLE",
                    "i1 " + operator + " b2",
                    "v1 " + operator + " v2",
                    "h1 " + operator + " v2",
                    "c1 " + operator + " c2",
                    "a1 " + operator + " a2",
                    "m1 " + operator + " TIMESTAMP '2000-02-29 12:30:45.678'",
                    "o1 " + operator + " o2");
            expressions(
                    operator,
                    "DOUBLE with DOUBLE, FLOAT with FLOAT",
                    "d1 " + operator + " d2",
                    "f1 " + operator + " f2");
        }
        queries(
                "IS NOT DISTINCT FROM",
                "two values of one type but FLOAT and DOUBLE",
                "SELECT a.id, b.id FROM {} a JOIN {} b ON a.v1 IS NOT DISTINCT FROM b.v1 AND a.id = b.id",
                "SELECT a.id, b.id FROM {} a JOIN {} b ON a.v1 IS DISTINCT FROM b.v1 AND a.id = b.id");
    }

    private static void logic() {
        expressions("AND", "BOOLEAN", "o1 AND o2");
        expressions("OR", "BOOLEAN", "o1 OR o2");
        expressions("NOT", "BOOLEAN", "NOT o1");
        for (String test : List.of("IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE")) {
            expressions(test, "any type that is read", "o1 " + test, "(i1 > i2) " + test);
        }
        expressions(
                "CASE",
                "values of one type; of CHAR, constants",
                "CASE WHEN o1 THEN v1 WHEN o2 THEN v2 END",
                "CASE WHEN o1 THEN 'abc' ELSE 'de ' END",
                "CASE i2 WHEN 2 THEN b1 ELSE i1 END");
        expressions("IF", "values of one type; of CHAR, constants", "IF(o1, i1, i2)");
        expressions("COALESCE", "values of one type; of CHAR, constants", "COALESCE(v1, v2, 'none')");
    }

    private static void arithmetic() {
        for (String operator : List.of("+", "-", "*")) {
            expressions(operator, "TINYINT to BIGINT", "i2 " + operator + " b2", "t1 " + operator + " t1");
            expressions(
                    operator,
                    "DOUBLE with DOUBLE or a whole number",
                    "d1 " + operator + " d2",
                    "d2 " + operator + " i2");
        }
        for (String operator : List.of("+", "-", "*", "/")) {
            expressions(operator, "FLOAT with FLOAT", "f1 " + operator + " f2");
        }
        for (String operator : List.of("+", "-")) {
            expressions(
                    operator,
                    "DECIMAL with DECIMAL or a whole number",
                    "c1 " + operator + " c2",
                    "c3 " + operator + " i2",
                    "c4 " + operator + " 0.05");
            expressions(
                    operator,
                    "a DATE or TIMESTAMP and an interval written out",
                    "a2 " + operator + " INTERVAL '40' DAY",
                    "a2 " + operator + " INTERVAL '1' MONTH",
                    "m2 " + operator + " INTERVAL '1' YEAR",
                    "m2 " + operator + " INTERVAL '3' HOUR");
        }
        expressions(
                "*",
                "DECIMAL with DECIMAL or a whole number, of 38 decimal places together",
                "c1 * c1",
                "c2 * i2",
                "c4 * 0.05");
        expressions("/", "TINYINT to BIGINT", "i1 / 7", "b1 / 3");
        expressions("/", "DOUBLE with DOUBLE or a whole number", "d1 / d2", "d2 / 4");
        expressions("/", "DECIMAL with DECIMAL or a whole number", "c1 / 3", "c2 / 0.7");
        expressions("MOD", "TINYINT to BIGINT", "MOD(i1, 7)", "b1 % 5");
        expressions("-", "a number", "-i2", "-c1", "-d1", "-f1");
        expressions("ABS", "a number", "ABS(i2)", "ABS(c1)", "ABS(d1)", "ABS(f1)");
        expressions("ROUND", "DECIMAL, and a number of digits written out", "ROUND(c1, 1)", "ROUND(c4)");
        expressions("FLOOR", "DECIMAL of up to 18 digits or a whole number", "CAST(FLOOR(c1) AS INT)", "FLOOR(i1)");
        expressions("CEIL", "DECIMAL of up to 18 digits or a whole number", "CAST(CEIL(c1) AS INT)", "CEIL(i1)");
        expressions("SIGN", "a whole number", "SIGN(i1)");
    }

    private static void texts() {
        expressions("||", "texts", "v1 || v2", "v1 || 'x'");
        expressions("CONCAT", "texts", "CONCAT(v1, v2, '-')");
        expressions("CHAR_LENGTH", "a text", "CHAR_LENGTH(v1)");
        expressions("UPPER", "a text; beyond ASCII Flink is asked", "UPPER(v2)");
        expressions("LOWER", "a text; beyond ASCII Flink is asked", "LOWER(v2)");
        String numbers = "a text, and numbers written out: a begin of 1 or more, a length of 0 or more";
        expressions("SUBSTRING", numbers, "SUBSTRING(v1, 2)", "SUBSTRING(v1 FROM 1 FOR 2)");
        expressions("SUBSTR", numbers, "SUBSTR(v1, 1, 3)");
        expressions("TRIM", "a text, and spaces", "TRIM(v1)", "TRIM(LEADING FROM v1)", "TRIM(TRAILING ' ' FROM v1)");
        expressions("LIKE", "a text, and a pattern written out without '_' and '\\'", "v1 LIKE '%a%'", "v1 LIKE 'a%'");
        expressions("POSITION", "two texts", "POSITION('b' IN v1)");
        expressions("REVERSE", "a text of ASCII; beyond it Flink is asked", "REVERSE(v2)");
    }

    private static void times() {
        expressions(
                "EXTRACT",
                "YEAR, QUARTER, MONTH, DAY, DOY, DOW of a DATE or TIMESTAMP, HOUR, MINUTE, SECOND of a TIMESTAMP",
                Stream.concat(
                                Stream.of("YEAR", "QUARTER", "MONTH", "DAY", "DOY", "DOW")
                                        .map(unit -> "EXTRACT(" + unit + " FROM a2)"),
                                Stream.of("HOUR", "MINUTE", "SECOND", "DOW")
                                        .map(unit -> "EXTRACT(" + unit + " FROM m2)"))
                        .toArray(String[]::new));
    }
}
