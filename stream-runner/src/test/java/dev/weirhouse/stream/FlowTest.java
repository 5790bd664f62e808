package dev.weirhouse.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.state.JobRow;
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

    private static void make(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE transfers (from_account INT, to_account INT, amount BIGINT)");
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
        kit.run("CREATE TABLE events (kind INT)");
        kit.run("CREATE TABLE kinds (kind INT, name STRING, PRIMARY KEY (kind) NOT ENFORCED)");
        kit.run("INSERT INTO kinds VALUES (0, 'zero'), (1, 'one'), (2, 'two')");
        kit.run("CREATE TABLE counts (kind INT, n BIGINT, PRIMARY KEY (kind) NOT ENFORCED)");
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
                Eventually.within(LONG)
                        .answers(
                                "rows",
                                () -> kit.warehouse().records(new TableName(kit.database(), "made3")),
                                rows -> rows.orElse(0L) > 0);
                jobs.delete("upper");
                kit.run("TRUNCATE TABLE made2");
                assertThatThrownBy(() -> jobs.apply("upper", upper, CALLER))
                        .hasMessageContaining("WEIR-1206")
                        .hasMessageContaining("made2 is read by the job");
                jobs.delete("lower");
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
                Eventually.within(LONG)
                        .answers(
                                "who does not read it goes on",
                                () -> kit.warehouse().records(new TableName(kit.database(), "made4")),
                                rows -> rows.orElse(0L) == 2);
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
    void aJobThatIsNotExactIsRefused(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE root1 (id INT, v BIGINT)");
        kit.run("CREATE TABLE made1 (id INT, v BIGINT, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("CREATE TABLE stranger (id INT, v BIGINT)");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), StreamJobsTest.config(), Clock.systemUTC())) {
            assertThatThrownBy(() -> jobs.flows().create("f", Set.of(), Duration.ofSeconds(1), CALLER))
                    .hasMessageContaining("WEIR-1206");
            assertThatThrownBy(() -> jobs.flows()
                            .create("f", Set.of(new TableName("no", "table")), Duration.ofSeconds(1), CALLER))
                    .hasMessageContaining("no Paimon table");
            jobs.flows().create("f", Set.of(new TableName(kit.database(), "root1")), Duration.ofSeconds(1), CALLER);
            try {
                for (String[] refused : new String[][] {
                    {"INSERT INTO made1 SELECT id, v FROM stranger", "neither a root"},
                    {"INSERT INTO root1 SELECT id, v FROM root1", "is a root of the flow"},
                    {"INSERT INTO made1 SELECT id, UNIX_TIMESTAMP() FROM root1", "the clock or on chance"},
                    {"INSERT INTO made1 SELECT id, v FROM root1 /*+ OPTIONS('scan.snapshot-id' = '1') */", "boundary on"
                    },
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
