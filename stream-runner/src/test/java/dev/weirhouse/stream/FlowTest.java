package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.catalog.state.JobState;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import dev.weirhouse.testkit.fault.FileFault;
import dev.weirhouse.testkit.fault.FileOperation;
import dev.weirhouse.testkit.fault.SeededFaults;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Transfers between accounts, from which jobs derive credits, debits, balances and their total: the bank of Jamie Brandon's
 * test (scattered-thoughts.net, "Internal consistency in streaming systems"). At a boundary nothing is missing.
 */
@WarehouseTest
final class FlowTest {

    private static final Caller CALLER = Caller.internal("flows");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int BOUNDARIES = 12;
    private static final int MOST_FAULTS = 3;

    private static final String EACH_KEEPS_WHAT_IT_WAS =
            """
            SELECT (SELECT COALESCE(SUM(amount), 0) FROM credits) - (SELECT COALESCE(SUM(amount), 0) FROM debits),
              (SELECT COALESCE(SUM(amount), 0) FROM credits) - (SELECT COUNT(*) FROM transfers),
              (SELECT COALESCE(SUM(balance), 0) FROM balances), (SELECT SUM(total) FROM totals),
              (SELECT COUNT(*) FROM transfers)
            """;

    /** Readers fail here, and with them the tasks of writers. */
    @AfterAll
    static void forgetWriters(TestWarehouse kit) {
        kit.files().forgetWriters();
    }

    /** Nothing is kept but for those who ask for it. */
    private static final String EXPIRING =
            " WITH ('snapshot.num-retained.min' = '1', 'snapshot.num-retained.max' = '2')";

    private static void make(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE transfers (from_account INT, to_account INT, amount BIGINT)" + EXPIRING);
        kit.run("CREATE TABLE credits (account INT, amount BIGINT, PRIMARY KEY (account) NOT ENFORCED) WITH"
                + " ('changelog-producer' = 'input')");
        kit.run("CREATE TABLE debits (account INT, amount BIGINT, PRIMARY KEY (account) NOT ENFORCED)");
        kit.run("CREATE TABLE balances (account INT, balance BIGINT, PRIMARY KEY (account) NOT ENFORCED) WITH"
                + " ('changelog-producer' = 'lookup')");
        kit.run("CREATE TABLE totals (id INT, total BIGINT, PRIMARY KEY (id) NOT ENFORCED)");
    }

    private static String job(TestWarehouse kit, String interval, String flow, String insert) {
        return "SET 'execution.checkpointing.interval' = '" + interval + "';\n"
                + (flow.isEmpty() ? "" : "SET 'stream.flow' = '" + flow + "';\n")
                + "USE " + kit.database() + ";\n" + insert + ";\n";
    }

    @Test
    void whatIsReadAtABoundaryAddsUpWhateverFails(TestWarehouse kit) {
        SeededFaults.run(faults -> readThroughFaults(kit, faults));
    }

    private static void readThroughFaults(TestWarehouse kit, SeededFaults faults) throws Exception {
        make(kit);
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            jobs.flows()
                    .create("bank", Set.of(new TableName(kit.database(), "transfers")), Duration.ofMillis(300), CALLER);
            try {
                jobs.apply(
                        "transfer",
                        job(
                                kit,
                                "200 ms",
                                "",
                                "CREATE TEMPORARY TABLE src (f INT, t INT) WITH ('connector' = 'datagen', 'rows-per-second' ="
                                        + " '500', 'fields.f.min' = '0', 'fields.f.max' = '9', 'fields.t.min' = '0',"
                                        + " 'fields.t.max' = '9');\n"
                                        + "INSERT INTO transfers SELECT f, t, CAST(1 AS BIGINT) FROM src"),
                        CALLER);
                jobs.apply(
                        "credit",
                        job(
                                kit,
                                "200 ms",
                                "bank",
                                "INSERT INTO credits SELECT to_account, SUM(amount) FROM transfers"
                                        + " GROUP BY to_account"),
                        CALLER);
                jobs.apply(
                        "debit",
                        job(
                                kit,
                                "700 ms",
                                "bank",
                                "INSERT INTO debits SELECT from_account, SUM(amount) FROM transfers"
                                        + " GROUP BY from_account"),
                        CALLER);
                jobs.apply(
                        "balance",
                        job(
                                kit,
                                "300 ms",
                                "bank",
                                "INSERT INTO balances SELECT account, SUM(amount) FROM (SELECT account, amount FROM"
                                        + " credits UNION ALL SELECT account, -amount FROM debits) t GROUP BY account"),
                        CALLER);
                jobs.apply(
                        "total",
                        job(kit, "200 ms", "bank", "INSERT INTO totals SELECT 1, SUM(balance) FROM balances"),
                        CALLER);
                read(kit, jobs, faults);
            } finally {
                for (String job : List.of("total", "balance", "debit", "credit", "transfer")) {
                    jobs.delete(job);
                }
                jobs.flows().drop("bank");
            }
        }
    }

    private static void read(TestWarehouse kit, StreamJobs jobs, SeededFaults faults) throws Exception {
        Eventually.within(LONG).holds("all have reached a boundary", () -> assertThat(
                        jobs.flows().show("bank").progress())
                .hasSize(5));
        // Readers that fail are started again with their regions, and what they had comes back to them. A writer, which
        // looks at
        // what it has written, would leave another file open.
        kit.files()
                .fail(
                        FileFault.on(FileOperation.OPEN)
                                .matching("**/{credits,balances}/bucket-*/changelog-*")
                                .inThreads("Source Data Fetcher")
                                .withProbability(0.05)
                                .atMost(MOST_FAULTS),
                        faults);
        Set<String> cuts = new LinkedHashSet<>();
        boolean torn = false;
        for (int i = 0; cuts.size() < BOUNDARIES && i < 100; i++) {
            kit.run("SET 'read.consistency' = 'strong'");
            List<String> row = kit.run(EACH_KEEPS_WHAT_IT_WAS).rows().get(0);
            assertThat(row.subList(0, 4)).as("read " + i).containsOnly("0");
            cuts.add(row.get(4));
            kit.run("SET 'read.consistency' = 'latest'");
            torn |= !Set.copyOf(kit.run(EACH_KEEPS_WHAT_IT_WAS).rows().get(0).subList(0, 4))
                    .equals(Set.of("0"));
        }
        assertThat(cuts).hasSizeGreaterThanOrEqualTo(BOUNDARIES);
        assertThat(kit.files().injected()).isNotEmpty();
        kit.files().heal();
        assertThat(torn).as("the newest of each do not add up").isTrue();
    }

    @Test
    void whatWasRolledBackIsNoBoundaryWhateverHasItsNumberNow(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE undone (id INT)");
        kit.run("INSERT INTO undone VALUES (1)");
        kit.run("INSERT INTO undone VALUES (2)");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            jobs.flows().create("u", Set.of(new TableName(kit.database(), "undone")), Duration.ofMillis(100), CALLER);
            try {
                kit.run("SET 'read.consistency' = 'strong'");
                Eventually.within(LONG).holds("there is a boundary", () -> assertThat(
                                kit.run("SELECT id FROM undone ORDER BY id").rows())
                        .containsExactly(List.of("1"), List.of("2")));
                kit.run("CALL sys.rollback_to('" + kit.database() + ".undone', '', CAST(1 AS BIGINT))");
                kit.run("INSERT INTO undone VALUES (3)");
                kit.run("INSERT INTO undone VALUES (4)");
                assertThatThrownBy(() -> kit.run("SELECT id FROM undone"))
                        .hasMessageContaining("WEIR-1051")
                        .hasMessageContaining("rolled back")
                        .hasMessageContaining("RESET 'read.consistency'");
                Eventually.within(LONG).holds("the flow says so", () -> assertThat(
                                jobs.flows().show("u").problem().orElse(""))
                        .contains("undone was rolled back"));
            } finally {
                jobs.flows().drop("u");
            }
            kit.run("SET 'read.consistency' = 'latest'");
            assertThat(kit.run("SELECT id FROM undone ORDER BY id").rows())
                    .containsExactly(List.of("1"), List.of("3"), List.of("4"));
        }
    }

    @Test
    void jobsMayBePausedLateOrAddedLater(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE events (kind INT)" + EXPIRING);
        kit.run("CREATE TABLE kinds (kind INT, name STRING, PRIMARY KEY (kind) NOT ENFORCED)");
        kit.run("INSERT INTO kinds VALUES (0, 'zero'), (1, 'one'), (2, 'two')");
        kit.run("CREATE TABLE counts (kind INT, n BIGINT, PRIMARY KEY (kind) NOT ENFORCED)" + EXPIRING);
        kit.run("CREATE TABLE named (name STRING, n BIGINT, PRIMARY KEY (name) NOT ENFORCED)");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            Set<TableName> roots =
                    Set.of(new TableName(kit.database(), "events"), new TableName(kit.database(), "kinds"));
            jobs.flows().create("life", roots, Duration.ofMillis(200), CALLER);
            try {
                jobs.apply(
                        "feed",
                        job(
                                kit,
                                "200 ms",
                                "",
                                "CREATE TEMPORARY TABLE src (k INT) WITH ('connector' = 'datagen', 'rows-per-second' = '200',"
                                        + " 'fields.k.min' = '0', 'fields.k.max' = '2');\n"
                                        + "INSERT INTO events SELECT k FROM src"),
                        CALLER);
                jobs.apply(
                        "count",
                        job(
                                kit,
                                "300 ms",
                                "life",
                                "INSERT INTO counts SELECT kind, COUNT(*) FROM events GROUP BY kind"),
                        CALLER);
                kit.run("SET 'read.consistency' = 'strong'");
                awaitMore(kit, "counts", 0);
                jobs.apply(
                        "name",
                        job(
                                kit,
                                "900 ms",
                                "life",
                                "INSERT INTO named SELECT k.name, COUNT(*) FROM events e JOIN kinds k ON e.kind = k.kind"
                                        + " GROUP BY k.name"),
                        CALLER);
                long met = awaitMore(kit, "named", 0);

                jobs.stop("count");
                long stands = awaitMore(kit, "counts", 0);
                met = awaitMore(kit, "named", Math.max(met, stands));
                assertThat(awaitMore(kit, "counts", 0))
                        .as("what a paused job writes stays at its boundary, and the others go on")
                        .isLessThanOrEqualTo(met);
                jobs.resume("count");
                awaitMore(kit, "counts", met);
                String all =
                        "SELECT (SELECT SUM(n) FROM counts) - (SELECT SUM(n) FROM named) FROM kinds WHERE kind = 0";
                assertThat(kit.run(all).rows()).containsExactly(List.of("0"));
            } finally {
                kit.run("RESET 'read.consistency'");
                for (String job : jobs.list().stream().map(JobRow::name).toList()) {
                    jobs.delete(job);
                }
                jobs.flows().drop("life");
            }
        }
    }

    /** Waits until a table counts more events than that, each time as many as the root has at the same boundary. */
    private static long awaitMore(TestWarehouse kit, String table, long than) {
        String sql = "SELECT (SELECT COUNT(*) FROM events), (SELECT COALESCE(SUM(n), 0) FROM " + table + ")";
        List<List<String>> torn = new ArrayList<>();
        AtomicLong counted = new AtomicLong();
        Eventually.within(LONG).holds(table + " counts more than " + than, () -> {
            List<String> row = kit.run(sql).rows().get(0);
            if (!row.get(1).equals(row.get(0))) {
                torn.add(row);
            }
            counted.set(Long.parseLong(row.get(1)));
            assertThat(counted.get()).isGreaterThan(than);
        });
        assertThat(torn).as("both are read at one boundary").isEmpty();
        return counted.get();
    }

    @Test
    void aRootWithoutRowsIsReadAsEmpty(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE filled (id INT)");
        kit.run("CREATE TABLE blank (id INT)");
        kit.run("INSERT INTO filled VALUES (1)");
        String counts = "SELECT (SELECT COUNT(*) FROM filled), (SELECT COUNT(*) FROM blank)";
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            jobs.flows()
                    .create(
                            "e",
                            Set.of(new TableName(kit.database(), "filled"), new TableName(kit.database(), "blank")),
                            Duration.ofMillis(100),
                            CALLER);
            try {
                kit.run("SET 'read.consistency' = 'strong'");
                Eventually.within(LONG).holds("there is a boundary", () -> assertThat(
                                kit.run(counts).rows())
                        .containsExactly(List.of("1", "0")));
                kit.run("SET 'read.cut' = 'flow e'");
                assertThat(kit.run(counts).rows()).containsExactly(List.of("1", "0"));
                kit.run("INSERT INTO blank VALUES (7)");
                assertThat(kit.run(counts).rows())
                        .as("the session holds its cut")
                        .containsExactly(List.of("1", "0"));
                kit.run("SET 'read.consistency' = 'strong within 1 h'");
                assertThat(kit.run(counts).rows()).containsExactly(List.of("1", "0"));
                kit.run("SET 'read.consistency' = 'strong within 1 ms'");
                assertThatThrownBy(() -> kit.run(counts))
                        .as("nor is a boundary that it holds any younger")
                        .hasMessageContaining("WEIR-3004")
                        .hasMessageContaining("which the session holds");
                kit.run("SET 'read.consistency' = 'strong'");
                kit.run("RESET 'read.cut'");
                Eventually.within(LONG).holds("the next boundary has it", () -> assertThat(
                                kit.run(counts).rows())
                        .containsExactly(List.of("1", "1")));
                kit.run("SET 'read.consistency' = 'strong within 1 h'");
                assertThat(kit.run(counts).rows()).containsExactly(List.of("1", "1"));
                kit.run("SET 'read.consistency' = 'strong within 1 ms'");
                Eventually.within(LONG)
                        .holds("an answer would be older", () -> assertThatThrownBy(() -> kit.run(counts))
                                .hasMessageContaining("WEIR-3004")
                                .hasMessageContaining("allows 1 ms"));
            } finally {
                jobs.flows().drop("e");
                kit.run("RESET 'read.consistency'");
            }
        }
    }

    @Test
    void whatAnotherJobReadsIsNotDerivedAnewBeneathIt(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE root2 (id INT, v BIGINT)");
        kit.run("CREATE TABLE made2 (id INT, v BIGINT)");
        kit.run("CREATE TABLE made3 (id INT, v BIGINT)");
        kit.run("CREATE TABLE made4 (id INT, v BIGINT)");
        kit.run("INSERT INTO root2 VALUES (1, 1)");
        String upper = job(kit, "1 s", "f2", "INSERT INTO made2 SELECT id, v FROM root2");
        String lower = job(kit, "1 s", "f2", "INSERT INTO made3 SELECT id, v FROM made2");
        String aside = job(kit, "1 s", "f2", "INSERT INTO made4 SELECT id, v FROM root2");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            jobs.flows().create("f2", Set.of(new TableName(kit.database(), "root2")), Duration.ofMillis(300), CALLER);
            try {
                jobs.apply("upper", upper, CALLER);
                jobs.apply("lower", lower, CALLER);
                jobs.apply("aside", aside, CALLER);
                awaitRows(kit, "made3", 1);
                for (String[] refused : new String[][] {
                    {"second", "INSERT INTO made3 SELECT id, v FROM root2", "made3 is written by the job lower"},
                    {"lower", "INSERT INTO made3 SELECT id, v + 1 FROM made2", "cannot be changed"},
                    {
                        "lower",
                        "SET 'table.local-time-zone' = 'Asia/Tokyo'; INSERT INTO made3 SELECT id, v FROM made2",
                        "cannot be changed"
                    },
                }) {
                    assertThatThrownBy(() -> jobs.apply(refused[0], job(kit, "1 s", "f2", refused[1]), CALLER))
                            .as(refused[1])
                            .hasMessageContaining("WEIR-1206")
                            .hasMessageContaining(refused[2]);
                }
                jobs.delete("upper");
                kit.run("TRUNCATE TABLE made2");
                assertThatThrownBy(() -> jobs.apply("upper", upper, CALLER))
                        .hasMessageContaining("WEIR-1206")
                        .hasMessageContaining("made2 is read by the job lower");
                jobs.delete("lower");
                assertThatThrownBy(() -> jobs.apply("lower", lower, CALLER))
                        .hasMessageContaining("WEIR-1206")
                        .hasMessageContaining("has rows already");
                kit.run("TRUNCATE TABLE made3");
                jobs.apply("upper", upper, CALLER);
                // Before the job's first commit, or after it.
                kit.run("INSERT INTO made2 VALUES (2, 2)");
                Eventually.within(LONG)
                        .answers(
                                "the stranger is noticed",
                                () -> jobs.flows().show("f2").problem().orElse(""),
                                problem -> problem.contains("made2 was written at snapshot"));
                kit.run("INSERT INTO root2 VALUES (3, 3)");
                // Who does not read it goes on.
                awaitRows(kit, "made4", 2);
            } finally {
                for (String job : List.of("lower", "upper", "aside")) {
                    if (jobs.list().stream().anyMatch(row -> row.name().equals(job))) {
                        jobs.delete(job);
                    }
                }
                jobs.flows().drop("f2");
            }
        }
    }

    @Test
    void aViewThatIsAlteredStopsTheJobsThatReadIt(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE root3 (id INT, v BIGINT)");
        kit.run("CREATE TABLE made5 (id INT, v BIGINT)");
        kit.run("CREATE VIEW seen3 AS SELECT id, v FROM root3 WHERE id < 10");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            jobs.flows().create("v", Set.of(new TableName(kit.database(), "root3")), Duration.ofMillis(300), CALLER);
            try {
                String insert = "INSERT INTO made5 SELECT id, v FROM seen3";
                jobs.apply("viewer", job(kit, "1 s", "v", insert), CALLER);
                assertThat(jobs.apply("viewer", job(kit, "500 ms", "v", "-- faster\n" + insert), CALLER)
                                .revision())
                        .as("how often it commits is not what it computes")
                        .isEqualTo(2);
                kit.run("INSERT INTO root3 VALUES (1, 1), (15, 1)");
                awaitRows(kit, "made5", 1);
                jobs.stop("viewer");
                kit.run("ALTER VIEW seen3 AS SELECT id, v FROM root3 WHERE id < 20");
                assertThatThrownBy(() -> jobs.resume("viewer"))
                        .hasMessageContaining("WEIR-1206")
                        .hasMessageContaining("a view or a table that it reads was altered");
                kit.run("ALTER VIEW seen3 AS SELECT id, v FROM root3 WHERE id < 10");
                assertThat(jobs.resume("viewer").state()).isEqualTo(JobState.RUNNING);
                kit.run("INSERT INTO root3 VALUES (2, 1), (16, 1)");
                awaitRows(kit, "made5", 2);
            } finally {
                jobs.delete("viewer");
                jobs.flows().drop("v");
            }
        }
    }

    private static void awaitRows(TestWarehouse kit, String table, long rows) {
        Eventually.within(LONG)
                .answers(
                        "rows of " + table,
                        () -> kit.warehouse()
                                .records(new TableName(kit.database(), table))
                                .orElse(0L),
                        found -> found == rows);
    }

    @Test
    void whatOneOfTwoWritersHasNotCompactedIsNotAtABoundary(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE root4 (p INT, id INT, v BIGINT, PRIMARY KEY (p, id) NOT ENFORCED) PARTITIONED BY (p) WITH"
                + " ('changelog-producer' = 'lookup', 'bucket' = '1')");
        kit.run("CREATE TABLE made6 (p INT, v BIGINT, PRIMARY KEY (p) NOT ENFORCED)");
        kit.run("INSERT INTO root4 VALUES (0, 1, 10)");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            jobs.flows().create("w", Set.of(new TableName(kit.database(), "root4")), Duration.ofMillis(200), CALLER);
            try {
                jobs.apply(
                        "sum",
                        job(kit, "300 ms", "w", "INSERT INTO made6 SELECT p, SUM(v) FROM root4 GROUP BY p"),
                        CALLER);
                kit.run("SET 'read.consistency' = 'strong'");
                String both = "SELECT (SELECT SUM(v) FROM root4), (SELECT SUM(v) FROM made6)";
                Eventually.within(LONG).holds("the first boundary", () -> assertThat(
                                kit.run(both).rows())
                        .containsExactly(List.of("10", "10")));
                kit.run("SET 'read.consistency' = 'latest'");
                kit.run("INSERT INTO root4 /*+ OPTIONS('write-only' = 'true') */ VALUES (1, 1, 100)");
                kit.run("INSERT INTO root4 VALUES (2, 1, 1)");
                kit.run("SET 'read.consistency' = 'strong'");
                for (int i = 0; i < 20; i++) {
                    assertThat(kit.run(both).rows())
                            .as("a compaction came, but not that of the first writer")
                            .containsExactly(List.of("10", "10"));
                    Thread.sleep(50);
                }
                kit.run("SET 'read.consistency' = 'latest'");
                kit.run("INSERT INTO root4 VALUES (1, 2, 1000)");
                kit.run("SET 'read.consistency' = 'strong'");
                Eventually.within(LONG).holds("all is compacted", () -> assertThat(
                                kit.run(both).rows())
                        .containsExactly(List.of("1111", "1111")));
            } finally {
                kit.run("RESET 'read.consistency'");
                jobs.delete("sum");
                jobs.flows().drop("w");
            }
        }
    }

    @Test
    void aRootWhoseChangesAreNotItsRowsIsRefused(TestWarehouse kit) throws Exception {
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            int table = 0;
            for (String[] refused : new String[][] {
                {"'changelog-producer' = 'input'", "whatever its writers say"},
                {"'changelog-producer' = 'full-compaction'", "when it is compacted"},
                {"'changelog-producer' = 'lookup', 'write-only' = 'true'", "does not wait for"},
                {"'changelog-producer' = 'lookup', 'lookup-wait' = 'false'", "does not wait for"},
                {"'changelog-producer' = 'lookup', 'lookup-compact' = 'gentle'", "does not wait for"},
                {"'bucket' = '-2'", "does not wait for"},
                {"'merge-engine' = 'partial-update'", "are not kept"},
                {"'merge-engine' = 'aggregation'", "are not kept"},
                {"'sequence.field' = 'v'", "sequence.field"},
                {"'record-level.expire-time' = '1 d', 'record-level.time-field' = 'v'", "when they are old"},
            }) {
                String name = "unfit" + table++;
                kit.run("CREATE TABLE " + name + " (id INT, v INT NOT NULL, PRIMARY KEY (id) NOT ENFORCED) WITH ("
                        + refused[0] + ")");
                assertThatThrownBy(() -> jobs.flows()
                                .create(
                                        "unfit",
                                        Set.of(new TableName(kit.database(), name)),
                                        Duration.ofSeconds(1),
                                        CALLER))
                        .as(refused[0])
                        .hasMessageContaining("WEIR-1206")
                        .hasMessageContaining(refused[1]);
            }
            kit.run(
                    "CREATE TABLE fit (id INT, v INT NOT NULL, PRIMARY KEY (id) NOT ENFORCED) WITH ('sequence.field' = 'v',"
                            + " 'changelog-producer' = 'lookup')");
            jobs.flows().create("fit", Set.of(new TableName(kit.database(), "fit")), Duration.ofMillis(100), CALLER);
            try {
                kit.run("ALTER TABLE fit SET ('changelog-producer' = 'input')");
                Eventually.within(LONG).holds("also what it becomes later", () -> assertThat(
                                jobs.flows().show("fit").problem().orElse(""))
                        .contains("whatever its writers say"));
            } finally {
                jobs.flows().drop("fit");
            }
        }
    }

    @Test
    void aJobThatIsNotExactIsRefused(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE root1 (id INT, v BIGINT)");
        kit.run("CREATE TABLE made1 (id INT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE stranger (id INT, v BIGINT)");
        kit.run("CREATE TABLE timed1 (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)");
        kit.run("CREATE TABLE merged1 (id INT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH ('merge-engine' ="
                + " 'aggregation', 'fields.v.aggregate-function' = 'sum')");
        kit.run(
                "CREATE TABLE late1 (id INT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH ('changelog-producer' = 'lookup',"
                        + " 'write-only' = 'true')");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            assertThatThrownBy(() -> jobs.flows().create("f", Set.of(), Duration.ofSeconds(1), CALLER))
                    .hasMessageContaining("WEIR-1206");
            assertThatThrownBy(() -> jobs.flows()
                            .create("f", Set.of(new TableName("no", "table")), Duration.ofSeconds(1), CALLER))
                    .hasMessageContaining("no Paimon table");
            jobs.flows()
                    .create(
                            "f",
                            Set.of(new TableName(kit.database(), "root1"), new TableName(kit.database(), "timed1")),
                            Duration.ofSeconds(1),
                            CALLER);
            try {
                for (String[] refused : new String[][] {
                    {"INSERT INTO made1 SELECT id, v FROM stranger", "neither a root"},
                    {"INSERT INTO root1 SELECT id, v FROM root1", "is a root of the flow"},
                    {"INSERT INTO made1 SELECT id, UNIX_TIMESTAMP() FROM root1", "the clock or on chance"},
                    {"INSERT INTO made1 SELECT id, v FROM root1 /*+ OPTIONS('scan.snapshot-id' = '1') */", "boundary on"
                    },
                    {
                        "INSERT INTO made1 SELECT id, COUNT(*) FROM TABLE(TUMBLE(TABLE timed1, DESCRIPTOR(ts), INTERVAL '1' MINUTE))"
                                + " GROUP BY id, window_start, window_end",
                        "holds rows back"
                    },
                    {
                        "INSERT INTO made1 SELECT id, COUNT(*) FROM timed1 GROUP BY id, TUMBLE(ts, INTERVAL '1' MINUTE)",
                        "holds rows back"
                    },
                    {"INSERT INTO made1 SELECT id, COUNT(id) OVER (ORDER BY ts) FROM timed1", "OVER waits"},
                    {
                        "INSERT INTO made1 SELECT id, CAST(d AS BIGINT) FROM timed1 MATCH_RECOGNIZE (PARTITION BY id ORDER BY ts"
                                + " MEASURES A.id AS d PATTERN (A B) DEFINE A AS A.id > 0)",
                        "holds rows back"
                    },
                    {
                        "INSERT INTO made1 SELECT t.id, m.v FROM timed1 t JOIN made1 FOR SYSTEM_TIME AS OF t.ts AS m ON t.id ="
                                + " m.id",
                        "another moment"
                    },
                    {
                        "CREATE TEMPORARY TABLE src (id INT, v BIGINT) WITH ('connector' = 'datagen');"
                                + " INSERT INTO made1 SELECT id, v FROM src",
                        "is no Paimon table"
                    },
                    {
                        "INSERT INTO made1 SELECT /*+ STATE_TTL('a' = '1 h') */ a.id, b.v FROM root1 a JOIN root1 b ON a.id ="
                                + " b.id",
                        "STATE_TTL"
                    },
                    {
                        "INSERT INTO made1 SELECT id, v FROM root1; INSERT INTO made1 SELECT id, v FROM root1",
                        "writes a table twice"
                    },
                    {"INSERT INTO made1 SELECT id, v FROM merged1", "are not kept"},
                    {"INSERT INTO late1 SELECT id, v FROM root1", "does not wait for"},
                    {"SET 'table.exec.state.ttl' = '1 h'; INSERT INTO made1 SELECT id, v FROM root1", "state.ttl"},
                    {"INSERT INTO made1 SELECT id, v FROM made1", "neither a root"},
                    {"SET 'read.consistency' = 'strong'; INSERT INTO made1 SELECT id, v FROM root1", "stream.flow"},
                }) {
                    assertThatThrownBy(() -> jobs.apply("refused", job(kit, "1 s", "f", refused[0]), CALLER))
                            .as(refused[0])
                            .hasMessageContaining(refused[1]);
                }
                assertThatThrownBy(() -> jobs.apply(
                                "refused", job(kit, "1 s", "nosuch", "INSERT INTO made1 SELECT * FROM root1"), CALLER))
                        .hasMessageContaining("WEIR-1205");
                assertThat(jobs.list()).isEmpty();
            } finally {
                jobs.flows().drop("f");
            }
            assertThatThrownBy(() -> jobs.flows().show("f")).hasMessageContaining("WEIR-1205");
        }
    }
}
