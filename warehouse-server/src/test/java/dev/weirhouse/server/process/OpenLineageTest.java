package dev.weirhouse.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weirhouse.server.cli.LineageDrawing;
import dev.weirhouse.server.place.ServerAddress;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.OpenLineageEvents;
import dev.weirhouse.testkit.ServerCommand;
import dev.weirhouse.testkit.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse in a process of its own tells a receiver of the runs of all lanes, also through deaths, and takes events. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class OpenLineageTest {

    private static final String MAIN = "dev.weirhouse.server.Main";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static Path home;
    private static HttpServer receiver;
    private static ServerProcess server;
    private static volatile boolean isDown;
    private static final List<JsonNode> EVENTS = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/api/v1/lineage", OpenLineageTest::take);
        receiver.start();
        home = folder.resolve("home");
        int port = ServerCommand.freePort();
        server = ServerProcess.start(
                ServerCommand.of(
                        home,
                        URI.create("http://127.0.0.1:" + port + "/ready"),
                        MAIN,
                        "up",
                        "--set",
                        "http.port=" + port,
                        "--set",
                        "flight.port=0",
                        "--set",
                        "metastore.port=0",
                        "--set",
                        "cluster.ui.port=0",
                        "--set",
                        "lineage.openlineage.dataset-namespace=hive://metastore:9083",
                        "--set",
                        "lineage.openlineage.http.url=http://127.0.0.1:"
                                + receiver.getAddress().getPort() + "/api/v1/lineage",
                        "--set",
                        "lineage.openlineage.http.api-key=secret",
                        "--set",
                        "lineage.openlineage.running-interval=1s"),
                PATIENCE);
    }

    private static void take(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean knows = "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!isDown && knows) {
            EVENTS.add(JSON.readTree(body));
        }
        exchange.sendResponseHeaders(isDown || !knows ? 503 : 201, -1);
        exchange.close();
    }

    @AfterAll
    static void end() {
        server.close();
        receiver.stop(0);
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        return JSON.readTree(response.body().isEmpty() ? "{}" : response.body());
    }

    private static URI api(String path) {
        return URI.create(ServerAddress.find(home).orElseThrow().http() + path);
    }

    private static HttpRequest.Builder body(String path, String body) {
        return HttpRequest.newBuilder(api(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return send(body(path, body.toString()));
    }

    private static JsonNode run(String sql) throws IOException, InterruptedException {
        return post(
                "/api/v1/statements", JSON.createObjectNode().put("sql", sql).put("waitMillis", 30_000));
    }

    private static JsonNode event(String what, String type, Predicate<JsonNode> wanted) {
        return Eventually.within(PATIENCE)
                .answers(
                        "an event " + type + " of " + what,
                        () -> EVENTS.stream()
                                .filter(each -> each.path("eventType").asText().equals(type))
                                .filter(wanted)
                                .findFirst()
                                .orElse(null),
                        found -> found != null);
    }

    private static JsonNode ofJob(String job, String type) {
        return event(job, type, each -> each.at("/job/name").asText().equals(job));
    }

    private static JsonNode ofSql(String sql, String type) {
        return event(
                sql, type, each -> each.at("/job/facets/sql/query").asText().startsWith(sql));
    }

    @Test
    @Order(1)
    void aStreamTellsWhatItCommits() throws Exception {
        run("CREATE DATABASE d");
        run("CREATE TABLE d.arrived (id INT, name STRING)");
        run("CREATE TABLE d.clean (id INT, name STRING)");
        run("CREATE TABLE d.totals (names BIGINT)");
        JsonNode job = post(
                "/api/v1/jobs",
                JSON.createObjectNode()
                        .put("name", "cleaning")
                        .put(
                                "sql",
                                "SET 'execution.checkpointing.interval' = '1s'; INSERT INTO d.clean SELECT id,"
                                        + " UPPER(name) FROM d.arrived WHERE id > 0"));
        assertThat(job.path("name").asText()).as("%s", job).isEqualTo("cleaning");
        JsonNode start = ofJob("cleaning", "START");
        assertThat(start.at("/job/facets/jobType/processingType").asText()).isEqualTo("STREAMING");
        assertThat(start.at("/outputs/0/facets/columnLineage/fields/name/inputFields/0/transformations/0/subtype")
                        .asText())
                .isEqualTo("TRANSFORMATION");
        run("INSERT INTO d.arrived VALUES (1, 'a'), (2, 'b')");
        JsonNode running = event(
                "cleaning",
                "RUNNING",
                each -> each.at("/outputs/0/outputFacets/outputStatistics/rowCount")
                                .asLong()
                        == 2);
        assertThat(running.path("run").path("runId"))
                .isEqualTo(start.path("run").path("runId"));
        assertThat(running.at("/outputs/0/namespace").asText()).isEqualTo("hive://metastore:9083");
        assertThat(running.at("/outputs/0/name").asText()).isEqualTo("d.clean");
        assertThat(running.at("/outputs/0/facets/version/datasetVersion").asText())
                .startsWith("main@");
    }

    @Test
    @Order(2)
    void eachStepOfAScriptNamesItsScript() throws Exception {
        JsonNode script = post(
                "/api/v1/scripts",
                JSON.createObjectNode()
                        .put("name", "nightly.sql")
                        .put("text", "SELECT 1; INSERT INTO d.totals SELECT COUNT(name) FROM d.clean;"));
        assertThat(script.hasNonNull("id")).as("%s", script).isTrue();
        JsonNode end = ofSql("INSERT INTO d.totals", "COMPLETE");
        assertThat(end.at("/job/name").asText()).startsWith("nightly.sql.d.totals.");
        assertThat(end.at("/run/facets/parent/job/name").asText()).isEqualTo("nightly.sql");
        assertThat(end.at("/inputs/0/name").asText()).isEqualTo("d.clean");
    }

    @Test
    @Order(3)
    void whatFailsSaysWhy() throws Exception {
        run("INSERT INTO d.arrived SELECT 1 / (id - id), name FROM d.arrived");
        JsonNode failed = ofSql("INSERT INTO d.arrived SELECT 1 /", "FAIL");
        assertThat(failed.at("/run/facets/errorMessage/message").asText()).isNotBlank();
    }

    @Test
    @Order(4)
    void neitherADeathOfTheWarehouseNorOneOfTheReceiverLosesAnything() throws Exception {
        isDown = true;
        run("INSERT INTO d.arrived VALUES (3, 'c')");
        String first = ofJob("cleaning", "START").at("/run/runId").asText();
        server.kill();
        server.start(PATIENCE);
        isDown = false;
        JsonNode end = ofSql("INSERT INTO d.arrived VALUES (3", "COMPLETE");
        assertThat(end.at("/outputs/0/outputFacets/outputStatistics/rowCount").asLong())
                .isEqualTo(1);
        event("cleaning", "ABORT", each -> each.at("/run/runId").asText().equals(first));
        run("INSERT INTO d.arrived VALUES (4, 'd')");
        event(
                "cleaning",
                "RUNNING",
                each -> !each.at("/run/runId").asText().equals(first)
                        && each.at("/outputs/0/outputFacets/outputStatistics/rowCount")
                                        .asLong()
                                > 0);
    }

    @Test
    @Order(5)
    void aForeignJobTakesItsPlace() throws Exception {
        String event =
                """
                {"eventType": "COMPLETE", "eventTime": "2024-01-31T12:00:00Z", "producer": "https://producer.example/1",
                 "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
                 "run": {"runId": "01890a5d-ac96-774b-bcce-b302099a8057"},
                 "job": {"namespace": "airflow", "name": "load.arrived"},
                 "inputs": [{"namespace": "kafka://broker:9092", "name": "people"}],
                 "outputs": [{"namespace": "hive://metastore:9083", "name": "d.arrived", "facets": {"columnLineage": {
                   "_producer": "https://producer.example/1", "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json",
                   "fields": {"name": {"inputFields": [{"namespace": "kafka://broker:9092", "name": "people",
                     "field": "full_name", "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}]}}}}}]}
                """;
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(body("/api/v1/lineage", event).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(201);
        assertThat(response.body()).isEmpty();
        JsonNode walk = send(HttpRequest.newBuilder(api("/api/v1/lineage?direct=true&of=d.clean.name")));
        assertThat(String.join("\n", LineageDrawing.tree(walk)))
                .contains("d.arrived.name  transformation  [stream job cleaning revision 1]")
                .contains("kafka://broker:9092/people.full_name  identity  [foreign job airflow/load.arrived]");
        JsonNode below = send(HttpRequest.newBuilder(
                api("/api/v1/lineage?direction=down&direct=true&of=kafka%3A%2F%2Fbroker%3A9092%2Fpeople%23full_name")));
        assertThat(String.join("\n", LineageDrawing.tree(below))).contains("d.clean.name");

        JsonNode refused = send(body("/api/v1/lineage", event.replace("2024-01-31T", "")));
        assertThat(refused.path("code").asText()).isEqualTo("WEIR-1150");
        String own = ofJob("cleaning", "START").at("/run/runId").asText();
        assertThat(send(body("/api/v1/lineage", event.replace("01890a5d-ac96-774b-bcce-b302099a8057", own)))
                        .path("code")
                        .asText())
                .isEqualTo("WEIR-1152");
    }

    @Test
    @Order(6)
    void aStreamThatIsStoppedIsComplete() throws Exception {
        send(body("/api/v1/jobs/cleaning/stop", "{}"));
        JsonNode end = ofJob("cleaning", "COMPLETE");
        assertThat(end.at("/outputs/0/outputFacets/outputStatistics/rowCount").asLong())
                .isPositive();
    }

    @Test
    @Order(7)
    void eachEventIsValidAndEachRunBeginsBeforeItGoesOnAndEndsOnce() throws Exception {
        assertThat(EVENTS).allSatisfy(OpenLineageEvents::requireValid);
        for (JsonNode run :
                EVENTS.stream().map(each -> each.at("/run/runId")).distinct().toList()) {
            List<String> types = EVENTS.stream()
                    .filter(each -> each.at("/run/runId").equals(run))
                    .map(each -> each.path("eventType").asText())
                    .distinct()
                    .toList();
            assertThat(types.get(0)).as("%s", run).isEqualTo("START");
            assertThat(types.stream()
                            .filter(type -> !List.of("START", "RUNNING").contains(type)))
                    .as("%s", types)
                    .hasSizeLessThanOrEqualTo(1);
        }
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(api("/metrics")).build(),
                        HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        assertThat(metrics.body())
                .contains("weir_openlineage_events_total{outcome=\"dropped\",receiver=\"http\"} 0.0")
                .contains("weir_openlineage_waiting_bytes{receiver=\"http\"} 0");
    }
}
