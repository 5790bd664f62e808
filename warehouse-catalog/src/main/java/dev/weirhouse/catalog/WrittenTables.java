package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.paimon.SignedCommits;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import dev.weirhouse.catalog.state.RunEnd;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.flink.table.api.TableConfig;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.CreateTableASOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.ReplaceTableAsOperation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tables that a write goes to, and how to find its commits afterwards: they are signed with the run's id. */
final class WrittenTables {

    private static final Logger LOG = LoggerFactory.getLogger(WrittenTables.class);

    private final String runId;
    private final List<Optional<SignedCommits>> targets;

    private WrittenTables(String runId, List<Optional<SignedCommits>> targets) {
        this.runId = runId;
        this.targets = targets;
    }

    /** Looks at the targets of a statement before it runs. */
    static WrittenTables before(Compiled compiled, VersionedCatalog catalog, String runId) {
        List<Optional<SignedCommits>> targets = new ArrayList<>();
        for (Operation operation : compiled.operations()) {
            if (operation instanceof StatementSetOperation set) {
                set.getOperations().forEach(write -> targets.add(target(write, catalog)));
            } else {
                targets.add(target(operation, catalog));
            }
        }
        return new WrittenTables(runId, targets);
    }

    private static Optional<SignedCommits> target(Operation operation, VersionedCatalog catalog) {
        if (operation instanceof SinkModifyOperation sink) {
            return SignedCommits.to(
                    name(sink.getContextResolvedTable().getIdentifier()),
                    sink.getContextResolvedTable().getTable());
        }
        if (operation instanceof CreateTableASOperation create) {
            return Optional.of(created(create.getCreateTableOperation().getTableIdentifier(), catalog));
        }
        if (operation instanceof ReplaceTableAsOperation replace) {
            return Optional.of(created(replace.getCreateTableOperation().getTableIdentifier(), catalog));
        }
        return Optional.empty();
    }

    private static SignedCommits created(ObjectIdentifier name, VersionedCatalog catalog) {
        return SignedCommits.toNew(catalog, name(name));
    }

    private static TableName name(ObjectIdentifier identifier) {
        return new TableName(identifier.getDatabaseName(), identifier.getObjectName());
    }

    /** Runs a submission with its commits signed. */
    <T> T signed(TableConfig config, Supplier<T> submission) {
        config.getConfiguration().setString(SignedCommits.SIGNATURE_SETTING, runId);
        try {
            return submission.get();
        } finally {
            config.getConfiguration().removeKey(SignedCommits.SIGNATURE_SETTING);
        }
    }

    /**
     * The end of a run that did what it was asked to, with its commits and the rows that they added; without those that cannot
     * be told, which are looked for later.
     */
    RunEnd finished() {
        try {
            return committed();
        } catch (RuntimeException e) {
            LOG.warn("what run={} committed is looked for later", runId, e);
            return RunEnd.finished(OptionalLong.empty());
        }
    }

    private RunEnd committed() {
        long rows = 0;
        boolean known = true;
        List<Commit> commits = new ArrayList<>();
        for (Optional<SignedCommits> target : targets) {
            Optional<List<Commit>> made = target.flatMap(signed -> signed.commits(runId));
            known &= made.isPresent();
            for (Commit commit : made.orElse(List.of())) {
                // Two writes of one statement may go to one table.
                if (!commits.contains(commit)) {
                    commits.add(commit);
                    rows += commit.kind().equals(Commit.COMPACT) ? 0 : commit.rowsAdded();
                }
            }
        }
        RunEnd end = RunEnd.finished(known ? OptionalLong.of(rows) : OptionalLong.empty());
        // Of a write that names no target, such as a DELETE that the table does by itself, nothing is said.
        return known || !commits.isEmpty() ? end.with(commits) : end;
    }
}
