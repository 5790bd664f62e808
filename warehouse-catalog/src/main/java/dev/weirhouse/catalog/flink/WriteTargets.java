package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.paimon.PaimonHints;
import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.paimon.VersionedCatalog;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.table.catalog.CatalogManager;
import org.apache.flink.table.catalog.ContextResolvedTable;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.operations.CreateTableASOperation;
import org.apache.flink.table.operations.DeleteFromFilterOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.ReplaceTableAsOperation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.operations.TruncateTableOperation;
import org.apache.flink.table.operations.ddl.CreateTableOperation;
import org.apache.paimon.table.FileStoreTable;

/**
 * Notes what a statement writes in its {@link StatementScope}. Flink opens a write's target only when it runs, and a table that
 * a statement makes is there only then; what it is must be known when the run begins.
 */
final class WriteTargets {

    private static final String PAIMON = "paimon";

    private final CatalogManager tables;
    private final VersionedCatalog versions;

    WriteTargets(CatalogManager tables, VersionedCatalog versions) {
        this.tables = tables;
        this.versions = versions;
    }

    void note(Operation operation) {
        if (operation instanceof StatementSetOperation set) {
            set.getOperations().forEach(this::note);
        } else if (operation instanceof SinkModifyOperation sink) {
            note(sink);
        } else if (operation instanceof TruncateTableOperation truncate) {
            noteThere(truncate.getTableIdentifier());
        } else if (operation instanceof CreateTableASOperation create) {
            if (!noteThere(create.getCreateTableOperation().getTableIdentifier())) {
                noteMade(create.getCreateTableOperation());
            }
        } else if (operation instanceof ReplaceTableAsOperation replace) {
            noteMade(replace.getCreateTableOperation());
        }
    }

    private void note(SinkModifyOperation sink) {
        ContextResolvedTable target = sink.getContextResolvedTable();
        Optional<FileStoreTable> table = PaimonTables.of(target.getTable());
        table.ifPresent(store -> {
            PaimonHints.check(name(target.getIdentifier()), sink.getDynamicOptions());
            note(target.getIdentifier(), store);
        });
        if (table.isEmpty()) {
            StatementScope.current().writesElsewhere(Datasets.name(target));
        } else if (sink instanceof DeleteFromFilterOperation) {
            StatementScope.current().writesUncounted();
        }
    }

    private boolean noteThere(ObjectIdentifier identifier) {
        Optional<FileStoreTable> table =
                tables.getTable(identifier).flatMap(found -> PaimonTables.of(found.getTable()));
        table.ifPresent(store -> note(identifier, store));
        return table.isPresent();
    }

    private static void note(ObjectIdentifier identifier, FileStoreTable store) {
        TableName name = name(identifier);
        StatementScope.current().writes(name, PaimonTables.version(name, store), PaimonTables.latestSnapshot(store));
    }

    private void noteMade(CreateTableOperation create) {
        Map<String, String> options = create.getCatalogTable().getOptions();
        if (PAIMON.equals(options.getOrDefault(FactoryUtil.CONNECTOR.key(), PAIMON))) {
            TableName name = name(create.getTableIdentifier());
            StatementScope.current().writes(name, versions.versionName(name), OptionalLong.empty());
        } else {
            StatementScope.current().writesElsewhere(Datasets.name(create.getTableIdentifier()));
        }
    }

    private static TableName name(ObjectIdentifier identifier) {
        return new TableName(identifier.getDatabaseName(), identifier.getObjectName());
    }
}
