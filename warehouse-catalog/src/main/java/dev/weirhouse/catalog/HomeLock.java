package dev.weirhouse.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Keeps a second process out of a home. The operating system lets go of it when the process ends, however it ends. */
public final class HomeLock implements AutoCloseable {

    private static final String FILE = "weirhouse.lock";
    private static final String UNKNOWN = "unknown";

    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    /** The number of the process that holds a home; empty when nobody does, or when this user cannot tell. */
    public static Optional<String> holder(Path home) {
        Path file = home.resolve(FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null ? Optional.of(holderIn(file).orElse(UNKNOWN)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.of(Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            // No file, or none that this user may lock: whoever opens the home will hear of it.
            return Optional.empty();
        }
    }

    private static Optional<String> holderIn(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(pid -> !pid.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Takes the lock and makes the home when it is not there.
     *
     * @throws WarehouseException HOME_IN_USE or HOME_NOT_WRITABLE
     */
    public static HomeLock acquire(Path home) {
        Path file = home.resolve(FILE);
        FileChannel channel = null;
        try {
            Files.createDirectories(home);
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(home, file);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(
                    String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
            return new HomeLock(channel);
        } catch (OverlappingFileLockException e) {
            close(channel);
            throw inUse(home, file);
        } catch (WarehouseException e) {
            close(channel);
            throw e;
        } catch (IOException e) {
            close(channel);
            throw new WarehouseException(
                    CatalogError.HOME_NOT_WRITABLE,
                    "The folder " + home + " cannot be written (" + e.getClass().getSimpleName() + ": " + e.getMessage()
                            + "). Set WEIR_HOME, or home in weirhouse.yaml, to a folder that this user may write.",
                    e);
        }
    }

    private static WarehouseException inUse(Path home, Path file) {
        String holder = holderIn(file).map(pid -> ", process " + pid + ",").orElse("");
        return new WarehouseException(
                CatalogError.HOME_IN_USE,
                "Another warehouse" + holder + " uses the folder " + home
                        + ". End it, or give this one another WEIR_HOME.");
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new WarehouseException(CatalogError.HOME_NOT_WRITABLE, "The home's lock did not close.", e);
        }
    }

    /** Lets go of the home; without effect when that was done before. */
    @Override
    public void close() {
        close(channel);
    }
}
