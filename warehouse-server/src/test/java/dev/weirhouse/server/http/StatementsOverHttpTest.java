package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.batch.BatchConfig;
import dev.weirhouse.batch.BatchScripts;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.http.DoorCalls.Reply;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.TestWarehouse;
import dev.weirhouse.testkit.WarehouseTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Statements, sessions, scripts and runs through the door, over a real warehouse. */
@WarehouseTest
final class StatementsOverHttpTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final String FIVE_ROWS =
            "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')) AS t (n, s)";

    /** Never ends by itself: a row a second. */
    private static final String ENDLESS_SOURCE =
            """
            CREATE TEMPORARY TABLE slow (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1',
            'number-of-rows' = '1000000')
            """;

    private static TestWarehouse kit;
    private static OlapLanes lanes;
    private static OlapGateway gateway;
    private static BatchScripts scripts;
    private static Statements statements;
    private static HttpDoor door;

    @BeforeAll
    static void open(TestWarehouse warehouse) {
        kit = warehouse;
        Warehouse floor = warehouse.warehouse();
        ServerConfig config = ConfigReader.read(
                ServerConfig.class, Map.of("http.port", "0", "http.page-rows", "2", "http.max-statements", "4"));
        OlapConfig olap = ConfigReader.read(OlapConfig.class, Map.of());
        lanes = OlapLanes.open(
                ConfigReader.read(NativeConfig.class, Map.of()),
                olap,
                warehouse.warehouse(),
                Map.of(warehouse.files().uri(), warehouse.home().resolve("warehouse")));
        gateway = new OlapGateway(floor.gate(), olap, lanes, warehouse.clock());
        scripts = new BatchScripts(floor.gate(), ConfigReader.read(BatchConfig.class, Map.of()), warehouse.clock());
        statements = new Statements(config, warehouse.clock());
        WarehouseMetrics metrics =
                new WarehouseMetrics(floor.state(), floor.queries(), gateway, () -> Map.of("ingest", 3L));
        List<Route> routes = Stream.of(
                        new StatusRoutes(floor::readiness, metrics).routes(),
                        new SessionRoutes(gateway).routes(),
                        new QueryRoutes(gateway, config).routes(),
                        new StatementRoutes(gateway, statements, config).routes(),
                        new ScriptRoutes(scripts, config, warehouse.clock()).routes(),
                        new RunRoutes(floor.state().runs(), floor.queries()).routes())
                .flatMap(List::stream)
                .toList();
        door = HttpDoor.open(config, routes, metrics::request, List.of(statements, metrics));
    }

    @AfterAll
    static void close() {
        door.close();
        scripts.close();
        gateway.close();
        lanes.close();
    }

    private static Reply send(String method, String path, String body) throws Exception {
        return DoorCalls.send(door, method, path, body);
    }

    private static Reply get(String path) throws Exception {
        return send("GET", path, null);
    }

    private static Reply statement(String sql, String... more) throws Exception {
        var request = Json.MAPPER.createObjectNode().put("sql", sql).put("waitMillis", 30_000);
        for (int i = 0; i < more.length; i += 2) {
            request.set(more[i], Json.MAPPER.readTree(more[i + 1]));
        }
        return send("POST", "/api/v1/statements", request.toString());
    }

    private static String openSession(String body) throws Exception {
        Reply opened = send("POST", "/api/v1/sessions", body);
        assertThat(opened.status()).isEqualTo(201);
        return opened.text("id");
    }

    @Test
    void aQueryIsAnsweredInOneCall() throws Exception {
        kit.run("CREATE TABLE IF NOT EXISTS cities (id BIGINT, name STRING, PRIMARY KEY (id) NOT ENFORCED)");
        kit.run("INSERT INTO cities VALUES (1, 'Bern'), (2, 'Oslo'), (3, 'Rome')");
        String database = ", \"database\": \"" + kit.database() + "\"";
        Reply one = send(
                "POST",
                "/api/v1/queries",
                "{\"sql\": \"SELECT name FROM cities WHERE id = ?\", \"parameters\": [2]" + database + "}");
        assertThat(one.body().path("rows").toString()).isEqualTo("[[\"Oslo\"]]");
        assertThat(one.body().path("columns").toString()).isEqualTo("[{\"name\":\"name\",\"type\":\"STRING\"}]");
        assertThat(one.body().path("truncated").asBoolean()).isFalse();
        assertThat(get("/api/v1/runs/" + one.text("runId")).text("user")).isEqualTo("ada");

        int sessions = gateway.sessions().size();
        Reply all = send("POST", "/api/v1/queries", "{\"sql\": \"SELECT id FROM cities ORDER BY id\"" + database + "}");
        assertThat(all.body().path("rows").toString()).isEqualTo("[[1],[2]]");
        assertThat(all.body().path("truncated").asBoolean())
                .as("a page has two rows here")
                .isTrue();
        assertThat(gateway.sessions()).as("requests alike share a session").hasSize(sessions);
    }

    @Test
    void onlyQueriesAreAnsweredInOneCall() throws Exception {
        Reply set = send("POST", "/api/v1/queries", "{\"sql\": \"SET 'olap.lane' = 'flink'\"}");
        assertThat(set.status()).isEqualTo(400);
        assertThat(set.body().toString()).contains("NOT_SUPPORTED", "/api/v1/statements");
        Reply wrong = send("POST", "/api/v1/queries", "{\"sql\": \"SELECT nothing FROM nowhere\"}");
        assertThat(wrong.body().toString()).contains("TABLE_NOT_FOUND");
        Reply few = send("POST", "/api/v1/queries", "{\"sql\": \"SELECT n FROM (VALUES (1)) AS t (n) WHERE n = ?\"}");
        assertThat(few.body().toString()).contains("PARAMETER_MISMATCH");
    }

    @Test
    void aSmallAnswerComesAtOnce() throws Exception {
        Reply reply = statement("SELECT 1 AS n, CAST(NULL AS STRING) AS s");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("state")).isEqualTo("FINISHED");
        assertThat(reply.text("kind")).isEqualTo("QUERY");
        assertThat(reply.body().path("columns").toString())
                .isEqualTo("[{\"name\":\"n\",\"type\":\"INT NOT NULL\"},{\"name\":\"s\",\"type\":\"STRING\"}]");
        assertThat(reply.body().path("rows").toString()).isEqualTo("[[1,null]]");
        assertThat(reply.body().has("nextToken")).isFalse();

        Reply run = get("/api/v1/runs/" + reply.text("runId"));
        assertThat(run.text("lane")).isEqualTo("OLAP");
        assertThat(run.text("user")).isEqualTo("ada");
        assertThat(run.text("answeredBy")).isEqualTo(reply.text("answeredBy"));
        assertThat(run.text("affectedRows")).isEqualTo("1");
        assertThat(get("/api/v1/runs?limit=1000").body().path("runs").toString())
                .as("a query that is over stands in weir.queries")
                .contains("CREATE DATABASE")
                .doesNotContain(reply.text("runId"));
    }

    @Test
    void aLargeAnswerComesByPagesAndThePageFetchedLastAgain() throws Exception {
        Reply first = statement(FIVE_ROWS);
        String path = "/api/v1/statements/" + first.text("id");
        assertThat(first.body().path("rows").toString()).isEqualTo("[[1,\"a\"],[2,\"b\"]]");
        assertThat(first.body().path("nextToken").asLong()).isEqualTo(1);
        assertThat(get(path + "?token=0").body().path("rows"))
                .isEqualTo(first.body().path("rows"));
        Reply second = get(path + "?token=1");
        assertThat(second.body().path("rows").toString()).isEqualTo("[[3,\"c\"],[4,\"d\"]]");
        assertThat(get(path + "?token=1").body().path("rows"))
                .isEqualTo(second.body().path("rows"));
        assertThat(get(path + "?token=0").text("code")).isEqualTo("WEIR-1506");
        assertThat(get(path + "?token=5").text("code")).isEqualTo("WEIR-1500");
        Reply last = get(path + "?token=2");
        assertThat(last.body().path("rows").toString()).isEqualTo("[[5,\"e\"]]");
        assertThat(last.body().has("nextToken")).isFalse();
        assertThat(last.text("state")).isEqualTo("FINISHED");
        assertThat(get(path).text("state")).isEqualTo("FINISHED");
    }

    @Test
    void maxRowsCutsTheAnswerAndSaysSo() throws Exception {
        Reply cut = statement(FIVE_ROWS, "maxRows", "1");
        assertThat(cut.body().path("rows").toString()).isEqualTo("[[1,\"a\"]]");
        assertThat(cut.body().path("truncated").asBoolean()).isTrue();
        assertThat(cut.text("state")).isEqualTo("FINISHED");
    }

    @Test
    void parametersAreBoundByTheirTypes() throws Exception {
        Reply reply = statement(
                "SELECT n, s FROM (VALUES (1, 'a'), (2, 'b')) AS t (n, s) WHERE n = ? AND s = ?",
                "parameters",
                "[2, \"b\"]");
        assertThat(reply.body().path("rows").toString()).isEqualTo("[[2,\"b\"]]");
        Reply wrong = statement("SELECT 1 FROM (VALUES (1)) AS t (n) WHERE n = ?", "parameters", "[\"x\"]");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("code")).isEqualTo("WEIR-1010");
    }

    @Test
    void anErrorCarriesItsPlaceAndItsStatus() throws Exception {
        Reply unknown = statement("SELECT *\n  FROM nowhere");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.text("code")).isEqualTo("WEIR-1046");
        assertThat(unknown.body().path("location").path("line").asInt()).isEqualTo(2);
        assertThat(unknown.text("queryId")).isNotEmpty();
        assertThat(statement("SELEC 1").text("code")).isEqualTo("WEIR-1001");
        assertThat(statement(" ").text("code")).isEqualTo("WEIR-1500");
        assertThat(get("/api/v1/statements/none").text("code")).isEqualTo("WEIR-1505");
        assertThat(get("/api/v1/runs/none").text("code")).isEqualTo("WEIR-1508");
    }

    @Test
    void whatTheClientGotWrongIsNoDefect() throws Exception {
        for (String body : List.of(
                "{\"sql\": \"SELECT 1\", \"settings\": {\"k\": null}}",
                "{\"sql\": \"SELECT 1\", \"settings\": null, \"waitMillis\": -1}",
                "{\"sql\": null}")) {
            assertMalformed(send("POST", "/api/v1/statements", body));
        }
        assertMalformed(send("POST", "/api/v1/sessions", "{\"settings\": {\"k\": null}}"));
        assertMalformed(send("POST", "/api/v1/scripts", "{\"text\": \"SELECT 1\", \"variables\": {\"a\": null}}"));
        for (String credentials : List.of("Basic !!!", "Basic ", "basic bm9ib2R5")) {
            HttpResponse<String> refused = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(door.url() + "/api/v1/sessions"))
                            .header("Authorization", credentials)
                            .POST(BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertMalformed(new Reply(refused.statusCode(), Json.MAPPER.readTree(refused.body())));
        }
    }

    private static void assertMalformed(Reply reply) {
        assertThat(reply.body().path("name").asText()).isEqualTo("REQUEST_MALFORMED");
        assertThat(reply.status()).isEqualTo(400);
    }

    @Test
    void aSessionKeepsWhatItsStatementsSet() throws Exception {
        String session = openSession("{\"database\": \"" + kit.database() + "\"}");
        assertThat(statement("CREATE TEMPORARY VIEW v AS SELECT 42 AS n", "session", "\"" + session + "\"")
                        .text("state"))
                .isEqualTo("FINISHED");
        assertThat(statement("SELECT n FROM v", "session", "\"" + session + "\"")
                        .body()
                        .path("rows")
                        .toString())
                .isEqualTo("[[42]]");
        assertThat(get("/api/v1/sessions/" + session).text("database")).isEqualTo(kit.database());
        assertThat(statement("SELECT 1", "session", "\"" + session + "\"", "database", "\"x\"")
                        .text("code"))
                .isEqualTo("WEIR-1500");
        assertThat(send("DELETE", "/api/v1/sessions/" + session, null).status()).isEqualTo(204);
        assertThat(statement("SELECT 1", "session", "\"" + session + "\"").text("code"))
                .isEqualTo("WEIR-1070");
    }

    @Test
    void aStatementOfItsOwnTakesDialectDatabaseAndSettings() throws Exception {
        assertThat(statement("SHOW CURRENT DATABASE", "database", "\"" + kit.database() + "\"")
                        .body()
                        .path("rows")
                        .toString())
                .contains(kit.database());
        assertThat(statement("SELECT 1", "settings", "{\"fs.s3.secret\": \"x\"}")
                        .text("code"))
                .isEqualTo("WEIR-1005");
        assertThat(statement("SELECT 1", "dialect", "\"oracle\"").status()).isEqualTo(400);
    }

    @Test
    void aWriteAnswersHowManyRowsItWrote() throws Exception {
        String session = openSession("{\"database\": \"" + kit.database() + "\"}");
        String quoted = "\"" + session + "\"";
        statement("CREATE TABLE written (n INT PRIMARY KEY NOT ENFORCED)", "session", quoted);
        Reply reply = statement("INSERT INTO written VALUES (1), (2), (3)", "session", quoted);
        assertThat(reply.text("kind")).isEqualTo("WRITE");
        assertThat(reply.body().path("affectedRows").asLong()).isEqualTo(3);
        assertThat(reply.body().has("rows")).isFalse();
        send("DELETE", "/api/v1/sessions/" + session, null);
    }

    @Test
    void aStatementIsCancelledWithItsJob() throws Exception {
        String session = openSession("{}");
        String quoted = "\"" + session + "\"";
        statement(ENDLESS_SOURCE, "session", quoted);
        Reply running = statement("SELECT COUNT(*) FROM slow", "session", quoted, "waitMillis", "0");
        assertThat(running.status()).isEqualTo(202);
        String path = "/api/v1/statements/" + running.text("id");
        Eventually.within(Duration.ofSeconds(30))
                .answers("the statement has its columns", () -> get(path).body().has("columns"), settled -> settled);
        assertThat(send("DELETE", path, null).text("state")).isEqualTo("CANCELLED");
        assertThat(get(path + "?token=0").text("state")).isEqualTo("CANCELLED");
        Eventually.within(Duration.ofSeconds(30))
                .answers("no statement runs", gateway::runningQueries, count -> count == 0);
        send("DELETE", "/api/v1/sessions/" + session, null);
    }

    @Test
    void anAnswerThatNobodyFetchesIsCancelledAndLaterForgotten() throws Exception {
        Reply first = statement(FIVE_ROWS);
        String path = "/api/v1/statements/" + first.text("id");
        Eventually.within(Duration.ofSeconds(30))
                .answers(
                        "the next page is ready and its time is over",
                        () -> {
                            kit.clock().advance(Duration.ofMinutes(6));
                            statements.sweep();
                            return get(path);
                        },
                        reply -> reply.text("state").equals("CANCELLED")
                                || reply.text("code").equals("WEIR-1505"));
        kit.clock().advance(Duration.ofMinutes(6));
        statements.sweep();
        assertThat(get(path).text("code")).isEqualTo("WEIR-1505");
    }

    @Test
    void moreStatementsThanMayRunAreRefused() throws Exception {
        String session = openSession("{}");
        String quoted = "\"" + session + "\"";
        statement(ENDLESS_SOURCE, "session", quoted);
        List<String> running = new ArrayList<>();
        Reply refused = null;
        for (int i = 0; i < 5 && refused == null; i++) {
            Reply reply = statement("SELECT COUNT(*) FROM slow", "session", quoted, "waitMillis", "0");
            if (reply.status() == 202) {
                running.add(reply.text("id"));
            } else {
                refused = reply;
            }
        }
        for (String id : running) {
            send("DELETE", "/api/v1/statements/" + id, null);
        }
        send("DELETE", "/api/v1/sessions/" + session, null);
        assertThat(refused).isNotNull();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.text("code")).isEqualTo("WEIR-2500");
    }

    @Test
    void aScriptIsFollowedToItsEnd() throws Exception {
        String text =
                """
                USE %s;
                CREATE TABLE scripted (n INT PRIMARY KEY NOT ENFORCED);
                INSERT INTO scripted VALUES (${n}), (2);
                INSERT INTO scripted SELECT nope FROM scripted;
                SELECT 1;
                """
                        .formatted(kit.database());
        var request = Json.MAPPER.createObjectNode().put("name", "repair.sql").put("text", text);
        request.putObject("variables").put("n", "1");
        Reply submitted = send("POST", "/api/v1/scripts", request.toString());
        assertThat(submitted.status()).isEqualTo(202);
        String path = "/api/v1/scripts/" + submitted.text("id");
        Reply ended = Eventually.within(Duration.ofSeconds(60))
                .answers("the script has ended", () -> get(path + "?waitMillis=2000&ended=99"), reply -> !reply.text(
                                "state")
                        .matches("QUEUED|RUNNING"));
        assertThat(ended.text("state")).isEqualTo("FAILED");
        assertThat(ended.body().path("statements").findValuesAsText("state"))
                .containsExactly("FINISHED", "FINISHED", "FINISHED", "FAILED", "SKIPPED");
        assertThat(ended.body().path("statements").path(2).path("rows").asLong())
                .isEqualTo(2);
        assertThat(ended.body().path("error").path("location").path("line").asInt())
                .isEqualTo(4);
        assertThat(get("/api/v1/scripts").body().toString()).contains(submitted.text("id"));
        assertThat(get("/api/v1/scripts/none").status()).isEqualTo(404);
        assertThat(send("POST", "/api/v1/scripts", "{\"text\": \"SELECT ${x}\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void machinesAreToldHealthReadinessAndCounts() throws Exception {
        assertThat(get("/health").text("status")).isEqualTo("alive");
        Reply ready = get("/ready");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.body().path("parts").path("metastore").asText()).isEqualTo("ready");
        statement("SELECT 1");
        HttpResponse<String> metrics = CLIENT.send(
                HttpRequest.newBuilder(URI.create(door.url() + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(metrics.body())
                .containsPattern("weir_queries_total\\{by=\"[a-z]+\",lane=\"olap\",outcome=\"finished\"} [1-9]")
                .contains("weir_jobs{state=\"running\"} 0")
                .contains("weir_job_rejected_records{job=\"ingest\"} 3")
                .contains("weir_sessions ")
                .contains("weir_http_requests_seconds_count{method=\"POST\",route=\"/api/v1/statements\"")
                .contains("jvm_memory_used_bytes");
    }
}
