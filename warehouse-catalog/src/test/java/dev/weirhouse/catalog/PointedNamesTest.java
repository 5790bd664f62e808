package dev.weirhouse.catalog;

import static dev.weirhouse.catalog.TestWarehouse.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;

/** Names pointed at branches and back, several in one transaction: every kind of statement follows. */
final class PointedNamesTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final TableName FACTS = new TableName("together", "facts");
    private static final TableName NOTES = new TableName("together", "notes");

    @Test
    void everyStatementFollowsNamesThatMoveTogether() throws Exception {
        Warehouse warehouse = TestWarehouse.get();
        try (Session flink = TestWarehouse.session("together");
                Session hive = TestWarehouse.session("together")) {
            hive.set("table.sql-dialect", "hive");
            for (String table : List.of("facts", "notes")) {
                run(flink, "CREATE TABLE " + table + " (id BIGINT, v STRING, PRIMARY KEY (id) NOT ENFORCED)");
                run(flink, "INSERT INTO " + table + " VALUES (1, 'main')");
                run(flink, "CALL sys.create_tag('together." + table + "', 'start')");
                run(flink, "CALL sys.create_branch('together." + table + "', 'fix', 'start')");
                run(flink, "INSERT INTO `" + table + "$branch_fix` VALUES (1, 'fixed'), (2, 'fixed')");
            }
            run(flink, "CREATE TABLE copied (id BIGINT, a STRING, b STRING, PRIMARY KEY (id) NOT ENFORCED)");
            String join = "SELECT f.id, f.v, n.v FROM facts f JOIN notes n ON f.id = n.id ORDER BY f.id";
            assertThat(run(flink, join)).containsExactly("1|main|main");
            assertThat(run(hive, join)).containsExactly("1|main|main");

            warehouse.point(Map.of(
                    FACTS, new Version(FACTS, Optional.of("fix")),
                    NOTES, new Version(NOTES, Optional.of("fix"))));
            assertThat(run(flink, join)).containsExactly("1|fixed|fixed", "2|fixed|fixed");
            assertThat(run(flink, "SELECT v FROM Together.FACTS WHERE id = 1")).containsExactly("fixed");
            assertThat(run(hive, join)).containsExactly("1|fixed|fixed", "2|fixed|fixed");
            assertThat(run(hive, "INSERT INTO facts SELECT id + 10, 'hive' FROM notes"))
                    .containsExactly("2");
            assertThat(run(flink, "SELECT COUNT(*) FROM `facts$branch_fix`")).containsExactly("4");
            assertThat(run(flink, "SELECT COUNT(*) FROM `facts$branch_main`")).containsExactly("1");
            run(flink, "ALTER TABLE notes ADD remark STRING");
            run(flink, "CALL sys.create_tag('together.facts', 'fixed')");
            assertThat(run(flink, "SELECT tag_name FROM facts$tags")).contains("fixed");
            assertThat(run(flink, "DESCRIBE notes").toString()).contains("remark");
            assertThat(streamed(flink, "2")).containsExactly("1|fixed|fixed", "2|fixed|fixed");

            warehouse.point(Map.of(FACTS, Version.itself(FACTS), NOTES, Version.itself(NOTES)));
            assertThat(run(flink, join)).containsExactly("1|main|main");
            assertThat(run(hive, join)).containsExactly("1|main|main");
            assertThat(run(flink, "SELECT tag_name FROM facts$tags")).containsExactly("start");
            assertThat(run(flink, "DESCRIBE notes").toString()).doesNotContain("remark");
            run(flink, "TRUNCATE TABLE copied");
            assertThat(streamed(flink, "1")).containsExactly("1|main|main");
        }
    }

    /** What a streaming job makes of the names, once it has made as many rows. */
    private static List<String> streamed(Session reader, String rows) throws Exception {
        Caller caller = new Caller("tester", "junit", List.of(), Door.INTERNAL);
        try (Session session = TestWarehouse.get()
                .gate()
                .open(caller, Gate.Mode.STREAM, Map.of("execution.checkpointing.interval", "200ms"))) {
            JobPlan plan = session.planJob();
            plan.add(
                    "INSERT INTO together.copied SELECT f.id, f.v, n.v FROM together.facts f JOIN together.notes n ON"
                            + " f.id = n.id",
                    Function.identity());
            JobClient job = plan.submit(Map.of());
            try {
                Instant deadline = Instant.now().plus(DEADLINE);
                while (!run(reader, "SELECT COUNT(*) FROM copied").equals(List.of(rows))) {
                    assertThat(Instant.now()).isBefore(deadline);
                }
                return run(reader, "SELECT id, a, b FROM copied ORDER BY id");
            } finally {
                job.cancel().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }
}
