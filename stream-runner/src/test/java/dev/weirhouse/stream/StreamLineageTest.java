package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.LineageGraph.Way;
import dev.weirhouse.lineage.Node;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.lineage.Walk;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A streaming job's tables lead to its sources, and each of its commits to its run and checkpoint. */
@WarehouseTest
final class StreamLineageTest {

    private static final Caller CALLER = Caller.internal("stream lineage");

    @Test
    void aJobsColumnsLeadToFilesAndItsCommitsToItsRuns(TestWarehouse kit) throws Exception {
        Path folder = Files.createTempDirectory(
                Files.createDirectories(kit.warehouse().config().inbox()), "drops");
        kit.run("CREATE TABLE log1 (id BIGINT, v STRING)");
        kit.run("CREATE TABLE counts (v STRING, n BIGINT, PRIMARY KEY (v) NOT ENFORCED)");
        String sql =
                """
                SET 'execution.checkpointing.interval' = '200 ms';
                CREATE TEMPORARY TABLE src (id BIGINT, v STRING) WITH (
                  'connector' = 'filesystem', 'path' = '%s', 'format' = 'csv', 'source.monitor-interval' = '100 ms');
                INSERT INTO %s.log1 SELECT id, UPPER(v) FROM src WHERE id >= 0;
                INSERT INTO %s.counts SELECT v, COUNT(*) FROM src GROUP BY v;
                """
                        .formatted(folder.toUri(), kit.database(), kit.database());
        Lineage lineage = SharedLineage.of(kit);
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamInputsTest.config(), Clock.systemUTC())) {
            JobRow first = jobs.apply("counting", sql, CALLER);
            try {
                follow(kit, lineage, jobs, first, folder);
            } finally {
                jobs.delete("counting");
            }
        }
    }

    private static void follow(TestWarehouse kit, Lineage lineage, StreamJobs jobs, JobRow first, Path folder)
            throws Exception {
        drop(folder, 0, 50);
        awaitRows(kit, 50);
        assertThat(inputs(lineage, kit, "log1")).isNotEmpty().allSatisfy(input -> {
            assertThat(input.table()).isEqualTo("file:" + folder);
            assertThat(input.exactness()).isEqualTo("unknown");
            assertThat(input.reason().orElseThrow()).contains("FileSource");
        });
        assertEdges(lineage, kit, folder);
        jobs.stop("counting");
        drop(folder, 50, 80);
        JobRow second = jobs.resume("counting");
        awaitRows(kit, 80);
        jobs.stop("counting");

        List<SnapshotEdge> commits = commits(lineage, kit, "log1");
        assertThat(commits).extracting(SnapshotEdge::kind).doesNotContain(Optional.of("PENDING"));
        assertThat(rows(commits, first)).isEqualTo(50);
        assertThat(rows(commits, second)).isEqualTo(30);
        assertThat(commits).allMatch(commit -> commit.checkpoint().isPresent());
        assertThat(commits(lineage, kit, "log1")).isEqualTo(commits);
    }

    private static void assertEdges(Lineage lineage, TestWarehouse kit, Path folder) throws Exception {
        String source = "file:" + folder;
        Walk up = lineage.graph()
                .walk(new Node(kit.database() + ".log1", "v"), new Way(true, 10, false, Optional.empty()));
        assertThat(up.edges())
                .extracting(edge -> edge.target().column() + " <- "
                        + edge.source().dataset() + " " + edge.source().column() + " "
                        + edge.dependence().orElseThrow())
                .contains("v <- " + source + " v TRANSFORMATION", " <- " + source + " id FILTER");
        assertThat(up.runs().values())
                .allMatch(run ->
                        run.lane().equals(Optional.of(Lane.STREAM)) && run.job().equals(Optional.of("counting")));
        Walk down = lineage.graph().walk(new Node(source, "v"), new Way(false, 10, true, Optional.empty()));
        assertThat(down.edges())
                .extracting(edge -> edge.target().toString().replace(kit.database() + ".", ""))
                .contains("log1.v", "counts.v");
    }

    private static List<SnapshotEdge> commits(Lineage lineage, TestWarehouse kit, String table) {
        return lineage.snapshots().newest(10_000).stream()
                .filter(edge -> edge.written() && edge.table().equals(kit.database() + "." + table))
                .filter(edge -> !edge.kind().equals(Optional.of("COMPACT")))
                .toList();
    }

    /** What the newest snapshot of a table rests on, one run far. */
    private static List<SnapshotEdge> inputs(Lineage lineage, TestWarehouse kit, String table) {
        List<SnapshotEdge> commits = commits(lineage, kit, table);
        long newest = commits.stream()
                .mapToLong(commit -> commit.snapshot().orElse(0))
                .max()
                .orElse(0);
        return lineage.snapshots().up(new TableName(kit.database(), table), newest, 1).edges().stream()
                .filter(edge -> !edge.written())
                .toList();
    }

    private static long rows(List<SnapshotEdge> commits, JobRow job) {
        return commits.stream()
                .filter(commit -> commit.runId().equals(job.runId().orElseThrow()))
                .mapToLong(commit -> commit.rowsAdded().orElseThrow())
                .sum();
    }

    private static void drop(Path folder, int from, int to) throws Exception {
        Path hidden = folder.resolve(".part-" + from);
        Files.writeString(
                hidden,
                IntStream.range(from, to).mapToObj(id -> id + ",v" + id + "\n").collect(Collectors.joining()));
        Files.move(hidden, folder.resolve("part-" + from + ".csv"));
    }

    private static void awaitRows(TestWarehouse kit, long rows) {
        Eventually.within(Duration.ofSeconds(60))
                .answers(
                        "rows of log1",
                        () -> kit.warehouse()
                                .records(new TableName(kit.database(), "log1"))
                                .orElse(0L),
                        count -> count >= rows);
    }
}
