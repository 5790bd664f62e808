package dev.weirhouse.catalog.paimon;

import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.utils.InternalRowPartitionComputer;
import org.apache.paimon.utils.PartitionPathUtils;

/** What the partitions of a table are called: as their folders are, without the slash at the end. */
final class PartitionNames {

    private final InternalRowPartitionComputer values;

    private PartitionNames(InternalRowPartitionComputer values) {
        this.values = values;
    }

    static PartitionNames of(FileStoreTable table) {
        return new PartitionNames(new InternalRowPartitionComputer(
                table.coreOptions().partitionDefaultName(),
                table.schema().logicalPartitionType(),
                table.partitionKeys().toArray(String[]::new),
                table.coreOptions().legacyPartitionName()));
    }

    /** The name of a partition; empty for the one of a table without partitions. */
    String of(BinaryRow partition) {
        String path = PartitionPathUtils.generatePartitionPath(values.generatePartValues(partition));
        return path.isEmpty() ? "" : path.substring(0, path.length() - 1);
    }
}
