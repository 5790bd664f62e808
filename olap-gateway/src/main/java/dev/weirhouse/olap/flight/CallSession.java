package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.flight.ClientConnections.ClientConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallInfo;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightMethod;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.RequestContext;

/**
 * The session of one call.
 *
 * <ol>
 *   <li>A call with the secret of a session, as bearer token or cookie, belongs to that session; a secret that is not
 *       known is refused, since the client would else lose its settings unnoticed.
 *   <li>A handshake with user and password opens a session for that user; the answer carries its secret as bearer token
 *       and as cookie, so that either way leads to the same session.
 *   <li>A call with nothing belongs to the session that gave out the handle it names, or else opens one for an anonymous
 *       user, whose secret goes back as cookie. Such a session soon ends unless its client shows the cookie.
 * </ol>
 *
 * <p>Where no users are known, any name is taken for what it says: the door listens on loopback alone then.
 */
final class CallSession implements FlightServerMiddleware {

    static final FlightServerMiddleware.Key<CallSession> KEY = FlightServerMiddleware.Key.of("weir-session");

    private static final String ANONYMOUS = "anonymous";
    private static final String SETTING_PREFIX = "session.";

    private final OlapGateway gateway;
    private final CallHeaders headers;
    private final String principal;
    private Optional<OlapSession> session;
    private Optional<ClientConnection> connection = Optional.empty();
    private boolean announceToken;
    private boolean announceCookie;
    private boolean withdrawCookie;

    private CallSession(OlapGateway gateway, CallHeaders headers, CallInfo info) {
        this.gateway = gateway;
        this.headers = headers;
        Credentials credentials = Credentials.of(headers);
        this.principal = credentials.user().orElse(ANONYMOUS);
        this.session = credentials.secret().map(gateway::load).filter(this::isSamePerson);
        if (info.method() == FlightMethod.HANDSHAKE && credentials.user().isPresent()) {
            load().claim();
            announceToken = true;
        }
    }

    /** A name sent beside a cookie must be the name of the cookie's session; otherwise somebody else signs in. */
    private boolean isSamePerson(OlapSession open) {
        return principal.equals(ANONYMOUS) || open.caller().principal().equals(principal);
    }

    /** Notes the connection, so that the session lives as long as one of its connections does. */
    synchronized void cameOver(ClientConnection newConnection) {
        connection = Optional.of(newConnection);
        session.ifPresent(newConnection::carry);
    }

    /** The call's session, which is opened if there is none. */
    synchronized OlapSession load() {
        if (session.isEmpty()) {
            Caller caller = new Caller(principal, header("source").orElse(""), tags(), Door.FLIGHT);
            OlapSession opened = gateway.open(caller, header("schema").or(() -> header("database")), settings());
            session = Optional.of(opened);
            connection.ifPresent(known -> known.carry(opened));
            announceCookie = true;
        }
        return session.get();
    }

    /** The session that a handle was given out by, when the call itself names none or the same. */
    synchronized OlapSession loadFor(String handle) {
        if (session.isEmpty()) {
            session = gateway.findByHandle(handle)
                    .filter(owner -> owner.caller().principal().equals(principal));
        }
        return session.orElseThrow(() -> new WarehouseException(
                OlapError.HANDLE_NOT_FOUND, "No session of yours has this statement or query: send it again."));
    }

    /** Closes the call's session; false when it has none. */
    synchronized boolean close() {
        session.ifPresent(gateway::close);
        withdrawCookie = session.isPresent();
        announceCookie = false;
        boolean closed = session.isPresent();
        session = Optional.empty();
        return closed;
    }

    private Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).filter(value -> !value.isBlank());
    }

    private List<String> tags() {
        List<String> tags = new ArrayList<>();
        for (String tag : header("clienttags").orElse("").split(",", -1)) {
            if (!tag.isBlank()) {
                tags.add(tag.strip());
            }
        }
        return tags;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String key : headers.keys()) {
            if (key.toLowerCase(Locale.ROOT).startsWith(SETTING_PREFIX) && key.length() > SETTING_PREFIX.length()) {
                settings.put(key.substring(SETTING_PREFIX.length()), headers.get(key));
            }
        }
        return settings;
    }

    @Override
    public synchronized void onBeforeSendingHeaders(CallHeaders outgoing) {
        if (withdrawCookie) {
            outgoing.insert("set-cookie", Credentials.COOKIE + "=; Max-Age=0");
        }
        if (session.isEmpty()) {
            return;
        }
        if (announceToken) {
            outgoing.insert("authorization", "Bearer " + session.get().secret());
        }
        if (announceCookie || announceToken) {
            outgoing.insert(
                    "set-cookie", Credentials.COOKIE + "=" + session.get().secret());
        }
    }

    @Override
    public void onCallCompleted(CallStatus status) {}

    @Override
    public void onCallErrored(Throwable failure) {}

    /** Makes one for each call. */
    record Factory(OlapGateway gateway) implements FlightServerMiddleware.Factory<CallSession> {
        @Override
        public CallSession onCallStarted(CallInfo info, CallHeaders incoming, RequestContext context) {
            try {
                return new CallSession(gateway, incoming, info);
            } catch (WarehouseException e) {
                throw FlightErrors.of(e);
            }
        }
    }
}
