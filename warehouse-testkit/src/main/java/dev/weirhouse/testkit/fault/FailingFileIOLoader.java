package dev.weirhouse.testkit.fault;

import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileIOLoader;
import org.apache.paimon.fs.Path;

/** How Paimon finds the failing file systems; public because the service loader asks for that. */
public final class FailingFileIOLoader implements FileIOLoader {

    private static final long serialVersionUID = 1L;

    @Override
    public String getScheme() {
        return FailingFileSystem.SCHEME;
    }

    @Override
    public FileIO load(Path path) {
        return new FailingFileIO();
    }
}
