package dev.weirhouse.testkit.fault;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.paimon.fs.SeekableInputStream;
import org.apache.paimon.fs.VectoredReadable;
import org.apache.paimon.fs.local.LocalFileIO.LocalSeekableInputStream;

/** A stream being read, whose reads may fail and which is counted until it is closed. */
final class FailingInputStream extends SeekableInputStream implements VectoredReadable {

    private final FailingFileSystem files;
    private final Path path;
    private final LocalSeekableInputStream in;

    FailingInputStream(FailingFileSystem files, Path path, LocalSeekableInputStream in) {
        this.files = files;
        this.path = path;
        this.in = in;
        files.opened(this, path);
    }

    @Override
    public void seek(long desired) throws IOException {
        in.seek(desired);
    }

    @Override
    public long getPos() throws IOException {
        return in.getPos();
    }

    @Override
    public int read() throws IOException {
        return files.perform(FileOperation.READ, in::read, path);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return files.perform(FileOperation.READ, () -> in.read(bytes, offset, length), path);
    }

    @Override
    public int pread(long position, byte[] bytes, int offset, int length) throws IOException {
        return files.perform(FileOperation.READ, () -> in.pread(position, bytes, offset, length), path);
    }

    @Override
    public void close() throws IOException {
        files.closed(this);
        in.close();
    }
}
