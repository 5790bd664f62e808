package dev.weirhouse.olap.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weirhouse.catalog.config.ConfigReader;
import dev.weirhouse.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;

/** A real engine for a test, which at its end must leave no process, thread, file or Arrow memory behind. */
final class OpenEngine implements AutoCloseable {

    static final Duration LONG = Duration.ofSeconds(60);

    /** Runs for hours. */
    static final String ENDLESS =
            "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE hash(a.range * b.range) = 3";

    private static final Duration LEFTOVER_TIMEOUT = Duration.ofSeconds(10);

    private final Set<Thread> threadsBefore = new HashSet<>(threads());
    private final Set<Long> processesBefore = children();
    private final BufferAllocator allocator = new RootAllocator();
    private final NativeFolders folders;
    private final NativeEngine engine;

    OpenEngine(Path folder, Map<String, String> settings) {
        this(folder, settings, Clock.systemUTC());
    }

    OpenEngine(Path folder, Map<String, String> settings, Clock clock) {
        this.folders = folders(folder);
        this.engine = NativeEngine.start(ConfigReader.read(NativeConfig.class, settings), folders, clock);
    }

    static NativeFolders folders(Path folder) {
        return new NativeFolders(
                folder.resolve("tmp").resolve("native"), folder.resolve("logs"), List.of(folder.resolve("warehouse")));
    }

    NativeEngine engine() {
        return engine;
    }

    NativeFolders folders() {
        return folders;
    }

    /** The folders of the processes that are, or were and have not been cleared away. */
    static List<Path> lives(NativeFolders folders) throws IOException {
        try (Stream<Path> each = Files.list(folders.temp())) {
            return each.filter(folder -> !folder.endsWith("lib")).toList();
        }
    }

    BufferAllocator allocator() {
        return allocator;
    }

    NativeOutcome execute(String sql, Object... parameters) {
        return execute(new NativeCancellation(), LONG, sql, parameters);
    }

    NativeOutcome execute(NativeCancellation cancellation, Duration timeout, String sql, Object... parameters) {
        return engine.execute(new NativeQuery(sql, Arrays.asList(parameters), timeout), allocator, cancellation);
    }

    /** The whole answer of a query that must be answered. */
    List<List<Object>> rows(String sql, Object... parameters) {
        return rows(execute(sql, parameters));
    }

    static List<List<Object>> rows(NativeOutcome outcome) {
        assertThat(outcome).isInstanceOf(NativeOutcome.Answered.class);
        List<List<Object>> rows = new ArrayList<>();
        try (NativeAnswer answer = ((NativeOutcome.Answered) outcome).answer()) {
            while (answer.loadNext()) {
                for (int row = 0; row < answer.root().getRowCount(); row++) {
                    List<Object> values = new ArrayList<>();
                    for (FieldVector vector : answer.root().getFieldVectors()) {
                        Object value = vector.getObject(row);
                        values.add(value instanceof org.apache.arrow.vector.util.Text text ? text.toString() : value);
                    }
                    rows.add(values);
                }
            }
        }
        return rows;
    }

    /** The reason of a query that must fail natively. */
    String failure(String sql, Object... parameters) {
        NativeOutcome outcome = execute(sql, parameters);
        assertThat(outcome).as(sql).isInstanceOf(NativeOutcome.Failed.class);
        return ((NativeOutcome.Failed) outcome).reason();
    }

    long pid() {
        return engine.pid().orElseThrow();
    }

    /** Sends a signal to the engine's process and returns its number. */
    long signal(String name) {
        long pid = pid();
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
            assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(kill.exitValue()).isZero();
        } catch (IOException e) {
            throw new AssertionError("kill cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        return pid;
    }

    @Override
    public void close() {
        engine.close();
        Eventually.within(LEFTOVER_TIMEOUT).holds("nothing of the engine is left", () -> {
            assertThat(threads()).as("threads").isSubsetOf(threadsBefore);
            assertThat(children()).as("processes").isSubsetOf(processesBefore);
            assertThat(folders.temp()).doesNotExist();
            assertThat(openSpoolFiles()).as("open files").isEmpty();
        });
        // Throws when a byte is left.
        allocator.close();
    }

    private List<String> openSpoolFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return List.of();
        }
        List<String> open = new ArrayList<>();
        try (var each = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : each) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith(folders.temp().toString())) {
                        open.add(target);
                    }
                } catch (IOException e) {
                    // Closed meanwhile.
                    continue;
                }
            }
        }
        return open;
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("weir-native"))
                .toList();
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }
}
