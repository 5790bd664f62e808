package dev.weirhouse.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.server.ExitCode;
import dev.weirhouse.server.place.ServerAddress;
import dev.weirhouse.testkit.ServerCommand;
import dev.weirhouse.testkit.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
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
    static void start() {
        home = folder.resolve("home");
        int port = ServerCommand.freePort();
        server = ServerProcess.start(
                ServerCommand.of(
                        home,
                        URI.create("http://127.0.0.1:" + port + "/ready"),
                        MAIN,
                        up("--set", "http.port=" + port).toArray(String[]::new)),
                PATIENCE);
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
