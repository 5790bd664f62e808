package dev.weirhouse.server.http;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import io.javalin.http.Context;
import io.javalin.security.BasicAuthCredentials;
import java.util.Arrays;
import java.util.List;

/**
 * Who sends a request: the user of HTTP Basic authentication or of the header {@code X-Weir-User}, for tool {@code
 * X-Weir-Source}, with labels {@code X-Weir-Tags}. Users are named, not authenticated; the door is for loopback or a
 * network that is trusted.
 */
final class RequestCaller {

    private static final String ANONYMOUS = "anonymous";

    private RequestCaller() {}

    static Caller of(Context request) {
        BasicAuthCredentials credentials = request.basicAuthCredentials();
        String user = credentials != null ? credentials.getUsername() : header(request, "X-Weir-User");
        List<String> tags = Arrays.stream(header(request, "X-Weir-Tags").split(","))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .toList();
        return new Caller(user.isBlank() ? ANONYMOUS : user.strip(), source(request), tags, Door.HTTP);
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
