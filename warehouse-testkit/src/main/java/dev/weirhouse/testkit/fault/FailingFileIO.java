package dev.weirhouse.testkit.fault;

import java.io.IOException;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;
import org.apache.paimon.fs.PositionOutputStream;
import org.apache.paimon.fs.SeekableInputStream;
import org.apache.paimon.fs.local.LocalFileIO;
import org.apache.paimon.fs.local.LocalFileIO.LocalSeekableInputStream;

/**
 * Paimon's way into a {@link FailingFileSystem}: Paimon's own local files with faults before and after. Holds no state, so
 * that it can travel with a job; the path's authority names the file system.
 */
final class FailingFileIO implements FileIO {

    private static final long serialVersionUID = 1L;

    private final LocalFileIO local = new LocalFileIO();

    @Override
    public boolean isObjectStore() {
        return false;
    }

    @Override
    public void configure(CatalogContext context) {}

    @Override
    public SeekableInputStream newInputStream(Path path) throws IOException {
        FailingFileSystem files = files(path);
        java.nio.file.Path at = local(path);
        return files.perform(
                FileOperation.OPEN,
                () -> new FailingInputStream(files, at, (LocalSeekableInputStream) local.newInputStream(path)),
                at);
    }

    @Override
    public PositionOutputStream newOutputStream(Path path, boolean overwrite) throws IOException {
        FailingFileSystem files = files(path);
        java.nio.file.Path at = local(path);
        return files.perform(
                FileOperation.CREATE,
                () -> new FailingOutputStream(files, at, local.newOutputStream(path, overwrite)),
                at);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        return files(path)
                .perform(FileOperation.STATUS, () -> new Status(path, local.getFileStatus(path)), local(path));
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        return files(path).perform(FileOperation.LIST, () -> list(path), local(path));
    }

    private FileStatus[] list(Path path) throws IOException {
        FileStatus[] found = local.listStatus(path);
        FileStatus[] statuses = new FileStatus[found.length];
        for (int i = 0; i < found.length; i++) {
            java.net.URI folder = path.toUri();
            // The local file system answers with addresses of its own scheme.
            Path address = new Path(
                    folder.getScheme(),
                    folder.getAuthority(),
                    found[i].getPath().toUri().getPath());
            statuses[i] = new Status(address, found[i]);
        }
        return statuses;
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return files(path).perform(FileOperation.STATUS, () -> local.exists(path), local(path));
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        return files(path).perform(FileOperation.DELETE, () -> local.delete(path, recursive), local(path));
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        return files(path).perform(FileOperation.MAKE_FOLDER, () -> local.mkdirs(path), local(path));
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        return files(to).perform(FileOperation.RENAME, () -> local.rename(from, to), local(from), local(to));
    }

    private static FailingFileSystem files(Path path) throws IOException {
        return FailingFileSystem.named(path.toUri().getAuthority());
    }

    private java.nio.file.Path local(Path path) {
        return local.toFile(path).toPath();
    }

    /** A local file's status under its address in the failing file system. */
    private record Status(Path address, FileStatus local) implements FileStatus {

        @Override
        public long getLen() {
            return local.getLen();
        }

        @Override
        public boolean isDir() {
            return local.isDir();
        }

        @Override
        public Path getPath() {
            return address;
        }

        @Override
        public long getModificationTime() {
            return local.getModificationTime();
        }
    }
}
