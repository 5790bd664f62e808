package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.paimon.SignedCommits;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
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

/** The tables that a write goes to, and how to find its commits afterwards: they are signed with the run's id. */
final class WrittenTables {

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
            return SignedCommits.to(sink.getContextResolvedTable().getTable());
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
        return SignedCommits.toNew(catalog, new TableName(name.getDatabaseName(), name.getObjectName()));
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

    /** The rows that the run's commits added; empty when a table that was written cannot say. */
    OptionalLong rows() {
        long rows = 0;
        for (Optional<SignedCommits> target : targets) {
            OptionalLong added = target.map(commits -> commits.rowsAdded(runId)).orElse(OptionalLong.empty());
            if (added.isEmpty()) {
                return OptionalLong.empty();
            }
            rows += added.getAsLong();
        }
        return OptionalLong.of(rows);
    }
}
