package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.StatementScope;
import dev.weirhouse.catalog.paimon.PartitionReads;
import dev.weirhouse.catalog.paimon.SignedCommits;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.RunEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The versions that a statement writes, and its commits to them afterwards. */
final class WrittenTables {

    private static final Logger LOG = LoggerFactory.getLogger(WrittenTables.class);

    private final String runId;
    private final List<TableUse> targets;
    private final PartitionReads partitions;
    private final boolean counted;
    private final VersionedCatalog catalog;

    private WrittenTables(
            String runId,
            List<TableUse> targets,
            PartitionReads partitions,
            boolean counted,
            VersionedCatalog catalog) {
        this.runId = runId;
        this.targets = targets;
        this.partitions = partitions;
        this.counted = counted;
        this.catalog = catalog;
    }

    /**
     * Of a statement that was compiled and has not run.
     *
     * @param runId what its commits are signed with
     */
    static WrittenTables of(StatementScope scope, String runId, VersionedCatalog catalog) {
        return new WrittenTables(
                runId,
                scope.uses().stream().filter(TableUse::written).toList(),
                scope.partitions(),
                scope.isCounted(),
                catalog);
    }

    /**
     * The end of a run that did what it was asked to, with the partitions that it read, its commits and the rows that they
     * added; without commits that cannot be told, which are looked for later.
     */
    RunEnd finished() {
        if (targets.isEmpty()) {
            return RunEnd.finished(OptionalLong.empty());
        }
        try {
            return committed().reading(partitionsRead());
        } catch (RuntimeException e) {
            LOG.warn("what run={} committed is looked for later", runId, e);
            return RunEnd.finished(OptionalLong.empty());
        }
    }

    private Map<String, List<String>> partitionsRead() {
        try {
            return partitions.byVersion();
        } catch (RuntimeException e) {
            LOG.warn("which partitions run={} read is not recorded", runId, e);
            return Map.of();
        }
    }

    private RunEnd committed() {
        List<Commit> commits = new ArrayList<>();
        for (TableUse target : targets) {
            SnapshotMark before = new SnapshotMark(target.snapshot().orElse(0), OptionalLong.empty());
            Optional<NewCommits> found = SignedCommits.after(catalog, target.table(), target.version(), runId, before);
            if (found.isEmpty() || found.get().missed().isPresent()) {
                return RunEnd.finished(OptionalLong.empty());
            }
            // Two writes of one statement may go to one table.
            found.get().commits().stream()
                    .filter(commit -> !commits.contains(commit))
                    .forEach(commits::add);
        }
        long rows = commits.stream()
                .filter(commit -> !commit.kind().equals(Commit.COMPACT))
                .mapToLong(Commit::rowsAdded)
                .sum();
        return RunEnd.finished(counted ? OptionalLong.of(rows) : OptionalLong.empty())
                .with(commits);
    }
}
