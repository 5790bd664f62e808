package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.SnapshotEdge;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a streaming job had read by each of its commits is what the record says: the output of a commit is computed again, in
 * batch, from the snapshots that are claimed.
 */
@WarehouseTest
final class StreamInputsTest {

    private static final Caller CALLER = Caller.internal("stream inputs");
    private static final Eventually SOON = Eventually.within(Duration.ofMinutes(2));

    /** So many commits of a test are computed again, drawn from a seed; of the others only the classes are looked at. */
    private static final int COMPUTED = 8;

    private final long seed = Long.getLong("weir.seed", System.nanoTime());

    private TestWarehouse kit;
    private Lineage lineage;
    private StreamJobs jobs;

    @BeforeEach
    void open(TestWarehouse given) {
        kit = given;
        lineage = SharedLineage.of(kit);
        jobs = StreamJobs.open(kit.warehouse(), config(), Clock.systemUTC());
    }

    @AfterEach
    void close() {
        jobs.list().forEach(job -> jobs.delete(job.name()));
        jobs.close();
    }

    static StreamConfig config() {
        return new StreamConfig(
                "", Duration.ofMillis(200), 3, Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMillis(200));
    }

    private String job(String text) {
        return "USE " + kit.database() + ";\n" + text;
    }

    private String one(String query) throws Exception {
        return kit.run(query).rows().get(0).toString();
    }

    /** The commits of rows to a table by streaming jobs, in an order drawn from the seed. */
    private List<SnapshotEdge> commits(String table) {
        System.out.println("commits of " + table + ", -Dweir.seed=" + seed);
        List<SnapshotEdge> commits = lineage.snapshots().newest(10_000).stream()
                .filter(edge -> edge.written() && edge.table().equals(kit.database() + "." + table))
                .filter(edge -> edge.kind().filter("APPEND"::equals).isPresent()
                        && edge.checkpoint().isPresent())
                .sorted((a, b) ->
                        Long.compare(a.snapshot().orElseThrow(), b.snapshot().orElseThrow()))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(commits, new Random(seed));
        return commits;
    }

    private TestWarehouse looked() {
        lineage.snapshots().newest(1);
        return kit;
    }

    /** What a snapshot rests on, by the name of the input. */
    private Map<String, SnapshotEdge> inputs(String table, long snapshot) {
        return lineage.snapshots().up(new TableName(kit.database(), table), snapshot, 1).edges().stream()
                .filter(edge -> !edge.written())
                .collect(Collectors.toMap(
                        edge -> edge.table().replace(kit.database() + ".", ""),
                        edge -> edge,
                        (a, b) -> {
                            throw new AssertionError("twice: " + a + " and " + b);
                        },
                        TreeMap::new));
    }

    private static String at(String table, long snapshot) {
        return table + " /*+ OPTIONS('scan.snapshot-id' = '" + snapshot + "') */";
    }

    /** The ids of a table at a snapshot, as a part of a query; of none before the first. */
    private static String ids(String table, SnapshotEdge input) {
        long snapshot = input.snapshot().orElseThrow();
        return snapshot == 0 ? "SELECT id FROM " + table + " WHERE FALSE" : "SELECT id FROM " + at(table, snapshot);
    }

    @Test
    void twoInputsAreExactAtEveryCommitAlsoAfterASavepoint() throws Exception {
        kit.run("CREATE TABLE left_in (id BIGINT)");
        kit.run("CREATE TABLE right_in (id BIGINT) WITH ('bucket' = '2', 'bucket-key' = 'id')");
        kit.run("CREATE TABLE sums (k INT, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)");
        jobs.apply(
                "sums",
                job("INSERT INTO sums SELECT 1, SUM(id), COUNT(*) FROM"
                        + " (SELECT id FROM left_in UNION ALL SELECT id FROM right_in) AS ids;"),
                CALLER);
        int rows = 0;
        for (int round = 1; round <= 8; round++) {
            String table = round % 3 == 0 ? "right_in" : "left_in";
            kit.run("INSERT INTO " + table + " VALUES (" + round + "), (" + 10 * round + "), (" + 100 * round + ")");
            rows += 3;
            await("sums", "n", rows);
            if (round == 4) {
                jobs.stop("sums");
                jobs.resume("sums");
            }
        }
        jobs.stop("sums");
        List<SnapshotEdge> commits = commits("sums");
        assertThat(commits).hasSizeGreaterThanOrEqualTo(8);
        int exact = 0;
        for (SnapshotEdge commit : commits) {
            long snapshot = commit.snapshot().orElseThrow();
            Map<String, SnapshotEdge> inputs = inputs("sums", snapshot);
            assertThat(inputs).containsOnlyKeys("left_in", "right_in");
            assertThat(inputs.values()).noneMatch(input -> input.exactness().equals("unknown"));
            if (inputs.values().stream().allMatch(input -> input.exactness().equals("exact")) && exact++ < COMPUTED) {
                assertThat(one("SELECT s, n FROM " + at("sums", snapshot)))
                        .as("snapshot %s of %s", snapshot, inputs)
                        .isEqualTo(one("SELECT SUM(id), COUNT(*) FROM (" + ids("left_in", inputs.get("left_in"))
                                + " UNION ALL " + ids("right_in", inputs.get("right_in")) + ") AS ids"));
            }
        }
        assertThat(exact).as("of %s commits", commits.size()).isGreaterThanOrEqualTo(8);
    }

    @Test
    void aCheckpointInTheMiddleOfASnapshotIsALowerBound() throws Exception {
        kit.run("CREATE TABLE many (id BIGINT)");
        kit.run("CREATE TABLE counted (k INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)");
        kit.run("INSERT INTO many VALUES (0)");
        jobs.apply(
                "counted",
                job("SET 'execution.checkpointing.interval' = '100 ms';\nSET 'parallelism.default' = '1';\n"
                        + "INSERT INTO counted SELECT 1, COUNT(*) FROM many;"),
                CALLER);
        await("counted", "n", 1);
        kit.run("CREATE TEMPORARY TABLE numbers (id BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' ="
                + " '1000000', 'rows-per-second' = '100000000')");
        kit.run("INSERT INTO many SELECT id FROM numbers");
        await("counted", "n", 1_000_001);
        jobs.stop("counted");
        List<SnapshotEdge> bounds = new ArrayList<>();
        int exact = 0;
        for (SnapshotEdge commit : commits("counted")) {
            long snapshot = commit.snapshot().orElseThrow();
            SnapshotEdge input = inputs("counted", snapshot).get("many");
            boolean isExact = input.exactness().equals("exact");
            if ((isExact ? exact++ : bounds.size()) >= COMPUTED) {
                continue;
            }
            long read = Long.parseLong(kit.run("SELECT n FROM " + at("counted", snapshot))
                    .rows()
                    .get(0)
                    .get(0));
            long claimed = input.snapshot().orElseThrow() == 1 ? 1 : 1_000_001;
            if (isExact) {
                assertThat(read).isEqualTo(claimed);
            } else {
                assertThat(input.exactness()).isEqualTo("lower bound");
                assertThat(input.reason().orElseThrow()).contains("middle of snapshot 2");
                assertThat(read).isBetween(claimed, 1_000_000L);
                bounds.add(input);
            }
        }
        assertThat(bounds).isNotEmpty();
    }

    @Test
    void whatIsReadPastAnOverwriteIsNoSnapshots() throws Exception {
        kit.run("CREATE TABLE replaced (id BIGINT)");
        kit.run("CREATE TABLE replaced_count (k INT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)");
        // What was replaced before the job began, it has not passed over.
        kit.run("INSERT OVERWRITE replaced VALUES (1)");
        jobs.apply("replaced", job("INSERT INTO replaced_count SELECT 1, COUNT(*) FROM replaced;"), CALLER);
        await("replaced_count", "n", 1);
        kit.run("INSERT INTO replaced VALUES (2)");
        await("replaced_count", "n", 2);
        long overwrite = newest("replaced") + 1;
        kit.run("INSERT OVERWRITE replaced VALUES (9)");
        kit.run("INSERT INTO replaced VALUES (3)");
        await("replaced_count", "n", 3);
        jobs.stop("replaced");
        jobs.resume("replaced");
        kit.run("INSERT INTO replaced VALUES (4)");
        await("replaced_count", "n", 4);
        jobs.stop("replaced");
        int exact = 0;
        int past = 0;
        for (SnapshotEdge commit : commits("replaced_count")) {
            long snapshot = commit.snapshot().orElseThrow();
            SnapshotEdge input = inputs("replaced_count", snapshot).get("replaced");
            long read = Long.parseLong(kit.run("SELECT n FROM " + at("replaced_count", snapshot))
                    .rows()
                    .get(0)
                    .get(0));
            if (read > 2) {
                assertThat(input.exactness()).as("%s", input).isEqualTo("unknown");
                assertThat(input.reason().orElseThrow()).contains("snapshot " + overwrite + " replaced rows");
                past++;
            } else if (input.exactness().equals("exact")) {
                assertThat(input.snapshot().orElseThrow()).isLessThan(overwrite);
                exact++;
            }
        }
        assertThat(exact).isPositive();
        assertThat(past).isGreaterThanOrEqualTo(2);
    }

    private long newest(String table) throws Exception {
        return Long.parseLong(kit.run("SELECT MAX(snapshot_id) FROM `" + table + "$snapshots`")
                .rows()
                .get(0)
                .get(0));
    }

    @Test
    void changesThatCompactionTellsAreExactWhereItIsDone() throws Exception {
        kit.run("CREATE TABLE keyed (id BIGINT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH"
                + " ('changelog-producer' = 'lookup')");
        kit.run("CREATE TABLE keyed_sum (k INT, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)");
        jobs.apply("keyed-sum", job("INSERT INTO keyed_sum SELECT 1, SUM(v), COUNT(*) FROM keyed;"), CALLER);
        for (int round = 1; round <= 5; round++) {
            kit.run("INSERT INTO keyed VALUES (0, " + round + "), (" + round + ", 100)");
            await("keyed_sum", "n", round + 1);
        }
        jobs.stop("keyed-sum");
        int exact = 0;
        for (SnapshotEdge commit : commits("keyed_sum")) {
            long snapshot = commit.snapshot().orElseThrow();
            SnapshotEdge input = inputs("keyed_sum", snapshot).get("keyed");
            if (input.exactness().equals("exact") && exact++ < COMPUTED) {
                assertThat(one("SELECT s, n FROM " + at("keyed_sum", snapshot)))
                        .as("%s", input)
                        .isEqualTo(one("SELECT SUM(v), COUNT(*) FROM "
                                + at("keyed", input.snapshot().orElseThrow())));
            }
        }
        assertThat(exact).isGreaterThanOrEqualTo(5);
    }

    @Test
    void aConsumerIsExactAndALookupIsNotKnown() throws Exception {
        kit.run("CREATE TABLE facts (id BIGINT)");
        kit.run("CREATE TABLE names (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE named (id BIGINT, name STRING)");
        kit.run("INSERT INTO names VALUES (1, 'one'), (2, 'two')");
        jobs.apply(
                "named",
                job("INSERT INTO named SELECT f.id, n.name FROM (SELECT id, PROCTIME() AS at_time FROM facts"
                        + " /*+ OPTIONS('consumer-id' = 'mine', 'consumer.expiration-time' = '1 d') */) AS f"
                        + " JOIN names FOR SYSTEM_TIME AS OF f.at_time AS n ON f.id = n.id;"),
                CALLER);
        for (int id = 1; id <= 2; id++) {
            kit.run("INSERT INTO facts VALUES (" + id + ")");
            int rows = id;
            SOON.answers(
                    "rows",
                    () -> looked().warehouse()
                            .records(new TableName(kit.database(), "named"))
                            .orElse(0L),
                    count -> count == rows);
        }
        jobs.stop("named");
        List<SnapshotEdge> commits = commits("named");
        assertThat(commits).hasSizeGreaterThanOrEqualTo(2);
        for (SnapshotEdge commit : commits.stream().limit(COMPUTED).toList()) {
            long snapshot = commit.snapshot().orElseThrow();
            Map<String, SnapshotEdge> inputs = inputs("named", snapshot);
            assertThat(inputs).containsOnlyKeys("facts", "names");
            assertThat(inputs.get("facts").exactness()).isEqualTo("exact");
            assertThat(one("SELECT COUNT(*) FROM " + at("named", snapshot)))
                    .isEqualTo(one("SELECT COUNT(*) FROM (" + ids("facts", inputs.get("facts")) + ") AS ids"));
            assertThat(inputs.get("names").exactness()).isEqualTo("unknown");
            assertThat(inputs.get("names").reason().orElseThrow()).contains("looked up");
        }
        List<SnapshotEdge> down = lineage.snapshots()
                .down(new TableName(kit.database(), "names"), 1, 1)
                .edges();
        assertThat(down).filteredOn(edge -> !edge.written()).singleElement().matches(edge -> edge.reason()
                .orElse("")
                .contains("looked up"));
        assertThat(down).anyMatch(edge -> edge.table().endsWith(".named"));
    }

    @Test
    void whatBeginsInTheMiddleIsNotKnown() throws Exception {
        kit.run("CREATE TABLE old_rows (id BIGINT)");
        kit.run("CREATE TABLE new_rows (id BIGINT)");
        kit.run("INSERT INTO old_rows VALUES (1), (2)");
        jobs.apply(
                "new-rows",
                job("INSERT INTO new_rows SELECT id FROM old_rows /*+ OPTIONS('scan.mode' = 'latest') */;"),
                CALLER);
        SOON.answers(
                "rows",
                () -> {
                    kit.run("INSERT INTO old_rows VALUES (3)");
                    return looked().warehouse()
                            .records(new TableName(kit.database(), "new_rows"))
                            .orElse(0L);
                },
                count -> count > 0);
        List<SnapshotEdge> inputs = commits("new_rows").stream()
                .map(commit ->
                        inputs("new_rows", commit.snapshot().orElseThrow()).get("old_rows"))
                .toList();
        assertThat(inputs)
                .isNotEmpty()
                .allMatch(input -> input.exactness().equals("unknown"))
                .anyMatch(input -> input.reason().orElseThrow().contains("in the middle"));
    }

    @Test
    void aJobOfAFlowIsExactAndASnapshotIsFollowedThroughJobs() throws Exception {
        kit.run("CREATE TABLE root_in (id BIGINT)");
        kit.run("CREATE TABLE doubled (id BIGINT, twice BIGINT)");
        kit.run("CREATE TABLE doubled_sum (k INT, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)");
        jobs.flows().create("inputs", Set.of(new TableName(kit.database(), "root_in")), Duration.ofMillis(200), CALLER);
        try {
            jobs.apply(
                    "doubled",
                    job("SET 'stream.flow' = 'inputs';\nINSERT INTO doubled SELECT id, 2 * id FROM root_in;"),
                    CALLER);
            jobs.apply(
                    "doubled-sum",
                    job("SET 'stream.flow' = 'inputs';\n"
                            + "INSERT INTO doubled_sum SELECT 1, SUM(twice), COUNT(*) FROM doubled;"),
                    CALLER);
            for (int round = 1; round <= 4; round++) {
                kit.run("INSERT INTO root_in VALUES (" + round + "), (" + 10 * round + ")");
                await("doubled_sum", "n", 2 * round);
            }
            jobs.stop("doubled-sum");
            jobs.stop("doubled");
            int exact = 0;
            for (SnapshotEdge commit : commits("doubled_sum")) {
                long snapshot = commit.snapshot().orElseThrow();
                List<SnapshotEdge> behind = lineage.snapshots()
                        .up(new TableName(kit.database(), "doubled_sum"), snapshot, 5)
                        .edges();
                List<SnapshotEdge> roots = behind.stream()
                        .filter(edge -> !edge.written() && edge.table().endsWith(".root_in"))
                        .toList();
                if (roots.size() == 1
                        && roots.get(0).snapshot().orElse(0) > 0
                        && behind.stream().allMatch(edge -> edge.exactness().equals("exact"))
                        && exact++ < COMPUTED) {
                    assertThat(one("SELECT s, n FROM " + at("doubled_sum", snapshot)))
                            .isEqualTo(one("SELECT SUM(2 * id), COUNT(*) FROM "
                                    + at("root_in", roots.get(0).snapshot().orElseThrow())));
                }
            }
            assertThat(exact).isGreaterThanOrEqualTo(4);
            assertFirstCommits();
        } finally {
            jobs.list().forEach(job -> jobs.delete(job.name()));
            jobs.flows().drop("inputs");
        }
    }

    /** Downwards, a snapshot leads to the first commit that has its rows. */
    private void assertFirstCommits() throws Exception {
        int told = 0;
        for (int root = 1; root <= 4; root++) {
            List<SnapshotEdge> added =
                    lineage.snapshots().down(new TableName(kit.database(), "root_in"), root, 2).edges().stream()
                            .filter(SnapshotEdge::written)
                            .toList();
            if (added.stream().map(SnapshotEdge::table).distinct().count() == 3) {
                told++;
                assertThat(added.get(1).table()).endsWith(".doubled");
                long first = added.get(1).snapshot().orElseThrow();
                assertThat(rows("doubled", first)).isGreaterThanOrEqualTo(2 * root);
                assertThat(first == 1 ? 0 : rows("doubled", first - 1)).isLessThan(2 * root);
            }
        }
        assertThat(told).isGreaterThanOrEqualTo(3);
    }

    private long rows(String table, long snapshot) throws Exception {
        return Long.parseLong(kit.run("SELECT COUNT(*) FROM " + at(table, snapshot))
                .rows()
                .get(0)
                .get(0));
    }

    /** Commits are looked for on the way, as the warehouse does every few seconds: checkpoints are kept for ten. */
    private void await(String table, String column, long value) {
        SOON.answers(
                column + " of " + table,
                () -> looked().run("SELECT MAX(" + column + ") FROM " + table)
                        .rows()
                        .get(0)
                        .get(0),
                now -> now.equals(String.valueOf(value)));
    }
}
