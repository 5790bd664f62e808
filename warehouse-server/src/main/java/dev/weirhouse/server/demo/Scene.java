package dev.weirhouse.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.child.ChildWarehouse;
import dev.weirhouse.server.child.StockDriver;
import dev.weirhouse.server.child.WarehouseCalls;
import dev.weirhouse.server.cli.ApiClient;
import dev.weirhouse.server.place.ServerAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** What the steps of the demo share: the warehouse, the ways to ask it, the flights, and an answer to come back to. */
final class Scene implements AutoCloseable {

    /** How long streams may take to catch up with what was delivered. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(300);

    private final Story story;
    private final DemoHome home;
    private final ChildWarehouse server;
    private final StockDriver driver;
    private final SampleData data;
    private final Upstream upstream;
    private ServerAddress address;
    private JdbcClient jdbc;
    private WarehouseCalls calls;
    private Optional<Earlier> earlier = Optional.empty();

    /** An answer, and the snapshot of {@code dwd.flights_enriched} that it was computed on. */
    record Earlier(long snapshot, Answer answer) {}

    Scene(Story story, DemoHome home, StockDriver driver, SampleData data) {
        this.story = story;
        this.home = home;
        this.server = new ChildWarehouse(home.folder(), home.configuration(), home.output());
        this.driver = driver;
        this.data = data;
        this.upstream = new Upstream(home.flightsInbox(), data.flights());
    }

    /** Starts the warehouse, anew after it was killed, and connects to it. */
    void open() throws SQLException {
        address = story.during("starting", server::newestLine, server::start);
        calls = new WarehouseCalls(new ApiClient(address.http(), System.getProperty("user.name"), "demo"));
        jdbc = new JdbcClient(driver.connect(address.jdbc()));
    }

    Story story() {
        return story;
    }

    DemoHome home() {
        return home;
    }

    ChildWarehouse server() {
        return server;
    }

    ServerAddress address() {
        return address;
    }

    WarehouseCalls calls() {
        return calls;
    }

    Upstream upstream() {
        return upstream;
    }

    /** How many flights the demo has in all. */
    int allFlights() {
        return data.flights().size();
    }

    /** How many flights are delivered before the batch lane comes in; the rest comes when the process is killed. */
    int firstFlights() {
        return (int) (allFlights() * 6L / 10);
    }

    int airports() {
        return data.airportLines().size();
    }

    /** What must come out when the first flights have arrived. */
    Reckoning reckoning(int flights) {
        return new Reckoning(data.flights().subList(0, flights), data.airports());
    }

    Flight flight(long flightId) {
        return data.flights().stream()
                .filter(flight -> flight.flightId() == flightId)
                .findFirst()
                .orElseThrow();
    }

    void remember(Earlier answer) {
        earlier = Optional.of(answer);
    }

    Earlier earlier() {
        return earlier.orElseThrow();
    }

    /** Shows a query, runs it through JDBC and shows its answer. */
    Answer ask(String sql, Object... parameters) throws SQLException {
        story.sql(sql);
        Answer answer = query(sql, parameters);
        story.table(answer);
        return answer;
    }

    /** Runs a query through JDBC. */
    Answer query(String sql, Object... parameters) throws SQLException {
        return story.during("the query runs", () -> "", () -> jdbc.query(sql, parameters));
    }

    /** Gives the JDBC session's setting a value. */
    void set(String key, String value) throws SQLException {
        jdbc.execute("SET '" + key + "' = '" + value + "'");
    }

    /** The newest snapshot of a table. */
    long snapshot(String table) throws SQLException {
        int dot = table.indexOf('.');
        return query(
                        "SELECT snapshot_id FROM weir.tables WHERE database_name = ? AND table_name = ?",
                        table.substring(0, dot),
                        table.substring(dot + 1))
                .number();
    }

    /** Runs a script in the batch lane and tells how each statement went. */
    void runScript(String name, String dialect, String text, Map<String, String> variables) {
        AtomicReference<String> state = new AtomicReference<>("");
        JsonNode script = story.during(
                "the script runs",
                state::get,
                () -> calls.runScript(
                        name,
                        dialect,
                        text,
                        variables,
                        now -> state.set(WarehouseCalls.finished(now) + " of "
                                + now.path("statements").size() + " statements done")));
        int statements = script.path("statements").size();
        story.note(
                "script %s: %d of %d statements done in %.1f s",
                name,
                WarehouseCalls.finished(script),
                statements,
                script.path("elapsedMillis").asLong() / 1000.0);
        for (JsonNode statement : script.path("statements")) {
            if (statement.has("rows")) {
                story.note(
                        "line %d wrote %,d rows in %.1f s",
                        statement.path("line").asInt(),
                        statement.path("rows").asLong(),
                        statement.path("elapsedMillis").asLong() / 1000.0);
            }
        }
        String error = script.path("error").path("message").asText("");
        story.check(
                "script " + name + " ended",
                "FINISHED",
                script.path("state").asText() + (error.isEmpty() ? "" : " " + error));
    }

    /** How many flights have come through to each place; a flight is counted where a commit has made it visible. */
    record Arrived(long inLog, long enriched, long counted) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d in ods.flights_log, %,d in dwd.flights_enriched, %,d counted in dws.route_delay",
                    inLog,
                    enriched,
                    counted);
        }
    }

    Arrived arrived() throws SQLException {
        Map<String, Long> rows = new HashMap<>();
        for (var row : jdbc.query(
                        """
                        SELECT 'log' AS place, COUNT(*) AS flights FROM ods.flights_log
                        UNION ALL SELECT 'enriched', COUNT(*) FROM dwd.flights_enriched
                        UNION ALL SELECT 'counted', COALESCE(SUM(flights), 0) FROM dws.route_delay
                        """)
                .rows()) {
            rows.put(row.get(0), Long.parseLong(row.get(1)));
        }
        return new Arrived(rows.get("log"), rows.get("enriched"), rows.get("counted"));
    }

    /** A look at the warehouse. */
    @FunctionalInterface
    interface Look {
        boolean isThere() throws SQLException;
    }

    /** Waits until a look finds what is waited for; false when that takes too long. */
    boolean await(String what, Supplier<String> state, Look look) throws SQLException {
        return story.during(what, state, () -> {
            long begun = System.nanoTime();
            while (!look.isThere()) {
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    return false;
                }
                pause();
            }
            return true;
        });
    }

    /** Waits until the streams have brought so many flights through to the last table. */
    void awaitArrival(int flights) throws SQLException {
        AtomicReference<Arrived> newest = new AtomicReference<>(new Arrived(0, 0, 0));
        Arrived all = new Arrived(flights, flights, flights);
        await("the streams catch up", () -> newest.get().toString(), () -> {
            newest.set(arrived());
            return upstream.isIdle() && newest.get().equals(all);
        });
        story.check("what the upstream delivered has come through", all, newest.get());
        if (!newest.get().equals(all)) {
            calls.jobs()
                    .forEach(job -> story.note(
                            "job %s is %s %s",
                            job.path("name").asText(),
                            job.path("state").asText(),
                            job.path("error").asText("")));
        }
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.CANCELLED, "The demo was cancelled.", e);
        }
    }

    /** Ends the upstream and, unless it was let go, the warehouse. */
    @Override
    public void close() {
        upstream.close();
        server.close();
    }
}
