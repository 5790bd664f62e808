package dev.weirhouse.server.http;

import io.javalin.http.Handler;
import io.javalin.http.HandlerType;

/** One route as the door registers it; the path as in OpenAPI, {@code /api/v1/jobs/{name}}. */
record Route(HandlerType method, String path, Handler handler) {

    static Route get(String path, Handler handler) {
        return new Route(HandlerType.GET, path, handler);
    }

    static Route post(String path, Handler handler) {
        return new Route(HandlerType.POST, path, handler);
    }

    static Route delete(String path, Handler handler) {
        return new Route(HandlerType.DELETE, path, handler);
    }
}
