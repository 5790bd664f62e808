package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.Commit;
import dev.weirhouse.catalog.TableName;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.paimon.Snapshot;
import org.apache.paimon.manifest.FileKind;
import org.apache.paimon.manifest.ManifestEntry;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.BatchWriteBuilder;
import org.apache.paimon.table.source.ScanMode;

/** What the snapshots of a table added and took away. */
final class PaimonCommits {

    private PaimonCommits() {}

    /** Reads the manifests of what a snapshot changed. */
    static Commit read(TableName name, String version, FileStoreTable store, Snapshot snapshot) {
        long rowsAdded = 0;
        long rowsDeleted = 0;
        long bytesAdded = 0;
        Set<String> partitions = new TreeSet<>();
        PartitionNames names = PartitionNames.of(store);
        Iterator<ManifestEntry> files = store.store()
                .newScan()
                .withSnapshot(snapshot)
                .withKind(ScanMode.DELTA)
                .plan()
                .files()
                .iterator();
        while (files.hasNext()) {
            ManifestEntry entry = files.next();
            if (!store.partitionKeys().isEmpty()) {
                partitions.add(names.of(entry.partition()));
            }
            if (entry.kind() == FileKind.ADD) {
                rowsAdded += entry.file().rowCount();
                bytesAdded += entry.file().fileSize();
            } else {
                rowsDeleted += entry.file().rowCount();
            }
        }
        return new Commit(
                name,
                version,
                snapshot.id(),
                snapshot.commitKind().name(),
                snapshot.commitIdentifier() == BatchWriteBuilder.COMMIT_IDENTIFIER
                        ? OptionalLong.empty()
                        : OptionalLong.of(snapshot.commitIdentifier()),
                snapshot.timeMillis(),
                rowsAdded,
                rowsDeleted,
                bytesAdded,
                List.copyOf(partitions));
    }
}
