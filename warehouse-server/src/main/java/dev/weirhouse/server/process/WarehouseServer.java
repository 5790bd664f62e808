package dev.weirhouse.server.process;

import dev.weirhouse.batch.BatchConfig;
import dev.weirhouse.batch.BatchScripts;
import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.HomeLock;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.Configuration;
import dev.weirhouse.consistency.CheckConfig;
import dev.weirhouse.consistency.Checks;
import dev.weirhouse.lineage.Lineage;
import dev.weirhouse.lineage.openlineage.OpenLineage;
import dev.weirhouse.lineage.openlineage.OpenLineageConfig;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapLanes;
import dev.weirhouse.olap.duckdb.NativeConfig;
import dev.weirhouse.olap.flight.FlightSqlDoor;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.http.HttpDoor;
import dev.weirhouse.server.http.WarehouseApi;
import dev.weirhouse.server.place.ListenPort;
import dev.weirhouse.server.place.ServerAddress;
import dev.weirhouse.stream.StreamConfig;
import dev.weirhouse.stream.StreamJobs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A warehouse in this process.
 *
 * <ol>
 *   <li>The ports are looked at, so that a mistake in the configuration is told at once.
 *   <li>The ground floor opens: the home's lock, state store, metastore, catalog, cluster.
 *   <li>Lineage opens, before anything passes the gate, and OpenLineage behind it.
 *   <li>The lanes open; the stream lane takes up the jobs that are meant to run.
 *   <li>Checks open above them, and are run when they are due.
 *   <li>The doors open, Flight SQL and HTTP.
 *   <li>The address file is left in the home folder.
 * </ol>
 *
 * <p>What was opened is closed in the reverse order, also when a later part does not open.
 */
public final class WarehouseServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WarehouseServer.class);

    private final Path home;
    private final StartReport report;
    private final Deque<Part> open = new ArrayDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean isClosing;
    private ServerAddress address;

    /** Something that was opened, with the name it is closed under. */
    private record Part(String name, AutoCloseable closeable) {}

    private WarehouseServer(Path home, StartReport report) {
        this.home = home;
        this.report = report;
    }

    /**
     * Opens everything and reports each part that is ready.
     *
     * @param lock on the home; the warehouse lets go of it when it closes, also when it does not open
     * @throws WarehouseException what kept a part from opening; nothing stays open
     */
    public static WarehouseServer open(Configuration configuration, HomeLock lock, Clock clock, PrintWriter out) {
        WarehouseServer server =
                new WarehouseServer(configuration.get(CatalogConfig.class).home(), new StartReport(out));
        try {
            server.openAll(configuration, lock, clock);
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    private void openAll(Configuration configuration, HomeLock lock, Clock clock) {
        keep("home", lock);
        CatalogConfig catalogConfig = configuration.get(CatalogConfig.class);
        OlapConfig olapConfig = configuration.get(OlapConfig.class);
        ServerConfig serverConfig = configuration.get(ServerConfig.class);
        ListenPort.all(configuration).forEach(ListenPort::requireFree);
        Warehouse warehouse = keep("ground floor", Warehouse.open(catalogConfig, lock, clock, report::ready));
        Lineage lineage = keep("lineage", Lineage.open(warehouse));
        OpenLineage openLineage =
                keep("OpenLineage", OpenLineage.open(warehouse, configuration.get(OpenLineageConfig.class)));
        StreamJobs jobs = keep("stream lane", StreamJobs.open(warehouse, configuration.get(StreamConfig.class), clock));
        report.ready("stream lane", jobs.recovered() + " jobs taken up");
        BatchScripts scripts =
                keep("batch lane", new BatchScripts(warehouse.gate(), configuration.get(BatchConfig.class), clock));
        report.ready("batch lane", "");
        OlapLanes lanes = keep(
                "native engine",
                OlapLanes.open(
                        configuration.get(NativeConfig.class),
                        olapConfig,
                        warehouse,
                        catalogConfig
                                .localWarehouse()
                                .map(folder -> Map.of(catalogConfig.warehouse(), folder))
                                .orElse(Map.of())));
        report.ready("native engine", lanes.natively().isPresent() ? "" : "none, native.enabled is false");
        OlapGateway gateway = keep("OLAP lane", new OlapGateway(warehouse.gate(), olapConfig, lanes, clock));
        Checks checks = keep("checks", Checks.open(warehouse, gateway, configuration.get(CheckConfig.class)));
        report.ready("checks", "");
        FlightSqlDoor flight = keep("Flight SQL", FlightSqlDoor.open(gateway, olapConfig));
        report.ready("Flight SQL", "port " + flight.port());
        HttpDoor http = keep(
                "HTTP",
                WarehouseApi.open(
                        serverConfig,
                        new WarehouseApi.Parts(warehouse, lineage, openLineage, jobs, scripts, gateway, checks),
                        clock));
        report.ready("HTTP", http.url());
        address = new ServerAddress(ProcessHandle.current().pid(), http.url(), flight.jdbcUrl());
        leaveAddress();
        LOG.info("warehouse state=READY took={}ms {}", report.total().toMillis(), address);
    }

    private <T extends AutoCloseable> T keep(String name, T part) {
        open.push(new Part(name, part));
        return part;
    }

    private void leaveAddress() {
        try {
            address.write(home);
        } catch (IOException e) {
            throw new WarehouseException(
                    CatalogError.HOME_NOT_WRITABLE, "The address file cannot be written to " + home + ".", e);
        }
        open.push(new Part("address file", () -> address.remove(home)));
    }

    /** Where clients find this warehouse. */
    public ServerAddress address() {
        return address;
    }

    /** Waits until somebody closes the warehouse. */
    public void awaitClose() throws InterruptedException {
        closed.await();
    }

    /** Closes what is open, the last opened first; a part that does not close does not keep the others open. */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosing) {
                return;
            }
            isClosing = true;
        }
        while (!open.isEmpty()) {
            Part part = open.pop();
            long begun = System.nanoTime();
            try {
                part.closeable().close();
                LOG.info("part={} state=CLOSED took={}ms", part.name(), (System.nanoTime() - begun) / 1_000_000);
            } catch (Exception e) {
                LOG.warn("part={} did not close", part.name(), e);
            }
        }
        closed.countDown();
    }
}
