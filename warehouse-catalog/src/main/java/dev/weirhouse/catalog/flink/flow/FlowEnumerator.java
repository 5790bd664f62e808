package dev.weirhouse.catalog.flink.flow;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.flink.FlinkConnectorOptions;
import org.apache.paimon.flink.source.ContinuousFileSplitEnumerator;
import org.apache.paimon.flink.source.FileStoreSourceSplit;
import org.apache.paimon.flink.source.PendingSplitsCheckpoint;

/** Paimon's enumerator, which tells the gate at each checkpoint how far its source has read. */
final class FlowEnumerator extends ContinuousFileSplitEnumerator {

    private final BoundaryGate gate;
    private final int input;
    private final String version;
    private final Object place;

    FlowEnumerator(
            SplitEnumeratorContext<FileStoreSourceSplit> context,
            Collection<FileStoreSourceSplit> splits,
            Long nextSnapshotId,
            long lookMillis,
            GatedScan scan,
            boolean unordered,
            CoreOptions options,
            BoundaryGate gate,
            int input,
            String version,
            Object place) {
        super(
                context,
                splits,
                nextSnapshotId,
                lookMillis,
                scan,
                unordered,
                options.toConfiguration().get(CoreOptions.SCAN_MAX_SPLITS_PER_TASK),
                options.toConfiguration().get(FlinkConnectorOptions.READ_SHUFFLE_BUCKET_WITH_PARTITION),
                options.toConfiguration().get(FlinkConnectorOptions.SCAN_MAX_SNAPSHOT_COUNT));
        this.gate = gate;
        this.place = place;
        this.input = input;
        this.version = version;
    }

    @Override
    public PendingSplitsCheckpoint snapshotState(long checkpointId) throws Exception {
        PendingSplitsCheckpoint state = super.snapshotState(checkpointId);
        // A reader asks for more only when it has let go of all that it had.
        boolean idle = state.splits().isEmpty() && readersAwaitingSplit.size() >= context.currentParallelism();
        gate.atCheckpoint(checkpointId, input, version, state.currentSnapshotId(), idle);
        return state;
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        gate.completed(checkpointId);
        super.notifyCheckpointComplete(checkpointId);
    }

    /** A reader that is made anew may have splits in its state: whether it waits, it will say itself. */
    @Override
    public void addReader(int subtaskId) {
        readersAwaitingSplit.remove(subtaskId);
        super.addReader(subtaskId);
    }

    /** Called for each reader that fails, also when it gives back nothing. */
    @Override
    public void addSplitsBack(List<FileStoreSourceSplit> splits, int subtaskId) {
        readersAwaitingSplit.remove(subtaskId);
        super.addSplitsBack(splits, subtaskId);
    }

    @Override
    public void close() throws IOException {
        gate.leave(input, place);
        super.close();
    }
}
