package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.child.ChildWarehouse;
import dev.weirhouse.server.child.StockDriver;
import dev.weirhouse.server.child.WarehouseCalls;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.place.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** The warehouse that is measured, in a process of its own, and the doors to it. */
final class BenchWarehouse implements AutoCloseable {

    private final ChildWarehouse process;
    private final ServerAddress address;
    private final StockDriver driver;
    private final WarehouseCalls calls;

    private BenchWarehouse(ChildWarehouse process, ServerAddress address, StockDriver driver) {
        this.process = process;
        this.address = address;
        this.driver = driver;
        this.calls = new WarehouseCalls(api());
    }

    /** Starts a warehouse with these settings. */
    static BenchWarehouse start(BenchHome home, Map<String, String> settings) {
        StockDriver driver = StockDriver.load(Path.of(System.getProperty("weir.lib", "lib")));
        home.configure(settings);
        ChildWarehouse process = new ChildWarehouse(home.folder(), home.configuration(), home.output());
        try {
            return new BenchWarehouse(process, process.start(), driver);
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** A client of the HTTP door. */
    ApiClient api() {
        return new ApiClient(address.http(), System.getProperty("user.name"), "bench");
    }

    WarehouseCalls calls() {
        return calls;
    }

    StockDriver driver() {
        return driver;
    }

    ServerAddress address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    /** Runs a script of the batch lane to its end. */
    void script(String name, String text) {
        JsonNode end = calls.runScript(name, "flink", text, Map.of(), state -> {});
        if (!end.path("state").asText().equals("FINISHED")) {
            throw new WarehouseException(
                    ServerError.SERVER_ANSWER_UNREADABLE,
                    "The script " + name + " ended as " + end.path("state").asText() + ": "
                            + end.path("error").path("message").asText());
        }
    }

    /**
     * A session through the stock JDBC driver.
     *
     * @param settings as SET would change them
     */
    Connection connect(String database, Map<String, String> settings) throws SQLException {
        StringBuilder url = new StringBuilder(address.jdbc()).append("&schema=").append(database);
        settings.forEach(
                (key, value) -> url.append("&session.").append(key).append('=').append(value));
        return driver.connect(url.toString());
    }

    /** What {@code /metrics} says of a name without labels; empty when it does not say anything. */
    Optional<Double> metric(String name) throws IOException {
        try (InputStream in = URI.create(address.http() + "/metrics").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .map(line -> Double.valueOf(line.substring(name.length() + 1)))
                    .findFirst();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
