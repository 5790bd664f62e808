package dev.weirhouse.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weirhouse.catalog.WarehouseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchHomeTest {

    @TempDir
    private Path folder;

    @Test
    void dataIsMadeOnceForARecipe() {
        BenchHome home = new BenchHome(folder.resolve("home"));
        home.prepare();
        assertThat(home.holds("tpch", "scale 1")).isFalse();
        home.remember("tpch", "scale 1");
        home.prepare();
        assertThat(home.holds("tpch", "scale 1")).isTrue();
        assertThat(home.holds("tpch", "scale 2")).isFalse();
        home.forget("tpch");
        assertThat(home.holds("tpch", "scale 1")).isFalse();
    }

    @Test
    void aFolderThatHoldsSomethingElseIsLeftAlone() throws Exception {
        Files.writeString(folder.resolve("precious.txt"), "mine");
        BenchHome home = new BenchHome(folder);
        assertThatThrownBy(home::prepare)
                .isInstanceOf(WarehouseException.class)
                .hasMessageContaining("no bench put there");
        assertThat(folder.toFile().list()).containsExactly("precious.txt");
    }

    @Test
    void everyPortIsAFreeOne() {
        BenchHome home = new BenchHome(folder.resolve("home"));
        home.prepare();
        home.configure(Map.of("native.memory", "1gb"));
        assertThat(home.configuration())
                .hasContent("cluster.ui.port: 0\nflight.port: 0\nhttp.port: 0\nmetastore.port: 0\nnative.memory: 1gb");
    }
}
