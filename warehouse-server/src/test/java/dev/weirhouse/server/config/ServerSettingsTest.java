package dev.weirhouse.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerSettingsTest {

    @TempDir
    private Path folder;

    private Optional<Path> file(String yaml) throws IOException {
        return Optional.of(Files.writeString(folder.resolve("weirhouse.yaml"), yaml));
    }

    private static Path home(Optional<Path> file, Map<String, String> overrides, Map<String, String> environment) {
        return ServerSettings.load(file, overrides, environment)
                .get(CatalogConfig.class)
                .home();
    }

    @Test
    void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Optional<Path> file = file("home: /from/file\n");
        Map<String, String> environment = Map.of("WEIR_HOME", "/from/environment");
        assertThat(home(file, Map.of(), Map.of())).isEqualTo(Path.of("/from/file"));
        assertThat(home(file, Map.of(), environment)).isEqualTo(Path.of("/from/environment"));
        assertThat(home(file, Map.of("home", "/from/line"), environment)).isEqualTo(Path.of("/from/line"));
    }

    @Test
    void withoutAnyFileTheDefaultsHold() {
        ServerConfig config =
                ServerSettings.load(Optional.empty(), Map.of(), Map.of()).get(ServerConfig.class);
        assertThat(config.port()).isEqualTo(8090);
        assertThat(config.host()).isEqualTo("127.0.0.1");
        assertThat(home(Optional.empty(), Map.of(), Map.of()))
                .isEqualTo(Path.of("weirhouse-data").toAbsolutePath());
    }

    @Test
    void aPathInTheEnvironmentIsTakenAsItIs() {
        assertThat(home(Optional.empty(), Map.of(), Map.of("WEIR_HOME", "/odd/${name}")))
                .isEqualTo(Path.of("/odd/${name}"));
    }

    @Test
    void aMistypedKeyNamesItsNearest() throws IOException {
        Optional<Path> file = file("http:\n  prot: 1\nflihgt.port: 2\n");
        assertThatThrownBy(() -> ServerSettings.load(file, Map.of(), Map.of()))
                .hasMessageContaining("2 problems")
                .hasMessageContaining("unknown key 'http.prot'; did you mean 'http.port'?")
                .hasMessageContaining("unknown key 'flihgt.port'; did you mean 'flight.port'?");
    }
}
