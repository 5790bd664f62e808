package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.OlapGateway;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open Flight SQL port. Close it before its gateway, so that clients hear of the end in order. */
public final class FlightSqlDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FlightSqlDoor.class);

    private static final long CLOSE_SECONDS = 10;

    private final OlapConfig config;
    private final BufferAllocator allocator;
    private final ExecutorService calls = threads("weir-flight-call-");
    private final ExecutorService streams = threads("weir-flight-stream-");
    private final FlightServer server;

    private FlightSqlDoor(OlapGateway gateway, OlapConfig config) {
        this.config = config;
        this.allocator = new RootAllocator(config.memory().bytes());
        WarehouseProducer producer = new WarehouseProducer(
                allocator,
                new StatementCalls(config, allocator, streams),
                new MetadataCalls(allocator),
                new ServerInfo(config, version()));
        ClientConnections connections = new ClientConnections();
        Consumer<NettyServerBuilder> transport =
                builder -> builder.addTransportFilter(connections).intercept(connections);
        this.server = FlightServer.builder(allocator, Location.forGrpcInsecure(config.host(), config.port()), producer)
                .middleware(CallSession.KEY, new CallSession.Factory(gateway))
                .maxInboundMessageSize((int) config.maxRequestSize().bytes())
                .executor(calls)
                .transportHint("grpc.builderConsumer", transport)
                .build();
    }

    /**
     * Opens the port.
     *
     * @throws WarehouseException when the port cannot be had, or would be open to a network without the setting that
     *     allows it
     */
    public static FlightSqlDoor open(OlapGateway gateway, OlapConfig config) {
        config.address().requireGuarded(OlapError.DOOR_NOT_GUARDED);
        FlightSqlDoor door = new FlightSqlDoor(gateway, config);
        try {
            door.server.start();
        } catch (IOException e) {
            door.close();
            throw new WarehouseException(
                    OlapError.PORT_NOT_AVAILABLE,
                    "The Flight SQL door cannot listen on " + config.host() + ":" + config.port()
                            + ": stop what uses that port, or set flight.port (0 picks a free one) or flight.host.",
                    e);
        }
        LOG.info("door=flight-sql state=open url={}", door.jdbcUrl());
        return door;
    }

    private static String version() {
        return Optional.ofNullable(FlightSqlDoor.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    private static ExecutorService threads(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The port that is open. */
    public int port() {
        return server.getPort();
    }

    /** What the stock JDBC driver connects with. */
    public String jdbcUrl() {
        return "jdbc:arrow-flight-sql://" + config.host() + ":" + port() + "/?useEncryption=false";
    }

    /** Stops taking calls, cancels those that run, and gives back threads and memory. */
    @Override
    public void close() {
        try {
            server.close();
            calls.shutdown();
            streams.shutdownNow();
            if (!streams.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
                    || !calls.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("door=flight-sql closed while calls were still running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeAllocator();
        }
    }

    private void closeAllocator() {
        try {
            allocator.close();
        } catch (IllegalStateException e) {
            LOG.warn("door=flight-sql left {} bytes of Arrow memory", allocator.getAllocatedMemory(), e);
        }
    }
}
