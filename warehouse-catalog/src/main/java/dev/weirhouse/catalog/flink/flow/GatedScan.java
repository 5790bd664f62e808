package dev.weirhouse.catalog.flink.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.apache.paimon.manifest.PartitionEntry;
import org.apache.paimon.metrics.MetricRegistry;
import org.apache.paimon.table.source.SnapshotNotExistPlan;
import org.apache.paimon.table.source.StreamTableScan;
import org.apache.paimon.table.source.TableScan;

/**
 * Paimon's scan of a table that goes on, held at the gate: what lies beyond is planned, for Paimon says only then where it lies,
 * and kept back. It begins with all rows of the first snapshot that the gate lets it read.
 *
 * <p>Thread-safe.
 */
final class GatedScan implements StreamTableScan {

    private final BoundaryGate gate;
    private final String version;

    /** Makes a scan that begins with the whole of a snapshot. */
    private final LongFunction<StreamTableScan> beginning;

    private StreamTableScan scan;
    private Plan held;

    /** The snapshot of what is held. */
    private long heldOf;

    /** @param restored a scan that goes on; null for one that is to begin */
    GatedScan(BoundaryGate gate, String version, LongFunction<StreamTableScan> beginning, StreamTableScan restored) {
        this.gate = gate;
        this.version = version;
        this.beginning = beginning;
        this.scan = restored;
    }

    @Override
    public synchronized Plan plan() {
        try {
            OptionalLong limit = gate.limit(version);
            if (limit.isEmpty() || limit.getAsLong() == 0) {
                return SnapshotNotExistPlan.INSTANCE;
            }
            if (held != null) {
                return heldOf <= limit.getAsLong() ? release() : SnapshotNotExistPlan.INSTANCE;
            }
            boolean begins = scan == null;
            if (begins) {
                scan = beginning.apply(limit.getAsLong());
            }
            Plan plan = scan.plan();
            Long next = scan.checkpoint();
            if (begins && (next == null || next - 1 != limit.getAsLong())) {
                // Paimon begins with the oldest snapshot that is left.
                throw new IllegalStateException("The snapshot " + limit.getAsLong() + " of " + version
                        + ", from which the job is to begin, is not kept any more.");
            }
            if (plan instanceof SnapshotNotExistPlan || next == null || next - 1 <= limit.getAsLong()) {
                return plan;
            }
            held = plan;
            heldOf = next - 1;
            return SnapshotNotExistPlan.INSTANCE;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Plan release() {
        Plan plan = held;
        held = null;
        return plan;
    }

    /** The next snapshot to plan; null before the first. */
    @Override
    public synchronized Long checkpoint() {
        if (held != null) {
            return heldOf;
        }
        return scan == null ? null : scan.checkpoint();
    }

    @Override
    public void restore(Long next) {
        throw new UnsupportedOperationException("it is restored as it is made");
    }

    @Override
    public synchronized Long watermark() {
        return scan == null ? null : scan.watermark();
    }

    @Override
    public synchronized void notifyCheckpointComplete(Long next) {
        if (scan != null) {
            scan.notifyCheckpointComplete(next);
        }
    }

    @Override
    public TableScan withMetricRegistry(MetricRegistry registry) {
        return this;
    }

    @Override
    public List<PartitionEntry> listPartitionEntries() {
        return List.of();
    }
}
