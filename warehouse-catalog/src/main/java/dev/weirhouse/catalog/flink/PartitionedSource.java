package dev.weirhouse.catalog.flink;

import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.paimon.flink.source.DataTableSource;
import org.apache.paimon.table.FileStoreTable;

/** Paimon's source of a table with partitions, which tells the statement what it reads once all conditions are known to it. */
final class PartitionedSource extends DataTableSource {

    private final String version;

    /**
     * @param version what is read, as Paimon writes it
     * @param table with the snapshot that is read
     */
    PartitionedSource(String version, FileStoreTable table, DynamicTableFactory.Context context) {
        super(context.getObjectIdentifier(), table, false, context, null);
        this.version = version;
    }

    private PartitionedSource(PartitionedSource other) {
        super(
                other.tableIdentifier,
                other.table,
                other.unbounded,
                other.context,
                other.logStoreTableFactory,
                other.predicate,
                other.projectFields,
                other.limit,
                other.watermarkStrategy,
                other.dynamicPartitionFilteringFields(),
                other.countPushed);
        this.version = other.version;
    }

    @Override
    public DataTableSource copy() {
        return new PartitionedSource(this);
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext scanContext) {
        StatementScope.current()
                .partitions()
                .add(
                        version,
                        (FileStoreTable) table,
                        table.newReadBuilder().withFilter(predicate).withPartitionFilter(partitionPredicate));
        return super.getScanRuntimeProvider(scanContext);
    }
}
