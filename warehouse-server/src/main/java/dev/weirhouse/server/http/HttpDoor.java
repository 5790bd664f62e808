package dev.weirhouse.server.http;

import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.HostNames;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.place.ListenPort;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.RequestLogger;
import io.javalin.json.JavalinJackson;
import io.javalin.util.JavalinBindException;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Jetty server with the routes of the API's parts. */
public final class HttpDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);

    private static final int MIN_THREADS = 4;
    private static final int THREAD_IDLE_MILLIS = 60_000;

    private final Javalin server;
    private final ListenPort door;
    private final List<AutoCloseable> behind;

    private HttpDoor(Javalin server, ListenPort door, List<AutoCloseable> behind) {
        this.server = server;
        this.door = door;
        this.behind = List.copyOf(behind);
    }

    /**
     * Opens the door.
     *
     * @param behind what the routes use, closed in this order once the door is closed
     * @throws WarehouseException PORT_IN_USE, or DOOR_NOT_GUARDED for an address that others can reach
     */
    static HttpDoor open(ServerConfig config, List<Route> routes, RequestLogger logger, List<AutoCloseable> behind) {
        ListenPort door = ListenPort.http(config);
        config.address().requireGuarded(ServerError.DOOR_NOT_GUARDED);
        HostNames names = HostNames.of(config.address(), config.hosts());
        Javalin server = Javalin.create(settings -> {
            arrange(settings, config);
            DoorGuard guard = new DoorGuard(names);
            settings.routes.before(guard::check);
            routes.forEach(
                    route -> settings.routes.addHttpHandler(route.method(), route.path(), guarded(route.handler())));
            settings.routes.exception(WarehouseException.class, (e, request) -> answer(request, e));
            settings.routes.exception(
                    HttpResponseException.class, (e, request) -> answer(request, translated(request, e)));
            settings.routes.exception(Exception.class, (e, request) -> answer(request, defect(request, e)));
            settings.requestLogger.http(logger);
        });
        HttpDoor opened = new HttpDoor(server, door, behind);
        try {
            server.start(door.host(), door.port());
        } catch (JavalinBindException e) {
            opened.close();
            throw door.inUse(e);
        }
        return opened;
    }

    private static void arrange(JavalinConfig settings, ServerConfig config) {
        settings.startup.showJavalinBanner = false;
        settings.startup.showOldJavalinVersionWarning = false;
        settings.startup.startupWatcherEnabled = false;
        settings.http.maxRequestSize = config.maxBody().bytes();
        settings.http.prefer405over404 = true;
        settings.http.generateEtags = false;
        settings.http.defaultContentType = "application/json";
        settings.jsonMapper(new JavalinJackson(Json.MAPPER, false));
        QueuedThreadPool threads = new QueuedThreadPool(config.threads(), MIN_THREADS, THREAD_IDLE_MILLIS);
        threads.setName("weir-http");
        threads.setDaemon(true);
        settings.jetty.threadPool = threads;
        settings.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        settings.jetty.modifyServer(jetty -> jetty.setStopTimeout(config.drain().toMillis()));
    }

    /** The URL for clients on this machine. */
    public String url() {
        return "http://" + door.clientHost() + ":" + server.port();
    }

    @Override
    public void close() {
        server.stop();
        for (AutoCloseable part : behind) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn("part={} did not close", part, e);
            }
        }
    }

    private static void answer(Context request, WarehouseException error) {
        request.status(error.code().httpStatus()).json(ErrorBody.of(error));
    }

    /** What the web server itself refuses. */
    private static WarehouseException translated(Context request, HttpResponseException e) {
        ErrorCode code =
                switch (e.getStatus()) {
                    case 404 -> ServerError.ROUTE_NOT_FOUND;
                    case 405 -> ServerError.METHOD_NOT_ALLOWED;
                    case 413 -> ServerError.BODY_TOO_LARGE;
                    default -> ServerError.REQUEST_MALFORMED;
                };
        String asked = request.method() + " " + request.path();
        String sentence =
                switch (e.getStatus()) {
                    case 404 -> "There is no " + asked + "; /api/v1/openapi.yaml lists what there is.";
                    case 405 -> "There is no " + asked + ", but the path knows other methods.";
                    case 413 -> "The body is longer than http.max-body allows.";
                    default -> "The request cannot be understood: " + e.getMessage();
                };
        return new WarehouseException(code, sentence, e);
    }

    /** An error is answered as any other defect is, and not by the library's own page. */
    private static Handler guarded(Handler handler) {
        return request -> {
            try {
                handler.handle(request);
            } catch (Error e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static WarehouseException defect(Context request, Exception e) {
        String incident = UUID.randomUUID().toString();
        LOG.error("incident={} request={} {}", incident, request.method(), request.path(), e);
        return new WarehouseException(
                CatalogError.INTERNAL, "The request met a defect; the log has it under " + incident + ".", e);
    }
}
