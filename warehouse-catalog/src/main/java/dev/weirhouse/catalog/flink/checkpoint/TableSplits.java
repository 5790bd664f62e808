package dev.weirhouse.catalog.flink.checkpoint;

import dev.weirhouse.catalog.flink.checkpoint.CheckpointFile.Coordinated;
import dev.weirhouse.catalog.flink.checkpoint.CheckpointFile.SourceState;
import dev.weirhouse.catalog.flink.checkpoint.TableProgress.Unread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.paimon.flink.source.FileStoreSourceSplit;
import org.apache.paimon.flink.source.FileStoreSourceSplitSerializer;
import org.apache.paimon.flink.source.PendingSplitsCheckpoint;
import org.apache.paimon.flink.source.PendingSplitsCheckpointSerializer;
import org.apache.paimon.flink.source.SimpleSourceSplit;
import org.apache.paimon.flink.source.SimpleSourceSplitSerializer;
import org.apache.paimon.flink.source.SplitListState;
import org.apache.paimon.flink.source.align.PlaceholderSplit;
import org.apache.paimon.table.source.DataSplit;

/** Reads what Paimon's sources write into checkpoints, with Paimon's serializers. */
final class TableSplits {

    /** The names under which a {@code MonitorSource} keeps the snapshot that it looks for next, now and by checkpoint. */
    private static final String NEXT_SNAPSHOT = "CS";

    private static final String NEXT_BY_CHECKPOINT = "NSS";

    private TableSplits() {}

    /** Of a source that plans snapshots and gives the splits of each to readers. */
    static TableProgress progress(SourceState state) throws IOException {
        FileStoreSourceSplitSerializer serializer = new FileStoreSourceSplitSerializer();
        List<FileStoreSourceSplit> left = new ArrayList<>();
        Coordinated coordinated = state.coordinator()
                .orElseThrow(() -> new IOException("the state of the source's coordinator is missing"));
        PendingSplitsCheckpoint pending = new PendingSplitsCheckpointSerializer(serializer)
                .deserialize(coordinated.version(), coordinated.state());
        left.addAll(pending.splits());
        for (byte[] split : state.splits()) {
            left.add(SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, split));
        }
        return progress(pending.currentSnapshotId(), left);
    }

    private static TableProgress progress(Long next, List<FileStoreSourceSplit> left) throws IOException {
        SortedMap<Long, Unread> unread = new TreeMap<>();
        for (FileStoreSourceSplit each : left) {
            if (each.split() instanceof PlaceholderSplit) {
                continue;
            }
            if (!(each.split() instanceof DataSplit split)) {
                throw new IOException("a " + each.split().getClass().getSimpleName() + " tells no snapshot");
            }
            Unread one = new Unread(split.rowCount(), each.recordsToSkip() > 0, !split.isStreaming());
            unread.merge(split.snapshotId(), one, Unread::and);
        }
        return new TableProgress(next == null ? OptionalLong.empty() : OptionalLong.of(next), unread);
    }

    /** Of a source of which one task watches the table; what it has handed on was read before the checkpoint went on. */
    static TableProgress watched(SourceState state) throws IOException {
        List<SimpleSourceSplit> kept = new ArrayList<>();
        for (byte[] split : state.splits()) {
            kept.add(SimpleVersionedSerialization.readVersionAndDeSerialize(new SimpleSourceSplitSerializer(), split));
        }
        SplitListState<Long> next = new SplitListState<>(NEXT_SNAPSHOT, String::valueOf, Long::parseLong);
        SplitListState<String> byCheckpoint = new SplitListState<>(NEXT_BY_CHECKPOINT, value -> value, value -> value);
        next.restoreState(kept);
        byCheckpoint.restoreState(kept);
        // It keeps nothing before it has planned a snapshot.
        if (next.get().isEmpty() && !kept.isEmpty()
                || next.get().size() + byCheckpoint.get().size() != kept.size()) {
            throw new IOException("its reader keeps something that is not known");
        }
        return new TableProgress(next.get().stream().mapToLong(Long::longValue).max(), new TreeMap<>());
    }
}
