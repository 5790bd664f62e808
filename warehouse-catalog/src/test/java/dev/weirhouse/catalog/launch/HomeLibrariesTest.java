package dev.weirhouse.catalog.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HomeLibrariesTest {

    @TempDir
    private static Path home;

    @Test
    void jarsOfTheHomeAreOnTheClassPathBehindOurs() throws IOException {
        String ours = HomeLibraries.class.getName().replace('.', '/') + ".class";
        Path lib = Files.createDirectories(home.resolve("lib"));
        jar(lib.resolve("b.jar"), "home-libraries-test", "second");
        jar(lib.resolve("a.jar"), "home-libraries-test", "first");
        jar(lib.resolve("c.jar"), ours, "a class of another's");
        Files.writeString(lib.resolve("README"), "no jar");
        assertThat(HomeLibraries.load(home))
                .containsExactly(lib.resolve("a.jar"), lib.resolve("b.jar"), lib.resolve("c.jar"));
        assertThat(resource("home-libraries-test")).isEqualTo("first".getBytes(StandardCharsets.UTF_8));
        assertThat(resource(ours)).startsWith(0xCA, 0xFE, 0xBA, 0xBE);
    }

    @Test
    void aHomeNeedsNone() throws IOException {
        assertThat(HomeLibraries.load(home.resolve("elsewhere"))).isEmpty();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = HomeLibraries.class.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static void jar(Path file, String entry, String content) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new JarEntry(entry));
            jar.write(content.getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
    }
}
