package dev.weirhouse.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
public final class BuildVersion {

    public static final String TEXT = read();

    private BuildVersion() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream resource = BuildVersion.class.getResourceAsStream("version.properties")) {
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
