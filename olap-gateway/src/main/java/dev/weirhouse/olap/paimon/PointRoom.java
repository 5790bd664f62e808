package dev.weirhouse.olap.paimon;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The local folder of point lookups, bounded in bytes. Thread-safe. */
final class PointRoom {

    private final Path folder;
    private final long maxBytes;
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /** @param folder emptied now: what a former process left in it is of no use */
    PointRoom(Path folder, long maxBytes) {
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
            throw new UncheckedIOException("The folder of point lookups " + folder + " cannot be emptied", e);
        }
    }

    Path newFile() {
        return folder.resolve(sequence.incrementAndGet() + ".keys");
    }

    /**
     * Takes bytes, or gives them back when negative.
     *
     * @param makeRoom lets something else go, or says that there is nothing
     * @throws NotReadyException when they do not fit
     */
    void take(long more, BooleanSupplier makeRoom) throws NotReadyException {
        while (true) {
            long now = bytes.get();
            if (more > 0 && now + more > maxBytes) {
                if (!makeRoom.getAsBoolean()) {
                    throw new NotReadyException("its rows do not fit into the " + maxBytes + " bytes of point lookups");
                }
            } else if (bytes.compareAndSet(now, now + more)) {
                return;
            }
        }
    }

    void giveBack(long some) {
        bytes.addAndGet(-some);
    }

    long bytes() {
        return bytes.get();
    }
}
