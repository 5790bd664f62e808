package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A session reads the cut that it asks for, or is told why it cannot. */
final class CutTest {

    private static final String READ = Cut.SETTING;

    private static Session session;

    @BeforeAll
    static void open() {
        session = TestWarehouse.session("cuts");
    }

    @AfterEach
    void reset() {
        session.reset(READ);
    }

    @AfterAll
    static void close() {
        session.close();
    }

    private static void make(String... tables) {
        for (String table : tables) {
            run(session, "CREATE TABLE " + table + " (id INT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
            run(session, "INSERT INTO " + table + " VALUES (1, 'old')");
        }
    }

    private static String idOf(String sql) {
        try (Answer answer = session.execute(sql, Lane.OLAP)) {
            run(answer);
            return answer.runId();
        }
    }

    @Test
    void queriesOfASessionReadWhatItAsksForUntilItDoesNot() {
        make("a", "b");
        String join = "SELECT a.v, b.v, (SELECT COUNT(*) FROM a) FROM a JOIN b ON a.id = b.id WHERE a.id = 1";
        String cut;
        try (Answer answer = session.execute(join, Lane.OLAP)) {
            assertThat(run(answer)).containsExactly("old|old|1");
            cut = answer.cut();
        }
        assertThat(cut).isEqualTo("cuts.a=cuts.a@1, cuts.b=cuts.b@1");
        run(session, "INSERT INTO a VALUES (1, 'new'), (2, 'new')");
        run(session, "INSERT INTO b VALUES (1, 'new')");
        assertThat(run(session, join)).containsExactly("new|new|2");

        session.set(READ, cut);
        assertThat(run(session, join)).containsExactly("old|old|1");
        assertThat(run(session, "SELECT v FROM a /*+ OPTIONS('scan.snapshot-id' = '2') */ WHERE id = 1"))
                .as("a moment that a statement names is that")
                .containsExactly("new");
        session.set("table.sql-dialect", "hive");
        assertThat(run(session, join)).containsExactly("old|old|1");
        session.set("table.sql-dialect", "default");
        run(session, "SET '" + READ + "' = 'cuts.a@2, cuts.b@1'");
        assertThat(run(session, join)).containsExactly("new|old|2");
        assertThat(session.plan("SELECT * FROM a", List.of()).cut()).isEqualTo("cuts.a=cuts.a@2");
        run(session, "CREATE TABLE kept AS SELECT a.v AS x, b.v AS y FROM a JOIN b ON a.id = b.id");
        assertThat(run(session, "SELECT cut FROM weir.runs WHERE sql_text LIKE 'CREATE TABLE kept%'"))
                .containsExactly("cuts.a=cuts.a@2, cuts.b=cuts.b@1; cuts.kept=cuts.kept");
        session.reset(READ);
        assertThat(run(session, "SELECT * FROM kept")).containsExactly("new|old");
        assertThat(run(session, join)).containsExactly("new|new|2");
    }

    @Test
    void strongRefusesWhatDerivesFromNobodyKnowsWhat() {
        make("alone");
        run(session, "CREATE TEMPORARY TABLE drawn (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1')");
        session.set(Consistency.SETTING, "strong");
        try {
            for (String from : List.of("alone", "alone$ro", "alone$audit_log", "drawn", "drawn, weir.tables")) {
                assertThatThrownBy(() -> run(session, "SELECT COUNT(*) FROM " + from))
                        .as(from)
                        .hasMessageContaining("WEIR-1052")
                        .hasMessageContaining(from.replaceFirst(",.*", ""));
            }
            assertThat(run(session, "SELECT COUNT(*) FROM alone$snapshots")).containsExactly("1");
            assertThat(run(session, "SELECT COUNT(*) > 0 FROM weir.tables")).containsExactly("true");
        } finally {
            session.reset(Consistency.SETTING);
            run(session, "DROP TEMPORARY TABLE drawn");
        }
        assertThat(run(session, "SELECT COUNT(*) FROM alone$ro"))
                .as("nothing was compacted yet")
                .containsExactly("0");
        session.set(READ, "cuts.alone@1");
        try {
            assertThatThrownBy(() -> run(session, "SELECT COUNT(*) FROM alone$audit_log"))
                    .hasMessageContaining("asks for another moment");
        } finally {
            session.reset(READ);
        }
    }

    @Test
    void whatASessionAsksForDoesNotExpireBeforeItAsksForAnother() {
        run(
                session,
                "CREATE TABLE fleeting (id INT) WITH ('snapshot.num-retained.min' = '1', 'snapshot.num-retained.max' = '1')");
        run(session, "INSERT INTO fleeting VALUES (1)");
        String first = "cuts.fleeting@1";
        session.set(READ, first);
        assertThat(run(session, "SELECT COUNT(*) FROM fleeting")).containsExactly("1");
        for (int commit = 2; commit < 6; commit++) {
            run(session, "INSERT INTO fleeting VALUES (" + commit + ")");
        }
        assertThat(run(session, "SELECT COUNT(*) FROM fleeting")).containsExactly("1");
        for (int commit = 6; commit < 9; commit++) {
            // A consumer's file goes with the second move after it.
            session.set(READ, "cuts.fleeting@" + (commit - 1));
            assertThat(run(session, "SELECT COUNT(*) FROM fleeting")).containsExactly(String.valueOf(commit - 1));
            TestWarehouse.get().leases().settle();
            run(session, "INSERT INTO fleeting VALUES (" + commit + ")");
        }
        session.set(READ, first);
        assertNotReadable("SELECT COUNT(*) FROM fleeting", "the snapshot 1 of cuts.fleeting is not there");
    }

    @Test
    void aQueryIsAskedAgainAsItWas() {
        make("asked");
        String sql = "SELECT v FROM asked";
        String query = idOf(sql);
        String write = idOf("INSERT INTO asked SELECT id + 1, v FROM asked");
        run(session, "INSERT INTO asked VALUES (1, 'new'), (2, 'new')");
        for (String id : List.of(query, write)) {
            session.set(READ, "query " + id);
            assertThat(run(session, sql)).containsExactly("old");
            assertThat(run(session, "SELECT COUNT(*) > 0 FROM weir.queries")).containsExactly("true");
        }
    }

    @Test
    void namesThatWerePointedElsewhereAreReadAsTheyWere() {
        make("pointed");
        run(session, "CALL sys.create_tag('cuts.pointed', 'start')");
        run(session, "CALL sys.create_branch('cuts.pointed', 'fix', 'start')");
        run(session, "INSERT INTO `pointed$branch_fix` VALUES (1, 'fixed'), (2, 'fixed')");
        String sql = "SELECT COUNT(*), MIN(v) FROM pointed";
        TableName name = new TableName("cuts", "pointed");
        String before = idOf(sql);
        TestWarehouse.get().point(Map.of(name, new Version(name, Optional.of("fix"))));
        String after = idOf(sql);
        run(session, "INSERT INTO pointed VALUES (3, 'later')");
        session.set(READ, "query " + before);
        assertThat(run(session, sql)).containsExactly("1|old");
        assertThat(run(session, "INSERT INTO pointed SELECT id + 10, v FROM pointed"))
                .as("what is written is what the name stands for now")
                .containsExactly("1");
        session.set(READ, "query " + after);
        assertThat(run(session, sql)).containsExactly("2|fixed");
        TestWarehouse.get().point(Map.of(name, Version.itself(name)));
        assertThat(run(session, sql)).containsExactly("2|fixed");
        session.reset(READ);
        assertThat(run(session, sql)).containsExactly("1|old");
        assertThat(run(session, "SELECT COUNT(*) FROM `pointed$branch_fix`")).containsExactly("4");

        run(session, "ALTER TABLE pointed ADD remark STRING");
        session.set(READ, "query " + after);
        assertNotReadable(
                sql, "cuts.pointed stood for cuts.pointed$branch_fix, whose columns are not those that it has now");
    }

    private static void assertNotReadable(String sql, String words) {
        assertThatThrownBy(() -> run(session, sql))
                .hasMessageContaining("WEIR-1051")
                .hasMessageContaining(words)
                .hasMessageContaining("RESET 'read.cut'");
    }

    @Test
    void whatCannotBeReadIsSaid() {
        make("lone", "other");
        run(session, "CREATE TABLE blank (id INT)");
        String blank = idOf("SELECT * FROM blank");
        String both =
                idOf("SELECT a.id FROM lone a JOIN lone /*+ OPTIONS('scan.snapshot-id' = '1') */ b ON a.id = b.id");
        run(session, "INSERT INTO lone VALUES (2, 'new')");
        String twice =
                idOf("SELECT a.id FROM lone a JOIN lone /*+ OPTIONS('scan.snapshot-id' = '1') */ b ON a.id = b.id");

        session.set(READ, "cuts.lone@1");
        assertNotReadable("SELECT * FROM lone, other", "it does not have cuts.other. It has cuts.lone.");
        session.set(READ, "cuts.lone@77");
        assertNotReadable("SELECT * FROM lone", "the snapshot 77 of cuts.lone is not there; those from 1 to 2 are.");
        session.set(READ, "query nosuch");
        assertNotReadable("SELECT * FROM lone", "no statement of this id is recorded");
        session.set(READ, "query " + blank);
        assertNotReadable("SELECT * FROM blank", "it has no snapshot of cuts.blank");
        session.set(READ, "query " + twice);
        assertNotReadable("SELECT * FROM lone", "it has cuts.lone at several snapshots");
        session.set(READ, "query " + both);
        assertThat(run(session, "SELECT COUNT(*) FROM lone")).containsExactly("1");
        session.set(READ, "cuts.lone=cuts.gone@1");
        assertNotReadable("SELECT * FROM lone", "cuts.lone stood for cuts.gone, which is not there any more");
        session.set(READ, "cuts.lone@1");
        assertThatThrownBy(() -> run(session, "UPDATE lone SET v = 'x' WHERE id = 1"))
                .hasMessageContaining("WEIR-1008");
        assertThatThrownBy(() -> run(session, "DELETE FROM lone WHERE id = 1")).hasMessageContaining("WEIR-1008");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "query", "query ", "lone", "a.b@", "a.b@x", "a.b@7,", "a@7", "a.b@-1"})
    void aCutIsTablesAtSnapshots(String value) {
        assertThatThrownBy(() -> session.set(READ, value)).hasMessageContaining("WEIR-1015");
    }

    @Test
    void aStreamIsNotCut() {
        make("streamed", "sink");
        Caller caller = new Caller("tester", "junit", List.of(), Door.INTERNAL);
        try (Session stream = TestWarehouse.get().gate().open(caller, Gate.Mode.STREAM)) {
            JobPlan plan = stream.planJob();
            plan.add("SET '" + READ + "' = 'cuts.streamed@1'", Function.identity());
            assertThatThrownBy(() -> plan.add("INSERT INTO cuts.sink SELECT * FROM cuts.streamed", Function.identity()))
                    .hasMessageContaining("WEIR-1013");
        }
    }
}
