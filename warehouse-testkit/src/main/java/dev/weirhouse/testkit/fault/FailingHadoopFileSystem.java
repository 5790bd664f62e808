package dev.weirhouse.testkit.fault;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Hadoop's way into a {@link FailingFileSystem}, for the metastore: the same local folder, where nothing fails. Public
 * because the service loader asks for that.
 */
public final class FailingHadoopFileSystem extends RawLocalFileSystem {

    private static final URI UNNAMED = URI.create(FailingFileSystem.SCHEME + ":///");

    private URI uri;

    @Override
    public void initialize(URI name, Configuration conf) throws IOException {
        uri = URI.create(FailingFileSystem.SCHEME + "://" + name.getAuthority());
        FailingFileSystem.named(name.getAuthority());
        super.initialize(uri, conf);
    }

    @Override
    public String getScheme() {
        return FailingFileSystem.SCHEME;
    }

    @Override
    public URI getUri() {
        // The parent's constructor asks already.
        return uri == null ? UNNAMED : uri;
    }

    @Override
    public File pathToFile(Path path) {
        checkPath(path);
        return new File(path.toUri().getPath());
    }
}
