package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.apache.arrow.flight.CallHeaders;

/**
 * How a call says who it comes from: a name and password, the secret of a session, or nothing.
 *
 * <p>The secret comes as a bearer token or as the session cookie of RFC 6265. A client may send both; the token counts,
 * because a cookie may be left from an earlier session.
 *
 * @param user the name, when one was sent with a password
 * @param secret the secret of a session that is open already
 */
record Credentials(Optional<String> user, Optional<String> secret) {

    static final String COOKIE = "weir_session";

    private static final String AUTHORIZATION = "authorization";
    private static final String BASIC = "Basic ";
    private static final String BEARER = "Bearer ";

    static Credentials of(CallHeaders headers) {
        Optional<String> user = Optional.empty();
        Optional<String> secret = cookie(headers);
        String authorization = headers.get(AUTHORIZATION);
        if (authorization != null && startsWith(authorization, BEARER)) {
            secret = Optional.of(authorization.substring(BEARER.length()).strip());
        } else if (authorization != null && startsWith(authorization, BASIC)) {
            user = Optional.of(user(authorization.substring(BASIC.length()).strip()));
        } else if (authorization != null) {
            throw new WarehouseException(
                    OlapError.LOGIN_REFUSED, "Sign in with user and password, or with the token of a session.");
        }
        return new Credentials(user, secret);
    }

    private static boolean startsWith(String text, String scheme) {
        return text.regionMatches(true, 0, scheme, 0, scheme.length());
    }

    private static String user(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            String name = pair.substring(0, pair.indexOf(':'));
            if (!name.isBlank()) {
                return name;
            }
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
            throw new WarehouseException(
                    OlapError.LOGIN_REFUSED, "The user and password were not sent as Basic authentication asks.", e);
        }
        throw new WarehouseException(OlapError.LOGIN_REFUSED, "A user name cannot be empty.");
    }

    private static Optional<String> cookie(CallHeaders headers) {
        Iterable<String> values = headers.getAll("cookie");
        if (values == null) {
            return Optional.empty();
        }
        for (String value : values) {
            for (String pair : value.split(";", -1)) {
                int equals = pair.indexOf('=');
                if (equals > 0 && pair.substring(0, equals).strip().equals(COOKIE)) {
                    // Java's own cookie store puts the value into quotes.
                    return Optional.of(pair.substring(equals + 1).strip().replace("\"", ""));
                }
            }
        }
        return Optional.empty();
    }
}
