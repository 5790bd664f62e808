package dev.weirhouse.server.place;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a running warehouse is found: the file {@code weirhouse.address} in its home folder.
 *
 * @param pid the process
 * @param http the URL of the HTTP door, without a slash at the end
 * @param jdbc the URL for the Arrow Flight SQL JDBC driver
 */
public record ServerAddress(long pid, String http, String jdbc) {

    private static final String FILE_NAME = "weirhouse.address";
    private static final ObjectMapper JSON = new ObjectMapper();

    public ServerAddress {
        requireNonNull(http, "http is null");
        requireNonNull(jdbc, "jdbc is null");
    }

    /** Reads the address that a warehouse left in its home; empty when there is none, or one that cannot be read. */
    public static Optional<ServerAddress> find(Path home) {
        try {
            return Optional.of(JSON.readValue(home.resolve(FILE_NAME).toFile(), ServerAddress.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether the process still lives. Another process may have its number by now: a client must still be answered. */
    @JsonIgnore
    public boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Leaves the address in the home folder, in one step. */
    public void write(Path home) throws IOException {
        WholeFile.write(
                home.resolve(FILE_NAME), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    /** Takes the address away, if it is still this process's. */
    public void remove(Path home) throws IOException {
        if (find(home).filter(this::equals).isPresent()) {
            Files.deleteIfExists(home.resolve(FILE_NAME));
        }
    }
}
