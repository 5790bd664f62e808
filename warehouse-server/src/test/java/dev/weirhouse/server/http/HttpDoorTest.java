package dev.weirhouse.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.WarehouseException.Position;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the door refuses by itself, whatever lies behind it. */
final class HttpDoorTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static HttpDoor door;

    record Greeting(String name, int times) {}

    @BeforeAll
    static void open() {
        List<Route> routes = List.of(
                Route.post("/greet", HttpDoorTest::greet),
                Route.get("/missing-table", request -> {
                    throw new WarehouseException(
                            CatalogError.TABLE_NOT_FOUND, "There is no 'x'.", new Position(3, 17), null);
                }),
                Route.get("/defect", request -> {
                    throw new IllegalStateException("a secret detail");
                }));
        door = HttpDoor.open(config(Map.of("http.max-body", "1kb")), routes, (request, millis) -> {}, List.of());
    }

    private static void greet(Context request) {
        request.json(Json.read(request.bodyAsBytes(), Greeting.class));
    }

    private static ServerConfig config(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.putIfAbsent("http.port", "0");
        return ConfigReader.read(ServerConfig.class, all);
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(door.url() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> greet(BodyPublisher body) throws Exception {
        return send(to("/greet").header("Content-Type", "application/json").POST(body));
    }

    private static void assertError(HttpResponse<String> response, ServerError code) throws IOException {
        JsonNode error = Json.MAPPER.readTree(response.body());
        assertThat(error.path("code").asText()).isEqualTo(code.id());
        assertThat(error.path("name").asText()).isEqualTo(code.name());
        assertThat(error.path("vendorCode").asInt()).isEqualTo(code.number());
        assertThat(error.path("sqlState").asText()).isEqualTo(code.sqlState());
        assertThat(error.path("message").asText()).startsWith("[" + code.id() + "] " + code.name() + ": ");
        assertThat(response.statusCode()).isEqualTo(code.httpStatus());
    }

    @Test
    void aGoodRequestIsAnswered() throws Exception {
        HttpResponse<String> response = greet(BodyPublishers.ofString("{\"name\": \"you\", \"times\": 2}"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"name\":\"you\",\"times\":2}");
    }

    @Test
    void anErrorCarriesCodeStateAndPlace() throws Exception {
        HttpResponse<String> response = send(to("/missing-table"));
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(Json.MAPPER.readTree(response.body()))
                .isEqualTo(
                        Json.MAPPER.readTree(
                                """
                                {"code": "WEIR-1046", "name": "TABLE_NOT_FOUND", "type": "USER", "sqlState": "42P01",
                                 "vendorCode": 1046, "location": {"line": 3, "column": 17},
                                 "message": "[WEIR-1046] TABLE_NOT_FOUND: line 3:17: There is no 'x'."}
                                """));
    }

    @Test
    void aDefectTellsWhereToLookAndNothingElse() throws Exception {
        HttpResponse<String> response = send(to("/defect"));
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("WEIR-9001").doesNotContain("secret");
    }

    @Test
    void unknownRoutesAndMethodsAreErrorsLikeAllOthers() throws Exception {
        assertError(send(to("/nowhere")), ServerError.ROUTE_NOT_FOUND);
        assertError(send(to("/greet")), ServerError.METHOD_NOT_ALLOWED);
    }

    @Test
    void malformedBodiesAreToldWithTheirPlace() throws Exception {
        for (String body : List.of(
                "",
                "{",
                "[]",
                "null",
                "{\"name\": 1}",
                "{\"times\": \"2\"}",
                "{\"times\": 1.5}",
                "{\"times\": null}",
                "{\"nam\": \"x\"}",
                "{\"name\": \"a\", \"name\": \"b\"}",
                "{} {}",
                "[".repeat(500))) {
            HttpResponse<String> response = greet(BodyPublishers.ofString(body));
            assertError(response, ServerError.REQUEST_MALFORMED);
            assertThat(response.body()).as(body).doesNotContain("dev.weirhouse").doesNotContain("java.");
        }
        assertThat(greet(BodyPublishers.ofString("{\"times\": 1,\n \"nam\": \"x\"}"))
                        .body())
                .contains("line 2:")
                .contains("has a key 'nam' that is not known; these are: name, times");
    }

    @Test
    void longBodiesAreRefusedAlsoWhenTheirLengthIsNotTold() throws Exception {
        byte[] tooLong = ("{\"name\": \"" + "x".repeat(2000) + "\"}").getBytes(StandardCharsets.UTF_8);
        assertError(greet(BodyPublishers.ofByteArray(tooLong)), ServerError.BODY_TOO_LARGE);
        assertError(
                greet(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(tooLong))),
                ServerError.BODY_TOO_LARGE);
    }

    @Test
    void whatAWebPageCouldSendIsRefused() throws Exception {
        assertError(
                send(to("/greet").header("Content-Type", "text/plain").POST(BodyPublishers.ofString("{}"))),
                ServerError.MEDIA_TYPE_NOT_SUPPORTED);
        assertError(send(to("/greet").POST(BodyPublishers.ofString("{}"))), ServerError.MEDIA_TYPE_NOT_SUPPORTED);
        for (String type : List.of("application/jsonx", "application/json-seq", "text/plain; application/json")) {
            assertError(
                    send(to("/greet").header("Content-Type", type).POST(BodyPublishers.ofString("{}"))),
                    ServerError.MEDIA_TYPE_NOT_SUPPORTED);
        }
        assertThat(send(to("/greet")
                                .header("Content-Type", "Application/JSON; charset=utf-8")
                                .POST(BodyPublishers.ofString("{\"times\": 1}")))
                        .statusCode())
                .isEqualTo(200);
        assertError(send(to("/missing-table").header("Origin", "http://evil.example")), ServerError.ORIGIN_REFUSED);
        assertError(send(to("/missing-table").header("Origin", "null")), ServerError.ORIGIN_REFUSED);
        assertThat(send(to("/missing-table").header("Origin", door.url())).statusCode())
                .isEqualTo(404);
        assertThat(statusWithHost(door, "evil.example:80")).contains(" 403 ");
        assertThat(statusWithHost(door, "localhost")).contains(" 404 ");
    }

    @Test
    void aDoorOnANetworkAnswersToItsNamesToo() throws Exception {
        ServerConfig network = config(Map.of(
                "http.host", "0.0.0.0", "http.trusted-network", "true", "http.hosts", "weir.example, Other.Example"));
        Route ready = Route.get("/here", request -> request.result("yes"));
        try (HttpDoor wide = HttpDoor.open(network, List.of(ready), (request, millis) -> {}, List.of())) {
            String machine = InetAddress.getLocalHost().getHostName();
            for (String host : List.of("weir.example", "other.example:80", "10.1.2.3:8090", "localhost", machine)) {
                assertThat(statusWithHost(wide, host)).as(host).doesNotContain(" 403 ");
            }
            assertThat(statusWithHost(wide, "evil.example")).contains(" 403 ");
            assertThat(statusWithHost(wide, "weir.example.evil.example")).contains(" 403 ");
        }
    }

    /** The status line for a request with a host header of its own, which the JDK's client does not send. */
    private static String statusWithHost(HttpDoor door, String host) throws IOException {
        URI url = URI.create(door.url());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream()
                    .write("GET /missing-table HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                            .formatted(host)
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("");
        }
    }

    @Test
    void aTakenPortIsNamedWithItsSetting() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerConfig config = config(Map.of("http.port", Integer.toString(taken.getLocalPort())));
            assertThatThrownBy(() -> HttpDoor.open(config, List.of(), (request, millis) -> {}, List.of()))
                    .isInstanceOf(WarehouseException.class)
                    .satisfies(e -> assertThat(((WarehouseException) e).code()).isEqualTo(ServerError.PORT_IN_USE))
                    .hasMessageContaining("Port " + taken.getLocalPort() + " on 127.0.0.1")
                    .hasMessageContaining("http.port");
        }
    }

    @Test
    void anAddressThatOthersReachNeedsASayso() {
        ServerConfig config = config(Map.of("http.host", "0.0.0.0"));
        assertThatThrownBy(() -> HttpDoor.open(config, List.of(), (request, millis) -> {}, List.of()))
                .satisfies(e -> assertThat(((WarehouseException) e).code()).isEqualTo(ServerError.DOOR_NOT_GUARDED))
                .hasMessageContaining("http.trusted-network");
    }
}
