package dev.weirhouse.server.http;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Who sends a request: the user of HTTP Basic authentication or of the header {@code X-Weir-User}, for tool {@code
 * X-Weir-Source}, with labels {@code X-Weir-Tags}. Users are named, not authenticated; the door is for loopback or a
 * network that is trusted.
 */
final class RequestCaller {

    private static final String ANONYMOUS = "anonymous";
    private static final String BASIC = "Basic";

    private RequestCaller() {}

    /** @throws WarehouseException REQUEST_MALFORMED when the credentials cannot be read, or what Caller refuses */
    static Caller of(Context request) {
        String user = basicUser(header(request, "Authorization")).orElseGet(() -> header(request, "X-Weir-User"));
        List<String> tags = Arrays.stream(header(request, "X-Weir-Tags").split(","))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .toList();
        return new Caller(user.isBlank() ? ANONYMOUS : user.strip(), source(request), tags, Door.HTTP);
    }

    /** The user of HTTP Basic authentication (RFC 7617); empty when the request uses none. */
    private static Optional<String> basicUser(String authorization) {
        String[] words = authorization.strip().split("\\s+", 2);
        if (!words[0].equalsIgnoreCase(BASIC)) {
            return Optional.empty();
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(words.length == 1 ? "" : words[1]);
            String pair = new String(decoded, StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                return Optional.of(pair.substring(0, colon));
            }
        } catch (IllegalArgumentException e) {
            throw unreadable(e);
        }
        throw unreadable(null);
    }

    private static WarehouseException unreadable(Exception cause) {
        return new WarehouseException(
                ServerError.REQUEST_MALFORMED,
                "The header Authorization says Basic, and no base64 of user:password follows.",
                cause);
    }

    private static String source(Context request) {
        String named = header(request, "X-Weir-Source");
        return named.isEmpty() ? header(request, "User-Agent") : named;
    }

    private static String header(Context request, String name) {
        String value = request.header(name);
        return value == null ? "" : value;
    }
}
