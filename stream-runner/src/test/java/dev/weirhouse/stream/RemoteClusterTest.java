package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The same warehouse on a session cluster in another process, whose jobs outlive the warehouse. */
final class RemoteClusterTest {

    private static final Caller CALLER = Caller.internal("remote test");
    private static final Eventually SOON = Eventually.within(Duration.ofSeconds(90));

    @TempDir(cleanup = CleanupMode.NEVER)
    Path home;

    private Process cluster;
    private String rest;

    @BeforeEach
    void startCluster() throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-opens"))
                .forEach(command::add);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SessionClusterMain.class.getName(),
                Files.createDirectories(home.resolve("cluster")).toString()));
        cluster = new ProcessBuilder(command)
                .redirectError(home.resolve("cluster.log").toFile())
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(cluster.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("rest=")) {
            line = out.readLine();
        }
        assertThat(line)
                .as("the cluster's address; its log is %s", home.resolve("cluster.log"))
                .isNotNull();
        rest = line.substring("rest=".length());
    }

    @AfterEach
    void stopCluster() {
        cluster.destroyForcibly();
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

    private static String job() {
        return """
                SET 'execution.checkpointing.interval' = '300 ms';
                CREATE TEMPORARY TABLE ticks (id BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20');
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
                CatalogConfig.class, Map.of("home", home.toString(), "metastore.port", "0", "cluster.rest", rest));
    }

    private static StreamConfig streamConfig() {
        return ConfigReader.read(StreamConfig.class, Map.of("stream.watch-interval", "200ms"));
    }
}
