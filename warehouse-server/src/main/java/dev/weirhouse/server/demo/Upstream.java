package dev.weirhouse.server.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Plays the system that flights come from: it puts them into a folder, a small file at a time, in the background. A file
 * is written under a name that watchers pass over and renamed when it is whole.
 */
final class Upstream implements AutoCloseable {

    private final Path folder;
    private final List<Flight> flights;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "demo-upstream");
        worker.setDaemon(true);
        return worker;
    });
    private Optional<Future<?>> last = Optional.empty();
    private volatile int delivered;
    private volatile int files = 1;

    Upstream(Path folder, List<Flight> flights) {
        this.folder = folder;
        this.flights = List.copyOf(flights);
    }

    /**
     * Goes on delivering, after what was ordered before.
     *
     * @param upTo how many flights will then have been delivered in all
     * @param count over how many files they are spread, evenly and in order
     * @param pause between files
     * @param malformed lines that are no flights; they go into the last file
     */
    void deliver(int upTo, int count, Duration pause, List<String> malformed) {
        last = Optional.of(thread.submit(() -> {
            int first = delivered;
            for (int file = 1; file <= count; file++) {
                int from = delivered;
                int to = first + (int) ((long) (upTo - first) * file / count);
                List<String> lines = new ArrayList<>();
                flights.subList(from, to).forEach(flight -> lines.add(flight.line()));
                if (file == count) {
                    lines.addAll(malformed);
                }
                write(lines);
                delivered = to;
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            }
            return null;
        }));
    }

    /** Where the next file will lie; to be asked when nothing is being delivered. */
    Path next() {
        return folder.resolve("flights-%03d.csv".formatted(files));
    }

    private void write(List<String> lines) {
        Path file = next();
        try {
            Path unfinished = Files.write(folder.resolve("." + file.getFileName()), lines);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            files++;
        } catch (IOException e) {
            throw new UncheckedIOException("The upstream cannot write to " + folder, e);
        }
    }

    /** How many flights lie in the folder, read or not. */
    int delivered() {
        return delivered;
    }

    /** Whether all that was ordered has been delivered. Throws what kept it from being so. */
    boolean isIdle() {
        if (last.isEmpty()) {
            return true;
        }
        try {
            if (last.get().isDone()) {
                last.get().get();
            }
            return last.get().isDone();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("The upstream broke off", e.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
