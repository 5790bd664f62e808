package dev.weirhouse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerProcessTest {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void isReadyKilledStartedAgainAndStopped() throws Exception {
        try (ServerProcess server = ServerProcess.start(command("ready"), DEADLINE)) {
            long first = server.pid();
            assertThat(server.isAlive()).isTrue();

            server.kill();
            assertThat(server.isAlive()).isFalse();
            assertThat(server.home().resolve("stopped")).doesNotExist();

            server.start(DEADLINE);
            assertThat(server.pid()).isNotEqualTo(first);
            assertThat(Files.readString(server.home().resolve("starts"))).isEqualTo("2");
            assertThat(server.log()).contains("listening, start 1", "listening, start 2");

            // 128 + SIGTERM, after the shutdown hooks.
            assertThat(server.stop(DEADLINE)).isEqualTo(143);
            assertThat(server.home().resolve("stopped")).exists();
        }
    }

    @Test
    void showsTheLogOfAServerThatDoesNotStart() {
        assertThatThrownBy(() -> ServerProcess.start(command("broken"), DEADLINE))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("ended with status 3 before it was ready")
                .hasMessageContaining("home is " + folder.resolve("home"))
                .hasMessageContaining("cannot start: something is wrong");
    }

    @Test
    void endsAServerThatDoesNotGetReady() {
        ServerCommand command = command("never");
        assertThatThrownBy(() -> ServerProcess.start(command, Duration.ofSeconds(2)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Not within PT2S: the server is ready");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void inheritsWhatTheTestsJvmWasOpenedUpWith() {
        List<String> options = command("ready").jvmOptions();
        assertThat(options).startsWith("-Xmx1g").allMatch(option -> option.startsWith("-"));
    }

    private ServerCommand command(String mode) {
        int port = ServerCommand.freePort();
        return ServerCommand.of(
                folder.resolve("home"),
                URI.create("http://127.0.0.1:" + port + "/ready"),
                ReadyServer.class.getName(),
                mode,
                Integer.toString(port));
    }
}
