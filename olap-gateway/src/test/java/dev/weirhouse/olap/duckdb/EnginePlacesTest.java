package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.olap.OlapError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are not as they should be. */
final class EnginePlacesTest {

    @TempDir
    Path folder;

    @Test
    void aLongPathALinkAndAQuoteAreNoHindrance() throws IOException {
        Path real = Files.createDirectories(folder.resolve("it's real").resolve("x".repeat(120)));
        Path home = Files.createSymbolicLink(folder.resolve("it's linked"), real);
        Path warehouse = Files.createDirectories(home.resolve("warehouse"));
        Files.writeString(warehouse.resolve("open.csv"), "a\n1\n");
        List<Path> before = socketFolders();
        // Nothing may go to disk either.
        try (OpenEngine open = new OpenEngine(home, Map.of("native.memory", "64mb", "native.temp-size", "0"))) {
            for (Path way : List.of(warehouse, warehouse.toRealPath())) {
                String file = way.resolve("open.csv").toString().replace("'", "''");
                assertThat(open.rows("SELECT content FROM read_text('" + file + "')"))
                        .containsExactly(List.of("a\n1\n"));
            }
            assertThatExceptionOfType(WarehouseException.class)
                    .isThrownBy(() -> open.execute(
                            "SELECT max(a) FROM (SELECT i AS a, row_number() OVER (ORDER BY md5(i::VARCHAR)) AS n"
                                    + " FROM range(5000000) t(i)) WHERE n % 2 = 0"))
                    .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(OlapError.NATIVE_MEMORY_EXHAUSTED));
            assertThat(open.rows("SELECT 1")).hasSize(1);
        }
        assertThat(socketFolders()).isEqualTo(before);
    }

    private static List<Path> socketFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("weir-native"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aFolderThatCannotBeMadeRefusesTheStart() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatExceptionOfType(WarehouseException.class)
                .isThrownBy(() -> NativeEngine.start(
                        ConfigReader.read(NativeConfig.class, Map.of()), OpenEngine.folders(file), Clock.systemUTC()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(OlapError.NATIVE_ENGINE_NOT_STARTED))
                .withMessageContaining(file.toString());
    }

    @Test
    void aProcessThatCannotBeStartedRefusesTheStart() throws IOException {
        Files.createFile(folder.resolve("logs"));
        assertThatExceptionOfType(WarehouseException.class)
                .isThrownBy(() -> NativeEngine.start(
                        ConfigReader.read(NativeConfig.class, Map.of()), OpenEngine.folders(folder), Clock.systemUTC()))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(OlapError.NATIVE_ENGINE_NOT_STARTED))
                .withMessageContaining("ended more than 5 times");
        assertThat(OpenEngine.folders(folder).temp()).doesNotExist();
    }

    @Test
    void theLogStaysBounded() throws Exception {
        byte[] much = new byte[(int) (3 * EngineLog.MAX_BYTES + EngineLog.MAX_BYTES / 2)];
        new EngineLog(folder).copy(new ByteArrayInputStream(much), "log").join();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.toFile().length())).hasSize(2).allSatisfy(bytes -> assertThat(bytes)
                    .isBetween(1L, EngineLog.MAX_BYTES));
        }
    }
}
