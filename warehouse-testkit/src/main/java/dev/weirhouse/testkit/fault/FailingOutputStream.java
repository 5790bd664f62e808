package dev.weirhouse.testkit.fault;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.paimon.fs.PositionOutputStream;

/** A stream being written, whose writes and end may fail and which is counted until it is closed. */
final class FailingOutputStream extends PositionOutputStream {

    private final FailingFileSystem files;
    private final Path path;
    private final PositionOutputStream out;
    private boolean closed;

    FailingOutputStream(FailingFileSystem files, Path path, PositionOutputStream out) {
        this.files = files;
        this.path = path;
        this.out = out;
        files.opened(this, path);
    }

    @Override
    public long getPos() throws IOException {
        try {
            return out.getPos();
        } catch (ClosedChannelException e) {
            // An interrupt closes a local file that is asked for its position; Paimon then does not close it again.
            closed = true;
            files.closed(this);
            out.close();
            throw e;
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        files.perform(
                FileOperation.WRITE,
                () -> {
                    out.write(bytes, offset, length);
                    return null;
                },
                path);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        // Closed whatever happens: an injected failure to close is not a leak of the caller's.
        closed = true;
        files.closed(this);
        boolean finished = false;
        try {
            files.perform(
                    FileOperation.FINISH,
                    () -> {
                        out.close();
                        return null;
                    },
                    path);
            finished = true;
        } catch (InjectedFault fault) {
            finished = fault.moment() == FileFault.Moment.AFTER_EFFECT;
            throw fault;
        } finally {
            if (!finished) {
                // As in an object store, a file whose end was not reached does not come to be.
                out.close();
                Files.deleteIfExists(path);
            }
        }
    }
}
