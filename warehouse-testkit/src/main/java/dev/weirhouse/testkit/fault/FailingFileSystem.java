package dev.weirhouse.testkit.fault;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * A local folder whose file operations fail on demand. Paimon reaches it by {@link #uri()}, of the scheme {@value
 * #SCHEME}, in this JVM while it is open; a path says by its authority to which open file system it belongs.
 *
 * <p>Faults are asked in the order in which they were set, and the first that strikes decides; each counts the calls that
 * it concerns and that no fault before it struck. Chance comes from the seed of the test that sets a fault.
 *
 * <p>Hadoop reaches the folder as well, without faults, since the metastore makes the folders of databases itself.
 *
 * <p>Safe for use by many threads.
 */
public final class FailingFileSystem implements AutoCloseable {

    /** The scheme of the URIs. */
    public static final String SCHEME = "failing";

    private static final Map<String, FailingFileSystem> OPEN = new ConcurrentHashMap<>();
    private static final AtomicInteger OPENED = new AtomicInteger();

    private final String name;
    private final Path folder;
    private final List<ActiveFault> faults = new ArrayList<>();
    private final List<InjectedFault> injected = new ArrayList<>();
    private final Map<Object, Throwable> openStreams = new ConcurrentHashMap<>();

    private FailingFileSystem(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    /** Opens a folder as a file system, at first without faults. */
    public static FailingFileSystem open(Path folder) {
        String name = "fs" + OPENED.incrementAndGet();
        FailingFileSystem opened =
                new FailingFileSystem(name, folder.toAbsolutePath().normalize());
        OPEN.put(name, opened);
        return opened;
    }

    static FailingFileSystem named(String name) throws IOException {
        FailingFileSystem open = name == null ? null : OPEN.get(name);
        if (open == null) {
            throw new IOException("No failing file system '" + name + "' is open in this JVM");
        }
        return open;
    }

    /** The folder's address, such as {@code failing://fs1/tmp/warehouse}. */
    public String uri() {
        return SCHEME + "://" + name + folder;
    }

    /** Sets a fault, whose chance comes from a test's seed. */
    public void fail(FileFault fault, SeededFaults source) {
        synchronized (faults) {
            // Each fault draws on its own, so that one more does not change what the others do.
            faults.add(new ActiveFault(fault, source.seed(), source.fork("file fault " + faults.size())));
        }
    }

    /** Lifts all faults; those that struck stay known. */
    public void heal() {
        synchronized (faults) {
            faults.clear();
        }
    }

    /** The faults that struck since the file system was opened, in order. */
    public List<InjectedFault> injected() {
        synchronized (faults) {
            return List.copyOf(injected);
        }
    }

    /** The streams that are open, each as the place that opened it. */
    public List<Throwable> openStreams() {
        return List.copyOf(openStreams.values());
    }

    /** The streams that are open in any of the open file systems. */
    public static List<Throwable> allOpenStreams() {
        return OPEN.values().stream()
                .flatMap(each -> each.openStreams().stream())
                .toList();
    }

    /**
     * Counts files that are being written, or that a compaction reads, as open no more. For tests that have tasks cancelled in
     * their middle: Paimon leaves open what a compaction was reading and writing when its thread was interrupted.
     */
    public void forgetWriters() {
        openStreams
                .entrySet()
                .removeIf(open -> open.getKey() instanceof FailingOutputStream || isOfCompaction(open.getValue()));
    }

    private static boolean isOfCompaction(Throwable opened) {
        return Arrays.stream(opened.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("org.apache.paimon.compact.CompactTask"));
    }

    /**
     * Closes the file system; its files stay.
     *
     * @throws AssertionError when a stream is still open, with the places that opened them
     */
    @Override
    public void close() {
        OPEN.remove(name);
        List<Throwable> leaks = openStreams();
        if (!leaks.isEmpty()) {
            AssertionError leak = new AssertionError("%d streams of %s are still open".formatted(leaks.size(), uri()));
            leaks.forEach(leak::addSuppressed);
            throw leak;
        }
    }

    /** An operation's effect. */
    @FunctionalInterface
    interface Effect<T> {
        T happen() throws IOException;
    }

    /** Lets an operation happen, or fail as the faults say. */
    <T> T perform(FileOperation operation, Effect<T> effect, Path... paths) throws IOException {
        InjectedFault fault = next(operation, paths);
        if (fault == null) {
            return effect.happen();
        }
        if (fault.moment() == FileFault.Moment.AFTER_EFFECT) {
            T result = effect.happen();
            if (result instanceof Closeable stream) {
                stream.close();
            }
        }
        throw fault;
    }

    private InjectedFault next(FileOperation operation, Path... paths) {
        synchronized (faults) {
            for (ActiveFault active : faults) {
                if (active.strikes(operation, paths)) {
                    InjectedFault fault = new InjectedFault(
                            injected.size() + 1,
                            operation,
                            paths[paths.length - 1].toString(),
                            active.fault.moment(),
                            active.seed);
                    injected.add(fault);
                    return fault;
                }
            }
            return null;
        }
    }

    void opened(Object stream, Path path) {
        openStreams.put(stream, new Throwable("opened here: " + path));
    }

    void closed(Object stream) {
        openStreams.remove(stream);
    }

    /** A fault with what it has seen so far; guarded by the lock on the list of faults. */
    private static final class ActiveFault {
        private final FileFault fault;
        private final PathMatcher matcher;
        private final long seed;
        private final RandomGenerator random;
        private int calls;
        private int strikes;

        private ActiveFault(FileFault fault, long seed, RandomGenerator random) {
            this.fault = fault;
            this.matcher = fault.matcher();
            this.seed = seed;
            this.random = random;
        }

        private boolean strikes(FileOperation operation, Path... paths) {
            if (!fault.concerns(operation, matcher, paths)) {
                return false;
            }
            calls++;
            boolean struck = strikes < fault.limit() && triggered();
            if (struck) {
                strikes++;
            }
            return struck;
        }

        private boolean triggered() {
            if (fault.trigger() instanceof FileFault.Trigger.AtCall call) {
                return calls == call.number();
            }
            // A sealed interface of two; patterns in switch come with a later Java.
            return random.nextDouble() < ((FileFault.Trigger.WithProbability) fault.trigger()).probability();
        }
    }
}
