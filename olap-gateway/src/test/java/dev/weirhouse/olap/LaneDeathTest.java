package dev.weirhouse.olap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.JobPlan;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.duckdb.NativeLane;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.Test;

/** The engine's death under a query is not the query's: it is answered again, and in the end by Flink. */
@WarehouseTest
final class LaneDeathTest {

    private static final String QUERY = "SELECT SUM(n) FROM numbers WHERE n > ";

    /** What the engine may be away for, and a slow machine beside. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration BACK_WITHIN = Duration.ofSeconds(5);
    private static final int DEATHS = 3;
    private static final int STREAMED = 20_000;

    @Test
    void aQueryOutlivesTheEngineAndIsFlinksAfterItsSecondDeath(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE numbers (n INT)");
        kit.run("INSERT INTO numbers VALUES (1), (2), (3)");
        Set<Long> others = engines();
        try (OlapLanes lanes = TestLanes.open(kit, Map.of("native.result-cache-size", "0"));
                OlapGateway gateway = TestLanes.gateway(kit, lanes)) {
            NativeLane lane = lanes.natively().orElseThrow();
            OlapSession session = gateway.open(Caller.internal("death"), Optional.of(kit.database()), Map.of());
            assertThat(sum(session, QUERY + 0)).isEqualTo(6);

            assertThat(sumUnderDeath(session, lane, others, QUERY + 1)).isEqualTo(5);
            assertThat(gateway.queriesComputedNatively()).isEqualTo(2);
            assertThat(lane.stats().crashed()).isEqualTo(1);

            assertThat(sumUnderDeath(session, lane, others, QUERY + 2)).isEqualTo(3);
            assertThat(gateway.queriesComputedOnFlink()).isEqualTo(1);

            assertThat(sum(session, QUERY + 1)).as("its kind stays with Flink").isEqualTo(5);
            assertThat(gateway.queriesComputedOnFlink()).isEqualTo(2);
            assertThat(sum(session, "SELECT MAX(n) FROM numbers"))
                    .as("others do not")
                    .isEqualTo(3);
            assertThat(gateway.queriesComputedNatively()).isEqualTo(3);
            assertThat(TestLanes.rows(session, "EXPLAIN " + QUERY + 1).get(0))
                    .contains("flink: queries like it were under way 2 times within an hour");
        }
    }

    @Test
    void aStreamBesideItLosesNothing(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE streamed (n BIGINT, PRIMARY KEY (n) NOT ENFORCED)");
        Set<Long> others = engines();
        try (OlapLanes lanes = TestLanes.open(kit, Map.of());
                OlapGateway gateway = TestLanes.gateway(kit, lanes);
                Session stream = kit.warehouse()
                        .gate()
                        .open(
                                Caller.internal("stream"),
                                Gate.Mode.STREAM,
                                Map.of("execution.checkpointing.interval", "200 ms"))) {
            OlapSession session = gateway.open(Caller.internal("death"), Optional.of(kit.database()), Map.of());
            session.set("olap.lane", "native");
            stream.use(kit.database());
            JobPlan plan = stream.planJob();
            plan.add(
                    "CREATE TEMPORARY TABLE numbered (n BIGINT) WITH ('connector' = 'datagen', 'fields.n.kind' ="
                            + " 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '" + STREAMED
                            + "', 'rows-per-second' = '1000')",
                    Function.identity());
            plan.add("INSERT INTO streamed SELECT n FROM numbered", Function.identity());
            JobClient job = plan.submit(Map.of());
            int seen = 0;
            for (int death = 0; death < DEATHS; death++) {
                seen = countAbove(session, seen, PATIENCE);
                signal("SEGV", engine(others));
                // What was committed is still there, and so is what is committed while the engine is away.
                seen = countAbove(session, seen, BACK_WITHIN);
            }
            assertThat(job.getJobStatus().get()).as("the job went on").isEqualTo(JobStatus.RUNNING);
            assertThat(lanes.natively().orElseThrow().stats().restarts()).isEqualTo(DEATHS);
            job.getJobExecutionResult().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(TestLanes.rows(session, "SELECT COUNT(*), COUNT(DISTINCT n), MIN(n), MAX(n) FROM streamed"))
                    .containsExactly(STREAMED + ", " + STREAMED + ", 1, " + STREAMED);
        }
    }

    /** The next count that is greater than what was seen; while the engine is away there is none. */
    private static int countAbove(OlapSession session, int seen, Duration within) {
        return Eventually.within(within).answers("rows arrive", () -> count(session), count -> count > seen);
    }

    private static int count(OlapSession session) {
        try {
            return sum(session, "SELECT COUNT(*) FROM streamed");
        } catch (WarehouseException e) {
            assertThat(e.code().type()).isEqualTo(ErrorType.RETRY);
            return 0;
        }
    }

    private static long engine(Set<Long> others) {
        return Eventually.within(PATIENCE)
                .answers(
                        "the lane's engine runs",
                        () -> engines().stream()
                                .filter(each -> !others.contains(each))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** The engine stands still while the query comes to it, and is killed then. */
    private static int sumUnderDeath(OlapSession session, NativeLane lane, Set<Long> others, String sql)
            throws Exception {
        long engine = engine(others);
        signal("STOP", engine);
        CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> sum(session, sql));
        Eventually.within(PATIENCE).holds("the query is with the engine", () -> assertThat(
                        lane.stats().running())
                .isEqualTo(1));
        // A crash's report takes time, in which a stopped engine could still answer; EngineDeathTest has it crash.
        signal("KILL", engine);
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** The engines of this process; others' tests may have left theirs to end. */
    private static Set<Long> engines() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").contains("EngineMain"))
                .map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    private static void signal(String name, long process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static int sum(OlapSession session, String sql) {
        return Integer.parseInt(TestLanes.rows(session, sql).get(0));
    }
}
