package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.hive.WarehouseCatalog;
import dev.weirhouse.catalog.paimon.PaimonTables;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.flink.table.api.TableConfig;
import org.apache.flink.table.operations.CreateTableASOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.ReplaceTableAsOperation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.paimon.catalog.Catalog;
import org.apache.paimon.catalog.Identifier;
import org.apache.paimon.table.FileStoreTable;

/**
 * The Paimon tables that a write goes to, and how to find its commits afterwards: they are signed with the run's id, and
 * come after the snapshot that was the newest when it began.
 */
final class WrittenTables {

    private static final String SIGNATURE = "paimon.*.*.*.commit.user-prefix";

    private final String runId;
    private final List<Target> targets;
    private final boolean complete;

    private WrittenTables(String runId, List<Target> targets, boolean complete) {
        this.runId = runId;
        this.targets = targets;
        this.complete = complete;
    }

    static WrittenTables before(Compiled compiled, WarehouseCatalog catalog, String runId) {
        List<Target> targets = new ArrayList<>();
        boolean complete = compiled.kind() == StatementKind.WRITE;
        List<Operation> operations = new ArrayList<>();
        for (Operation operation : compiled.operations()) {
            if (operation instanceof StatementSetOperation set) {
                operations.addAll(set.getOperations());
            } else {
                operations.add(operation);
            }
        }
        for (Operation operation : operations) {
            if (operation instanceof SinkModifyOperation sink
                    && PaimonTables.of(sink.getContextResolvedTable().getTable())
                            .isPresent()) {
                FileStoreTable store = PaimonTables.of(
                                sink.getContextResolvedTable().getTable())
                        .orElseThrow();
                targets.add(new Target(
                        () -> store, PaimonTables.latestSnapshot(store).orElse(0)));
            } else if (operation instanceof CreateTableASOperation create) {
                targets.add(created(catalog, create.getCreateTableOperation().getTableIdentifier()));
            } else if (operation instanceof ReplaceTableAsOperation replace) {
                targets.add(created(catalog, replace.getCreateTableOperation().getTableIdentifier()));
            } else {
                complete = false;
            }
        }
        return new WrittenTables(runId, targets, complete);
    }

    private static Target created(WarehouseCatalog catalog, org.apache.flink.table.catalog.ObjectIdentifier name) {
        return new Target(
                () -> {
                    try {
                        return (FileStoreTable) catalog.versioned()
                                .getTable(Identifier.create(name.getDatabaseName(), name.getObjectName()));
                    } catch (Catalog.TableNotExistException | ClassCastException e) {
                        return null;
                    }
                },
                0);
    }

    /** Runs a submission with its commits signed. */
    <T> T signed(TableConfig config, Supplier<T> submission) {
        config.getConfiguration().setString(SIGNATURE, runId);
        try {
            return submission.get();
        } finally {
            config.getConfiguration().removeKey(SIGNATURE);
        }
    }

    /** The rows that the run's commits added; empty when a table that was written cannot say. */
    OptionalLong rows() {
        if (!complete) {
            return OptionalLong.empty();
        }
        long rows = 0;
        for (Target target : targets) {
            FileStoreTable table = target.table().get();
            if (table == null) {
                return OptionalLong.empty();
            }
            rows += PaimonTables.rowsWritten(table, runId, target.after());
        }
        return OptionalLong.of(rows);
    }

    private record Target(Supplier<FileStoreTable> table, long after) {}
}
