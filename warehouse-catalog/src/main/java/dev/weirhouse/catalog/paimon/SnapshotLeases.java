package dev.weirhouse.catalog.paimon;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;
import org.apache.paimon.table.FileStoreTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what statements and sessions read from expiring beneath them. Paimon expires no snapshot from the oldest consumer on, so each
 * table that is read has one consumer of this process:
 *
 * <ol>
 *   <li>A lease on a snapshot older than the consumer's, or the first, writes the consumer's file at once, and then looks
 *       whether the snapshot is still there.
 *   <li>When leases end, nothing is written. Once a second the consumers of all tables are moved on to the oldest snapshot
 *       leased, and a consumer that has had no lease for a while is deleted. What a consumer kept before goes with the move
 *       after, for a commit may be looking at it ({@link SnapshotPin}).
 *   <li>A live process puts a new file in the place of each of its own every minute. One that has not been written for long is of a process
 *       that has died. It is deleted by whichever process next reads the table, or within a minute by one that reads it
 *       already; and by the next process of the same home.
 * </ol>
 *
 * <p>Between a commit's choice of what to expire and its deleting that, a lease comes too late; it could be only for the
 * oldest snapshot that the table still has. Consumers of other names, such as streaming readers', are left alone.
 * Thread-safe.
 */
public final class SnapshotLeases implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotLeases.class);

    private static final String PREFIX = "weirhouse-reads-";

    private static final Duration EVERY = Duration.ofSeconds(1);

    /** A table that is read now and then keeps its consumer, rather than have it made and deleted each time. */
    public static final Duration LINGER = Duration.ofSeconds(10);

    /** How often a live process writes a file again. */
    public static final Duration RENEW = Duration.ofMinutes(1);

    /** After so long without a write, a file's process is taken for dead. */
    public static final Duration DEAD = Duration.ofMinutes(10);

    private final String consumerId;
    private final Optional<LeaseJournal> journal;
    private final Clock clock;
    private final Map<Place, Held> tables = new HashMap<>();
    private final ScheduledExecutorService timer;

    /**
     * Deletes what a killed process of the same home has left, and begins anew.
     *
     * @param journal a file of the home, for the process that comes after this one
     */
    public static SnapshotLeases open(java.nio.file.Path journal, Clock clock) {
        LeaseJournal kept = new LeaseJournal(journal);
        kept.sweep();
        return new SnapshotLeases(UUID.randomUUID().toString(), Optional.of(kept), clock);
    }

    /** @param instance tells this process from others that read the same tables; letters, digits and hyphens */
    public SnapshotLeases(String instance, Clock clock) {
        this(instance, Optional.empty(), clock);
    }

    private SnapshotLeases(String instance, Optional<LeaseJournal> journal, Clock clock) {
        this.journal = journal;
        this.consumerId = PREFIX + requireNonNull(instance, "instance is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "leases");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::settle, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A right to read a snapshot until it is closed. */
    public interface Lease extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Leases a snapshot of the table's branch.
     *
     * @throws IOException when the snapshot has expired, or the consumer cannot be written
     */
    public Lease lease(FileStoreTable table, long snapshotId) throws IOException {
        Held taken = taken(table, snapshotId);
        boolean exists = false;
        try {
            exists = table.snapshotManager().snapshotExists(snapshotId);
        } catch (RuntimeException e) {
            throw notLeased(table, snapshotId, e);
        } finally {
            if (!exists) {
                taken.giveBack(snapshotId);
            }
        }
        if (!exists) {
            throw new IOException("Snapshot " + snapshotId + " of " + table.location() + " has expired");
        }
        return new Lease() {
            private boolean ended;

            @Override
            public synchronized void close() {
                if (!ended) {
                    ended = true;
                    taken.giveBack(snapshotId);
                }
            }
        };
    }

    private Held taken(FileStoreTable table, long snapshotId) throws IOException {
        try {
            Held held = held(table);
            while (!held.take(snapshotId)) {
                held = held(table);
            }
            return held;
        } catch (RuntimeException e) {
            throw notLeased(table, snapshotId, e);
        }
    }

    private static IOException notLeased(FileStoreTable table, long snapshotId, RuntimeException cause) {
        return new IOException("Snapshot " + snapshotId + " of " + table.location() + " cannot be leased", cause);
    }

    private Held held(FileStoreTable table) {
        String branch = table.coreOptions().branch();
        Place place = new Place(table.location(), branch);
        Held held;
        boolean met;
        synchronized (tables) {
            held = tables.get(place);
            met = held == null;
            if (met) {
                held = new Held(table);
                tables.put(place, held);
            }
        }
        if (met) {
            String consumer = SnapshotPin.folder(table) + "/" + SnapshotPin.prefix(consumerId);
            journal.ifPresent(kept -> kept.add(consumer));
            clearDead(table);
        }
        return held;
    }

    /**
     * Deletes the consumers that processes which died have left at a table. This happens by itself when a table is first
     * read, and every minute while it is.
     */
    private void clearDead(FileStoreTable table) {
        Instant longAgo = clock.instant().minus(DEAD);
        try {
            Path folder = SnapshotPin.folder(table);
            if (!table.fileIO().exists(folder)) {
                return;
            }
            for (FileStatus file : table.fileIO().listStatus(folder)) {
                String name = file.getPath().getName();
                if (name.startsWith("consumer-" + PREFIX)
                        && !name.startsWith(SnapshotPin.prefix(consumerId))
                        && Instant.ofEpochMilli(file.getModificationTime()).isBefore(longAgo)) {
                    table.fileIO().deleteQuietly(file.getPath());
                    LOG.info("consumer={} table={} left by a process that died, deleted", name, table.location());
                }
            }
        } catch (IOException e) {
            LOG.warn("The consumers of {} cannot be listed", table.location(), e);
        }
    }

    /** Moves the consumers on to what is leased now; this happens by itself every second. */
    public void settle() {
        List<Map.Entry<Place, Held>> all;
        synchronized (tables) {
            all = new ArrayList<>(tables.entrySet());
        }
        for (Map.Entry<Place, Held> entry : all) {
            try {
                if (entry.getValue().settle()) {
                    synchronized (tables) {
                        tables.remove(entry.getKey(), entry.getValue());
                    }
                }
            } catch (RuntimeException e) {
                LOG.warn("The consumer of {} cannot be moved", entry.getKey(), e);
            }
        }
        // Last, for nobody waits for it.
        all.forEach(entry -> clearAround(entry.getKey(), entry.getValue()));
    }

    /** A table that is read without pause is never met a first time again. */
    private void clearAround(Place place, Held held) {
        try {
            if (held.clearsNow()) {
                clearDead(held.table);
            }
        } catch (RuntimeException e) {
            LOG.warn("The consumers that the dead have left at {} cannot be deleted", place, e);
        }
    }

    /** Deletes this process's consumers. */
    @Override
    public void close() {
        timer.shutdownNow();
        synchronized (tables) {
            tables.values().forEach(Held::delete);
            tables.clear();
            journal.ifPresent(LeaseJournal::clear);
        }
    }

    private record Place(Path location, String branch) {}

    /** A table's consumer and the leases that it stands for. */
    private final class Held {

        private final FileStoreTable table;
        private final SnapshotPin pin;
        private final TreeMap<Long, Integer> leased = new TreeMap<>();

        /** Where the consumer's file says that it is; beyond all snapshots while there is none. */
        private long written = Long.MAX_VALUE;

        private Instant writtenAt = Instant.MIN;
        private Instant idleSince = clock.instant();
        private Instant clearedAt = idleSince;
        private boolean deleted;

        Held(FileStoreTable table) {
            this.table = table;
            this.pin = new SnapshotPin(table, consumerId);
        }

        /** False when the consumer was deleted and another stands for the table. */
        synchronized boolean take(long snapshotId) {
            if (deleted) {
                return false;
            }
            if (snapshotId < written) {
                write(snapshotId);
            }
            leased.merge(snapshotId, 1, Integer::sum);
            return true;
        }

        synchronized void giveBack(long snapshotId) {
            leased.computeIfPresent(snapshotId, (id, count) -> count == 1 ? null : count - 1);
            if (leased.isEmpty()) {
                idleSince = clock.instant();
            }
        }

        /** True when there was no lease for so long that the consumer is now deleted. */
        synchronized boolean settle() {
            Instant now = clock.instant();
            if (leased.isEmpty() && !now.isBefore(idleSince.plus(LINGER))) {
                delete();
                return true;
            }
            // One that lingers says so too: each lease may be shorter than the pause between two looks.
            long oldest = leased.isEmpty() ? written : leased.firstKey();
            if (oldest > written || oldest < Long.MAX_VALUE && !now.isBefore(writtenAt.plus(RENEW))) {
                write(oldest);
            }
            return deleted;
        }

        /** Whether it is time to look again for what the dead have left beside it. */
        synchronized boolean clearsNow() {
            Instant now = clock.instant();
            if (deleted || now.isBefore(clearedAt.plus(RENEW))) {
                return false;
            }
            clearedAt = now;
            return true;
        }

        private void write(long snapshotId) {
            pin.keep(snapshotId);
            written = snapshotId;
            writtenAt = clock.instant();
        }

        synchronized void delete() {
            pin.release();
            deleted = true;
        }
    }
}
