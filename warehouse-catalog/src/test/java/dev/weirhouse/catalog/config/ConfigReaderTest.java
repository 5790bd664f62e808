package dev.weirhouse.catalog.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfigReaderTest {

    enum Mode {
        EMBEDDED,
        REMOTE_SESSION
    }

    record Door(
            @Setting(key = "door.host", value = "127.0.0.1", description = "Where it listens.") String host,
            @Setting(key = "door.port", value = "8090", min = 0, max = 65535, description = "The port.") int port,
            @Setting(key = "door.idle", value = "30m", min = 1000, description = "The patience.") Duration idle,
            @Setting(key = "door.password", secret = true, description = "The word.") String password) {}

    record Store(
            @Setting(key = "store.path", value = "./data", description = "The folder.") Path path,
            @Setting(key = "store.size", value = "1gb", max = 1L << 40, description = "The bound.") ByteSize size,
            @Setting(key = "store.mode", value = "embedded", description = "The form.") Mode mode,
            @Setting(key = "store.strict", value = "true", description = "Whether a|b.") boolean strict,
            @Setting(key = "store.rows", value = "10_000", description = "A count.") long rows,
            @Setting(key = "store.tags", value = "a, b", description = "Labels.") List<String> tags,
            @Setting(key = "store.options", description = "Handed on.") Map<String, String> options) {
        Store {
            if (strict && rows == 13) {
                throw new IllegalArgumentException("store.rows: 13 is not for a strict store");
            }
        }
    }

    private static Configuration read(Map<String, String> values, Map<String, String> environment) {
        return ConfigReader.read(values, environment, List.of(Door.class, Store.class));
    }

    @Test
    void defaultsFillWhatTheFileLeavesOut() {
        Configuration config = read(Map.of(), Map.of());
        assertThat(config.get(Door.class)).isEqualTo(new Door("127.0.0.1", 8090, Duration.ofMinutes(30), ""));
        assertThat(config.get(Store.class))
                .isEqualTo(new Store(
                        Path.of("./data"),
                        new ByteSize(1 << 30),
                        Mode.EMBEDDED,
                        true,
                        10_000,
                        List.of("a", "b"),
                        Map.of()));
    }

    @Test
    void valuesOfEveryTypeAreRead() {
        Map<String, String> values = Map.of(
                "store.path", "/var/x",
                "store.size", "512 MB",
                "store.mode", "remote-session",
                "store.strict", "False",
                "store.rows", "7",
                "store.tags", "",
                "store.options.s3.endpoint", "http://x",
                "store.options.k", "v");
        Store store = read(values, Map.of()).get(Store.class);
        assertThat(store)
                .isEqualTo(new Store(
                        Path.of("/var/x"),
                        new ByteSize(512 << 20),
                        Mode.REMOTE_SESSION,
                        false,
                        7,
                        List.of(),
                        Map.of("s3.endpoint", "http://x", "k", "v")));
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        Map<String, String> values = Map.of(
                "door.prot", "1",
                "door.port", "70000",
                "door.idle", "soon",
                "store.mode", "cloud",
                "store.rows", "many",
                "store.path", "${NOWHERE}",
                "entirely-else", "1");
        assertThatThrownBy(() -> read(values, Map.of()))
                .isInstanceOf(WarehouseException.class)
                .satisfies(e -> assertThat(((WarehouseException) e).code()).isEqualTo(CatalogError.CONFIG_INVALID))
                .hasMessageContaining("The configuration has 7 problems:")
                .hasMessageContaining("unknown key 'door.prot'; did you mean 'door.port'?")
                .hasMessageContaining("unknown key 'entirely-else'\n")
                .hasMessageContaining("door.port: 70000 is out of bounds: 0 to 65535")
                .hasMessageContaining("door.idle: 'soon' is not a duration such as 500ms, 30s, 5m, 2h or 7d")
                .hasMessageContaining("store.mode: 'cloud' is not embedded or remote-session")
                .hasMessageContaining("store.rows: 'many' is not a whole number")
                .hasMessageContaining("store.path: the environment variable NOWHERE is not set");
    }

    @Test
    void boundsOfDurationsAndSizesAreWrittenInTheirUnits() {
        assertThatThrownBy(() -> read(Map.of("door.idle", "999ms", "store.size", "2048gb"), Map.of()))
                .hasMessageContaining("door.idle: 999ms is out of bounds: at least 1s")
                .hasMessageContaining("store.size: 2tb is out of bounds: at most 1tb");
    }

    @Test
    void aNumberThatOverflowsIsRefused() {
        assertThatThrownBy(() ->
                        read(Map.of("store.rows", "99999999999999999999", "store.size", "999999999999tb"), Map.of()))
                .hasMessageContaining("store.rows: '99999999999999999999' is not a whole number")
                .hasMessageContaining("store.size: '999999999999tb' is not a size");
    }

    @Test
    void theRecordsOwnRulesAreProblemsToo() {
        assertThatThrownBy(() -> read(Map.of("store.rows", "13"), Map.of()))
                .hasMessageContaining("a problem:\n  - store.rows: 13 is not for a strict store");
    }

    @Test
    void variablesExpandOnceAndFallBackToTheirDefault() {
        Map<String, String> environment = Map.of("HOST", "${PORT}", "PORT", "99", "EMPTY", "");
        Map<String, String> values = Map.of(
                "door.host", "${HOST}",
                "door.port", "${MISSING:-1}${PORT}",
                "store.path", "${EMPTY:-/here}",
                "store.options.price", "$${PORT}");
        Configuration config = read(values, environment);
        assertThat(config.get(Door.class).host()).isEqualTo("${PORT}");
        assertThat(config.get(Door.class).port()).isEqualTo(199);
        assertThat(config.get(Store.class).path()).isEqualTo(Path.of("/here"));
        assertThat(config.get(Store.class).options()).containsEntry("price", "${PORT}");
    }

    @Test
    void aMalformedReferenceIsAProblem() {
        assertThatThrownBy(() -> read(Map.of("door.host", "${HOST", "store.path", "${a b}"), Map.of("HOST", "x")))
                .hasMessageContaining("door.host: '${HOST' is not ${NAME} or ${NAME:-default}")
                .hasMessageContaining("store.path: '${a b}' is not");
    }

    @Test
    void secretsAreNeverShown() {
        Configuration config = read(Map.of("door.password", "${PW}"), Map.of("PW", "hunter2"));
        assertThat(config.get(Door.class).password()).isEqualTo("hunter2");
        assertThat(config.shown()).containsEntry("door.password", "***");
        assertThat(config.shown()).containsEntry("door.port", "8090");
        assertThat(config.shown().toString()).doesNotContain("hunter2");
    }

    record SecretNumber(@Setting(key = "pin", value = "1", secret = true, description = "A pin.") int pin) {}

    @Test
    void aSecretThatDoesNotFitIsNotRepeated() {
        assertThatThrownBy(() -> ConfigReader.read(SecretNumber.class, Map.of("pin", "hunter2")))
                .hasMessageContaining("pin: the value (***) is not a whole number")
                .hasMessageNotContaining("hunter2");
    }

    record Twice(@Setting(key = "door.port", value = "1", description = "Again.") int port) {}

    @Test
    void twoRecordsCannotClaimOneKey() {
        assertThatThrownBy(() -> ConfigReader.read(Map.of(), Map.of(), List.of(Door.class, Twice.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("door.port");
    }

    @Test
    void thePageListsEveryKeyUnderItsFirstPart() {
        String page = ConfigReference.markdown(List.of(Door.class, Store.class));
        assertThat(page)
                .contains("## door\n")
                .contains("| `door.port` | integer | `8090` | 0 to 65535 | The port. |\n")
                .contains("| `door.idle` | duration | `30m` | at least 1s | The patience. |\n")
                .contains("| `door.password` | text |  |  | The word. Secret: listings show `***`. |\n")
                .contains("## store\n")
                .contains("| `store.options.*` | map |")
                .contains("| `store.mode` | embedded or remote-session |")
                .contains("Whether a\\|b.");
    }
}
