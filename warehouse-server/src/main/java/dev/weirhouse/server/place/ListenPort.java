package dev.weirhouse.server.place;

import dev.weirhouse.catalog.CatalogConfig;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.config.Configuration;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/**
 * A port that the process is going to listen on, with the setting that changes it.
 *
 * @param port 0 for any free one
 */
public record ListenPort(String host, int port, String setting) {

    /** All ports that a process with this configuration opens. */
    public static List<ListenPort> all(Configuration configuration) {
        CatalogConfig catalog = configuration.get(CatalogConfig.class);
        OlapConfig olap = configuration.get(OlapConfig.class);
        ServerConfig server = configuration.get(ServerConfig.class);
        List<ListenPort> ports = new ArrayList<>();
        ports.add(http(server));
        ports.add(new ListenPort(olap.host(), olap.port(), "flight.port"));
        if (catalog.metastoreUri().isEmpty()) {
            ports.add(new ListenPort(catalog.metastoreHost(), catalog.metastorePort(), "metastore.port"));
        }
        if (catalog.clusterRest().isEmpty()) {
            ports.add(new ListenPort(catalog.clusterUiHost(), catalog.clusterUiPort(), "cluster.ui.port"));
        }
        return ports;
    }

    /** The port of the HTTP door. */
    public static ListenPort http(ServerConfig config) {
        return new ListenPort(config.host(), config.port(), "http.port");
    }

    /** What a user reads and types: loopback by its number, any address as localhost. */
    public String clientHost() {
        return host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
    }

    /** Whether something else listens there, as far as a moment's try can tell. */
    public boolean isTaken() {
        if (port == 0) {
            return false;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /**
     * Makes sure, as far as a moment's try can, that the port can be had.
     *
     * @throws WarehouseException PORT_IN_USE
     */
    public void requireFree() {
        if (isTaken()) {
            throw inUse(null);
        }
    }

    /** The error for a port that could not be had. */
    public WarehouseException inUse(Throwable cause) {
        return new WarehouseException(
                ServerError.PORT_IN_USE,
                "Port %d on %s cannot be had: something else listens there. Stop it, or set %s to another port; 0 picks a free one."
                        .formatted(port, host, setting),
                cause);
    }
}
