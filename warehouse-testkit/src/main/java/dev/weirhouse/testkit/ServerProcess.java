package dev.weirhouse.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server in a process of its own, to be killed and started again on the same home. Its output goes to a file beside
 * its home, across restarts, and the end of it stands in every failure. The process does not outlive the tests' JVM.
 *
 * <p>For use by one thread, except {@link #kill}, which any thread may call to hit a moment.
 */
public final class ServerProcess implements AutoCloseable {

    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration DEATH_TIMEOUT = Duration.ofSeconds(30);
    private static final int SHOWN_LOG_LINES = 60;

    private final ServerCommand command;
    private final Path log;
    private final Thread endWithTests = new Thread(this::kill, "end-server-process");
    private volatile Process process;

    private ServerProcess(ServerCommand command) {
        this.command = command;
        this.log = command.home().resolveSibling(command.home().getFileName() + ".log");
    }

    /** Starts a server and waits until it is ready. */
    public static ServerProcess start(ServerCommand command, Duration deadline) {
        ServerProcess server = new ServerProcess(command);
        Runtime.getRuntime().addShutdownHook(server.endWithTests);
        try {
            server.start(deadline);
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    /** Starts the server again after it was killed or stopped, and waits until it is ready. */
    public void start(Duration deadline) {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("The server runs already, as process " + process.pid());
        }
        try {
            Files.createDirectories(command.home());
            ProcessBuilder builder = new ProcessBuilder(command.line())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().put("WEIR_HOME", command.home().toString());
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command.mainClass(), e);
        }
        awaitReady(deadline);
    }

    private void awaitReady(Duration deadline) {
        try {
            Eventually.within(deadline).answers("the server is ready", this::readyOrDead, settled -> settled);
        } catch (AssertionError e) {
            throw withLog(e.getMessage(), e);
        }
        if (!process.isAlive()) {
            throw withLog("The server ended with status " + process.exitValue() + " before it was ready", null);
        }
    }

    private boolean readyOrDead() throws IOException {
        if (!process.isAlive()) {
            return true;
        }
        HttpURLConnection connection =
                (HttpURLConnection) command.ready().toURL().openConnection();
        connection.setConnectTimeout((int) HTTP_TIMEOUT.toMillis());
        connection.setReadTimeout((int) HTTP_TIMEOUT.toMillis());
        try {
            return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            connection.disconnect();
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path home() {
        return command.home();
    }

    /** Ends the process with SIGKILL: it gets no chance to put anything in order. Returns when it is gone. */
    public void kill() {
        Process killed = process;
        if (killed == null) {
            return;
        }
        killed.descendants().forEach(ProcessHandle::destroyForcibly);
        killed.destroyForcibly();
        awaitEnd(killed, DEATH_TIMEOUT);
    }

    /** Ends the process with SIGTERM, waits for it to shut down, and returns its exit status. */
    public int stop(Duration deadline) {
        process.destroy();
        awaitEnd(process, deadline);
        return process.exitValue();
    }

    private void awaitEnd(Process ended, Duration deadline) {
        try {
            if (!ended.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw withLog("The server did not end within " + deadline, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server ends", e);
        }
    }

    /** What the server wrote to its output so far, in all its lives. */
    public String log() {
        try {
            return Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + log, e);
        }
    }

    private AssertionError withLog(String what, Throwable cause) {
        List<String> lines = log().lines().toList();
        List<String> end = lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size());
        return new AssertionError(
                what + "\nThe end of " + log + ":\n" + String.join("\n", end).indent(4), cause);
    }

    /** Kills the server if it runs. */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(endWithTests);
        } catch (IllegalStateException shuttingDown) {
            // The hook itself is what runs now.
            return;
        }
    }
}
