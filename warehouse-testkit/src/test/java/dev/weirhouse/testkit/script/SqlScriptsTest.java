package dev.weirhouse.testkit.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

final class SqlScriptsTest {

    private static final String ORDERS =
            """
            # two orders
            statement ok
            CREATE TABLE orders (id BIGINT, name VARCHAR, price DOUBLE);

            statement ok
            INSERT INTO orders VALUES (1, 'pear', 9.5), (2, NULL, 0.1)

            """;

    @TempDir
    private Path folder;

    private final SqliteDoor door = new SqliteDoor();

    private Path script(String text) throws IOException {
        return Files.writeString(folder.resolve("Orders-1.test"), text);
    }

    private void compare(String text) throws Exception {
        SqlScripts.run(script(text), door, ScriptRun.Mode.COMPARE);
    }

    private String rewrite(String text) throws Exception {
        Path file = script(text);
        SqlScripts.run(file, door, ScriptRun.Mode.REWRITE);
        SqlScripts.run(file, door, ScriptRun.Mode.COMPARE);
        return Files.readString(file);
    }

    @Test
    void comparesRowsInEveryOrder() throws Exception {
        compare(
                ORDERS
                        + """
                        query ITR
                        SELECT id, name, price FROM orders
                        ORDER BY id;
                        ----
                        1  pear  9.5
                        2\tNULL      0.1

                        query IT rowsort
                        SELECT id, name FROM orders
                        ----
                        2  NULL
                        1  pear

                        query ?? valuesort
                        SELECT id, name FROM orders
                        ----
                        pear
                        1
                        NULL
                        2

                        query I
                        SELECT id FROM orders WHERE id > 2
                        ----
                        """);
        assertThat(door.openConnections()).isZero();
        assertThat(door.databases()).isEmpty();
        assertThat(door.asked().get(1)).isEqualTo("tester: CREATE DATABASE `script_orders_1`");
    }

    @Test
    void showsWhereRowsDifferAndHow() {
        assertThatThrownBy(
                        () -> compare(
                                ORDERS
                                        + """
                                query IT
                                SELECT id, name FROM orders ORDER BY id
                                ----
                                1  pear
                                2  plum
                                3  fig
                                """))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("Orders-1.test:8: the rows differ")
                .hasMessageContaining("    SELECT id, name FROM orders ORDER BY id")
                .hasMessageContaining("  1  pear\n- 2  plum\n- 3  fig\n+ 2  NULL")
                .satisfies(failure -> {
                    AssertionFailedError difference = (AssertionFailedError) failure;
                    assertThat(difference.getActual().getStringRepresentation()).isEqualTo("1  pear\n2  NULL");
                });
        assertThat(door.openConnections()).isZero();
        assertThat(door.databases()).isEmpty();
    }

    @Test
    void comparesTheKindsOfColumns() {
        assertThatThrownBy(() -> compare(ORDERS + "query TT\nSELECT id, name FROM orders\n----\n"))
                .hasMessageContaining("Orders-1.test:8: the columns are IT, not TT");
        assertThatThrownBy(() -> compare(ORDERS + "query I\nSELECT id, name FROM orders\n----\n"))
                .hasMessageContaining("the columns are IT, not I");
    }

    @Test
    void aStatementThatMustSucceedSaysWhyItDoesNot() {
        assertThatThrownBy(() -> compare("statement ok\nSELECT *\nFROM nowhere\n"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Orders-1.test:1: the statement failed: ")
                .hasMessageContaining("no such table: nowhere")
                .hasMessageContaining("    FROM nowhere");
    }

    @Test
    void errorsAreComparedByCodeAndMessage() throws Exception {
        compare(
                """
                statement error no such table: \\w+
                SELECT * FROM nowhere

                statement error [WEIR-1005]
                SET 'refused' = 'yes'

                statement error [WEIR-1005] may not be set
                SET 'refused' = 'yes'
                """);
        String refused = "\nSET 'refused' = 'yes'\n";
        assertThatThrownBy(() -> compare("statement error [WEIR-1046]" + refused))
                .hasMessageContaining("Orders-1.test:1: expected WEIR-1046, but the error is: [WEIR-1005]");
        assertThatThrownBy(() -> compare("statement error [WEIR-1005] no such" + refused))
                .hasMessageContaining("'no such' is not found in the error: [WEIR-1005]");
        assertThatThrownBy(() -> compare("statement error" + refused))
                .hasMessageContaining("say which error is expected; it is: [WEIR-1005]");
        assertThatThrownBy(() -> compare("statement error [WEIR-1005]\nSELECT 1\n"))
                .hasMessageContaining("should have failed and succeeded");
    }

    @Test
    void directivesChangeTheSessionAndItsSettings() throws Exception {
        compare(
                """
                dialect hive

                set a.b=c = 'd'
                user alice
                session second
                statement ok
                SELECT 1

                user tester
                session main
                dialect flink
                """);
        assertThat(door.asked())
                .containsExactly(
                        "tester: DROP DATABASE IF EXISTS `script_orders_1` CASCADE",
                        "tester: CREATE DATABASE `script_orders_1`",
                        "tester: USE `script_orders_1`",
                        "tester: SET 'table.sql-dialect' = 'hive'",
                        "tester: SET 'a.b' = 'c = ''d'''",
                        "alice: USE `script_orders_1`",
                        "alice: SELECT 1",
                        "tester: SET 'table.sql-dialect' = 'default'",
                        "tester: DROP DATABASE `script_orders_1` CASCADE");
        assertThatThrownBy(() -> compare("\nset refused = yes\n"))
                .hasMessageContaining("Orders-1.test:2: the directive failed: [WEIR-1005]");
    }

    @Test
    void rewritesWhatIsAnsweredAndNothingElse() throws Exception {
        String written = rewrite(
                ORDERS
                        + """
                        # stays
                        query ? rowsort
                        SELECT id, name FROM orders

                        # stays too
                        query R?
                        SELECT price,
                          name FROM orders ORDER BY id
                        ----
                        0  apple
                        0  apple
                        0  apple

                        statement error may not
                        SET 'refused' = 'yes'

                        statement error
                        SET 'refused' = 'yes'

                        statement error [WEIR-1046]
                        SET 'refused' = 'yes'
                        """);
        assertThat(written)
                .isEqualTo(
                        ORDERS
                                + """
                                # stays
                                query IT rowsort
                                SELECT id, name FROM orders
                                ----
                                1  pear
                                2  NULL

                                # stays too
                                query R?
                                SELECT price,
                                  name FROM orders ORDER BY id
                                ----
                                9.5  pear
                                0.1  NULL

                                statement error [WEIR-1005] may not
                                SET 'refused' = 'yes'

                                statement error [WEIR-1005]
                                SET 'refused' = 'yes'

                                statement error [WEIR-1005]
                                SET 'refused' = 'yes'
                                """);
    }

    @Test
    void doesNotRewriteASuccessIntoAnError() throws Exception {
        String text = "query I\nSELECT 1\n\nstatement ok\nSELECT * FROM nowhere\n";
        assertThatThrownBy(() -> rewrite(text)).hasMessageContaining("Orders-1.test:4: the statement failed");
        assertThat(folder.resolve("Orders-1.test")).hasContent(text);
    }

    @Test
    void aQueryWithoutRowsWrittenDownSaysHowToWriteThem() {
        assertThatThrownBy(() -> compare("query I\nSELECT 1\n"))
                .hasMessageContaining("no rows are written down; -Dweir.scripts.rewrite=true writes them");
    }

    @Test
    void namesThePlaceOfWhatItCannotRead() {
        assertWrong("select 1\n", 1, "a record begins with");
        assertWrong("\n# c\nstatement maybe\nSELECT 1\n", 3, "a statement is 'ok' or an 'error'");
        assertWrong("statement ok\n\nquery I\n", 1, "a statement is missing");
        assertWrong("query X\nSELECT 1\n", 1, "kinds of columns");
        assertWrong("query I bysort\nSELECT 1\n", 1, "nosort, rowsort or valuesort");
        assertWrong("statement error (\nSELECT 1\n", 1, "not a regular expression");
        assertWrong("dialect oracle\n", 1, "'oracle' is not what dialect takes");
        assertWrong("set nothing\n", 1, "'nothing' is not what set takes");
    }

    private void assertWrong(String text, int line, String what) {
        assertThatThrownBy(() -> compare(text))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Orders-1.test:" + line + ": ")
                .hasMessageContaining(what);
    }

    @Test
    void aFolderIsATestAFile() throws Exception {
        Files.createDirectories(folder.resolve("b"));
        Files.writeString(folder.resolve("b/two.test"), "statement ok\nSELECT 1\n");
        Files.writeString(folder.resolve("one.test"), "statement ok\nSELECT 1\n");
        Files.writeString(folder.resolve("readme.txt"), "not a script");
        assertThat(SqlScripts.tests(folder, door).map(DynamicTest::getDisplayName))
                .containsExactly("b/two.test", "one.test");
        assertThatThrownBy(() -> SqlScripts.tests(folder.resolve("c"), door))
                .hasMessageContaining("Cannot list the scripts");
        Files.createDirectories(folder.resolve("c"));
        assertThatThrownBy(() -> SqlScripts.tests(folder.resolve("c"), door)).hasMessageContaining("No scripts in");
    }
}
