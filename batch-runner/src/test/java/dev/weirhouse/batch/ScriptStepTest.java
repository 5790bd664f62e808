package dev.weirhouse.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.batch.ScriptStep.Assign;
import dev.weirhouse.batch.ScriptStep.Define;
import dev.weirhouse.batch.ScriptStep.Execute;
import dev.weirhouse.catalog.Dialect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptStepTest {

    @Test
    void hiveVariablesHoldForTheStatementsAfterThem() {
        assertThat(
                        plan(
                                Dialect.HIVE,
                                Map.of("day", "2001-01-03"),
                                """
                        set hivevar:from='${day}';
                        SET hiveconf:min_delay = 15;
                        set rate=0.5;
                        SELECT * FROM f WHERE dt >= ${from} AND d > ${hiveconf:min_delay} * ${hiveconf:rate};
                        set hivevar:day=2001-01-04;
                        SELECT '${hivevar:day}';
                        """))
                .containsExactly(
                        "define set hivevar:from='2001-01-03'",
                        "define SET hiveconf:min_delay = 15",
                        "define set rate=0.5",
                        "execute SELECT * FROM f WHERE dt >= '2001-01-03' AND d > 15 * 0.5",
                        "define set hivevar:day=2001-01-04",
                        "execute SELECT '2001-01-04'");
    }

    @Test
    void hiveSettingsNeedNoQuotes() {
        assertThat(
                        plan(
                                Dialect.HIVE,
                                Map.of(),
                                """
                        set hive.exec.dynamic.partition.mode = nonstrict;
                        set hiveconf:mapred.job.name=two words, ='quoted';
                        SET 'parallelism.default' = '2';
                        set hive.x=;
                        set;
                        set -v;
                        SELECT '${hiveconf:mapred.job.name}';
                        """))
                .containsExactly(
                        "assign hive.exec.dynamic.partition.mode -> nonstrict",
                        "assign mapred.job.name -> two words, ='quoted'",
                        "assign parallelism.default -> 2",
                        "assign hive.x -> ",
                        "execute set",
                        "execute set -v",
                        "execute SELECT 'two words, ='quoted''");
    }

    @Test
    void flinkSettingsAreFlinks() {
        assertThat(plan(Dialect.FLINK, Map.of(), "SET 'a.b' = 'c'; SET 'table.sql-dialect' = 'hive'; set a.b=c;"))
                .containsExactly(
                        "execute SET 'a.b' = 'c'", "execute SET 'table.sql-dialect' = 'hive'", "assign a.b -> c");
    }

    @Test
    void refusesTheWholeScriptBeforeItsFirstStatement() {
        assertThatThrownBy(() ->
                        plan(Dialect.HIVE, Map.of(), "INSERT INTO a SELECT 1;\nSELECT ${late};\nset hivevar:late=1"))
                .hasMessageContaining("SEMANTIC_ERROR: line 2:8: The variable 'late' has no value");
        assertThatThrownBy(() -> plan(Dialect.HIVE, Map.of(), "SELECT 1;\n  set env:PATH=x"))
                .hasMessageContaining("SETTING_NOT_ALLOWED: line 2:3: 'env:PATH' cannot be set");
        assertThatThrownBy(() -> plan(Dialect.FLINK, Map.of(), " -- nothing\n ;"))
                .hasMessage("[WEIR-1300] SCRIPT_EMPTY: There is no statement in 'test.sql'.");
    }

    private static List<String> plan(Dialect dialect, Map<String, String> variables, String text) {
        return ScriptStep.plan(new Script("test.sql", text, dialect, variables)).stream()
                .map(ScriptStepTest::show)
                .toList();
    }

    private static String show(ScriptStep step) {
        if (step instanceof Assign assign) {
            return "assign " + assign.key() + " -> " + assign.value();
        }
        return (step instanceof Define ? "define " : step instanceof Execute ? "execute " : "? ")
                + step.bound().sql();
    }
}
