package dev.weirhouse.server.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that ask at once, each as soon as it has its answer, for keys by chance. */
final class Clients implements AutoCloseable {

    /** Opens one client's way in. */
    @FunctionalInterface
    interface Opening {
        Door open() throws Exception;
    }

    /**
     * What a round showed.
     *
     * @param perSecond answers that came within the round, and the last of each client
     * @param millis how long each took
     */
    record Round(double perSecond, Runs millis) {}

    private final List<Door> doors = new ArrayList<>();
    private final ExecutorService threads;
    private final long keys;
    private final SplittableRandom random;

    /**
     * @param keys they go from 1 to this
     * @param seed of the chance
     */
    Clients(int clients, long keys, long seed, Opening opening) throws Exception {
        this.keys = keys;
        this.random = new SplittableRandom(seed);
        this.threads = Executors.newFixedThreadPool(clients);
        try {
            for (int i = 0; i < clients; i++) {
                doors.add(opening.open());
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Lets all ask for so long; each finishes what it has begun. */
    Round ask(Duration duration) throws Exception {
        long begun = System.nanoTime();
        long end = begun + duration.toNanos();
        List<Future<List<Double>>> asked = new ArrayList<>();
        for (Door door : doors) {
            SplittableRandom chance = random.split();
            asked.add(threads.submit(() -> {
                List<Double> millis = new ArrayList<>();
                do {
                    long since = System.nanoTime();
                    door.ask(1 + chance.nextLong(keys));
                    millis.add((System.nanoTime() - since) / 1e6);
                } while (System.nanoTime() < end);
                return millis;
            }));
        }
        List<Double> all = new ArrayList<>();
        for (Future<List<Double>> each : asked) {
            all.addAll(each.get());
        }
        return new Round(all.size() / ((System.nanoTime() - begun) / 1e9), new Runs(all));
    }

    @Override
    public void close() throws Exception {
        threads.shutdownNow();
        for (Door door : doors) {
            door.close();
        }
    }
}
