package dev.weirhouse.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.place.ServerAddress;
import dev.weirhouse.testkit.Eventually;
import dev.weirhouse.testkit.ListeningSockets;
import dev.weirhouse.testkit.ServerCommand;
import dev.weirhouse.testkit.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse in a process of its own, and commands in theirs: started, used, refused, killed, started again, ended. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WarehouseProcessTest {

    private static final String MAIN = "dev.weirhouse.server.Main";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private static Path folder;

    private static Path home;
    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        home = folder.resolve("home");
        int port = ServerCommand.freePort();
        ServerCommand plain = ServerCommand.of(
                home,
                URI.create("http://127.0.0.1:" + port + "/ready"),
                MAIN,
                up("--set", "http.port=" + port).toArray(String[]::new));
        List<String> options = new ArrayList<>(plain.jvmOptions());
        options.addAll(launchOptions());
        server = ServerProcess.start(
                new ServerCommand(
                        plain.home(), plain.ready(), plain.classPath(), options, plain.mainClass(), plain.arguments()),
                PATIENCE);
    }

    /** What the launcher gives the JVM, besides what the tests' own JVM was given. */
    private static List<String> launchOptions() throws IOException {
        Path file =
                Path.of(System.getProperty("weir.install"), "warehouse-server", "src", "main", "launch", "server.jvm");
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("-X"))
                .toList();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static List<String> up(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("up", "--set", "flight.port=0", "--set", "metastore.port=0", "--set", "cluster.ui.port=0"));
        arguments.addAll(Arrays.asList(more));
        return arguments;
    }

    private record Outcome(int status, String output) {}

    /** Runs a command in a JVM of its own, with the home of the test in its environment. */
    private static Outcome weir(Path itsHome, List<String> arguments) throws IOException, InterruptedException {
        ServerCommand command = ServerCommand.of(itsHome, URI.create("http://unused/"), MAIN);
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(arguments.get(0).equals("up") ? command.jvmOptions() : List.of("-Xmx256m"));
        line.addAll(List.of("-cp", command.classPath(), MAIN));
        line.addAll(arguments);
        Path output = Files.createTempFile(folder, "command", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("WEIR_HOME", itsHome.toString());
        builder.environment().remove("WEIR_SERVER");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends", arguments)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    private static Outcome weir(String... arguments) throws IOException, InterruptedException {
        return weir(home, List.of(arguments));
    }

    @Test
    @Order(1)
    void theStartNamesEveryPartAndTheUrls() {
        assertThat(server.log())
                .contains("state ", "metastore ", "catalog ", "cluster ", "Flight SQL ", "HTTP ")
                .contains("JDBC  jdbc:arrow-flight-sql://127.0.0.1:");
        ServerAddress address = ServerAddress.find(home).orElseThrow();
        assertThat(address.pid()).isEqualTo(server.pid());
        assertThat(address.isAlive()).isTrue();
        assertThat(home.resolve("logs").resolve("weirhouse.log")).isNotEmptyFile();
    }

    @Test
    @Order(2)
    void commandsFindItByItsHome() throws Exception {
        Outcome made = weir(
                "sql",
                "-e",
                "CREATE DATABASE d; CREATE TABLE d.t (n INT PRIMARY KEY NOT ENFORCED); INSERT INTO d.t VALUES (7)");
        assertThat(made.output()).contains("1 row written");
        assertThat(made.status()).isEqualTo(ExitCode.OK);
        assertThat(weir("sql", "--output", "csv", "-e", "SELECT n FROM d.t").output())
                .isEqualTo("n\r\n7\r\n");
    }

    @Test
    @Order(3)
    void aLaterStatementThatFailsIsPlacedInItsFile() throws Exception {
        Path file = Files.writeString(folder.resolve("two.sql"), "SELECT 1;\n\nSELECT *\n  FROM nope;\n");
        Outcome outcome = weir("sql", "-f", file.toString());
        assertThat(outcome.status()).isEqualTo(ExitCode.PARTIAL);
        assertThat(outcome.output()).contains("[WEIR-1046] TABLE_NOT_FOUND: " + file + " line 4:8: ");
    }

    @Test
    @Order(4)
    void aScriptIsFollowed() throws Exception {
        Path file = Files.writeString(folder.resolve("batch.sql"), "INSERT INTO d.t VALUES (${n});\nSELECT 1;\n");
        Outcome outcome = weir("run", file.toString(), "-D", "n=8");
        assertThat(outcome.output()).contains("finished").contains("1 rows");
        assertThat(outcome.status()).isEqualTo(ExitCode.OK);
        assertThat(weir("run", file.toString()).status()).isEqualTo(ExitCode.USER_ERROR);
    }

    @Test
    @Order(4)
    void aQueryIsAskedAgainAsItWas() throws Exception {
        assertThat(weir(
                                "sql",
                                "-e",
                                "CREATE TABLE d.earlier (n INT); INSERT INTO d.earlier VALUES (1); SELECT n FROM d.earlier")
                        .status())
                .isEqualTo(ExitCode.OK);
        String id = weir(
                        "sql",
                        "--output",
                        "csv",
                        "-e",
                        "SELECT query_id FROM weir.queries WHERE sql_text LIKE '%d.earlier'")
                .output()
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow();
        assertThat(weir("sql", "-e", "INSERT INTO d.earlier VALUES (2)").status())
                .isEqualTo(ExitCode.OK);
        String count = "SELECT COUNT(*) AS n FROM d.earlier";
        assertThat(weir("sql", "--json", "--as-of-query", id, "-e", count).output())
                .contains("{\"n\":1}");
        assertThat(weir("sql", "--json", "-e", count).output()).contains("{\"n\":2}");
        assertThat(weir("sql", "--as-of-query", "nosuch", "-e", count).output()).contains("[WEIR-1051]");
    }

    @Test
    @Order(5)
    void aSecondProcessOnTheHomeIsRefusedAndTheFirstStays() throws Exception {
        Outcome second = weir(home, up());
        assertThat(second.status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(second.output())
                .contains("[WEIR-4003] HOME_IN_USE: ")
                .contains("process " + server.pid())
                .doesNotContain("\tat ");
        assertThat(weir("sql", "-e", "SELECT 1").status()).isEqualTo(ExitCode.OK);
    }

    @Test
    @Order(5)
    void aRefusedProcessLeavesTheLogOfTheHolderAlone() throws Exception {
        Path log = home.resolve("logs").resolve("weirhouse.log");
        assertThat(weir(home, up("--set", "http.threads=63")).status()).isEqualTo(ExitCode.USER_ERROR);
        assertThat(Files.readString(log)).doesNotContain("setting http.threads=63");
    }

    @Test
    @Order(5)
    void aHomeThatCannotBeIsNamed() throws Exception {
        Path file = Files.writeString(folder.resolve("a-file"), "x");
        Path ready = Files.createDirectories(folder.resolve("no-logs"));
        Files.writeString(ready.resolve("logs"), "x");
        for (Path impossible : List.of(Path.of("/proc/weirhouse"), file, file.resolve("below"), ready)) {
            Outcome outcome = weir(impossible, up());
            assertThat(outcome.status()).as("%s", impossible).isEqualTo(ExitCode.USER_ERROR);
            assertThat(outcome.output())
                    .as("%s", impossible)
                    .contains("[WEIR-4004] HOME_NOT_WRITABLE: ")
                    .contains(impossible.toString())
                    .contains("WEIR_HOME")
                    .doesNotContain("Defect")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    @Order(5)
    void itListensOnLoopbackAloneAlsoWhileAQueryRuns() throws Exception {
        String session = post("/api/v1/sessions", "{}").path("id").asText();
        String inSession = "\", \"session\": \"" + session + "\"}";
        post(
                "/api/v1/statements",
                "{\"sql\": \"CREATE TEMPORARY TABLE slow (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1',"
                        + " 'number-of-rows' = '1000000')" + inSession);
        JsonNode running = post("/api/v1/statements", "{\"sql\": \"SELECT n FROM slow" + inSession);
        assertThat(running.path("state").asText()).isEqualTo("RUNNING");
        List<InetSocketAddress> sockets = ListeningSockets.of(server.pid());
        assertThat(sockets).hasSizeGreaterThanOrEqualTo(4).allSatisfy(socket -> assertThat(
                        socket.getAddress().isLoopbackAddress())
                .as("%s", socket)
                .isTrue());
    }

    @Test
    @Order(5)
    void aStatementThatAsksForTooMuchMemoryFailsAlone() throws Exception {
        post("/api/v1/statements", "{\"sql\": \"CREATE TABLE d.ticks (n BIGINT)\"}");
        JsonNode job = post(
                "/api/v1/jobs",
                "{\"name\": \"ticking\", \"sql\": \"CREATE TEMPORARY TABLE tick (n BIGINT) WITH ('connector' = 'datagen',"
                        + " 'rows-per-second' = '10'); INSERT INTO d.ticks SELECT n FROM tick\"}");
        assertThat(job.path("name").asText()).isEqualTo("ticking");
        String flinkJob = running("ticking");
        for (String sql : List.of(
                "SELECT CHAR_LENGTH(REPEAT(a, 1500000000)) FROM (VALUES (CAST('x' AS STRING))) t (a)",
                "SELECT CHAR_LENGTH(REPEAT(CAST(n AS STRING), 1500000000)) FROM d.t")) {
            JsonNode failed = post("/api/v1/statements", "{\"waitMillis\": 30000, \"sql\": \"" + sql + "\"}");
            assertThat(failed.path("name").asText()).as("%s", failed).isEqualTo("OUT_OF_MEMORY");
            assertThat(failed.path("type").asText()).isEqualTo("RESOURCES");
        }
        assertThat(server.isAlive()).isTrue();
        assertThat(running("ticking")).isEqualTo(flinkJob);
        assertThat(weir("sql", "--output", "csv", "-e", "SELECT n FROM d.t").status())
                .isEqualTo(ExitCode.OK);
        assertThat(weir("job", "stop", "ticking").status()).isEqualTo(ExitCode.OK);
    }

    /** Waits until a job runs; answers its number on the cluster. */
    private static String running(String name) {
        return Eventually.within(PATIENCE)
                .answers(
                        "the job runs",
                        () -> send(HttpRequest.newBuilder(api("/api/v1/jobs/" + name))),
                        seen -> seen.path("state").asText().equals("RUNNING")
                                && !seen.path("flinkJobId").isNull())
                .path("flinkJobId")
                .asText();
    }

    private static URI api(String path) {
        return URI.create(ServerAddress.find(home).orElseThrow().http() + path);
    }

    private static JsonNode post(String path, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(api(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    @Order(6)
    void aTakenPortIsNamedBeforeAnythingOpens() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Outcome outcome = weir(folder.resolve("other"), up("--set", "http.port=" + taken.getLocalPort()));
            assertThat(outcome.status()).isEqualTo(ExitCode.USER_ERROR);
            assertThat(outcome.output())
                    .contains("[WEIR-4500] PORT_IN_USE: Port " + taken.getLocalPort())
                    .contains("http.port")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    @Order(7)
    void theDoctorSeesTheRunningProcess() throws Exception {
        Outcome outcome = weir("doctor");
        assertThat(outcome.output())
                .contains("process " + server.pid() + " holds the home")
                .contains("state.db is sound");
    }

    @Test
    @Order(8)
    void afterSigkillItStartsAgainWithWhatWasCommitted() throws Exception {
        server.kill();
        Outcome nobody = weir(
                "sql",
                "-e",
                "SELECT 1",
                "--server",
                ServerAddress.find(home).orElseThrow().http());
        assertThat(nobody.output()).contains("[WEIR-4501] SERVER_UNREACHABLE");
        server.start(PATIENCE);
        assertThat(weir("sql", "--output", "csv", "-e", "SELECT n FROM d.t ORDER BY n")
                        .output())
                .isEqualTo("n\r\n7\r\n8\r\n");
    }

    @Test
    @Order(9)
    void sigtermEndsItInOrder() throws Exception {
        server.stop(PATIENCE);
        assertThat(ServerAddress.find(home)).isEmpty();
        assertThat(Files.readString(home.resolve("logs").resolve("weirhouse.log")))
                .containsSubsequence(
                        "part=address file state=CLOSED",
                        "part=HTTP state=CLOSED",
                        "part=Flight SQL state=CLOSED",
                        "part=ground floor state=CLOSED")
                .doesNotContain("did not close");
    }
}
