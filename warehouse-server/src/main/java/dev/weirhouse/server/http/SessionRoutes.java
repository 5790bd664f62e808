package dev.weirhouse.server.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapSession;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Sessions for clients that send several statements which share settings, a database or temporary objects. */
final class SessionRoutes {

    private static final String DIALECT_KEY = "table.sql-dialect";

    private final OlapGateway gateway;

    SessionRoutes(OlapGateway gateway) {
        this.gateway = gateway;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/api/v1/sessions", this::open),
                Route.get("/api/v1/sessions/{id}", this::show),
                Route.delete("/api/v1/sessions/{id}", this::close));
    }

    /**
     * What a session begins with.
     *
     * @param dialect {@code flink} or {@code hive}; null for Flink's
     * @param database where names are looked up first; null for the default
     * @param settings as {@code SET} would change them; null for none
     */
    record SessionRequest(String dialect, String database, Map<String, String> settings) {

        /** The settings, the dialect among them. */
        Map<String, String> allSettings() {
            Map<String, String> all = new LinkedHashMap<>();
            if (settings != null) {
                all.putAll(settings);
            }
            if (dialect != null) {
                all.put(DIALECT_KEY, flinkName(Dialect.parse(dialect)));
            }
            return all;
        }

        OlapSession open(OlapGateway gateway, Context request) {
            Map<String, String> all = allSettings();
            return gateway.open(RequestCaller.of(request), Optional.ofNullable(database), all);
        }

        private static String flinkName(Dialect dialect) {
            return dialect == Dialect.HIVE ? dialect.name().toLowerCase(Locale.ROOT) : "default";
        }
    }

    /** A session as clients see it; {@code id} is a secret of its owner. */
    record SessionView(@JsonProperty("id") String secret, String user, String database, Map<String, String> settings) {
        static SessionView of(OlapSession session) {
            return new SessionView(
                    session.secret(), session.caller().principal(), session.currentDatabase(), session.settings());
        }
    }

    private void open(Context request) {
        SessionRequest asked = request.bodyAsBytes().length == 0
                ? new SessionRequest(null, null, null)
                : Json.read(request.bodyAsBytes(), SessionRequest.class);
        OlapSession session = asked.open(gateway, request);
        session.claim();
        request.status(HttpStatus.CREATED).json(SessionView.of(session));
    }

    private void show(Context request) {
        request.json(SessionView.of(gateway.load(request.pathParam("id"))));
    }

    private void close(Context request) {
        gateway.close(gateway.load(request.pathParam("id")));
        request.status(HttpStatus.NO_CONTENT);
    }
}
