package dev.weirhouse.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start a server.
 *
 * @param home the folder that the process finds in {@code WEIR_HOME}
 * @param ready the address that answers 200 when the server is ready
 * @param classPath the class path, as the JVM takes it
 * @param jvmOptions the JVM's options
 * @param mainClass the class to start
 * @param arguments its arguments
 */
public record ServerCommand(
        Path home, URI ready, String classPath, List<String> jvmOptions, String mainClass, List<String> arguments) {

    private static final List<String> INHERITED_OPTIONS = List.of("--add-opens", "-Djava.system.class.loader=");

    public ServerCommand {
        home = home.toAbsolutePath().normalize();
        requireNonNull(ready, "ready is null");
        requireNonNull(classPath, "classPath is null");
        jvmOptions = List.copyOf(jvmOptions);
        requireNonNull(mainClass, "mainClass is null");
        arguments = List.copyOf(arguments);
    }

    /**
     * A server on the class path of the tests, in a JVM opened up as theirs is, with a heap of 1 GB. It compiles once and trusts
     * its classes: a server that is killed soon spends half of its time on compiling twice, and a sixth of its start on
     * verifying them.
     */
    public static ServerCommand of(Path home, URI ready, String mainClass, String... arguments) {
        List<String> options = new ArrayList<>(List.of(
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> INHERITED_OPTIONS.stream().anyMatch(option::startsWith))
                .forEach(options::add);
        return new ServerCommand(
                home, ready, System.getProperty("java.class.path"), options, mainClass, List.of(arguments));
    }

    /**
     * A port that nobody listens on now. The process that is then given it may still be late; where a server picks its
     * port itself and can say which, let it.
     */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("No port is free", e);
        }
    }

    /** The command line. */
    List<String> line() {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(jvmOptions);
        line.addAll(List.of("-cp", classPath, mainClass));
        line.addAll(arguments);
        return line;
    }
}
