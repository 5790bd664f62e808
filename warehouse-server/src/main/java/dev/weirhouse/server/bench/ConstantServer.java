package dev.weirhouse.server.bench;

import dev.weirhouse.olap.flight.ConstantAnswers;
import dev.weirhouse.server.child.StockDriver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** A Flight SQL server that answers a constant, in a process of its own. */
final class ConstantServer implements AutoCloseable {

    private static final long END_SECONDS = 10;

    private final Process process;
    private final int port;

    private ConstantServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static ConstantServer start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ConstantAnswers.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String port = said.readLine();
        if (port == null) {
            throw new IOException("The server that answers a constant did not start");
        }
        return new ConstantServer(process, Integer.parseInt(port));
    }

    Connection connect(StockDriver driver) throws SQLException {
        return driver.connect("jdbc:arrow-flight-sql://127.0.0.1:" + port + "/?useEncryption=false");
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
