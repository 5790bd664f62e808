package dev.weirhouse.catalog;

import dev.weirhouse.catalog.paimon.SignedCommits;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.OpenWrite;
import dev.weirhouse.catalog.state.RunStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the commits of runs that failed, or whose process died before it could record them: they are signed with the run's id. What cannot
 * be found, because the snapshots have expired or the table is gone, stays unknown.
 */
final class LostCommits {

    private static final Logger LOG = LoggerFactory.getLogger(LostCommits.class);

    private LostCommits() {}

    /** @param age of runs that ended this long ago at least */
    static void recover(RunStore runs, VersionedCatalog catalog, Duration age) {
        Map<String, List<OpenWrite>> byRun = new LinkedHashMap<>();
        runs.openWrites(age).forEach(write -> byRun.computeIfAbsent(write.runId(), run -> new ArrayList<>())
                .add(write));
        byRun.forEach((run, writes) -> {
            try {
                recover(run, writes, runs, catalog);
            } catch (RuntimeException e) {
                LOG.warn("what run={} committed stays unknown", run, e);
            }
        });
    }

    private static void recover(String run, List<OpenWrite> writes, RunStore runs, VersionedCatalog catalog) {
        List<Commit> commits = new ArrayList<>();
        for (OpenWrite write : writes) {
            Optional<List<Commit>> found =
                    SignedCommits.since(catalog, write.table(), write.version(), run, write.startedAt());
            if (found.isEmpty()) {
                LOG.info("what run={} wrote to {} cannot be found any more", run, write.version());
                return;
            }
            commits.addAll(found.get());
        }
        runs.committed(run, commits);
    }
}
