package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.script.SessionConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The same warehouse on a session cluster in another process, whose jobs outlive the warehouse. */
@Tag("alone")
final class RemoteClusterTest {

    private static final Caller CALLER = Caller.internal("remote test");
    private static final Eventually SOON = Eventually.within(Duration.ofSeconds(90));

    @TempDir(cleanup = CleanupMode.NEVER)
    Path home;

    private JavaProcess cluster;
    private String rest;

    @BeforeEach
    void startCluster() throws IOException {
        startCluster("0");
    }

    private void startCluster(String port) throws IOException {
        cluster = new JavaProcess(
                home.resolve("cluster.log"),
                SessionClusterMain.class,
                Files.createDirectories(home.resolve("cluster")).toString(),
                port);
        rest = cluster.await("rest=");
    }

    @AfterEach
    void stopCluster() {
        cluster.close();
    }

    @Test
    void queriesSystemTablesAndJobsRunThereAndJobsAreAdoptedAfterARestart() throws Exception {
        JobRow first;
        try (Warehouse warehouse = Warehouse.open(config(), Clock.systemUTC());
                StreamJobs jobs = StreamJobs.open(warehouse, streamConfig(), Clock.systemUTC())) {
            assertThat(warehouse.cluster().isRemote()).isTrue();
            run(warehouse, "CREATE DATABASE r");
            run(warehouse, "CREATE TABLE r.t (id BIGINT, v STRING)");
            run(warehouse, "INSERT INTO r.t VALUES (1, 'a'), (2, 'b')");
            assertThat(run(warehouse, "SELECT v FROM r.t ORDER BY id")).isEqualTo("[[a], [b]]");
            assertThat(run(warehouse, "SELECT table_name, records FROM weir.tables WHERE database_name = 'r'"))
                    .isEqualTo("[[t, 2]]");
            first = jobs.apply("ticks", job(), CALLER);
            awaitRows(warehouse, 5);
        }
        try (Warehouse warehouse = Warehouse.open(config(), Clock.systemUTC());
                StreamJobs jobs = StreamJobs.open(warehouse, streamConfig(), Clock.systemUTC())) {
            JobRow adopted = jobs.load("ticks");
            assertThat(adopted.state()).isEqualTo(JobState.RUNNING);
            assertThat(adopted.flinkJobId()).isEqualTo(first.flinkJobId());
            assertThat(adopted.attempt()).isEqualTo(1);
            long before = warehouse.records(new TableName("r", "t")).orElseThrow();
            awaitRows(warehouse, before + 5);
            assertThat(warehouse.cluster().client().listJobs().get().stream()
                            .filter(job -> !job.getJobState().isTerminalState()))
                    .hasSize(1);
            jobs.stop("ticks");
        }
    }

    @Test
    void jobsWaitForAClusterThatIsAwayAndComeBackWithIt() throws Exception {
        try (Warehouse warehouse = Warehouse.open(config(), Clock.systemUTC());
                StreamJobs jobs = StreamJobs.open(warehouse, streamConfig(), Clock.systemUTC())) {
            run(warehouse, "CREATE DATABASE r");
            run(warehouse, "CREATE TABLE r.t (id BIGINT, v STRING)");
            run(warehouse, "CREATE TABLE r.u (id BIGINT, v STRING)");
            jobs.apply("ticks", job(), CALLER);
            awaitRows(warehouse, 10);

            cluster.close();
            assertThatThrownBy(() -> jobs.apply("later", job().replace("r.t", "r.u"), CALLER))
                    .hasMessageContaining("WEIR-2202");
            assertThat(jobs.load("later").state()).isEqualTo(JobState.STARTING);
            assertThat(jobs.load("ticks").state()).isEqualTo(JobState.RUNNING);

            startCluster(rest.substring(rest.indexOf(':') + 1));
            SOON.answers("later", () -> jobs.load("later").state(), JobState.RUNNING::equals);
            SOON.answers("attempts of ticks", () -> jobs.load("ticks").attempt(), attempt -> attempt == 2);
            long before = warehouse.records(new TableName("r", "t")).orElseThrow();
            awaitRows(warehouse, before + 20);
            jobs.stop("ticks");
            jobs.stop("later");
            assertThat(run(warehouse, "SELECT COUNT(*) - COUNT(DISTINCT id), COUNT(*) - MAX(id) FROM r.t"))
                    .isEqualTo("[[0, 0]]");
        }
    }

    private static String job() {
        return """
                SET 'execution.checkpointing.interval' = '300 ms';
                CREATE TEMPORARY TABLE ticks (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20',
                  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '1000000');
                INSERT INTO r.t SELECT id, 'tick' FROM ticks;
                """;
    }

    private static void awaitRows(Warehouse warehouse, long rows) {
        SOON.answers("rows", () -> warehouse.records(new TableName("r", "t")).orElse(0L), count -> count >= rows);
    }

    private static String run(Warehouse warehouse, String sql) throws Exception {
        try (SessionConnection connection =
                new SessionConnection(warehouse.gate().open(CALLER, Gate.Mode.BATCH), Lane.OLAP)) {
            return connection.run(sql).rows().toString();
        }
    }

    private CatalogConfig config() {
        return ConfigReader.read(
                CatalogConfig.class,
                Map.of(
                        "home",
                        home.toString(),
                        "metastore.port",
                        "0",
                        "cluster.rest",
                        rest,
                        "cluster.parallelism",
                        "1"));
    }

    private static StreamConfig streamConfig() {
        return ConfigReader.read(StreamConfig.class, Map.of("stream.watch-interval", "200ms"));
    }
}
