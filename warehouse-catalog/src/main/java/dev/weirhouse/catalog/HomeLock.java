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

/** Keeps a second process out of a home. The operating system lets go of it when the process ends, however it ends. */
final class HomeLock implements AutoCloseable {

    static final String FILE = "weirhouse.lock";

    private final FileChannel channel;

    private HomeLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock and makes the home when it is not there.
     *
     * @throws WarehouseException HOME_IN_USE or HOME_NOT_WRITABLE
     */
    static HomeLock acquire(Path home) {
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
                    "The folder " + home + " cannot be written (" + e.getMessage()
                            + "). Set WEIR_HOME, or home in weirhouse.yaml, to a folder that this user may write.",
                    e);
        }
    }

    private static WarehouseException inUse(Path home, Path file) {
        String holder = "";
        try {
            holder = Files.readString(file).strip();
        } catch (IOException e) {
            holder = "";
        }
        return new WarehouseException(
                CatalogError.HOME_IN_USE,
                "Another warehouse" + (holder.isEmpty() ? "" : ", process " + holder + ",") + " uses the folder " + home
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

    @Override
    public void close() {
        close(channel);
    }
}
