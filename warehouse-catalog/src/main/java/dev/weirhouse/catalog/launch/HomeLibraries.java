package dev.weirhouse.catalog.launch;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The jars that a warehouse has besides its own, in {@code lib} of its home: connectors and their clients, classes of
 * functions. They come behind Weirhouse's own libraries, which win where both have a class.
 */
public final class HomeLibraries {

    /** The folder's name in the home. */
    public static final String FOLDER = "lib";

    private HomeLibraries() {}

    /**
     * Puts the jars of a home on this JVM's class path, in the order of their names; before anything looks for connectors.
     *
     * @return the jars; none where the home has no such folder
     * @throws IllegalStateException when the JVM runs without {@link SystemClassLoader}
     */
    public static List<Path> load(Path home) throws IOException {
        Path folder = home.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            for (Path jar : jars) {
                append(jar.toUri().toURL());
            }
            return jars;
        }
    }

    /** By name: the JVM has the loader's class from the loader that it replaced, so it is another one than ours. */
    private static void append(URL jar) {
        ClassLoader loader = ClassLoader.getSystemClassLoader();
        try {
            loader.getClass().getMethod("append", URL.class).invoke(loader, jar);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "This JVM was not started with -Djava.system.class.loader=" + SystemClassLoader.class.getName(), e);
        }
    }
}
