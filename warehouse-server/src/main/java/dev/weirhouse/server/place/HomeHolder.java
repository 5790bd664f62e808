package dev.weirhouse.server.place;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Who holds a home: the process that has its lock, which the operating system takes back when the process ends. */
public final class HomeHolder {

    private static final String LOCK = "weirhouse.lock";
    private static final String UNKNOWN = "unknown";

    private HomeHolder() {}

    /** The number of the process that holds the home; empty when nobody does. */
    public static Optional<String> find(Path home) {
        Path file = home.resolve(LOCK);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null ? Optional.of(holder(file)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.of(Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            // No file, or none that this user may lock: whoever opens the home will hear of it.
            return Optional.empty();
        }
    }

    private static String holder(Path file) throws IOException {
        String pid = Files.readString(file).strip();
        return pid.isEmpty() ? UNKNOWN : pid;
    }
}
