package dev.weirhouse.catalog.hive;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.IHMSHandler;
import org.apache.hadoop.hive.metastore.RawStore;
import org.apache.hadoop.hive.metastore.RetryingHMSHandler;
import org.apache.hadoop.hive.metastore.TSetIpAddressProcessor;
import org.apache.hadoop.hive.metastore.Warehouse;
import org.apache.hadoop.hive.metastore.api.Catalog;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.server.ServerContext;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TServerEventHandler;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TTransport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Hive Metastore in this process: handler, Derby below the warehouse's home, and a thrift server on the configured
 * address.
 *
 * <p>Hive's own starter binds to every address and cannot be stopped, so the server is assembled here from Hive's parts.
 */
public final class EmbeddedMetastore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedMetastore.class);
    private static final int MAX_CONNECTIONS = 256;
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final TServer server;
    private final Connections connections;
    private final Thread acceptor;
    private final ThreadPoolExecutor workers;
    private final String derbyUrl;
    private final String uri;

    private EmbeddedMetastore(
            TServer server,
            Connections connections,
            Thread acceptor,
            ThreadPoolExecutor workers,
            String derbyUrl,
            String uri) {
        this.server = server;
        this.connections = connections;
        this.acceptor = acceptor;
        this.workers = workers;
        this.derbyUrl = derbyUrl;
        this.uri = uri;
    }

    /**
     * Starts a metastore; its door is open when this returns.
     *
     * @throws WarehouseException METASTORE_UNREACHABLE when its port is taken or its database does not open,
     *     ADDRESS_NOT_GUARDED for an address that others can reach
     */
    public static EmbeddedMetastore start(CatalogConfig config) {
        config.metastoreAddress().requireGuarded(CatalogError.ADDRESS_NOT_GUARDED);
        Path database = config.home().resolve("metastore");
        String derbyUrl = "jdbc:derby:" + database;
        System.setProperty(
                "derby.stream.error.file",
                config.home().resolve("logs").resolve("derby.log").toString());
        ServerSocket socket = bind(config.metastoreHost(), config.metastorePort());
        try {
            Files.createDirectories(config.home().resolve("logs"));
            HiveConf conf = serverConf(config, derbyUrl + ";create=true");
            IHMSHandler handler = handler(conf, config.warehouse());
            ThreadPoolExecutor workers =
                    new ThreadPoolExecutor(1, MAX_CONNECTIONS, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                        Thread thread = new Thread(task, "metastore-worker");
                        thread.setDaemon(true);
                        return thread;
                    });
            TThreadPoolServer server = new TThreadPoolServer(new TThreadPoolServer.Args(new TServerSocket(socket))
                    .processor(new TSetIpAddressProcessor<>(handler))
                    .protocolFactory(new TBinaryProtocol.Factory())
                    .inputProtocolFactory(new TBinaryProtocol.Factory(true, true, MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES))
                    .executorService(workers));
            Connections connections = new Connections(handler);
            server.setServerEventHandler(connections);
            Thread acceptor = new Thread(server::serve, "metastore-acceptor");
            acceptor.setDaemon(true);
            acceptor.start();
            String uri = "thrift://" + config.metastoreHost() + ":" + socket.getLocalPort();
            LOG.info("metastore={} database={}", uri, database);
            return new EmbeddedMetastore(server, connections, acceptor, workers, derbyUrl, uri);
        } catch (TException | IOException | ReflectiveOperationException | RuntimeException e) {
            closeQuietly(socket);
            throw new WarehouseException(
                    CatalogError.METASTORE_UNREACHABLE,
                    "The metastore over " + database + " does not start: " + rootMessage(e)
                            + ". If another process uses the folder, end that process first.",
                    e);
        }
    }

    /** The address that clients connect to, {@code thrift://host:port}. */
    public String uri() {
        return uri;
    }

    @Override
    public void close() {
        server.stop();
        connections.closeAll();
        workers.shutdownNow();
        try {
            acceptor.join(TimeUnit.SECONDS.toMillis(5));
            workers.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            DriverManager.getConnection(derbyUrl + ";shutdown=true").close();
        } catch (SQLException e) {
            // Derby answers an orderly shutdown with an exception of state 08006.
            if (!"08006".equals(e.getSQLState())) {
                LOG.warn("The metastore's database did not shut down in order", e);
            }
        }
    }

    private static HiveConf serverConf(CatalogConfig config, String url) {
        HiveConf conf = HiveSettings.base(config);
        conf.set("javax.jdo.option.ConnectionURL", url);
        conf.set("javax.jdo.option.ConnectionDriverName", "org.apache.derby.jdbc.EmbeddedDriver");
        conf.set("datanucleus.schema.autoCreateAll", "true");
        conf.set("hive.metastore.schema.verification", "false");
        conf.set("hive.metastore.try.direct.sql", "false");
        conf.set("datanucleus.connectionPoolingType", "none");
        conf.set("hive.metastore.disallow.incompatible.col.type.changes", "false");
        conf.set("hive.metastore.transactional.event.listeners", "");
        return conf;
    }

    /**
     * Makes the handler on a thread that ends at once: the handler leaves a database session with the thread, and the next
     * metastore in this JVM would find it there. Hive creates its default catalog in the first database that a JVM opens
     * and in no other, so that is done here.
     */
    private static IHMSHandler handler(HiveConf conf, String warehouse) {
        FutureTask<IHMSHandler> making = new FutureTask<>(() -> {
            HiveMetaStore.HMSHandler base = new HiveMetaStore.HMSHandler("weirhouse", conf, false);
            IHMSHandler handler = RetryingHMSHandler.getProxy(conf, base, false);
            RawStore store = base.getMS();
            if (!store.getCatalogs().contains(Warehouse.DEFAULT_CATALOG_NAME)) {
                store.createCatalog(new Catalog(Warehouse.DEFAULT_CATALOG_NAME, warehouse));
            }
            store.shutdown();
            return handler;
        });
        new Thread(making, "metastore-starter").start();
        try {
            return making.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the metastore started", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(rootMessage(e), e.getCause());
        }
    }

    private static ServerSocket bind(String host, int port) {
        ServerSocket socket = null;
        try {
            socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return socket;
        } catch (IOException e) {
            closeQuietly(socket);
            throw new WarehouseException(
                    CatalogError.METASTORE_UNREACHABLE,
                    "The metastore cannot listen on " + host + ":" + port + " (" + e.getMessage()
                            + "). Set metastore.port to a free port, or to 0 to have one picked.",
                    e);
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.debug("A socket did not close", e);
        }
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /**
     * Knows the open connections, so that none holds up the end, and gives a connection's database session back when it
     * ends: the handler keeps one for each thread, and the thread goes on to serve another connection.
     */
    private static final class Connections implements TServerEventHandler {

        private final Set<TTransport> open = ConcurrentHashMap.newKeySet();
        private final IHMSHandler handler;

        Connections(IHMSHandler handler) {
            this.handler = handler;
        }

        void closeAll() {
            open.forEach(TTransport::close);
        }

        @Override
        public void preServe() {}

        @Override
        public ServerContext createContext(TProtocol input, TProtocol output) {
            open.add(input.getTransport());
            return null;
        }

        @Override
        public void deleteContext(ServerContext context, TProtocol input, TProtocol output) {
            open.remove(input.getTransport());
            try {
                // Closes this thread's session and forgets it, and nothing else.
                handler.shutdown();
            } catch (TException e) {
                LOG.warn("A session with the metastore's database did not close", e);
            }
        }

        @Override
        public void processContext(ServerContext context, TTransport input, TTransport output) {}
    }
}
