package dev.weirhouse.server.http;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.place.ListenPort;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * Keeps web pages out. A browser on this machine can reach a loopback port for any page that it shows; such a request
 * carries a foreign {@code Origin}, or a foreign {@code Host} when the page's name was pointed at this machine, or, being
 * sent without asking first, no JSON content type. Programs carry none of the first two and JSON.
 */
final class DoorGuard {

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final ListenPort door;

    DoorGuard(ListenPort door) {
        this.door = door;
    }

    /** @throws WarehouseException ORIGIN_REFUSED or MEDIA_TYPE_NOT_SUPPORTED */
    void check(Context request) {
        String host = request.header("Host");
        if (door.isLoopback() && host != null && !isOurName(hostName(host))) {
            throw refused("for the host '" + host + "'");
        }
        String origin = request.header("Origin");
        if (origin != null && !sameHost(origin, host)) {
            throw refused("from pages of '" + origin + "'");
        }
        if (request.method().equals(HandlerType.POST) && request.bodyAsBytes().length > 0 && !isJson(request)) {
            throw new WarehouseException(
                    ServerError.MEDIA_TYPE_NOT_SUPPORTED,
                    "The body must be JSON and its Content-Type application/json.");
        }
    }

    private boolean isOurName(String name) {
        return LOOPBACK_NAMES.contains(name) || name.equals(door.host().toLowerCase(Locale.ROOT));
    }

    private static boolean sameHost(String origin, String host) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isJson(Context request) {
        String type = request.contentType();
        return type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json");
    }

    private static String hostName(String host) {
        String name = host.replaceFirst(":\\d+$", "");
        return name.toLowerCase(Locale.ROOT);
    }

    private static WarehouseException refused(String what) {
        return new WarehouseException(ServerError.ORIGIN_REFUSED, "This door does not answer requests " + what + ".");
    }
}
