package dev.weirhouse.catalog.paimon;

import dev.weirhouse.catalog.Cut;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.paimon.Snapshot;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.snapshot.TimeTravelUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases on all snapshots that a statement or a session reads. Thread-safe. */
public final class ReadLeases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReadLeases.class);

    private final List<SnapshotLeases.Lease> leases = new ArrayList<>();

    private ReadLeases() {}

    /** Leases of nothing. */
    public static ReadLeases none() {
        return new ReadLeases();
    }

    /** Takes a lease for each place that reads one snapshot. What cannot be leased is read without. */
    public static ReadLeases of(SnapshotLeases leases, List<TableRead> reads) {
        ReadLeases taken = new ReadLeases();
        for (TableRead read : reads) {
            try {
                FileStoreTable table = read.pinned();
                // A tag keeps its files by itself.
                if (table.coreOptions().scanTagName() == null) {
                    taken.add(leases, table, read.snapshot().orElseGet(() -> TimeTravelUtil.tryTravelToSnapshot(table)
                            .map(Snapshot::id)
                            .orElse(0L)));
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("what a statement reads of {} may expire before it has", read.version(), e);
            }
        }
        return taken;
    }

    /** Takes a lease for each table of a cut. What cannot be leased is left out. */
    public static ReadLeases of(SnapshotLeases leases, Cut cut, VersionedCatalog catalog) {
        ReadLeases taken = new ReadLeases();
        for (Cut.Place place : cut.places()) {
            try {
                String version = place.version().orElseGet(() -> catalog.versionName(place.table()));
                FileStoreTable table = catalog.ofVersion(version).orElse(null);
                if (table != null) {
                    taken.add(leases, table, place.snapshot().orElse(0));
                }
            } catch (IOException | RuntimeException e) {
                LOG.info("{} is not kept for a session: {}", place, e.toString());
            }
        }
        return taken;
    }

    private void add(SnapshotLeases leases, FileStoreTable table, long snapshot) throws IOException {
        if (snapshot > 0) {
            this.leases.add(leases.lease(table, snapshot));
        }
    }

    @Override
    public synchronized void close() {
        leases.forEach(SnapshotLeases.Lease::close);
        leases.clear();
    }
}
