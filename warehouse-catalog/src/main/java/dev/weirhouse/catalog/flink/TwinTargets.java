package dev.weirhouse.catalog.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.catalog.CatalogManager;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;

/**
 * Sends what a statement writes to other tables than it names, which have the same columns.
 *
 * @param twins by the table that the statement names, the one that is written
 */
record TwinTargets(Map<TableName, TableName> twins) {

    static final TwinTargets NONE = new TwinTargets(Map.of());

    TwinTargets {
        twins = Map.copyOf(requireNonNull(twins, "twins are null"));
    }

    /**
     * The same operations with their targets changed.
     *
     * @throws WarehouseException NOT_SUPPORTED for an operation that writes anything but rows to a table that has a twin
     */
    List<Operation> redirect(List<Operation> operations, CatalogManager tables) {
        if (twins.isEmpty()) {
            return operations;
        }
        List<Operation> redirected = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation instanceof StatementSetOperation set) {
                redirected.add(new StatementSetOperation(set.getOperations().stream()
                        .map(write -> (ModifyOperation) redirect(write, tables))
                        .toList()));
            } else {
                redirected.add(redirect(operation, tables));
            }
        }
        return redirected;
    }

    private Operation redirect(Operation operation, CatalogManager tables) {
        if (!(operation instanceof SinkModifyOperation sink) || sink.isUpdate() || sink.isDelete()) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED, "Only what INSERT writes can be written elsewhere.");
        }
        ObjectIdentifier named = sink.getContextResolvedTable().getIdentifier();
        TableName twin = twins.get(new TableName(named.getDatabaseName(), named.getObjectName()));
        if (twin == null) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "The statement writes " + named.asSummaryString() + ", for which nothing stands in.");
        }
        return new SinkModifyOperation(
                tables.getTableOrError(ObjectIdentifier.of(named.getCatalogName(), twin.database(), twin.table())),
                sink.getChild(),
                sink.getStaticPartitions(),
                sink.getTargetColumns(),
                sink.isOverwrite(),
                sink.getDynamicOptions());
    }
}
