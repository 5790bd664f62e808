package dev.weirhouse.server.http;

import dev.weirhouse.catalog.HostNames;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;

/**
 * Keeps web pages out. A browser on this machine can reach a loopback port for any page that it shows; such a request
 * carries a foreign {@code Origin}, or a foreign {@code Host} when the page's name was pointed at this machine, or, being
 * sent without asking first, no JSON content type. Programs carry none of the first two and JSON.
 */
final class DoorGuard {

    private static final String JSON = "application/json";

    private final HostNames names;

    /** @param names what browsers may call the door by */
    DoorGuard(HostNames names) {
        this.names = names;
    }

    /** @throws WarehouseException ORIGIN_REFUSED or MEDIA_TYPE_NOT_SUPPORTED */
    void check(Context request) {
        String host = request.header("Host");
        if (host != null && !names.include(host)) {
            throw refused("for the host '" + host + "'. If it is a name of this machine, add it to http.hosts");
        }
        String origin = request.header("Origin");
        if (origin != null && !HostNames.isSame(origin, host)) {
            throw refused("from pages of '" + origin + "'");
        }
        if (request.method().equals(HandlerType.POST) && request.bodyAsBytes().length > 0 && !isJson(request)) {
            throw new WarehouseException(
                    ServerError.MEDIA_TYPE_NOT_SUPPORTED,
                    "The body must be JSON and its Content-Type application/json.");
        }
    }

    private static boolean isJson(Context request) {
        String type = request.contentType();
        return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase(JSON);
    }

    private static WarehouseException refused(String what) {
        return new WarehouseException(ServerError.ORIGIN_REFUSED, "This door does not answer requests " + what + ".");
    }
}
