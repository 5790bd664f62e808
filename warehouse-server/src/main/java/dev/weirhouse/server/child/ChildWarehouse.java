package dev.weirhouse.server.child;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.Main;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.place.ServerAddress;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A warehouse in a process of its own: {@code weir up} with the class path and the options of this JVM, which the launcher
 * gives to all commands that have one. The process ends with this one, also on Ctrl-C, unless it is let go.
 */
public final class ChildWarehouse implements AutoCloseable {

    private static final Duration START_DEADLINE = Duration.ofMinutes(5);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);

    private static final File NO_INPUT = new File("/dev/null");

    private final Path home;
    private final Path configuration;
    private final Path output;
    private final Thread endWithParent = new Thread(this::end, "end-child-warehouse");
    private Process process;

    /**
     * @param home the warehouse's home folder
     * @param configuration its {@code weirhouse.yaml}
     * @param output where what it prints is appended
     */
    public ChildWarehouse(Path home, Path configuration, Path output) {
        this.home = requireNonNull(home, "home is null");
        this.configuration = requireNonNull(configuration, "configuration is null");
        this.output = requireNonNull(output, "output is null");
        Runtime.getRuntime().addShutdownHook(endWithParent);
    }

    /**
     * Starts the process and waits until all its parts are ready.
     *
     * @throws WarehouseException SERVER_UNREACHABLE with the end of what it printed
     */
    public ServerAddress start() {
        try {
            ProcessBuilder builder = new ProcessBuilder(command())
                    .redirectErrorStream(true)
                    .redirectInput(NO_INPUT)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().put("WEIR_HOME", home.toString());
            synchronized (this) {
                process = builder.start();
            }
        } catch (IOException e) {
            throw new WarehouseException(ServerError.SERVER_UNREACHABLE, "No process can be started: " + e, e);
        }
        return awaitReady();
    }

    private List<String> command() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                // A debugger's port, and an agent's file, serve one process.
                .filter(option -> !option.startsWith("-agentlib") && !option.startsWith("-javaagent"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of("up", "--config", configuration.toString()));
        return command;
    }

    /** The address file is written last, when every part is ready. */
    private ServerAddress awaitReady() {
        long begun = System.nanoTime();
        while (true) {
            Optional<ServerAddress> address = ServerAddress.find(home).filter(found -> found.pid() == process.pid());
            if (address.isPresent()) {
                return address.get();
            }
            if (!process.isAlive() || System.nanoTime() - begun > START_DEADLINE.toNanos()) {
                throw new WarehouseException(
                        ServerError.SERVER_UNREACHABLE,
                        "The warehouse in " + home + " did not get ready. The end of " + output + ":\n" + printed(20));
            }
            pause();
        }
    }

    /** What it printed last. */
    public String newestLine() {
        return printed(1).strip().replaceAll("\\s+", " ");
    }

    private String printed(int lines) {
        try {
            List<String> all = Files.readAllLines(output);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "";
        }
    }

    private void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(
                    CatalogError.CANCELLED, "The wait for the warehouse in " + home + " was cancelled.", e);
        }
    }

    /** The process. */
    public long pid() {
        return process.pid();
    }

    /** Ends the process with SIGKILL, which leaves it no moment to put anything in order. Returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Lets the process run on after this one. */
    public synchronized void letGo() {
        process = null;
    }

    /** Asks the process to end, and makes it end when it does not. */
    private synchronized void end() {
        if (process == null || !process.isAlive()) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(endWithParent);
        } catch (IllegalStateException shuttingDown) {
            // The hook itself does the same.
            return;
        }
    }
}
