package dev.weirhouse.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.paimon.SnapshotLeases;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.catalog.state.FlowStore.Stand;
import dev.weirhouse.stream.StreamConfig;
import dev.weirhouse.stream.StreamJobs;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a job of a flow has made is what its text makes of the same inputs, and where it is not, that is found. */
@WarehouseTest
final class JobRecomputationTest {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int SAMPLES = 10;

    private static StreamConfig config() {
        return new StreamConfig(
                "", Duration.ofMillis(300), 3, Duration.ofMinutes(1), Duration.ofSeconds(30), Duration.ofMillis(200));
    }

    private static String job(TestWarehouse kit, String text) {
        return "SET 'execution.checkpointing.interval' = '300 ms';\nSET 'stream.flow' = 'shop';\nUSE " + kit.database()
                + ";\n" + text;
    }

    private static void make(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE sales (shop INT, amount DOUBLE)");
        kit.run("CREATE TABLE shops (shop INT, name STRING, PRIMARY KEY (shop) NOT ENFORCED) WITH"
                + " ('changelog-producer' = 'lookup')");
        kit.run("CREATE TABLE totals (name STRING, total DOUBLE, sales BIGINT, PRIMARY KEY (name) NOT ENFORCED)");
        kit.run("CREATE TABLE big (shop INT, amount DOUBLE)");
        kit.run("CREATE TABLE summed (shop INT, amount DOUBLE, PRIMARY KEY (shop) NOT ENFORCED) WITH"
                + " ('merge-engine' = 'aggregation', 'fields.amount.aggregate-function' = 'sum')");
        kit.run("CREATE TABLE remarks (shop INT, remark STRING)");
        kit.run("CREATE TABLE noted (shop INT, remarks BIGINT, sales BIGINT, PRIMARY KEY (shop) NOT ENFORCED)");
        kit.run("INSERT INTO shops VALUES (1, 'north'), (2, 'south')");
        kit.run("INSERT INTO sales VALUES (1, 0.1), (1, 0.2), (2, 30.0)");
    }

    @Test
    void aFlowsJobAgreesAndAPlantedRowIsFound(TestWarehouse kit) throws Exception {
        make(kit);
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), config(), Clock.systemUTC());
                TestChecks open = TestChecks.open(kit, Map.of("check.poll-interval", "1h"))) {
            jobs.flows()
                    .create(
                            "shop",
                            Set.of(
                                    new TableName(kit.database(), "sales"),
                                    new TableName(kit.database(), "shops"),
                                    new TableName(kit.database(), "remarks")),
                            Duration.ofMillis(200),
                            TestChecks.CALLER);
            try {
                jobs.apply(
                        "total",
                        job(
                                kit,
                                "CREATE TEMPORARY VIEW named AS SELECT s.name, x.amount FROM sales x JOIN shops s ON"
                                        + " x.shop = s.shop;\n"
                                        + "INSERT INTO totals SELECT name, SUM(amount), COUNT(*) FROM named GROUP BY name;"
                                        + " INSERT INTO big SELECT shop, amount FROM sales WHERE amount > 5;"),
                        TestChecks.CALLER);
                jobs.apply("sum", job(kit, "INSERT INTO summed SELECT shop, amount FROM sales"), TestChecks.CALLER);
                jobs.apply(
                        "note",
                        job(
                                kit,
                                "INSERT INTO noted SELECT s.shop, COUNT(r.remark), COUNT(*) FROM sales s LEFT JOIN remarks r ON"
                                        + " s.shop = r.shop GROUP BY s.shop"),
                        TestChecks.CALLER);
                kit.run("INSERT INTO sales VALUES (1, 0.3), (2, 40.0), (2, 1.0)");
                kit.run("INSERT INTO shops VALUES (2, 'east')");
                awaitAll(kit, jobs);
                for (String job : List.of("total", "sum", "note")) {
                    CheckResult result =
                            open.ended(open.checks().compareJob(job, OptionalLong.empty(), SAMPLES, TestChecks.CALLER));
                    assertThat(result.state()).as(result.message()).isEqualTo(CheckState.PASSED);
                    assertThat(result.evidence().orElseThrow()).contains("\"onlyLeft\":0");
                }
                assertThat(kit.run("SHOW DATABASES").rows())
                        .extracting(row -> row.get(0))
                        .noneMatch(name -> name.startsWith("weir_check_"));
                refuse(open);
                long planted = plant(kit, jobs);
                CheckResult wrong = open.ended(
                        open.checks().compareJob("total", OptionalLong.of(planted), SAMPLES, TestChecks.CALLER));
                assertThat(wrong.state()).as(wrong.message()).isEqualTo(CheckState.FAILED);
                assertThat(wrong.violations()).hasValue(2);
                assertThat(wrong.evidence().orElseThrow())
                        .contains("\"changedColumns\":{\"total\":1}")
                        .contains("\"onlyLeft\":1");
                // Whoever leads a job of the flow keeps its boundaries.
                jobs.stop("sum");
                jobs.stop("note");
                expireMeanwhile(kit, open, planted);
            } finally {
                for (String job : List.of("total", "sum", "note")) {
                    jobs.delete(job);
                }
                jobs.flows().drop("shop");
            }
        }
    }

    /** Waits until all tables have reached a boundary that has all rows. */
    private static void awaitAll(TestWarehouse kit, StreamJobs jobs) {
        Eventually.within(LONG).holds("all rows are derived", () -> {
            assertThat(jobs.flows().show("shop").problem()).isEmpty();
            kit.run("SET 'read.consistency' = 'strong'");
            try {
                assertThat(kit.run("SELECT COUNT(*), (SELECT SUM(sales) FROM totals), (SELECT COUNT(*) FROM big),"
                                        + " (SELECT COUNT(*) FROM shops WHERE name = 'east'),"
                                        + " (SELECT COUNT(*) FROM totals WHERE name = 'east'),"
                                        + " (SELECT COUNT(*) FROM summed), (SELECT SUM(sales) FROM noted) FROM sales")
                                .rows()
                                .get(0))
                        .containsExactly("6", "6", "2", "1", "1", "2", "6");
            } finally {
                kit.run("SET 'read.consistency' = 'latest'");
            }
        });
    }

    private static void refuse(TestChecks open) {
        assertThat(error(open, "nosuch", OptionalLong.empty())).isEqualTo("WEIR-1201");
        assertThat(error(open, "total", OptionalLong.of(1_000_000))).isEqualTo("WEIR-1606");
    }

    private static String error(TestChecks open, String job, OptionalLong boundary) {
        return open.ended(open.checks().compareJob(job, boundary, SAMPLES, TestChecks.CALLER))
                .errorCode()
                .orElse("");
    }

    /** Has a boundary at which one of the job's rows is another, and one is too many. */
    private static long plant(TestWarehouse kit, StreamJobs jobs) throws Exception {
        FlowStore flows = kit.warehouse().state().flows();
        String job = jobs.load("total").id();
        jobs.stop("total");
        kit.run("INSERT INTO totals VALUES ('north', 0.7, 3)");
        kit.run("INSERT INTO big VALUES (9, 9.0)");
        long newest = flows.newest("shop").orElseThrow().number();
        Map<String, Stand> places = new HashMap<>(flows.places("shop", newest));
        FlowStore.Member member = flows.members("shop").stream()
                .filter(one -> one.jobId().equals(job))
                .findFirst()
                .orElseThrow();
        Map<String, Stand> reached = new HashMap<>();
        for (TableName table : member.writes().keySet()) {
            var change = kit.warehouse().newestChange(table).orElseThrow();
            reached.put(
                    change.version(),
                    new Stand(change.snapshot(), change.committedAt().toEpochMilli()));
        }
        // What is noted of a version stays.
        places.keySet().removeAll(reached.keySet());
        long planted = newest + 1_000;
        flows.add("shop", planted, places, kit.clock().millis());
        flows.reached("shop", planted, reached);
        return planted;
    }

    /** What is compared stays, from before anything is computed, though newer snapshots are there; and no longer than that. */
    private static void expireMeanwhile(TestWarehouse kit, TestChecks open, long planted) throws Exception {
        kit.run("INSERT INTO totals VALUES ('north', 0.8, 3)");
        kit.run("INSERT INTO big VALUES (10, 9.0)");
        CheckResult begun = open.checks().compareJob("total", OptionalLong.of(planted), SAMPLES, TestChecks.CALLER);
        Eventually.within(LONG).holds("the twins are made", () -> assertThat(
                        kit.warehouse().metadata().databases())
                .anyMatch(name -> name.startsWith("weir_check_")));
        expire(kit);
        CheckResult compared = open.ended(begun);
        assertThat(compared.state()).as(compared.message()).isEqualTo(CheckState.FAILED);
        assertThat(compared.violations()).hasValue(2);

        kit.clock().advance(SnapshotLeases.LINGER.plusSeconds(1));
        kit.warehouse().leases().settle();
        // The flow keeps its own again once a minute.
        Eventually.within(LONG).holds("nothing else keeps it", () -> {
            expire(kit);
            assertThat(error(open, "total", OptionalLong.of(planted))).isEqualTo("WEIR-1606");
        });
    }

    /** Lets go of what the flow keeps of the job's tables, and leaves of them the newest snapshot, and what a comparison reads. */
    private static void expire(TestWarehouse kit) throws Exception {
        for (String table : List.of("totals", "big")) {
            String version = kit.warehouse().version(new TableName(kit.database(), table));
            kit.warehouse().flowKeeper().unpin("shop", List.of(version));
            kit.run("CALL sys.expire_snapshots(`table` => '" + kit.database() + "." + table
                    + "', retain_max => 1, retain_min => 1)");
        }
    }

    @Test
    void aJobOfNoFlowIsRefused(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE loose (v INT)");
        kit.run("CREATE TABLE source1 (v INT)");
        try (StreamJobs jobs = StreamJobs.open(kit.warehouse(), config(), Clock.systemUTC());
                TestChecks open = TestChecks.open(kit, Map.of())) {
            jobs.apply(
                    "loose", "USE " + kit.database() + ";\nINSERT INTO loose SELECT v FROM source1", TestChecks.CALLER);
            try {
                assertThat(error(open, "loose", OptionalLong.empty())).isEqualTo("WEIR-1605");
            } finally {
                jobs.delete("loose");
            }
        }
    }
}
