package dev.weirhouse.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFileTest {

    @TempDir
    private Path folder;

    private Map<String, String> read(String yaml) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve("weirhouse.yaml"), yaml));
    }

    @Test
    void nestedAndDottedKeysAreTheSame() throws IOException {
        assertThat(
                        read(
                                """
                        # a comment
                        home: ${HOME}/data
                        http:
                          port: 8_090
                          host: 127.0.0.1
                        flight.port: 0
                        sql:
                          connectors: [paimon, kafka]
                          paths:
                            - /data/in
                          empty:
                        """))
                .isEqualTo(Map.of(
                        "home", "${HOME}/data",
                        "http.port", "8_090",
                        "http.host", "127.0.0.1",
                        "flight.port", "0",
                        "sql.connectors", "paimon, kafka",
                        "sql.paths", "/data/in",
                        "sql.empty", ""));
    }

    @Test
    void scalarsKeepTheirSpelling() throws IOException {
        assertThat(read("a: 1.10\nb: 0x10\nc: yes\nd: 'it''s'\ne: 512mb\n"))
                .isEqualTo(Map.of("a", "1.10", "b", "0x10", "c", "yes", "d", "it's", "e", "512mb"));
    }

    @Test
    void anEmptyFileHasNoKeys() throws IOException {
        assertThat(read("")).isEmpty();
        assertThat(read("# nothing\n")).isEmpty();
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        assertInvalid("http:\n  port: 1\n  port: 2\n", "line 3:");
        assertInvalid("http:\n  port: 1\nhttp.port: 2\n", "line 3:1", "'http.port' stands there twice");
        assertInvalid("- a\n", "line 1:", "must hold keys");
        assertInvalid("a: [b, {c: d}]\n", "'a' is a list of something other than texts");
        assertInvalid("a: ['b,c']\n", "an item of the list 'a' holds a comma");
        assertInvalid("a: 'b\n", "line ");
        assertInvalid("a: b: c\n", "line 1:");
    }

    private void assertInvalid(String yaml, String... parts) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(WarehouseException.class)
                .satisfies(e -> assertThat(((WarehouseException) e).code()).isEqualTo(CatalogError.CONFIG_INVALID))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts).contains("weirhouse.yaml"));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.yaml")))
                .isInstanceOf(WarehouseException.class)
                .satisfies(
                        e -> assertThat(((WarehouseException) e).code()).isEqualTo(ServerError.CONFIG_FILE_UNREADABLE))
                .hasMessageContaining("none.yaml");
    }
}
