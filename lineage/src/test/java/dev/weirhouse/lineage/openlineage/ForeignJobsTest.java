package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.catalog.state.ForeignStore;
import dev.weirhouse.catalog.state.RunRow;
import dev.weirhouse.lineage.LastRun;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.LineageGraph.Way;
import dev.weirhouse.lineage.Node;
import dev.weirhouse.lineage.Reader;
import dev.weirhouse.lineage.Walk;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jobs outside the warehouse take their place in the graph, whatever order their events come in and whatever they hold. */
@Tag("alone")
@WarehouseTest
final class ForeignJobsTest {

    private static final Caller TELLER = new Caller("airflow", "", List.of(), Door.HTTP);
    private static final String AT = "2024-01-31T12:00:0";

    private static Warehouse warehouse;
    private static Lineage lineage;
    private static OpenLineage openLineage;
    private static String database;
    private static String tables;

    @BeforeAll
    static void open(TestWarehouse kit) throws Exception {
        warehouse = kit.warehouse();
        lineage = Lineage.open(warehouse);
        openLineage = OpenLineage.open(kit.warehouse(), ConfigReader.read(OpenLineageConfig.class, Map.of()));
        database = kit.database();
        tables = kit.warehouse().metastoreUri().replace("thrift://", "hive://");
        kit.run("CREATE TABLE orders (id INT, amount INT)");
        kit.run("CREATE TABLE scores (id INT, score INT)");
        kit.run("CREATE TABLE best (id INT, score INT)");
        kit.run("INSERT INTO orders VALUES (1, 10)");
        try (Session session = kit.open("owner", Gate.Mode.BATCH)) {
            session.execute("INSERT INTO best SELECT id, score FROM scores", Lane.BATCH)
                    .affectedRows();
        }
    }

    @AfterAll
    static void close() {
        openLineage.close();
        lineage.close();
    }

    private static void accept(String event) {
        openLineage.foreign().accept(event.getBytes(StandardCharsets.UTF_8), TELLER);
    }

    private static ObjectNode event(String type, String run, String job, int second) {
        ObjectNode event = EventJson.MAPPER.createObjectNode();
        event.put("eventType", type);
        event.put("eventTime", AT + second + "Z");
        event.put("producer", "https://airflow.example/1");
        event.put("schemaURL", "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent");
        event.putObject("run").put("runId", run);
        event.putObject("job").put("namespace", "airflow").put("name", job);
        return event;
    }

    private static ObjectNode dataset(ObjectNode event, String side, String namespace, String name) {
        return event.withArray(side).addObject().put("namespace", namespace).put("name", name);
    }

    private static String own(String table) {
        return database + "." + table;
    }

    /** Adds that a column of the dataset derives from another's. */
    private static void column(
            ObjectNode output,
            String column,
            String namespace,
            String name,
            String field,
            String type,
            String subtype) {
        output.withObjectProperty("facets")
                .withObjectProperty("columnLineage")
                .withObjectProperty("fields")
                .withObjectProperty(column)
                .withArrayProperty("inputFields")
                .addObject()
                .put("namespace", namespace)
                .put("name", name)
                .put("field", field)
                .putArray("transformations")
                .addObject()
                .put("type", type)
                .put("subtype", subtype);
    }

    private static Walk walk(String dataset, String column, boolean up) {
        return lineage.graph().walk(new Node(dataset, column), new Way(up, 10, true, Optional.empty()));
    }

    private static List<String> edges(Walk walk) {
        return walk.edges().stream()
                .map(edge -> (edge.depth() + " " + edge.target() + " <- " + edge.source() + " "
                                + edge.dependence().map(Enum::name).orElse("TABLE"))
                        .replace(database + ".", ""))
                .toList();
    }

    @Test
    void aWalkGoesThroughAForeignJobBetweenTables(TestWarehouse kit) throws Exception {
        String run = UUID.randomUUID().toString();
        ObjectNode start = event("START", run, "score", 1);
        dataset(start, "inputs", tables, own("orders"));
        accept(start.toString());
        ObjectNode end = event("COMPLETE", run, "score", 5);
        dataset(end, "inputs", "kafka://broker:9092", "clicks");
        ObjectNode output = dataset(end, "outputs", tables, own("scores"));
        column(output, "score", tables, own("orders"), "amount", "DIRECT", "AGGREGATION");
        column(output, "score", "kafka://broker:9092", "clicks", "weight", "DIRECT", "TRANSFORMATION");
        output.putObject("outputFacets").putObject("outputStatistics").put("rowCount", 7);
        accept(end.toString());

        Walk up = walk(own("best"), "score", true);
        assertThat(edges(up))
                .containsExactlyInAnyOrder(
                        "1 best.score <- scores.score IDENTITY",
                        "2 scores.score <- kafka://broker:9092/clicks.weight TRANSFORMATION",
                        "2 scores.score <- orders.amount AGGREGATION");
        LastRun last = up.runs().get(up.edges().get(1).derivation());
        assertThat(last.job()).contains("airflow/score");
        assertThat(last.lane()).isEmpty();
        assertThat(last.runId()).contains(run);
        assertThat(edges(walk("kafka://broker:9092/clicks", "weight", false)))
                .startsWith(
                        "1 scores.score <- kafka://broker:9092/clicks.weight TRANSFORMATION",
                        "2 best.score <- scores.score IDENTITY");
        assertThat(edges(walk(own("scores"), "", true)))
                .containsExactlyInAnyOrder("1 scores <- kafka://broker:9092/clicks TABLE", "1 scores <- orders TABLE");
        assertThat(lineage.readers(own("orders"), Instant.EPOCH))
                .filteredOn(reader -> reader.lane().isEmpty())
                .extracting(Reader::job)
                .containsExactly(Optional.of("airflow/score"));

        assertThat(kit.run("SELECT lane, state, principal, run_id FROM weir.jobs WHERE name = 'airflow/score'")
                        .rows()
                        .toString())
                .contains("FOREIGN", "FINISHED", "airflow", run);
        assertThat(kit.run("SELECT lane, state, affected_rows, door FROM weir.runs WHERE run_id = '" + run + "'")
                        .rows()
                        .toString())
                .contains("FOREIGN", "FINISHED", "7", "HTTP");
        assertThat(kit.run("SELECT lane, job FROM weir.lineage_tables WHERE source = 'kafka://broker:9092/clicks'")
                        .rows()
                        .toString())
                .contains("FOREIGN", "airflow/score");
        assertThat(kit.run("SELECT dependence FROM weir.lineage_columns WHERE source = 'kafka://broker:9092/clicks'")
                        .rows())
                .hasSize(1);
    }

    @Test
    void eventsSayTheSameInAnyOrderAndTwice() {
        List<ObjectNode> events = new ArrayList<>();
        String job = "shuffled";
        String run = UUID.randomUUID().toString();
        ObjectNode start = event("START", run, job, 1);
        dataset(start, "inputs", "file", "/in/a");
        events.add(start);
        ObjectNode running = event("RUNNING", run, job, 2);
        dataset(running, "inputs", "file", "/in/b");
        dataset(running, "outputs", "file", "/out");
        events.add(running);
        ObjectNode failed = event("FAIL", run, job, 3);
        failed.withObject("run").putObject("facets").putObject("errorMessage").put("message", "no \u0000 luck");
        events.add(failed);
        ObjectNode other = event("OTHER", run, job, 4);
        column(dataset(other, "outputs", "file", "/out"), "x", "file", "/in/a", "y", "DIRECT", "IDENTITY");
        events.add(other);
        ObjectNode end = event("COMPLETE", run, job, 5);
        end.remove("eventType");
        events.add(end);

        String expected = null;
        for (long seed = 1; seed <= 20; seed++) {
            List<ObjectNode> shuffled = new ArrayList<>(events);
            shuffled.addAll(events);
            Collections.shuffle(shuffled, new Random(seed));
            String own = UUID.randomUUID().toString();
            shuffled.forEach(each -> {
                ObjectNode copy = each.deepCopy();
                copy.withObject("run").put("runId", own);
                accept(copy.toString());
            });
            String found = rowOf(own);
            expected = expected == null ? found : expected;
            assertThat(found).as("seed %d", seed).isEqualTo(expected);
        }
        assertThat(expected)
                .contains("FAILED")
                .contains("no \ufffd luck")
                .contains(Instant.parse(AT + "1Z").toEpochMilli() + "")
                .contains(Instant.parse(AT + "3Z").toEpochMilli() + "");
        assertThat(edges(walk("file:/out", "x", true))).containsExactly("1 file:/out.x <- file:/in/a.y IDENTITY");
        assertThat(edges(walk("file:/out", "", true)))
                .as("what earlier events told too little of is gone")
                .containsExactlyInAnyOrder("1 file:/out <- file:/in/a TABLE", "1 file:/out <- file:/in/b TABLE");
    }

    private static String rowOf(String run) {
        return warehouse.state().foreign().runs(1000).stream()
                .filter(each -> each.id().equals(run))
                .map(each -> each.state() + " " + each.startedAt() + " " + each.finishedAt() + " " + each.error() + " "
                        + each.derivation() + " " + each.told())
                .collect(Collectors.joining());
    }

    @Test
    void theOldestRunsOfAJobAreForgottenWithWhatTheyAloneDerived() {
        for (int run = 1; run <= 3; run++) {
            ObjectNode event = event("COMPLETE", UUID.randomUUID().toString(), "churn", run);
            dataset(event, "inputs", "file", "/churn/in" + run);
            dataset(event, "outputs", "file", "/churn/out");
            accept(event.toString());
        }
        assertThat(edges(walk("file:/churn/out", "", true))).hasSize(3);
        warehouse.state().foreign().change(handle -> {
            String job = ForeignStore.findJob(handle, "airflow", "churn")
                    .orElseThrow()
                    .id();
            ForeignStore.keepNewest(handle, job, 1, 100_000);
            return null;
        });
        assertThat(edges(walk("file:/churn/out", "", true)))
                .containsExactly("1 file:/churn/out <- file:/churn/in3 TABLE");
        warehouse.state().foreign().change(handle -> {
            String job = ForeignStore.findJob(handle, "airflow", "churn")
                    .orElseThrow()
                    .id();
            ForeignStore.keepNewest(handle, job, 1, 1);
            return null;
        });
        assertThat(warehouse.state().foreign().runs(10)).hasSize(1);
    }

    @Test
    void aJobThatOnlyReadsIsAnEndOfTheGraph() {
        ObjectNode event = event("COMPLETE", UUID.randomUUID().toString(), "dashboard", 1);
        dataset(event, "inputs", tables, own("best"));
        accept(event.toString());
        assertThat(walk(own("best"), "", false).edges())
                .anyMatch(edge -> edge.target().isAnswer());
    }

    @Test
    void aJobMayTellOfItselfWithoutARun() {
        ObjectNode event = event("START", "", "declared", 1);
        event.remove(List.of("run", "eventType"));
        dataset(event, "inputs", "file", "/plan/in");
        dataset(event, "outputs", "file", "/plan/out");
        accept(event.toString());
        Walk up = walk("file:/plan/out", "", true);
        assertThat(edges(up)).containsExactly("1 file:/plan/out <- file:/plan/in TABLE");
        LastRun last = up.runs().get(up.edges().get(0).derivation());
        assertThat(last.runId()).isEmpty();
        assertThat(last.job()).contains("airflow/declared");

        event.withArray("inputs").removeAll();
        dataset(event, "inputs", "file", "/plan/other");
        accept(event.toString());
        assertThat(edges(walk("file:/plan/out", "", true)))
                .as("the newest declaration is the one that counts")
                .containsExactly("1 file:/plan/out <- file:/plan/other TABLE");
    }

    @Test
    void aDatasetByItselfLeavesNothing() {
        ObjectNode event = event("START", "", "none", 1);
        event.remove(List.of("run", "job", "eventType"));
        event.putObject("dataset").put("namespace", "file").put("name", "/alone");
        accept(event.toString());
        assertThat(lineage.knows(new Node("file:/alone", ""))).isFalse();
    }

    @Test
    void aTableIsKnownByItsFolderAndByItsLinks() {
        ObjectNode event = event("COMPLETE", UUID.randomUUID().toString(), "spark", 1);
        dataset(event, "inputs", "file", "/spark/in");
        dataset(event, "outputs", "s3://elsewhere", "orders")
                .putObject("facets")
                .putObject("symlinks")
                .putArray("identifiers")
                .addObject()
                .put("namespace", tables)
                .put("name", own("orders"))
                .put("type", "TABLE");
        accept(event.toString());
        assertThat(edges(walk(own("orders"), "", true))).contains("1 orders <- file:/spark/in TABLE");
    }

    @Test
    void theWarehousesOwnRunsAndJobsAreItsOwn(TestWarehouse kit) {
        String own = kit.warehouse().state().runs().newest(1000).stream()
                .map(RunRow::id)
                .findFirst()
                .orElseThrow();
        assertThat(refused(event("COMPLETE", own, "impostor", 1).toString()))
                .isEqualTo(OpenLineageError.EVENT_NOT_FOREIGN);
        ObjectNode named = event("COMPLETE", UUID.randomUUID().toString(), "any", 1);
        named.putObject("job").put("namespace", "weirhouse").put("name", "any");
        assertThat(refused(named.toString())).isEqualTo(OpenLineageError.EVENT_NOT_FOREIGN);
        String run = UUID.randomUUID().toString();
        accept(event("START", run, "first", 1).toString());
        assertThat(refused(event("COMPLETE", run, "second", 2).toString()))
                .isEqualTo(OpenLineageError.EVENT_OF_ANOTHER_JOB);
        assertThat(rowOf(run)).contains("RUNNING");
    }

    private static OpenLineageError refused(String event) {
        long jobs = warehouse.state().foreign().jobs(10_000).size();
        WarehouseException refusal = catchThrowableOfType(WarehouseException.class, () -> accept(event));
        assertThat(refusal).as("accepted: %.200s", event).isNotNull();
        assertThat(warehouse.state().foreign().jobs(10_000)).hasSize((int) jobs);
        return (OpenLineageError) refusal.code();
    }

    static List<String> malformed() {
        List<String> events = new ArrayList<>(List.of(
                "",
                "[]",
                "null",
                "{}",
                "\"text\"",
                "{\"run\"",
                "[".repeat(100_000),
                "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_000)));
        for (String each : List.of("eventTime", "producer", "schemaURL", "job")) {
            ObjectNode event = event("START", UUID.randomUUID().toString(), "malformed", 1);
            event.remove(each);
            events.add(event.toString());
            events.add(event.put(each, 1).toString());
            events.add(event.putNull(each).toString());
        }
        for (String time : List.of(
                "2024-01-31",
                "2024-01-31T12:00:00",
                "yesterday",
                "1969-12-31T23:59:59Z",
                "+999999999-01-01T00:00:00Z",
                "9999-01-01T00:00:00Z")) {
            events.add(event("START", UUID.randomUUID().toString(), "malformed", 1)
                    .put("eventTime", time)
                    .toString());
        }
        for (String name : List.of("", "  ", "a\u0000b", "a\nb", "\ud800", "x".repeat(1025))) {
            events.add(event("START", UUID.randomUUID().toString(), name, 1).toString());
            ObjectNode event = event("START", UUID.randomUUID().toString(), "malformed", 1);
            dataset(event, "inputs", "file", name);
            events.add(event.toString());
        }
        for (String id : List.of("1", "1-1-1-1-1", "x".repeat(36))) {
            events.add(event("START", id, "malformed", 1).toString());
        }
        events.add(event("BEGIN", UUID.randomUUID().toString(), "malformed", 1).toString());
        events.add(event("START", UUID.randomUUID().toString(), "malformed", 1)
                .put("inputs", "none")
                .toString());
        events.add(event("START", UUID.randomUUID().toString(), "malformed", 1)
                .toString()
                .replace("\"run\"", "\"job\""));
        // Half a character can be written in JSON alone.
        return events.stream().map(event -> event.replace("\ud800", "\\ud800")).toList();
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void whatIsMalformedIsRefusedAndLeavesNothing(String event) {
        assertThat(refused(event)).isEqualTo(OpenLineageError.EVENT_INVALID);
    }

    @Test
    void whatIsTooMuchIsRefusedAlsoInParts() {
        String run = UUID.randomUUID().toString();
        ObjectNode many = event("START", run, "much", 1);
        IntStream.range(0, 1_001).forEach(i -> dataset(many, "inputs", "file", "/in/" + i));
        assertThat(refused(many.toString())).isEqualTo(OpenLineageError.EVENT_TOO_LARGE);
        ObjectNode first = event("START", run, "much", 1);
        IntStream.range(0, 600).forEach(i -> dataset(first, "inputs", "file", "/in/" + i));
        accept(first.toString());
        ObjectNode second = event("RUNNING", run, "much", 1);
        IntStream.range(600, 1_200).forEach(i -> dataset(second, "inputs", "file", "/in/" + i));
        assertThat(refused(second.toString())).isEqualTo(OpenLineageError.EVENT_TOO_LARGE);
        ObjectNode pairs = event("START", run, "much", 1);
        IntStream.range(0, 100).forEach(i -> dataset(pairs, "outputs", "file", "/out/" + i));
        assertThat(refused(pairs.toString())).isEqualTo(OpenLineageError.EVENT_TOO_LARGE);
        assertThat(rowOf(run)).contains("/in/599").doesNotContain("/in/600");
    }

    @Test
    void runsAreForgottenAndWhatTheirJobDerivesStays() {
        String run = UUID.randomUUID().toString();
        ObjectNode event = event("COMPLETE", run, "old", 1);
        dataset(event, "inputs", "file", "/old/in");
        dataset(event, "outputs", "file", "/old/out");
        accept(event.toString());
        warehouse.state().foreign().forget(Duration.ofDays(1));
        assertThat(rowOf(run)).isNotEmpty();
        warehouse.state().foreign().forget(Duration.ofMillis(-1));
        assertThat(rowOf(run)).isEmpty();
        Walk up = walk("file:/old/out", "", true);
        assertThat(edges(up)).containsExactly("1 file:/old/out <- file:/old/in TABLE");
        assertThat(up.runs().get(up.edges().get(0).derivation()).runId()).isEmpty();
    }
}
