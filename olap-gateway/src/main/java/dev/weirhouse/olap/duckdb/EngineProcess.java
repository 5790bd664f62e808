package dev.weirhouse.olap.duckdb;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of the engine's process, seen from the warehouse. Safe for several threads. */
final class EngineProcess implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineProcess.class);

    private static final long DEATH_SECONDS = 10;

    /** The kernel takes no longer name for a Unix socket. */
    private static final int MAX_SOCKET_PATH_BYTES = 100;

    private static final int KEPT_OF_OUTPUT = 200;

    /** More commands than this are left only by an engine that has stopped to listen. */
    private static final int MAX_UNHEARD = 10_000;

    /** What the JVM needs to find its libraries and to read names of files. */
    private static final Set<String> KEPT_ENVIRONMENT = Set.of("LD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE");

    /** A class of each library that the engine needs beside DuckDB's driver. No more are on its class path. */
    private static final List<String> NEEDED = List.of(
            EngineMain.class.getName(),
            "org.apache.arrow.c.Data",
            "org.apache.arrow.vector.VectorSchemaRoot",
            "org.apache.arrow.flatbuf.Schema",
            "org.apache.arrow.memory.BufferAllocator",
            "org.apache.arrow.memory.netty.NettyAllocationManager",
            "io.netty.buffer.PooledByteBufAllocatorL",
            "io.netty.buffer.ByteBuf",
            "io.netty.util.internal.PlatformDependent",
            "com.google.flatbuffers.FlatBufferBuilder",
            "com.fasterxml.jackson.databind.ObjectMapper",
            "com.fasterxml.jackson.core.JsonFactory",
            "com.fasterxml.jackson.annotation.JsonCreator",
            "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule",
            "org.slf4j.Logger");

    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-Dslf4j.internal.verbosity=ERROR",
            "--add-opens=java.base/java.nio=ALL-UNNAMED");

    private final Process process;
    private final EngineSettings settings;
    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>(MAX_UNHEARD);
    private final Thread speaking;
    private final Thread logging;
    private final Deque<EngineConnection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;
    private volatile boolean unheeded;

    private EngineProcess(Process process, EngineSettings settings, Thread logging) {
        this.process = process;
        this.settings = settings;
        this.logging = logging;
        this.speaking = new Thread(this::speak, "weir-native-commands-" + process.pid());
        speaking.setDaemon(true);
        speaking.start();
    }

    /**
     * Starts a process; it answers when {@link #awaitReady} has returned.
     *
     * @param spooled bytes that answers of former lives take on disk
     */
    static EngineProcess launch(
            NativeConfig config, NativeFolders folders, EngineLibrary library, Path folder, long spooled)
            throws IOException {
        FileTrees.createPrivate(folder);
        EngineSettings settings = new EngineSettings(
                folder,
                socket(folder),
                config.memory().bytes(),
                config.effectiveThreads(),
                config.tempSize().bytes(),
                config.spoolSize().bytes(),
                spooled,
                folders.readable());
        Files.createDirectory(settings.spill());
        Files.createDirectory(settings.spool());
        Files.createDirectory(settings.unpacked());
        EngineLog log = new EngineLog(folders.logs());
        ProcessBuilder builder =
                new ProcessBuilder(commandLine(settings, library, folders.logs())).directory(folder.toFile());
        // What the environment holds, passwords among it, is none of the engine's business.
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(KEPT_ENVIRONMENT);
        Process process = builder.start();
        return new EngineProcess(
                process, settings, log.copy(process.getErrorStream(), "weir-native-log-" + process.pid()));
    }

    private static Path socket(Path folder) throws IOException {
        Path socket = folder.resolve("engine.sock");
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= MAX_SOCKET_PATH_BYTES) {
            return socket;
        }
        return Files.createTempDirectory("weir-native").resolve("engine.sock");
    }

    private static List<String> commandLine(EngineSettings settings, EngineLibrary library, Path logs) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(JVM_OPTIONS);
        line.add("-XX:ErrorFile=" + logs.resolve("native-engine-crash.log"));
        line.add("-Djava.io.tmpdir=" + settings.unpacked());
        line.add("-Djava.library.path=" + library.folder());
        line.add("-cp");
        line.add(classPath(library));
        line.add(EngineMain.class.getName());
        line.addAll(settings.toArguments());
        return line;
    }

    /** Where the needed classes lie, be it below {@code lib} or in folders of a build. */
    private static String classPath(EngineLibrary library) {
        Set<String> entries = new LinkedHashSet<>();
        entries.add(library.jar().toString());
        for (String name : NEEDED) {
            try {
                entries.add(location(name).toString());
            } catch (URISyntaxException e) {
                throw new IllegalStateException(name + " lies in no file", e);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    /** The jar or folder that a class comes from. */
    static Path location(String className) throws URISyntaxException {
        try {
            Class<?> found = Class.forName(className, false, EngineProcess.class.getClassLoader());
            return Path.of(
                    found.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("The library with " + className + " is missing", e);
        }
    }

    /**
     * Waits until the process answers.
     *
     * @throws IOException when it ends before
     */
    void awaitReady() throws IOException {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            if (!EngineProtocol.READY.equals(line)) {
                throw new IOException(
                        line == null
                                ? "The engine ended before it answered, with status " + awaitEnd()
                                : "The engine said '" + shortened(line) + "' where it should say that it is ready");
            }
        }
        LOG.info("engine={} started", pid());
    }

    private static String shortened(String line) {
        return line.substring(0, Math.min(KEPT_OF_OUTPUT, line.length()));
    }

    private String awaitEnd() {
        try {
            return process.waitFor(DEATH_SECONDS, TimeUnit.SECONDS) ? Integer.toString(process.exitValue()) : "none";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }

    long pid() {
        return process.pid();
    }

    Path spoolFolder() {
        return settings.spool();
    }

    /** Calls back, from a thread of the JDK, when the process has ended. */
    void onEnd(Runnable action) {
        process.onExit().thenRun(action);
    }

    /** A connection that nobody else uses. */
    EngineConnection connect() throws IOException {
        EngineConnection connection = idle.pollFirst();
        return connection == null ? EngineConnection.open(settings.socket()) : connection;
    }

    /** Takes back a connection that is between two queries. The one used last is used next: it knows most statements. */
    void release(EngineConnection connection) {
        idle.addFirst(connection);
        if (closed) {
            closeIdle();
        }
    }

    private void closeIdle() {
        for (EngineConnection each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            each.close();
        }
    }

    /** Says a command with its number to the engine, without waiting. One that is dead does not hear it, and need not. */
    void say(String command, long number) {
        if (!commands.offer(command + " " + number + "\n")) {
            killUnheeded();
        }
    }

    /** A pipe that nobody reads from fills up, and whoever writes then waits: here nobody else waits with it. */
    private void speak() {
        try (OutputStream out = process.getOutputStream()) {
            while (!closed) {
                out.write(commands.take().getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } catch (IOException e) {
            LOG.debug("engine={} hears no more", pid(), e);
        } catch (InterruptedException e) {
            LOG.debug("engine={} has been told all", pid());
        }
    }

    /** Ends the process at once. */
    void kill() {
        process.destroyForcibly();
    }

    /** Ends the process, which does not end a query that it was told to end. */
    void killUnheeded() {
        unheeded = true;
        kill();
    }

    /** Whether it was ended for that: the other queries under way have no part in it. */
    boolean isUnheeded() {
        return unheeded;
    }

    /** Ends the process, waits for its end, and deletes what it leaves. */
    @Override
    public void close() {
        closed = true;
        kill();
        closeIdle();
        String status = awaitEnd();
        speaking.interrupt();
        try {
            speaking.join(TimeUnit.SECONDS.toMillis(DEATH_SECONDS));
            logging.join(TimeUnit.SECONDS.toMillis(DEATH_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        FileTrees.deleteQuietly(settings.folder());
        FileTrees.deleteQuietly(settings.socket().getParent());
        LOG.info("engine={} ended status={}", pid(), status);
    }
}
