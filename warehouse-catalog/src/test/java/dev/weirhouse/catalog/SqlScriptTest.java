package dev.weirhouse.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weirhouse.catalog.SqlScript.Bound;
import dev.weirhouse.catalog.SqlScript.Statement;
import dev.weirhouse.catalog.WarehouseException.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {

    @Test
    void splitsAtSemicolonsOutsideOfTokens() {
        assertThat(
                        flink(
                                """
                        -- the day's; totals
                        SELECT 'a;b', 'it''s; ', `odd;``name` /* one; two */ FROM t;;

                        // Calcite's own; comment
                        INSERT INTO x SELECT 1 -- last;
                        ;
                        SELECT 2"""))
                .containsExactly(
                        "SELECT 'a;b', 'it''s; ', `odd;``name` /* one; two */ FROM t",
                        "INSERT INTO x SELECT 1",
                        "SELECT 2");
    }

    @Test
    void hiveStringsKnowBackslashesAndDoubleQuotes() {
        assertThat(
                        split(
                                Dialect.HIVE,
                                """
                        SELECT 'it\\'s; one', "two; \\" still", split(x, '\\;'), 'a'';b' FROM t;
                        SELECT 1 // 2;
                        /* outer /* inner; */ still; */ SELECT 3"""))
                .containsExactly(
                        "SELECT 'it\\'s; one', \"two; \\\" still\", split(x, '\\;'), 'a'';b' FROM t",
                        "SELECT 1 // 2",
                        "SELECT 3");
    }

    @Test
    void hintsBelongToTheStatement() {
        assertThat(flink("SELECT * FROM t /*+ OPTIONS('path'='/in/*/x;y', 'k'='v') */ WHERE a; SELECT 1"))
                .containsExactly("SELECT * FROM t /*+ OPTIONS('path'='/in/*/x;y', 'k'='v') */ WHERE a", "SELECT 1");
        assertThat(split(Dialect.HIVE, "SELECT /*+ MAPJOIN(a); */ 1; SELECT 2"))
                .containsExactly("SELECT /*+ MAPJOIN(a); */ 1", "SELECT 2");
    }

    @Test
    void aStatementSetIsOneStatement() {
        String executed =
                "EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END FROM t; INSERT INTO b SELECT 2; END";
        assertThat(flink(executed + "; SELECT 1")).containsExactly(executed, "SELECT 1");
        assertThat(flink("EXPLAIN STATEMENT SET /* all */ BEGIN INSERT INTO a SELECT 1; END;"))
                .containsExactly("EXPLAIN STATEMENT SET /* all */ BEGIN INSERT INTO a SELECT 1; END");
        assertThat(flink("UPDATE STATEMENT SET BEGIN = 1; SELECT 1")).hasSize(2);

        Statement begun = SqlScript.parse(
                        """
                        begin statement set;
                          INSERT INTO a SELECT ${n};
                          INSERT INTO b SELECT 2;
                        END;""",
                        Dialect.FLINK)
                .statements()
                .get(0);
        Bound bound = begun.bind(Map.of("n", "12345"));
        assertThat(bound.sql())
                .isEqualTo(
                        """
                        EXECUTE statement set BEGIN
                          INSERT INTO a SELECT 12345;
                          INSERT INTO b SELECT 2;
                        END""");
        assertThat(bound.inFile(new Position(3, 15))).isEqualTo(new Position(3, 15));
        assertThat(bound.inFile(new Position(1, 9))).isEqualTo(new Position(1, 7));
    }

    @Test
    void theDialectSwitchesInTheMiddle() {
        SqlScript script = SqlScript.parse(
                """
                SET 'table.sql-dialect' = 'hive';
                SELECT 'it\\'s; one';
                set table.sql-dialect=default;
                SELECT 'C:\\';
                """,
                Dialect.FLINK);
        assertThat(script.statements())
                .extracting(Statement::dialect)
                .containsExactly(Dialect.FLINK, Dialect.HIVE, Dialect.HIVE, Dialect.FLINK);
        assertThat(script.statements()).extracting(Statement::number).containsExactly(1, 2, 3, 4);
    }

    @Test
    void variablesArePutInOnceAndEverywhereButInComments() {
        Map<String, String> variables =
                Map.of("day", "2001-01-03", "trap", "'; DROP TABLE t; -- ${day}", "hiveconf:q", "root", "q", "plain");
        assertThat(bind("SELECT '${day}', `${q}`, ${hivevar:q}, ${hiveconf:q}, ${hiveconf:day}", variables))
                .containsExactly("SELECT '2001-01-03', `plain`, plain, root, 2001-01-03");
        assertThat(bind("SELECT ${none:-7}, '${none:-}', ${day:-x}", variables))
                .containsExactly("SELECT 7, '', 2001-01-03");
        assertThat(bind("SELECT '${trap}'; SELECT 2", variables))
                .containsExactly("SELECT ''; DROP TABLE t; -- ${day}'", "SELECT 2");
        assertThat(bind("SELECT '$${day}', '$$', '$', '{x}' -- ${never}\n + 1", variables))
                .containsExactly("SELECT '${day}', '$$', '$', '{x}' -- ${never}\n + 1");
        assertThat(bind("SELECT * FROM t /*+ OPTIONS('a'='${q}') */", variables))
                .containsExactly("SELECT * FROM t /*+ OPTIONS('a'='plain') */");
        assertThat(bind("CREATE TABLE t (a INT) WITH ('password' = '${secret:kafka}')", Map.of("secret", "no")))
                .containsExactly("CREATE TABLE t (a INT) WITH ('password' = '${secret:kafka}')");
        assertThat(bind("SELECT ${x:-a;'b}; SELECT 2", variables)).containsExactly("SELECT a;'b", "SELECT 2");
    }

    @Test
    void positionsLeadBackToTheFile() {
        Statement second = SqlScript.parse("SELECT 1;\r\n  SELECT ${long} AS x,\r\n  ${short}y, z", Dialect.FLINK)
                .statements()
                .get(1);
        assertThat(second.position()).isEqualTo(new Position(2, 3));
        Bound bound = second.bind(Map.of("long", "1 +\n 2222222222222222", "short", ""));
        assertThat(bound.sql()).isEqualTo("SELECT 1 +\n 2222222222222222 AS x,\r\n  y, z");
        assertThat(bound.inFile(new Position(1, 1))).isEqualTo(new Position(2, 3));
        assertThat(bound.inFile(new Position(2, 5))).isEqualTo(new Position(2, 10));
        assertThat(bound.inFile(new Position(2, 22))).isEqualTo(new Position(2, 21));
        assertThat(bound.inFile(new Position(3, 3))).isEqualTo(new Position(3, 11));
        assertThat(bound.inFile(new Position(99, 99))).isEqualTo(new Position(3, 15));

        WarehouseException error = new WarehouseException(
                CatalogError.COLUMN_NOT_FOUND, "There is no column 'z'.", new Position(3, 6), null);
        assertThat(bound.inFile(error)).hasMessage("[WEIR-1047] COLUMN_NOT_FOUND: line 3:14: There is no column 'z'.");
        assertThat(bound.inFile(new WarehouseException(CatalogError.EXECUTION_FAILED, "Division by zero.")))
                .hasMessage("[WEIR-3001] EXECUTION_FAILED: line 2:3: Division by zero.");
    }

    @Test
    void aByteOrderMarkIsNoToken() {
        assertThat(flink("\uFEFFSELECT 1;")).containsExactly("SELECT 1");
    }

    @Test
    void refusesWhatDoesNotEnd() {
        assertRefused(Dialect.FLINK, "SELECT 1;\nSELECT 'abc; SELECT 2", 2, 8, "string does not end");
        assertRefused(Dialect.HIVE, "SELECT 'abc\\'", 1, 8, "string does not end");
        assertRefused(Dialect.HIVE, "SELECT 'abc\\", 1, 8, "string does not end");
        assertRefused(Dialect.HIVE, "SELECT \"abc", 1, 8, "string does not end");
        assertRefused(Dialect.FLINK, "SELECT `abc", 1, 8, "name does not end");
        assertRefused(Dialect.FLINK, "SELECT 1 /* abc; ", 1, 10, "comment does not end");
        assertRefused(Dialect.HIVE, "/* a /* b */ SELECT 1", 1, 1, "comment does not end");
        assertRefused(Dialect.FLINK, "SELECT 1 /*+ abc; SELECT 2 */", 1, 10, "hint does not end");
        assertRefused(Dialect.FLINK, "SELECT 1 /*+ abc", 1, 10, "hint does not end");
        assertRefused(Dialect.HIVE, "SELECT 1 /*+ abc", 1, 10, "hint does not end");
        assertRefused(Dialect.FLINK, "SELECT 0; BEGIN STATEMENT SET; SELECT 1;", 1, 11, "statement set does not end");
        assertRefused(Dialect.FLINK, "SELECT ${abc", 1, 8, "This is no variable");
        assertRefused(Dialect.FLINK, "SELECT '${a b}'", 1, 9, "This is no variable");
        assertRefused(Dialect.FLINK, "SELECT '${env:HOME}'", 1, 9, "This is no variable");
        assertRefused(Dialect.FLINK, "SELECT ${a:-${b}}", 1, 8, "This is no variable");
        assertRefused(Dialect.FLINK, "SELECT 1,\n \0 2", 2, 2, "NUL");
    }

    @Test
    void refusesUnknownVariablesWithTheirPlace() {
        Statement statement = SqlScript.parse("SELECT 1,\n '${hiveconf:day}'", Dialect.FLINK)
                .statements()
                .get(0);
        assertThatThrownBy(() -> statement.bind(Map.of()))
                .hasMessage(
                        "[WEIR-1002] SEMANTIC_ERROR: line 2:3: The variable 'hiveconf:day' has no value: give it one,"
                                + " or a default as in ${hiveconf:day:-default}.");
        assertThatThrownBy(() -> statement.bind(Map.of("day", "a\0b"))).hasMessageContaining("line 2:3: The value");
    }

    @Test
    void textsAreBounded() {
        assertThatThrownBy(() -> SqlScript.parse(" ".repeat(SqlScript.MAX_CHARACTERS + 1), Dialect.FLINK))
                .hasMessageContaining("1,048,577 characters and may have 1,048,576");
        Statement statement =
                SqlScript.parse("SELECT '${a}${a}'", Dialect.FLINK).statements().get(0);
        assertThatThrownBy(() -> statement.bind(Map.of("a", "x".repeat(SqlScript.MAX_CHARACTERS / 2))))
                .hasMessageContaining("line 1:13");
    }

    /** Statements joined by gaps come apart as they were put together. */
    @ParameterizedTest
    @EnumSource(Dialect.class)
    void splitUndoesJoin(Dialect dialect) {
        long seed = Long.getLong("weir.seed", 20010101L);
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            List<String> statements = new ArrayList<>();
            StringBuilder text = new StringBuilder(gap(random));
            for (int i = random.nextInt(5); i >= 0; i--) {
                String statement = statement(random, dialect);
                statements.add(statement);
                text.append(statement).append(gap(random)).append(';').append(gap(random));
            }
            assertThat(split(dialect, text.toString()))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(statements);
        }
    }

    /** Any text is either split without loss or refused with a place inside of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anyTextIsSplitOrRefused(long seed) {
        String[] parts = {
            "'",
            "\"",
            "`",
            "/*",
            "*/",
            "/*+",
            "--",
            "//",
            "\n",
            "\r",
            ";",
            "\\",
            "${",
            "$${",
            "${a}",
            "}",
            "$",
            " ",
            "x",
            "END",
            " STATEMENT ",
            " SET ",
            "BEGIN",
            "EXECUTE",
            "\u00e9",
            "\ud83d\ude00",
            "SET table.sql-dialect=hive;"
        };
        Random random = new Random(seed);
        int split = 0;
        for (int round = 0; round < 20_000; round++) {
            StringBuilder built = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                built.append(parts[random.nextInt(parts.length)]);
            }
            String text = built.toString();
            Dialect dialect = random.nextBoolean() ? Dialect.FLINK : Dialect.HIVE;
            try {
                assertNothingLost(text, SqlScript.parse(text, dialect));
                split++;
            } catch (WarehouseException e) {
                assertThat(e.code()).as(text).isIn(CatalogError.SYNTAX_ERROR, CatalogError.SEMANTIC_ERROR);
                assertThat(e.position()).as(text).isPresent();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " round " + round + " " + dialect + ": " + text, e);
            }
        }
        assertThat(split).isGreaterThan(1_000);
    }

    private static void assertNothingLost(String text, SqlScript script) {
        int from = 0;
        for (Statement statement : script.statements()) {
            assertGap(text.substring(from, statement.startOffset()), statement.dialect());
            assertThat(text.substring(statement.startOffset(), statement.endOffset()))
                    .isEqualTo(statement.text())
                    .isNotBlank();
            List<Statement> again =
                    SqlScript.parse(statement.text(), statement.dialect()).statements();
            assertThat(again).extracting(Statement::text).containsExactly(statement.text());
            Bound bound = statement.bind(Map.of("a", "${a}"));
            assertThat(bound.inFile(new Position(1, 1))).isEqualTo(statement.position());
            from = statement.endOffset();
        }
    }

    private static void assertGap(String gap, Dialect dialect) {
        assertThat(SqlScript.parse(gap, dialect).statements())
                .as("gap '%s'", gap)
                .isEmpty();
    }

    private static String gap(Random random) {
        String[] gaps = {"", " ", "\n", "\r\n", "\t", " -- it's; `\"${no}\n", "/* ; ' ` \" ${no} */", ";"};
        StringBuilder gap = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            gap.append(gaps[random.nextInt(gaps.length)]);
        }
        return gap.toString();
    }

    private static String statement(Random random, Dialect dialect) {
        String[] common = {"SELECT", "1", "'a;b'", "`c;d`", "'it''s'", "/* x;y */", "/*+ h(k='v') */", "(", ",", "--;\n"
        };
        String[] own = dialect == Dialect.FLINK ? new String[] {"'\\'", "//;'\n"} : new String[] {"'\\';'", "\"a';\""};
        StringBuilder statement = new StringBuilder("INSERT");
        for (int i = random.nextInt(8); i > 0; i--) {
            String[] from = random.nextInt(4) == 0 ? own : common;
            statement.append(' ').append(from[random.nextInt(from.length)]);
        }
        return statement.append(" x").toString();
    }

    private static void assertRefused(Dialect dialect, String text, int line, int column, String reason) {
        WarehouseException error = catchThrowableOfType(WarehouseException.class, () -> SqlScript.parse(text, dialect));
        assertThat(error).as(text).hasMessageContaining(reason);
        assertThat(error.code()).isEqualTo(CatalogError.SYNTAX_ERROR);
        assertThat(error.position()).as(text).contains(new Position(line, column));
    }

    private static List<String> flink(String text) {
        return split(Dialect.FLINK, text);
    }

    private static List<String> split(Dialect dialect, String text) {
        return SqlScript.parse(text, dialect).statements().stream()
                .map(Statement::text)
                .toList();
    }

    private static List<String> bind(String text, Map<String, String> variables) {
        return SqlScript.parse(text, Dialect.FLINK).statements().stream()
                .map(statement -> statement.bind(variables).sql())
                .toList();
    }
}
