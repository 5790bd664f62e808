package dev.weirhouse.testkit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** The least that a server has to be for {@link ServerProcess}: ready at its third request, or broken. */
final class ReadyServer {

    private ReadyServer() {}

    public static void main(String[] args) throws IOException {
        Path home = Path.of(System.getenv("WEIR_HOME"));
        System.out.println("home is " + home);
        if (args[0].equals("broken")) {
            System.err.println("cannot start: something is wrong");
            System.exit(3);
        }
        Path starts = home.resolve("starts");
        int start = Files.exists(starts) ? Integer.parseInt(Files.readString(starts)) + 1 : 1;
        Files.writeString(starts, "" + start);
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])), 0);
        server.createContext("/ready", exchange -> {
            boolean ready = args[0].equals("ready") && asked.incrementAndGet() > 2;
            exchange.sendResponseHeaders(ready ? 200 : 503, -1);
            exchange.close();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(0);
            writeQuietly(home.resolve("stopped"));
        }));
        server.start();
        System.out.println("listening, start " + start);
        // A server whose tests have died must not stay for ever.
        Thread guard = new Thread(() -> exitAfter(Duration.ofMinutes(2)));
        guard.setDaemon(true);
        guard.start();
    }

    private static void writeQuietly(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            System.err.println("cannot write " + file + ": " + e);
        }
    }

    private static void exitAfter(Duration time) {
        try {
            Thread.sleep(time.toMillis());
            System.exit(4);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
