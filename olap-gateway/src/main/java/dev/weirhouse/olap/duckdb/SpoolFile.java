package dev.weirhouse.olap.duckdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An answer on disk, in the warehouse's hands. Its name is gone from the moment it is opened, so neither process's death
 * leaves it behind. An interruption of the reading thread closes the file below it, but not this.
 */
final class SpoolFile implements ReadableByteChannel {

    private final FileChannel file;
    private final Runnable onClose;
    private boolean closed;

    private SpoolFile(FileChannel file, Runnable onClose) {
        this.file = file;
        this.onClose = onClose;
    }

    static SpoolFile open(Path path, Runnable onClose) throws IOException {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        try {
            Files.delete(path);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new SpoolFile(file, onClose);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return file.read(into);
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (file) {
            onClose.run();
        }
    }
}
