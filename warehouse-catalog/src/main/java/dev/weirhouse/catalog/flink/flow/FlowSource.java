package dev.weirhouse.catalog.flink.flow;

import java.io.Serial;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.flink.source.ContinuousFileStoreSource;
import org.apache.paimon.flink.source.FileStoreSourceSplit;
import org.apache.paimon.flink.source.PendingSplitsCheckpoint;
import org.apache.paimon.fs.Path;
import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.table.source.StreamTableScan;

/** Paimon's source of a table that goes on, held at the gate of its job. */
final class FlowSource extends ContinuousFileStoreSource {

    @Serial
    private static final long serialVersionUID = 1L;

    /** How often the source looks whether it may read on; a look costs as much as the gate's. */
    private static final long LOOK_MILLIS = 50;

    private final FlowAttempt attempt;
    private final int input;
    private final String version;
    private final FileStoreTable table;
    private final int[] columns;
    private final List<Predicate> conditions;

    /**
     * @param input its number in the attempt
     * @param version what it reads, as Paimon writes it
     * @param columns of the table, by their places
     * @param conditions that all wanted rows meet; others may come too
     */
    FlowSource(
            FlowAttempt attempt,
            int input,
            String version,
            FileStoreTable table,
            int[] columns,
            List<Predicate> conditions) {
        super(builder(table, columns, conditions), table.options(), null, isUnordered(table), null);
        this.attempt = attempt;
        this.input = input;
        this.version = version;
        this.table = table;
        this.columns = columns;
        this.conditions = conditions;
    }

    static ReadBuilder builder(FileStoreTable table, int[] columns, List<Predicate> conditions) {
        return table.newReadBuilder().withProjection(columns).withFilter(conditions);
    }

    private static boolean isUnordered(FileStoreTable table) {
        return table.bucketMode() == BucketMode.BUCKET_UNAWARE
                && table.primaryKeys().isEmpty();
    }

    @Override
    protected SplitEnumerator<FileStoreSourceSplit, PendingSplitsCheckpoint> buildEnumerator(
            SplitEnumeratorContext<FileStoreSourceSplit> context,
            Collection<FileStoreSourceSplit> splits,
            Long nextSnapshotId,
            StreamTableScan scan) {
        FlowFolder folder = new FlowFolder(table.fileIO(), new Path(attempt.folder()));
        Object place = new Object();
        BoundaryGate gate = BoundaryGate.join(attempt, folder, input, place);
        GatedScan gated = new GatedScan(gate, version, this::beginningAt, nextSnapshotId == null ? null : scan);
        return new FlowEnumerator(
                context,
                splits,
                nextSnapshotId,
                LOOK_MILLIS,
                gated,
                unordered,
                table.coreOptions(),
                gate,
                input,
                version,
                place);
    }

    private StreamTableScan beginningAt(long snapshot) {
        Map<String, String> whole = Map.of(
                CoreOptions.SCAN_MODE.key(),
                CoreOptions.StartupMode.FROM_SNAPSHOT_FULL.toString(),
                CoreOptions.SCAN_SNAPSHOT_ID.key(),
                Long.toString(snapshot));
        return builder(table.copyWithoutTimeTravel(whole), columns, conditions).newStreamScan();
    }
}
