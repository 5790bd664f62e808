package dev.weirhouse.server.http;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapSession;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions for requests that bring none, one for all requests of one caller with the same settings: only queries run in
 * them, so that none of these requests is seen by another. Thread-safe.
 */
final class SharedSessions {

    /** How many are kept open; the one unused for longest is closed for another, unless it is in use. */
    private static final int MOST = 100;

    /** Between the request for a session and its query something may be in the way. */
    private static final Duration UNUSED = Duration.ofSeconds(30);

    private final OlapGateway gateway;
    private final Map<Key, OlapSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

    /** What a session is opened with. */
    record Key(Caller caller, Optional<String> database, Map<String, String> settings) {
        Key {
            requireNonNull(caller, "caller is null");
            requireNonNull(database, "database is null");
            settings = Map.copyOf(settings);
        }
    }

    SharedSessions(OlapGateway gateway) {
        this.gateway = gateway;
    }

    /** The open session of a key. */
    OlapSession open(Key key) {
        OlapSession gone = null;
        OlapSession session;
        synchronized (sessions) {
            session = sessions.get(key);
            if (session == null || session.isClosed()) {
                session = gateway.open(key.caller(), key.database(), key.settings());
                sessions.put(key, session);
                if (sessions.size() > MOST) {
                    gone = takeUnused();
                }
            }
            session.claim();
        }
        if (gone != null) {
            gateway.close(gone);
        }
        return session;
    }

    /** The session unused for longest, out of the map; null when all are in use, and stay until they expire. */
    private OlapSession takeUnused() {
        for (var oldest = sessions.values().iterator(); oldest.hasNext(); ) {
            OlapSession session = oldest.next();
            if (!session.isInUse(UNUSED)) {
                oldest.remove();
                return session;
            }
        }
        return null;
    }
}
