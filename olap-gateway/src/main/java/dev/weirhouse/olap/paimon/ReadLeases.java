package dev.weirhouse.olap.paimon;

import dev.weirhouse.catalog.paimon.TableRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.paimon.Snapshot;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.snapshot.TimeTravelUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases on all snapshots that a statement reads. */
public final class ReadLeases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReadLeases.class);

    private final List<SnapshotLeases.Lease> leases = new ArrayList<>();

    private ReadLeases() {}

    /** Takes a lease for each place that reads one snapshot. What cannot be leased is read without. */
    public static ReadLeases take(SnapshotLeases leases, List<TableRead> reads) {
        ReadLeases taken = new ReadLeases();
        for (TableRead read : reads) {
            try {
                FileStoreTable table = read.pinned();
                // A tag keeps its files by itself.
                if (table.coreOptions().scanTagName() == null) {
                    long snapshot = read.snapshot().orElseGet(() -> TimeTravelUtil.tryTravelToSnapshot(table)
                            .map(Snapshot::id)
                            .orElse(0L));
                    if (snapshot > 0) {
                        taken.leases.add(leases.lease(table, snapshot));
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("what a statement reads of {} may expire before it has", read.version(), e);
            }
        }
        return taken;
    }

    @Override
    public void close() {
        leases.forEach(SnapshotLeases.Lease::close);
        leases.clear();
    }
}
