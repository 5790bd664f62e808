package dev.weirhouse.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.lineage.LineageGraph.Way;
import dev.weirhouse.lineage.flink.ColumnOrigins;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What passes the gate is in the graph: by table, by column and by snapshot. */
@WarehouseTest
final class LineageTest {

    private static Lineage lineage;
    private static String database;

    @BeforeAll
    static void make(TestWarehouse kit) throws Exception {
        lineage = Lineage.open(kit.warehouse());
        database = kit.database();
        kit.run("CREATE TABLE flights (id INT, carrier STRING, delay INT)");
        kit.run("CREATE TABLE carriers (code STRING, name STRING)");
        kit.run("CREATE TABLE late (carrier STRING, minutes BIGINT) PARTITIONED BY (carrier)");
        kit.run("CREATE TABLE worst (name STRING, minutes BIGINT)");
        kit.run("CREATE VIEW delayed AS SELECT carrier, delay FROM flights WHERE delay > 15");
        kit.run("INSERT INTO flights VALUES (1, 'AA', 20), (2, 'AA', 40), (3, 'UA', 16), (4, 'UA', 3)");
        kit.run("INSERT INTO carriers VALUES ('AA', 'American'), ('UA', 'United')");
        kit.run("INSERT INTO late SELECT carrier, SUM(delay) FROM delayed GROUP BY carrier");
        try (Session session = kit.open("owner", Gate.Mode.BATCH)) {
            session.set("table.sql-dialect", "hive");
            session.execute(
                            "INSERT INTO TABLE worst SELECT name, minutes FROM late JOIN carriers ON carrier = code"
                                    + " WHERE minutes > 20",
                            Lane.BATCH)
                    .affectedRows();
        }
    }

    @AfterAll
    static void close() {
        lineage.close();
    }

    private static Walk walk(String of, boolean up, boolean direct) {
        String[] parts = of.split("\\.");
        Node start = new Node(database + "." + parts[0], parts.length > 1 ? parts[1] : "");
        return lineage.graph().walk(start, new Way(up, 10, direct, Optional.empty()));
    }

    private static List<String> edges(Walk walk) {
        return walk.edges().stream()
                .map(edge -> (edge.depth() + " " + edge.target() + " <- " + edge.source() + " "
                                + edge.dependence().map(Enum::name).orElse("TABLE"))
                        .replace(database + ".", ""))
                .toList();
    }

    @Test
    void aColumnIsFollowedThroughBothDialectsAndAView() {
        assertThat(edges(walk("worst.minutes", true, true)))
                .containsExactly(
                        "1 worst.minutes <- late.minutes IDENTITY", "2 late.minutes <- flights.delay AGGREGATION");
        assertThat(edges(walk("worst.minutes", true, false)))
                .contains(
                        "1 worst <- carriers.code JOIN",
                        "1 worst <- late.carrier JOIN",
                        "1 worst <- late.minutes FILTER",
                        "1 worst.minutes <- late.minutes IDENTITY",
                        "2 late <- flights.delay FILTER",
                        "2 late <- flights.carrier GROUP",
                        "2 late.minutes <- flights.delay AGGREGATION",
                        "2 late.carrier <- flights.carrier IDENTITY");
        Walk down = walk("flights.delay", false, true);
        assertThat(edges(down))
                .containsExactly(
                        "1 late.minutes <- flights.delay AGGREGATION", "2 worst.minutes <- late.minutes IDENTITY");
        assertThat(down.runs().get(down.edges().get(1).derivation()))
                .extracting(LastRun::lane, LastRun::principal)
                .containsExactly(Optional.of(Lane.BATCH), "owner");
        assertThat(edges(walk("worst", true, false)))
                .containsExactlyInAnyOrder(
                        "1 worst <- carriers TABLE", "1 worst <- late TABLE", "2 late <- flights TABLE");
    }

    @Test
    void aWalkGoesSoFarAndKnowsWhatWasKnownThen(TestWarehouse kit) throws Exception {
        Node worst = new Node(database + ".worst", "minutes");
        assertThat(edges(lineage.graph().walk(worst, new Way(true, 1, true, Optional.empty()))))
                .containsExactly("1 worst.minutes <- late.minutes IDENTITY");
        kit.run("CREATE TABLE noted (delay INT)");
        kit.run("INSERT INTO noted SELECT id FROM flights");
        Instant between = kit.clock().instant();
        kit.run("INSERT INTO noted SELECT delay FROM flights");
        Node noted = new Node(database + ".noted", "delay");
        assertThat(edges(lineage.graph().walk(noted, new Way(true, 10, true, Optional.of(between)))))
                .containsExactly("1 noted.delay <- flights.id IDENTITY");
        assertThat(edges(lineage.graph().walk(noted, new Way(true, 10, true, Optional.empty()))))
                .containsExactly("1 noted.delay <- flights.delay IDENTITY", "1 noted.delay <- flights.id IDENTITY");
        assertThat(edges(lineage.graph().walk(noted, new Way(true, 10, true, Optional.of(Instant.EPOCH)))))
                .isEmpty();
        TableName table = new TableName(database, "noted");
        assertThat(lineage.snapshots().addedAt(table, 1).orElseThrow()).isBeforeOrEqualTo(between);
        assertThat(lineage.snapshots().addedAt(table, 2).orElseThrow()).isAfterOrEqualTo(between);
        assertThat(lineage.snapshots().addedAt(table, 3)).isEmpty();
    }

    @Test
    void queriesAreTheEndsOfTheGraphAndTellTheReaders(TestWarehouse kit) throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Session session = kit.open("reader" + i, Gate.Mode.BATCH)) {
                session.execute("SELECT UPPER(name) AS n FROM carriers WHERE code <> '" + i + "'", Lane.OLAP)
                        .close();
            }
        }
        List<ColumnEdge> columns = lineage.columns(new Wanted(Map.of()), 1000);
        assertThat(columns)
                .filteredOn(edge -> edge.target().isEmpty() && edge.source().equals(database + ".carriers"))
                .extracting(edge -> edge.targetColumn().orElse("*") + " <- "
                        + edge.sourceColumn().orElseThrow() + " "
                        + edge.dependence().orElseThrow())
                .containsExactly("* <- code FILTER", "n <- name TRANSFORMATION");
        Walk down = walk("carriers.name", false, true);
        assertThat(down.edges())
                .anyMatch(edge ->
                        edge.target().isAnswer() && edge.target().column().equals("n"));
        List<Reader> readers =
                lineage.readers(database + ".carriers", Instant.now().minusSeconds(3600));
        assertThat(readers).extracting(Reader::principal).contains("reader0", "reader1", "owner");
        assertThat(lineage.readers(database + ".carriers", Instant.now().plusSeconds(60)))
                .isEmpty();
    }

    @Test
    void whatIsAskedForIsFoundHoweverMuchIsNewer(TestWarehouse kit) throws Exception {
        kit.warehouse().state().jdbi().useTransaction(handle -> {
            for (String[] table : new String[][] {
                {"derivation (id, first_at)", "'newer' || i, 9000000000000 + i"},
                {"derivation_table (derivation_id, target, source)", "'newer' || i, 'other.t', 'other.s'"},
                {
                    "derivation_column (derivation_id, target, target_column, source, source_column, dependence)",
                    "'newer' || i, 'other.t', 'c', 'other.s', 'c', 'IDENTITY'"
                },
            }) {
                handle.execute(
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) INSERT INTO "
                                + table[0] + " SELECT " + table[1] + " FROM n");
            }
        });
        try {
            assertThat(kit.run("SELECT DISTINCT target FROM weir.lineage_tables")
                            .rows())
                    .as("the newest 10,000 rows")
                    .containsExactly(List.of("other.t"));
            String worst = database + ".worst";
            assertThat(kit.run("SELECT source FROM weir.lineage_tables WHERE target = '" + worst + "' ORDER BY source")
                            .rows())
                    .containsExactly(List.of(database + ".carriers"), List.of(database + ".late"));
            assertThat(kit.run("SELECT c.source_column FROM weir.lineage_columns c WHERE '" + worst
                                    + "' = c.target AND c.target_column = 'minutes'")
                            .rows())
                    .containsExactly(List.of("minutes"));
            assertThat(kit.run("SELECT COUNT(*) FROM weir.lineage_snapshots WHERE direction = 'OUT' AND table_name = '"
                                    + worst + "'")
                            .rows())
                    .containsExactly(List.of("1"));
            assertThat(kit.run("SELECT COUNT(*) FROM weir.lineage_tables WHERE target = '" + worst
                                    + "' OR target = 'other.t'")
                            .rows())
                    .as("an alternative is no condition that holds for all")
                    .containsExactly(List.of("10000"));
        } finally {
            kit.warehouse()
                    .state()
                    .jdbi()
                    .useHandle(handle -> handle.execute("DELETE FROM derivation WHERE first_at > 9000000000000"));
        }
    }

    @Test
    void whatIsRenamedKeepsItsPast(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE before (code STRING, name STRING)");
        kit.run("INSERT INTO before SELECT code, UPPER(name) FROM carriers");
        kit.run("ALTER TABLE before RENAME TO after");
        kit.run("ALTER TABLE after RENAME name TO title");
        assertThat(edges(walk("after.title", true, true)))
                .containsExactly(
                        "1 after.title <- after.name IDENTITY",
                        "2 after.name <- before.name IDENTITY",
                        "3 before.name <- carriers.name TRANSFORMATION");
        assertThat(edges(walk("carriers.name", false, true)))
                .contains("1 before.name <- carriers.name TRANSFORMATION", "3 after.title <- after.name IDENTITY");
        assertThat(lineage.snapshots()
                        .up(new TableName(database, "after"), 1, 1)
                        .edges())
                .extracting(edge -> edge.version().replace(database + ".", "") + " " + edge.exactness())
                .containsExactly("before exact", "carriers exact");
    }

    @Test
    void aNumberThatWasGivenAgainIsNotTakenForTheSnapshotThatWasRead(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE fed (code STRING)");
        kit.run("CREATE TABLE remade (code STRING)");
        kit.run("INSERT INTO remade SELECT code FROM carriers");
        kit.run("INSERT INTO fed SELECT code FROM remade");
        TableName remade = new TableName(database, "remade");
        String first = lineage.snapshots().up(remade, 1, 1).edges().get(0).runId();
        kit.run("DROP TABLE remade");
        kit.run("CREATE TABLE remade (code STRING)");
        kit.run("INSERT INTO remade VALUES ('again')");
        assertThat(lineage.snapshots().up(remade, 1, 1).edges().get(0).runId()).isNotEqualTo(first);
        assertThat(lineage.snapshots().up(new TableName(database, "fed"), 1, 2).edges())
                .filteredOn(edge -> edge.written() && edge.table().endsWith("remade"))
                .singleElement()
                .extracting(SnapshotEdge::runId)
                .isEqualTo(first);
    }

    @Test
    void whatHasNoSnapshotsIsAnEdgeThatIsNotKnown(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE drawn_into (id INT, n BIGINT)");
        kit.run("CREATE TEMPORARY TABLE drawn (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3')");
        kit.run("CREATE TEMPORARY TABLE nowhere (id INT) WITH ('connector' = 'blackhole')");
        kit.run("INSERT INTO drawn_into SELECT d.id, COUNT(*) FROM drawn d CROSS JOIN carriers GROUP BY d.id");
        kit.run("INSERT INTO nowhere VALUES (1)");
        assertThat(lineage.snapshots()
                        .up(new TableName(database, "drawn_into"), 1, 1)
                        .edges())
                .extracting(edge -> edge.version().replace(database + ".", "") + " " + edge.exactness() + " "
                        + edge.reason().orElse(""))
                .containsExactlyInAnyOrder(
                        "drawn_into exact ", "carriers exact ", "datagen:drawn unknown it has no snapshots");
        assertThat(lineage.snapshots().newest(1000))
                .filteredOn(edge -> edge.version().equals("blackhole:nowhere"))
                .singleElement()
                .matches(edge -> edge.written() && edge.exactness().equals("unknown"));
        kit.run("DROP TEMPORARY TABLE drawn");
        kit.run("DROP TEMPORARY TABLE nowhere");
    }

    @Test
    void eachCommitTellsItsRunAndWhatThatRead() {
        List<SnapshotEdge> behind =
                lineage.snapshots().up(new TableName(database, "worst"), 1, 10).edges();
        assertThat(behind)
                .extracting(edge -> (edge.written() ? "OUT " : "IN ")
                        + edge.version().replace(database + ".", "")
                        + edge.snapshot().orElseThrow() + " " + edge.exactness())
                .containsExactly(
                        "OUT worst1 exact",
                        "IN carriers1 exact",
                        "IN late1 exact",
                        "OUT carriers1 exact",
                        "OUT late1 exact",
                        "IN flights1 exact",
                        "OUT flights1 exact");
        SnapshotEdge late = behind.get(4);
        assertThat(late.rowsAdded()).hasValue(2);
        assertThat(late.bytesAdded().orElseThrow()).isPositive();
        assertThat(late.partitions()).contains("[\"carrier=AA\",\"carrier=UA\"]");
        assertThat(late.kind()).contains("APPEND");
        assertThat(behind.get(1).partitions()).as("a table without partitions").isEmpty();
        assertThat(behind.get(2).partitions())
                .as("statistics say that no row of the other passes the filter")
                .contains("[\"carrier=AA\"]");
    }

    private static String line(SnapshotEdge edge) {
        return (edge.written() ? "OUT " : "IN ")
                + edge.version().replace(database + ".", "")
                + (edge.snapshot().isPresent() ? "@" + edge.snapshot().getAsLong() : "");
    }

    private static List<String> lines(SnapshotWalk walk) {
        return walk.edges().stream().map(LineageTest::line).toList();
    }

    /** Each edge with those that it rests on. */
    private static List<String> links(SnapshotWalk walk) {
        return walk.restsOn().entrySet().stream()
                .flatMap(link -> link.getValue().stream().map(below -> line(link.getKey()) + " <- " + line(below)))
                .toList();
    }

    @Test
    void whatASnapshotRestsOnEndsAtTheDepth(TestWarehouse kit) throws Exception {
        TableName worst = new TableName(database, "worst");
        assertThat(links(lineage.snapshots().up(worst, 1, 1)))
                .containsExactly("OUT worst@1 <- IN carriers@1", "OUT worst@1 <- IN late@1");
        assertThat(links(lineage.snapshots().up(worst, 1, 2)))
                .containsExactly(
                        "OUT worst@1 <- IN carriers@1",
                        "OUT worst@1 <- IN late@1",
                        "IN carriers@1 <- OUT carriers@1",
                        "IN late@1 <- OUT late@1",
                        "OUT late@1 <- IN flights@1");
        // An older snapshot of what is read at the depth's end is met on a shorter way.
        kit.run("CREATE TABLE twice_read (id INT)");
        kit.run("CREATE TABLE middle (id INT)");
        kit.run("CREATE TABLE meeting (id INT)");
        kit.run("INSERT INTO twice_read VALUES (1)");
        kit.run("INSERT INTO twice_read VALUES (2)");
        kit.run("INSERT INTO middle SELECT id FROM twice_read");
        kit.run(
                "INSERT INTO meeting SELECT m.id FROM middle m JOIN twice_read /*+ OPTIONS('scan.snapshot-id' = '1') */ t"
                        + " ON m.id = t.id");
        TableName meeting = new TableName(database, "meeting");
        assertThat(links(lineage.snapshots().up(meeting, 1, 2)))
                .contains("IN twice_read@1 <- OUT twice_read@1", "OUT middle@1 <- IN twice_read@2")
                .noneMatch(link -> link.startsWith("IN twice_read@2"));
        assertThat(links(lineage.snapshots().up(meeting, 1, 3))).contains("IN twice_read@2 <- OUT twice_read@2");
    }

    @Test
    void downwardsASnapshotLeadsToWhatWasAddedByThoseWhoReadIt(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE base (id INT, PRIMARY KEY (id) NOT ENFORCED) WITH ('bucket' = '1')");
        for (String table : new String[] {"early", "tidy", "later", "last_one"}) {
            kit.run("CREATE TABLE " + table + " (id INT)");
        }
        kit.run("INSERT INTO base VALUES (1)");
        kit.run("INSERT INTO early SELECT id FROM base");
        kit.run("CALL sys.compact('" + database + ".base')");
        // The call answers when its job has begun.
        Eventually.within(Duration.ofSeconds(60)).holds("it is compacted", () -> assertThat(
                        kit.run("SELECT commit_kind FROM base$snapshots WHERE snapshot_id = 2")
                                .rows())
                .containsExactly(List.of("COMPACT")));
        kit.run("INSERT INTO tidy SELECT id FROM base");
        kit.run("INSERT INTO base VALUES (2)");
        kit.run("INSERT INTO later SELECT id FROM base");
        kit.run("INSERT INTO last_one SELECT id FROM early");
        TableName base = new TableName(database, "base");
        assertThat(kit.run("SELECT commit_kind FROM base$snapshots ORDER BY snapshot_id")
                        .rows())
                .containsExactly(List.of("APPEND"), List.of("COMPACT"), List.of("APPEND"));
        List<String> first = List.of(
                "IN base@1 <- OUT base@1",
                "OUT early@1 <- IN base@1",
                "IN base@2 <- OUT base@1",
                "OUT tidy@1 <- IN base@2",
                "IN early@1 <- OUT early@1",
                "OUT last_one@1 <- IN early@1");
        assertThat(links(lineage.snapshots().down(base, 1, 10))).containsExactlyElementsOf(first);
        assertThat(links(lineage.snapshots().down(base, 2, 10)))
                .as("it rearranges the files of the first")
                .containsExactlyElementsOf(first);
        assertThat(lines(lineage.snapshots().down(base, 1, 1)))
                .containsExactly("OUT base@1", "IN base@1", "OUT early@1", "IN base@2", "OUT tidy@1");
        assertThat(lines(lineage.snapshots().down(base, 3, 10)))
                .containsExactly("OUT base@3", "IN base@3", "OUT later@1");
        kit.run("DROP TABLE base");
        kit.run("CREATE TABLE base (id INT)");
        kit.run("INSERT INTO base VALUES (1)");
        assertThat(lines(lineage.snapshots().down(base, 1, 10)))
                .as("the number was given again")
                .containsExactly("OUT base@1");
    }

    @Test
    void downwardsAlsoThatIsToldWhichHasNoSnapshots(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE spread (id INT)");
        kit.run("INSERT INTO spread VALUES (1)");
        kit.run("CREATE TEMPORARY TABLE gone (id INT) WITH ('connector' = 'blackhole')");
        kit.run("INSERT INTO gone SELECT id FROM spread");
        kit.run("DROP TEMPORARY TABLE gone");
        assertThat(lineage.snapshots()
                        .down(new TableName(database, "spread"), 1, 10)
                        .edges())
                .extracting(edge -> line(edge) + " " + edge.exactness())
                .containsExactly("OUT spread@1 exact", "IN spread@1 exact", "OUT blackhole:gone unknown");
    }

    @Test
    void anAnswerRestsOnTheSnapshotsThatItsQueryRead(TestWarehouse kit) throws Exception {
        kit.run("CREATE TEMPORARY TABLE rolled (id INT) WITH ('connector' = 'datagen', 'number-of-rows' = '3')");
        kit.run("SELECT MAX(w.minutes) AS asked_of_worst FROM worst w CROSS JOIN rolled");
        kit.run("DROP TEMPORARY TABLE rolled");
        kit.run("INSERT INTO worst SELECT 'nobody', 0 FROM carriers WHERE FALSE");
        String id = kit.run(
                        "SELECT query_id FROM weir.queries WHERE sql_text LIKE '%asked_of_worst %' AND kind = 'QUERY'")
                .rows()
                .get(0)
                .get(0);
        SnapshotWalk walk = lineage.snapshots().up(id, 3).orElseThrow();
        assertThat(links(walk))
                .containsExactly(
                        "IN worst@1 <- OUT worst@1",
                        "OUT worst@1 <- IN carriers@1",
                        "OUT worst@1 <- IN late@1",
                        "IN carriers@1 <- OUT carriers@1",
                        "IN late@1 <- OUT late@1",
                        "OUT late@1 <- IN flights@1");
        assertThat(walk.edges().subList(0, 2))
                .extracting(edge -> line(edge) + " " + edge.exactness() + " "
                        + edge.reason().orElse(""))
                .containsExactly("IN worst@1 exact ", "IN datagen:rolled unknown it has no snapshots");
        assertThat(lines(lineage.snapshots().up(id, 1).orElseThrow()))
                .containsExactly("IN worst@1", "IN datagen:rolled");
        String run = walk.edges().get(2).runId();
        assertThat(lines(lineage.snapshots().up(run, 1).orElseThrow()))
                .as("of what committed, what it read")
                .containsExactly("IN carriers@1", "IN late@1");
        assertThat(lineage.snapshots().up("nosuch", 3)).isEmpty();
    }

    @Test
    void thePartitionsThatARunReadAreThoseThatItsConditionsLeave(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE days (id INT, dt STRING, hr INT) PARTITIONED BY (dt, hr)");
        kit.run("CREATE TABLE picked (id INT)");
        kit.run("INSERT INTO days VALUES (1, 'a', 1), (2, 'b', 1), (3, 'b', 2), (4, 'c', 1)");
        for (String[] each : new String[][] {
            {"SELECT id FROM days WHERE dt = 'b'", "[\"dt=b/hr=1\",\"dt=b/hr=2\"]"},
            {"SELECT id FROM days WHERE dt > 'a' AND hr = 1 AND id < 9", "[\"dt=b/hr=1\",\"dt=c/hr=1\"]"},
            {
                "SELECT a.id FROM days a JOIN days b ON a.id = b.id WHERE a.dt = 'a' AND b.dt = 'c'",
                "[\"dt=a/hr=1\",\"dt=c/hr=1\"]"
            },
            {"SELECT id FROM days WHERE dt = 'none'", "[]"},
        }) {
            kit.run("INSERT INTO picked " + each[0]);
            assertThat(lineage.snapshots().newest(100))
                    .filteredOn(edge -> !edge.written() && edge.table().equals(kit.database() + ".days"))
                    .first()
                    .extracting(edge -> edge.partitions().orElse("unknown"))
                    .as(each[0])
                    .isEqualTo(each[1]);
        }
    }

    @Test
    void temporaryViewsAreSeenThrough(TestWarehouse kit) throws Exception {
        try (Session session = kit.open("loader", Gate.Mode.BATCH)) {
            session.execute("CREATE TEMPORARY VIEW mine AS SELECT id AS key, delay FROM flights", Lane.OLAP)
                    .close();
            session.execute("CREATE TABLE copied AS SELECT key, delay * 2 AS twice FROM mine", Lane.OLAP)
                    .affectedRows();
        }
        assertThat(edges(walk("copied.twice", true, false)))
                .containsExactly("1 copied.twice <- flights.delay TRANSFORMATION");
        assertThat(lineage.snapshots()
                        .up(new TableName(database, "copied"), 1, 1)
                        .edges())
                .extracting(SnapshotEdge::written)
                .containsExactly(true, false);
    }

    @Test
    void whatIsChangedInPlaceDerivesFromItself(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE places (id INT, name STRING, title STRING, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO places VALUES (1, 'a', 'x'), (2, 'b', 'y')");
        kit.run("UPDATE places SET title = UPPER(name) WHERE id > 1");
        kit.run("DELETE FROM places WHERE name = 'a'");
        assertThat(edges(walk("places.title", true, false)))
                .containsExactlyInAnyOrder(
                        "1 places.title <- places.name TRANSFORMATION",
                        "1 places <- places.id FILTER",
                        "1 places <- places.name FILTER");
        assertThat(lineage.snapshots()
                        .up(new TableName(database, "places"), 3, 1)
                        .edges())
                .extracting(SnapshotEdge::exactness)
                .containsOnly("exact");
    }

    @Test
    void aSnapshotThatNoRunCommittedTellsItsSigner(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE parts (id INT, part STRING) PARTITIONED BY (part)");
        kit.run("INSERT INTO parts VALUES (1, 'a'), (2, 'b')");
        kit.run("ALTER TABLE parts DROP PARTITION (part = 'a')");
        List<SnapshotEdge> behind =
                lineage.snapshots().up(new TableName(database, "parts"), 2, 5).edges();
        assertThat(behind).singleElement().satisfies(edge -> {
            assertThat(edge.exactness()).isEqualTo("unknown");
            assertThat(edge.kind()).contains("OVERWRITE");
            assertThat(edge.reason().orElseThrow()).contains("its commit is signed");
        });
        assertThat(lineage.snapshots()
                        .up(new TableName(database, "parts"), 99, 5)
                        .edges())
                .singleElement()
                .satisfies(edge -> assertThat(edge.reason().orElseThrow()).contains("not kept any more"));
    }

    @Test
    void whatCannotBeFollowedIsToldOfRowsToo(TestWarehouse kit) throws Exception {
        kit.run("CREATE TABLE ticks (symbol STRING, price INT, at_time TIMESTAMP(3))");
        kit.run("CREATE TABLE dips (symbol STRING)");
        try (Session session = kit.open("matcher", Gate.Mode.BATCH)) {
            assertThat(session.trees("INSERT INTO dips SELECT symbol FROM ticks MATCH_RECOGNIZE (PARTITION BY symbol"
                            + " ORDER BY at_time MEASURES LAST(a.price) AS low PATTERN (a+ b) DEFINE b AS"
                            + " b.price > 5)"))
                    .singleElement()
                    .satisfies(tree -> {
                        Derivation found = ColumnOrigins.of(tree.tree(), tree.columns());
                        assertThat(found.columns().get(0).unresolved().orElseThrow())
                                .contains("Match");
                        assertThat(found.unresolved().orElseThrow()).contains("Match");
                    });
        }
    }

    @Test
    void theSystemTablesShowIt(TestWarehouse kit) throws Exception {
        assertThat(kit.run("SELECT source, source_column, dependence FROM weir.lineage_columns WHERE target = '"
                                + database + ".late' AND target_column = 'minutes'")
                        .rows())
                .hasSize(1);
        assertThat(kit.run("SELECT source FROM weir.lineage_tables WHERE target = '" + database + ".worst'")
                        .rows())
                .hasSize(2);
        assertThat(kit.run("SELECT s.snapshot_id FROM weir.lineage_snapshots s JOIN weir.runs r ON s.run_id = r.run_id"
                                + " WHERE s.direction = 'OUT' AND s.table_name = '" + database + ".late'")
                        .rows())
                .hasSize(1);
    }
}
