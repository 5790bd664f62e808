package dev.weirhouse.lineage.openlineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.OpenLineageEvents;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real runs are told as. */
@Tag("alone")
@WarehouseTest
final class EventTextTest {

    private static final Eventually SOON = Eventually.within(Duration.ofSeconds(60));

    @TempDir
    private static Path folder;

    private static Path file;
    private static Lineage lineage;
    private static OpenLineage openLineage;
    private static String database;
    private static String tables;

    @BeforeAll
    static void run(TestWarehouse kit) throws Exception {
        file = folder.resolve("events.jsonl");
        lineage = Lineage.open(kit.warehouse());
        database = kit.database();
        tables = kit.warehouse().metastoreUri().replace("thrift://", "hive://");
        kit.run("CREATE TABLE before (id INT)");
        kit.run("INSERT INTO before VALUES (1)");
        openLineage = open(kit);
        kit.run("CREATE TABLE flights (id INT COMMENT 'the number', carrier STRING, delay INT) COMMENT 'all of them'");
        kit.run("CREATE TABLE late (carrier STRING, minutes BIGINT) PARTITIONED BY (carrier)");
        kit.run("INSERT INTO flights VALUES (1, 'AA', 20), (2, 'AA', 40), (3, 'UA', 16), (4, 'UA', 3)");
        try (Session session = kit.open("owner", Gate.Mode.BATCH)) {
            session.runs("01234567-89ab-7def-8123-456789abcdef", "nightly.sql");
            session.execute(
                            "INSERT OVERWRITE late SELECT carrier, SUM(delay) FROM flights WHERE delay > 5 GROUP BY"
                                    + " carrier",
                            Lane.BATCH)
                    .affectedRows();
        }
        kit.run("CREATE TABLE copied AS SELECT id, delay * 2 AS twice FROM flights");
        kit.run("TRUNCATE TABLE copied");
        assertThatThrownBy(() -> kit.run("INSERT INTO late SELECT carrier, 1 / (delay - delay) FROM flights"))
                .isInstanceOf(WarehouseException.class);
        kit.run("SELECT carrier FROM flights WHERE id = 1");
    }

    private static OpenLineage open(TestWarehouse kit) {
        return OpenLineage.open(
                kit.warehouse(),
                ConfigReader.read(
                        OpenLineageConfig.class,
                        Map.of(
                                "lineage.openlineage.file.path",
                                file.toString(),
                                "lineage.openlineage.queries",
                                "true")));
    }

    @AfterAll
    static void close() {
        openLineage.close();
        lineage.close();
    }

    private static List<JsonNode> events() throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(EventJson::read).toList();
        }
    }

    /** All events of the run whose text begins so, once it is over. */
    private static List<JsonNode> of(String sql) {
        return SOON.answers(
                "the end of " + sql,
                () -> events().stream()
                        .filter(event ->
                                event.at("/job/facets/sql/query").asText().startsWith(sql))
                        .toList(),
                found -> found.size() >= 2);
    }

    private static JsonNode end(String sql) {
        List<JsonNode> events = of(sql);
        assertThat(events)
                .extracting(event -> event.path("run").path("runId"))
                .containsOnly(events.get(0).at("/run/runId"));
        assertThat(events.get(0).path("eventType").asText()).isEqualTo("START");
        return events.get(1);
    }

    @Test
    void anInsertTellsWhatItReadAndWrote() {
        JsonNode event = end("INSERT OVERWRITE late");
        assertThat(event.path("eventType").asText()).isEqualTo("COMPLETE");
        assertThat(event.at("/job/namespace").asText()).isEqualTo("weirhouse");
        assertThat(event.at("/job/name").asText()).startsWith("nightly.sql." + database + ".late.");
        assertThat(event.at("/job/facets/jobType/processingType").asText()).isEqualTo("BATCH");
        assertThat(event.at("/job/facets/ownership/owners/0/name").asText()).isEqualTo("user:owner");
        assertThat(event.at("/run/facets/parent/run/runId").asText()).isEqualTo("01234567-89ab-7def-8123-456789abcdef");
        assertThat(event.at("/run/facets/parent/job/name").asText()).isEqualTo("nightly.sql");
        assertThat(event.at("/run/facets/processing_engine/version").asText()).startsWith("1.20");

        JsonNode input = event.at("/inputs/0");
        assertThat(input.path("namespace").asText()).isEqualTo(tables);
        assertThat(input.path("name").asText()).isEqualTo(database + ".flights");
        assertThat(input.at("/facets/version/datasetVersion").asText()).isEqualTo("main@1");
        assertThat(input.at("/facets/schema/fields/0").toString())
                .isEqualTo("{\"name\":\"id\",\"type\":\"INT\",\"description\":\"the number\"}");
        assertThat(input.at("/facets/documentation/description").asText()).isEqualTo("all of them");

        JsonNode output = event.at("/outputs/0");
        assertThat(output.path("name").asText()).isEqualTo(database + ".late");
        assertThat(output.at("/facets/version/datasetVersion").asText()).isEqualTo("main@1");
        assertThat(output.at("/facets/lifecycleStateChange/lifecycleStateChange")
                        .asText())
                .isEqualTo("OVERWRITE");
        assertThat(output.at("/outputFacets/outputStatistics/rowCount").asLong())
                .isEqualTo(2);
        assertThat(output.at("/outputFacets/outputStatistics/size").asLong()).isPositive();
        assertThat(output.at("/outputFacets/subset/outputCondition/partitions/1/dimensions/carrier")
                        .asText())
                .isEqualTo("UA");
        JsonNode columns = output.at("/facets/columnLineage");
        JsonNode minutes = columns.at("/fields/minutes/inputFields/0");
        assertThat(minutes.path("field").asText()).isEqualTo("delay");
        assertThat(minutes.path("name").asText()).isEqualTo(database + ".flights");
        assertThat(minutes.at("/transformations/0/type").asText()).isEqualTo("DIRECT");
        assertThat(minutes.at("/transformations/0/subtype").asText()).isEqualTo("AGGREGATION");
        assertThat(columns.path("dataset").findValuesAsText("subtype")).containsExactlyInAnyOrder("GROUP_BY", "FILTER");
        assertThat(columns.path("dataset").findValuesAsText("type")).containsOnly("INDIRECT");
    }

    @Test
    void constantsDeriveFromNothing() {
        JsonNode event = end("INSERT INTO flights VALUES");
        assertThat(event.path("inputs")).isEmpty();
        assertThat(event.at("/outputs/0/outputFacets/outputStatistics/rowCount").asLong())
                .isEqualTo(4);
        assertThat(event.at("/outputs/0/facets/lifecycleStateChange").isMissingNode())
                .isTrue();
    }

    @Test
    void aTableThatIsMadeOrEmptiedSaysSo() {
        assertThat(end("CREATE TABLE copied")
                        .at("/outputs/0/facets/lifecycleStateChange/lifecycleStateChange")
                        .asText())
                .isEqualTo("CREATE");
        assertThat(end("TRUNCATE TABLE copied")
                        .at("/outputs/0/facets/lifecycleStateChange/lifecycleStateChange")
                        .asText())
                .isEqualTo("TRUNCATE");
    }

    @Test
    void aFailureTellsItsError() {
        JsonNode event = end("INSERT INTO late SELECT carrier, 1");
        assertThat(event.path("eventType").asText()).isEqualTo("FAIL");
        assertThat(event.at("/run/facets/errorMessage/message").asText()).isNotBlank();
        assertThat(event.at("/outputs/0/name").asText()).isEqualTo(database + ".late");
        assertThat(event.at("/outputs/0/outputFacets").isMissingNode()).isTrue();
    }

    @Test
    void aQueryIsToldWhereThatIsAsked() {
        JsonNode event = end("SELECT carrier FROM flights");
        assertThat(event.path("eventType").asText()).isEqualTo("COMPLETE");
        assertThat(event.at("/job/facets/jobType/jobType").asText()).isEqualTo("QUERY");
        assertThat(event.at("/inputs/0/facets/version/datasetVersion").asText()).isEqualTo("main@1");
        assertThat(event.path("outputs")).isEmpty();
    }

    @Test
    void everyEventKeepsToThePublishedSchemas() throws IOException {
        of("TRUNCATE TABLE copied");
        of("SELECT carrier FROM flights");
        of("INSERT INTO late SELECT carrier, 1");
        assertThat(events()).hasSizeGreaterThan(10).allSatisfy(OpenLineageEvents::requireValid);
        JsonNode event = end("INSERT OVERWRITE late");
        for (String facet :
                List.of("/job/facets/sql", "/outputs/0/facets/columnLineage/fields/minutes/inputFields/0")) {
            ObjectNode wrong = event.deepCopy();
            ((ObjectNode) wrong.at(facet)).put("unheardOf", 1);
            assertThatThrownBy(() -> OpenLineageEvents.requireValid(wrong)).isInstanceOf(AssertionError.class);
        }
        ObjectNode without = event.deepCopy();
        ((ObjectNode) without.at("/outputs/0/facets/version")).remove("datasetVersion");
        assertThatThrownBy(() -> OpenLineageEvents.requireValid(without)).hasMessageContaining("datasetVersion");
    }

    @Test
    void onlyWhatBeganSinceIsToldAndTimesAreTheRuns() throws IOException {
        of("TRUNCATE TABLE copied");
        assertThat(events())
                .extracting(event -> event.at("/job/facets/sql/query").asText())
                .noneMatch(sql -> sql.contains("INTO before"));
        assertThat(openLineage.deliveries()).singleElement().satisfies(delivery -> {
            assertThat(delivery.receiver()).isEqualTo("file");
            assertThat(delivery.dropped() + delivery.refused()).isZero();
        });
    }

    @Test
    void whoeverIsOpenedAgainTellsWhatHappenedMeanwhile(TestWarehouse kit) throws Exception {
        of("TRUNCATE TABLE copied");
        openLineage.close();
        kit.run("CREATE TABLE meanwhile (id INT)");
        kit.run("INSERT INTO meanwhile VALUES (1)");
        openLineage = open(kit);
        end("INSERT INTO meanwhile");
        assertThat(of("TRUNCATE TABLE copied")).hasSize(2);
    }
}
