package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Local files by what they were made from, bounded in bytes: the one unused for longest goes first, and none that is in
 * use; where all are in use, no other is made. A file is made by one caller while others wait for it. Thread-safe.
 */
final class SplitCache {

    private static final Logger LOG = LoggerFactory.getLogger(SplitCache.class);

    /** How soon a caller who waits for another's file notices that nobody waits for him. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    /** Makes a file. */
    interface Maker {
        /** @param room to be told now and then how large the file has become */
        void make(Path file, Room room) throws IOException;
    }

    /** Takes room for a file that grows. */
    interface Room {
        /** @throws IOException when there is no more, for all that the cache may take is in use, or no longer wanted */
        void take(long size) throws IOException;
    }

    private final Path folder;
    private final long maxBytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong hits = new AtomicLong();
    private final AtomicLong misses = new AtomicLong();
    private final AtomicLong evictions = new AtomicLong();
    private long bytes;

    /** @param folder emptied now: what a former process left in it is of no use without its index */
    SplitCache(Path folder, long maxBytes) {
        this.folder = requireNonNull(folder, "folder is null");
        this.maxBytes = maxBytes;
        try {
            if (Files.exists(folder)) {
                try (Stream<Path> left = Files.walk(folder)) {
                    for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("The cache's folder " + folder + " cannot be emptied", e);
        }
    }

    /**
     * The file made from a key, which stays until it is closed.
     *
     * @param wanted by this caller; others who wait for the file make it themselves when its maker gives it up
     * @throws IOException when it cannot be made; nothing is left of it then, and the next caller tries again
     */
    Held acquire(String key, Maker maker, Wanted wanted) throws IOException {
        while (true) {
            Optional<Held> held = tryAcquire(key, maker, wanted);
            if (held.isPresent()) {
                return held.get();
            }
            wanted.check();
        }
    }

    /** Empty when another caller began it and gave it up. */
    private Optional<Held> tryAcquire(String key, Maker maker, Wanted wanted) throws IOException {
        Entry entry;
        boolean mine = false;
        synchronized (this) {
            entry = entries.get(key);
            if (entry == null) {
                entry = new Entry(folder.resolve(sequence.incrementAndGet() + ".parquet"));
                entries.put(key, entry);
                mine = true;
            }
            entry.users++;
        }
        (mine ? misses : hits).incrementAndGet();
        if (mine) {
            make(key, entry, maker, wanted);
        }
        try {
            return Optional.of(new Held(entry, await(entry, wanted)));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Wanted.NoLongerException given) {
                if (mine) {
                    throw given;
                }
                return Optional.empty();
            } else if (e.getCause() instanceof IOException cause) {
                throw new IOException(cause.getMessage(), cause);
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private Path await(Entry entry, Wanted wanted) throws IOException, ExecutionException {
        while (true) {
            try {
                return entry.made.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!wanted.isWanted()) {
                    release(entry);
                    wanted.check();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                release(entry);
                throw new InterruptedIOException("interrupted while a file was made");
            }
        }
    }

    private void make(String key, Entry entry, Maker maker, Wanted wanted) {
        try {
            wanted.check();
            maker.make(entry.file, size -> {
                wanted.check();
                grow(entry, size);
            });
            grow(entry, Files.size(entry.file));
            entry.made.complete(entry.file);
        } catch (IOException | RuntimeException | Error e) {
            synchronized (this) {
                entries.remove(key, entry);
                bytes -= entry.size;
                entry.size = 0;
            }
            delete(entry.file);
            entry.made.completeExceptionally(e);
        }
    }

    private synchronized void grow(Entry entry, long size) throws IOException {
        bytes += size - entry.size;
        entry.size = size;
        shrink();
        if (bytes > maxBytes) {
            throw new IOException("files for the native lane would take more than native.cache-size, " + maxBytes
                    + " bytes, while they are in use");
        }
    }

    private synchronized void release(Entry entry) {
        entry.users--;
        shrink();
    }

    private void shrink() {
        var oldest = entries.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Entry entry = oldest.next();
            if (entry.users == 0 && entry.size > 0) {
                oldest.remove();
                bytes -= entry.size;
                evictions.incrementAndGet();
                delete(entry.file);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} could not be deleted", file, e);
        }
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized int files() {
        return entries.size();
    }

    long hits() {
        return hits.get();
    }

    long misses() {
        return misses.get();
    }

    long evictions() {
        return evictions.get();
    }

    /** A file in use. */
    final class Held implements AutoCloseable {

        private final Path file;
        private final AtomicReference<Entry> entry;

        private Held(Entry entry, Path file) {
            this.entry = new AtomicReference<>(entry);
            this.file = file;
        }

        Path file() {
            return file;
        }

        @Override
        public void close() {
            Entry mine = entry.getAndSet(null);
            if (mine != null) {
                release(mine);
            }
        }
    }

    private static final class Entry {
        private final Path file;
        private final CompletableFuture<Path> made = new CompletableFuture<>();
        private int users;
        private long size;

        Entry(Path file) {
            this.file = file;
        }
    }
}
