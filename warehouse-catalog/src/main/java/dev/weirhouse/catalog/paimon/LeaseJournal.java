package dev.weirhouse.catalog.paimon;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.paimon.catalog.CatalogContext;
import org.apache.paimon.flink.FlinkFileIOLoader;
import org.apache.paimon.fs.FileIO;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.options.Options;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the paths of the consumers begin that a warehouse has at tables, a line each: what a process that was killed has left there would keep
 * snapshots for ever, so the next one of the same home deletes it. Thread-safe.
 */
final class LeaseJournal {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseJournal.class);

    private static final FileStatus[] NONE = {};

    private final Path file;
    private final Set<String> noted = new HashSet<>();

    /** @param file in a folder of the home, which no other process uses */
    LeaseJournal(Path file) {
        this.file = requireNonNull(file, "file is null");
    }

    /** Deletes what the last process has left; what cannot be deleted now stays in the journal. */
    synchronized void sweep() {
        List<String> left;
        try {
            left = Files.exists(file)
                    ? Files.readAllLines(file).stream().distinct().toList()
                    : List.of();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The journal {} cannot be read", file, e);
            return;
        }
        for (String consumer : left) {
            try {
                org.apache.paimon.fs.Path path = new org.apache.paimon.fs.Path(consumer);
                FileIO files = FileIO.get(path, CatalogContext.create(new Options(), null, new FlinkFileIOLoader()));
                for (FileStatus each : files.exists(path.getParent()) ? files.listStatus(path.getParent()) : NONE) {
                    if (each.getPath().getName().startsWith(path.getName())) {
                        files.delete(each.getPath(), false);
                        LOG.info("consumer={} left by a process that was killed, deleted", each.getPath());
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("The consumer {} cannot be deleted now", consumer, e);
                add(consumer);
            }
        }
    }

    /** Notes a consumer before it is written. */
    synchronized void add(String consumer) {
        if (!noted.add(consumer)) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            Files.write(
                    file,
                    List.of(consumer),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("The journal {} cannot be written", file, e);
        }
    }

    /** All consumers are deleted. */
    synchronized void clear() {
        noted.clear();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The journal {} cannot be deleted", file, e);
        }
    }
}
