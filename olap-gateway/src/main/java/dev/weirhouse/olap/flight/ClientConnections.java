package dev.weirhouse.olap.flight;

import dev.weirhouse.olap.OlapSession;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter;

/**
 * The network connections that are open, and the sessions whose calls came over each. The stock driver ends a connection
 * without a word about its session; when the last connection of a session is gone, the session is released, and ends soon
 * unless its client comes back over another.
 */
final class ClientConnections extends ServerTransportFilter implements ServerInterceptor {

    private static final Attributes.Key<ClientConnection> CONNECTION = Attributes.Key.create("weir-connection");

    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();

    /** One connection, compared by identity. */
    static final class ClientConnection {

        private final Set<OlapSession> sessions = ConcurrentHashMap.newKeySet();

        void carry(OlapSession session) {
            if (sessions.add(session)) {
                // A client without cookies opens one session after another over one connection.
                sessions.removeIf(OlapSession::isClosed);
            }
        }
    }

    @Override
    public Attributes transportReady(Attributes attributes) {
        ClientConnection connection = new ClientConnection();
        open.add(connection);
        return attributes.toBuilder().set(CONNECTION, connection).build();
    }

    @Override
    public void transportTerminated(Attributes attributes) {
        ClientConnection gone = attributes.get(CONNECTION);
        if (gone == null) {
            return;
        }
        open.remove(gone);
        for (OlapSession session : gone.sessions) {
            if (open.stream().noneMatch(other -> other.sessions.contains(session))) {
                session.release();
            }
        }
    }

    /** Tells the call's session, which Flight's own interceptor has found before, what connection the call came over. */
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ClientConnection connection = call.getAttributes().get(CONNECTION);
        var middleware = ServerInterceptorAdapter.SERVER_MIDDLEWARE_KEY.get();
        FlightServerMiddleware session = middleware == null ? null : middleware.get(CallSession.KEY);
        if (connection != null && session instanceof CallSession known) {
            known.cameOver(connection);
        }
        return next.startCall(call, headers);
    }
}
