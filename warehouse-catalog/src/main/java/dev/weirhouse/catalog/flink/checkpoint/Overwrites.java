package dev.weirhouse.catalog.flink.checkpoint;

import dev.weirhouse.catalog.paimon.PaimonTables;
import dev.weirhouse.catalog.state.JobReads;
import dev.weirhouse.catalog.state.PassedOver;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.paimon.CoreOptions;
import org.apache.paimon.Snapshot;
import org.apache.paimon.Snapshot.CommitKind;
import org.apache.paimon.table.FileStoreTable;

/**
 * The overwrites that a streaming job's readers have passed over: Paimon's go by what {@code INSERT OVERWRITE}, {@code TRUNCATE}
 * and dropped partitions replace, unless {@code streaming-read-overwrite} is set. Snapshots are looked at once, from where the job
 * had read to before; at first, from when it began. Used by one thread.
 */
final class Overwrites {

    /** So many snapshots are looked at when nothing is known of before. */
    private static final int MOST = 1_000;

    private final JobReads before;
    private final Map<String, Long> lookedAt = new HashMap<>();
    private final Map<String, PassedOver> found = new HashMap<>();

    Overwrites(JobReads before) {
        this.before = before;
        this.lookedAt.putAll(before.snapshots());
        this.found.putAll(before.overwrites());
    }

    /**
     * The first overwrite that readers which have come to a snapshot have passed over.
     *
     * @param version of the table
     */
    Optional<PassedOver> before(FileStoreTable table, String version, long snapshot) {
        if (!found.containsKey(version) && !readsOverwrites(table)) {
            look(table, version, snapshot);
        }
        return Optional.ofNullable(found.get(version)).filter(overwrite -> overwrite.snapshot() <= snapshot);
    }

    private static boolean readsOverwrites(FileStoreTable table) {
        return table.coreOptions().toConfiguration().get(CoreOptions.STREAMING_READ_OVERWRITE);
    }

    private void look(FileStoreTable table, String version, long snapshot) {
        Long last = lookedAt.get(version);
        for (long id = snapshot; id > (last == null ? 0 : last); id--) {
            Optional<Snapshot> loaded =
                    last == null && snapshot - id >= MOST ? Optional.empty() : PaimonTables.snapshot(table, id);
            if (loaded.isEmpty()) {
                found.put(version, new PassedOver(id, false));
                break;
            } else if (last == null && loaded.get().timeMillis() < before.since()) {
                break;
            } else if (loaded.get().commitKind() == CommitKind.OVERWRITE) {
                found.put(version, new PassedOver(id, true));
            }
        }
        lookedAt.merge(version, snapshot, Math::max);
    }

    /** By version, those that were not known before. */
    Map<String, PassedOver> found() {
        Map<String, PassedOver> fresh = new HashMap<>(found);
        fresh.keySet().removeAll(before.overwrites().keySet());
        return fresh;
    }
}
