package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.catalog.state.RunState;
import dev.weirhouse.stream.flink.ClusterJobs;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WarehouseTest
final class StreamJobsTest {

    private static final Caller CALLER = Caller.internal("stream test");
    private static final Eventually SOON = Eventually.within(Duration.ofSeconds(60));

    private TestWarehouse kit;
    private StreamJobs jobs;
    private Path folder;
    private int files;

    @BeforeEach
    void open(TestWarehouse given) throws IOException {
        kit = given;
        jobs = StreamJobs.open(kit.warehouse(), config(), Clock.systemUTC());
        folder = Files.createTempDirectory(
                Files.createDirectories(kit.warehouse().config().inbox()), "drops");
    }

    @AfterEach
    void close() {
        jobs.list().forEach(job -> jobs.delete(job.name()));
        jobs.close();
    }

    @Test
    void aJobReadsFilesStopsResumesAndWritesEachRowOnce() throws Exception {
        kit.run("CREATE TABLE log1 (id BIGINT, v STRING)");
        String sql = job("log1");
        JobRow job = jobs.apply("once", sql, CALLER);
        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        drop(0, 100);
        awaitRows("log1", 100);

        assertThat(jobs.apply("once", sql, CALLER).epoch()).isGreaterThanOrEqualTo(job.epoch());
        assertThat(jobs.load("once").attempt()).isEqualTo(1);

        JobRow stopped = jobs.stop("once");
        assertThat(stopped.state()).isEqualTo(JobState.STOPPED);
        assertThat(stopped.restorePath().orElseThrow()).contains("savepoint");
        drop(100, 200);
        JobRow resumed = jobs.resume("once");
        assertThat(resumed.state()).isEqualTo(JobState.RUNNING);
        assertThat(resumed.flinkJobId()).isNotEqualTo(job.flinkJobId());
        awaitRows("log1", 200);
        assertThat(kit.run("SELECT COUNT(*), COUNT(DISTINCT id) FROM log1")
                        .rows()
                        .toString())
                .contains("200, 200");
        assertThat(kit.warehouse()
                        .state()
                        .runs()
                        .find(job.runId().orElseThrow())
                        .orElseThrow()
                        .state())
                .isEqualTo(RunState.FINISHED);
    }

    @Test
    void malformedRecordsStopNothingAndAreKeptWithTheReason() throws Exception {
        kit.run("CREATE TABLE log2 (id BIGINT, v STRING)");
        jobs.apply("rejecting", job("log2"), CALLER);
        drop("1,a\nnot a number,b\n2,c,too,many\n\"unclosed\n3,d\n");
        awaitRows("log2", 2);
        SOON.answers(
                "rejected records",
                () -> kit.run("SELECT record FROM log2__rejected").rows().size(),
                count -> count == 3);
        assertThat(kit.run("SELECT DISTINCT job, `source` FROM log2__rejected")
                        .rows()
                        .toString())
                .contains("rejecting", "src");
        assertThat(kit.run("SELECT COUNT(*) FROM log2__rejected WHERE reason IS NULL OR record IS NULL")
                        .rows()
                        .toString())
                .contains("0");
        assertThat(jobs.rejectedRecords()).containsEntry("rejecting", 3L);
        assertThat(jobs.load("rejecting").state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aJobWhoseClusterLostItStartsFromItsNewestCheckpoint() throws Exception {
        kit.run("CREATE TABLE log3 (id BIGINT, v STRING)");
        JobRow job = jobs.apply("lost", job("log3"), CALLER);
        drop(0, 50);
        awaitRows("log3", 50);
        new ClusterJobs(kit.warehouse().cluster()).cancel(job.flinkJobId().orElseThrow());
        SOON.answers("failed", () -> jobs.load("lost").state(), state -> state == JobState.FAILED);
        assertThat(jobs.load("lost").error().orElseThrow()).contains("cancelled on the cluster");
        drop(50, 80);
        JobRow resumed = jobs.resume("lost");
        assertThat(resumed.restorePath().orElseThrow()).contains("chk-");
        awaitRows("log3", 80);
        assertThat(kit.run("SELECT COUNT(*), COUNT(DISTINCT id) FROM log3")
                        .rows()
                        .toString())
                .contains("80, 80");
    }

    @Test
    void aNewestCheckpointThatCannotBeReadIsNotPassedOverInSilence() throws Exception {
        kit.run("CREATE TABLE log6 (id BIGINT, v STRING)");
        JobRow job = jobs.apply("damaged", job("log6"), CALLER);
        drop(0, 30);
        awaitRows("log6", 30);
        new ClusterJobs(kit.warehouse().cluster()).cancel(job.flinkJobId().orElseThrow());
        SOON.answers("failed", () -> jobs.load("damaged").state(), state -> state == JobState.FAILED);
        Path checkpoints = kit.home().resolve("checkpoints").resolve(job.id());
        Path newest;
        try (java.util.stream.Stream<Path> files = Files.walk(checkpoints)) {
            newest = files.filter(file -> file.endsWith("_metadata"))
                    .max(Comparator.comparingInt(file -> Integer.parseInt(
                            file.getParent().getFileName().toString().substring(4))))
                    .orElseThrow();
        }
        byte[] whole = Files.readAllBytes(newest);
        Files.write(newest, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> jobs.resume("damaged")).hasMessageContaining("WEIR-4201");
        assertThat(jobs.load("damaged").state()).isEqualTo(JobState.FAILED);
        Files.write(newest, whole);
        assertThat(jobs.resume("damaged").restorePath().orElseThrow())
                .endsWith(newest.getParent().getFileName().toString());
    }

    @Test
    void aSecondLaneOnTheSameStoreAdoptsWhatRunsAndSubmitsNothingTwice() throws Exception {
        kit.run("CREATE TABLE log4 (id BIGINT, v STRING)");
        JobRow job = jobs.apply("adopted", job("log4"), CALLER);
        drop(0, 20);
        awaitRows("log4", 20);
        jobs.close();
        try (StreamJobs second = StreamJobs.open(kit.warehouse(), config(), Clock.systemUTC())) {
            assertThat(second.recovered()).isEqualTo(1);
            JobRow adopted = second.load("adopted");
            assertThat(adopted.state()).isEqualTo(JobState.RUNNING);
            assertThat(adopted.attempt()).isEqualTo(job.attempt());
            assertThat(adopted.flinkJobId()).isEqualTo(job.flinkJobId());
            assertThat(adopted.epoch()).isGreaterThan(job.epoch());
            drop(20, 40);
            awaitRows("log4", 40);
        }
        jobs = StreamJobs.open(kit.warehouse(), config(), Clock.systemUTC());
    }

    @Test
    void aChangedTextIsANewRevisionThatGoesOnWhereTheOldOneStopped() throws Exception {
        kit.run("CREATE TABLE log5 (id BIGINT, v STRING)");
        jobs.apply("revised", job("log5"), CALLER);
        drop(0, 10);
        awaitRows("log5", 10);
        String changed =
                "-- Once there was 'password' = 'hunter2'.\n" + job("log5").replace("id, v FROM", "id, UPPER(v) FROM");
        JobRow revised = jobs.apply("revised", changed, CALLER);
        assertThat(revised.revision()).isEqualTo(2);
        drop(10, 20);
        awaitRows("log5", 20);
        assertThat(kit.run("SELECT COUNT(*) FROM log5 WHERE v LIKE 'V%'").rows().toString())
                .contains("10");
        assertThat(kit.warehouse().state().jobs().revisions(revised.id())).hasSize(2);
        for (String table : List.of("weir.revisions", "weir.runs")) {
            assertThat(kit.run("SELECT revision, sql_text FROM " + table + " WHERE job_id = '" + revised.id()
                                    + "' ORDER BY revision")
                            .rows())
                    .extracting(Object::toString)
                    .satisfiesExactly(
                            first -> assertThat(first).contains("1, ").contains("id, v FROM"),
                            second -> assertThat(second)
                                    .contains("2, ")
                                    .contains("'password' = '***'")
                                    .doesNotContain("hunter2")
                                    .contains("id, UPPER(v) FROM"));
        }
    }

    @Test
    void aTextThatCannotGoOnFromTheFormerStateIsRefusedAndTheFormerRunsOn() throws Exception {
        kit.run("CREATE TABLE log7 (id BIGINT, v STRING)");
        kit.run("CREATE TABLE counts7 (v STRING, n BIGINT, PRIMARY KEY (v) NOT ENFORCED)");
        jobs.apply("refused", job("log7"), CALLER);
        drop(0, 10);
        awaitRows("log7", 10);
        String other = job("counts7").replace("SELECT id, v FROM src", "SELECT v, COUNT(*) FROM src GROUP BY v");
        assertThatThrownBy(() -> jobs.apply("refused", other, CALLER))
                .hasMessageContaining("WEIR-3203")
                .hasMessageContaining("runs on with revision 1");
        JobRow job = jobs.load("refused");
        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(job.revision()).isEqualTo(1);
        drop(10, 20);
        awaitRows("log7", 20);
        assertThat(kit.run("SELECT COUNT(*), COUNT(DISTINCT id) FROM log7")
                        .rows()
                        .toString())
                .contains("20, 20");
        JobRow third = jobs.apply("refused", job("log7").replace("id, v FROM", "id, UPPER(v) FROM"), CALLER);
        assertThat(third.revision()).isEqualTo(3);
    }

    @Test
    void aTextThatFlinkRefusesLeavesTheFormerRunningAndNoTableBehind() throws Exception {
        kit.run("CREATE TABLE log8 (id BIGINT, v STRING)");
        JobRow job = jobs.apply("kept", job("log8"), CALLER);
        kit.run("CREATE TABLE fresh8 (id BIGINT, v STRING)");
        // A stream has no end after which it could be sorted: the text parses, and does not translate.
        String wrong = job("fresh8").replace("FROM src", "FROM src ORDER BY v");
        assertThatThrownBy(() -> jobs.apply("kept", wrong, CALLER)).isInstanceOf(WarehouseException.class);
        assertThat(jobs.load("kept").flinkJobId()).isEqualTo(job.flinkJobId());
        assertThat(kit.run("SHOW TABLES").rows().toString()).contains("fresh8").doesNotContain("fresh8__rejected");
    }

    @Test
    void wrongTextsAreRefusedWithTheirPlaceAndChangeNothing() {
        assertThatThrownBy(() -> jobs.apply("bad", "SET 'a.b' = 'c'", CALLER)).hasMessageContaining("WEIR-1005");
        for (String interval : List.of("abc", "0 s", "")) {
            assertThatThrownBy(() -> jobs.apply(
                            "bad", "\n SET 'execution.checkpointing.interval' = '" + interval + "'; SELECT 1", CALLER))
                    .hasMessageStartingWith("[WEIR-1015] SETTING_INVALID: line 2:2: ")
                    .hasMessageContaining("execution.checkpointing.interval");
        }
        assertThatThrownBy(() -> jobs.apply("bad", "SET 'parallelism.default' = '20000'", CALLER))
                .hasMessageContaining("WEIR-1015");
        assertThatThrownBy(() -> jobs.apply("bad", "SET 'stream.malformed' = 'reject';", CALLER))
                .hasMessageContaining("WEIR-1203");
        assertThatThrownBy(() -> jobs.apply(
                        "bad",
                        "SET 'stream.malformed' = 'reject';\n\nINSERT INTO nowhere\nSELECT * FROM nothing",
                        CALLER))
                .hasMessageContaining("WEIR-1046")
                .hasMessageContaining("line 4");
        assertThatThrownBy(() -> jobs.apply("bad", "CREATE TABLE x (a INT)", CALLER))
                .hasMessageContaining("WEIR-1013");
        assertThatThrownBy(() -> jobs.apply("no/name", "SELECT 1", CALLER)).hasMessageContaining("WEIR-1202");
        assertThatThrownBy(() -> jobs.load("bad")).isInstanceOf(WarehouseException.class);
        assertThatThrownBy(() -> jobs.stop("bad")).hasMessageContaining("WEIR-1201");
    }

    private String job(String target) {
        return """
            SET 'execution.checkpointing.interval' = '200 ms';
            CREATE TEMPORARY TABLE src (id BIGINT, v STRING) WITH (
              'connector' = 'filesystem', 'path' = '%s', 'format' = 'csv', 'source.monitor-interval' = '100 ms');
            INSERT INTO %s.%s SELECT id, v FROM src;
            """
                .formatted(folder.toUri(), kit.database(), target);
    }

    private void drop(int from, int to) throws IOException {
        drop(IntStream.range(from, to).mapToObj(id -> id + ",v" + id + "\n").collect(Collectors.joining()));
    }

    private void drop(String text) throws IOException {
        Path hidden = folder.resolve(".part-" + files);
        Files.writeString(hidden, text);
        Files.move(hidden, folder.resolve("part-" + files++ + ".csv"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void awaitRows(String table, long rows) {
        SOON.answers(
                "rows of " + table,
                () -> kit.warehouse()
                        .records(new dev.weirhouse.catalog.TableName(kit.database(), table))
                        .orElse(0L),
                count -> count >= rows);
    }

    static StreamConfig config() {
        return new StreamConfig(
                "", Duration.ofMillis(500), 3, Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMillis(200));
    }
}
