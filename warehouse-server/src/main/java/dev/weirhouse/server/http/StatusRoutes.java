package dev.weirhouse.server.http;

import dev.weirhouse.server.BuildVersion;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What machines ask a process: whether it lives, whether it is ready, what it counts, and how its API looks. */
final class StatusRoutes {

    private static final String READY = "ready";
    private static final String OPEN_API = "openapi.yaml";

    private final Supplier<Map<String, String>> readiness;
    private final WarehouseMetrics metrics;

    /** @param readiness each part with "ready" or what is wrong with it */
    StatusRoutes(Supplier<Map<String, String>> readiness, WarehouseMetrics metrics) {
        this.readiness = readiness;
        this.metrics = metrics;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/health", this::health),
                Route.get("/ready", this::ready),
                Route.get("/metrics", this::metrics),
                Route.get("/api/v1/info", this::info),
                Route.get("/api/v1/openapi.yaml", this::openApi));
    }

    private void health(Context request) {
        request.json(Map.of("status", "alive"));
    }

    private void ready(Context request) {
        Map<String, String> parts = new TreeMap<>(readiness.get());
        boolean ready = parts.values().stream().allMatch(READY::equals);
        request.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
                .json(Map.of("ready", ready, "parts", parts));
    }

    private void metrics(Context request) {
        request.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
    }

    private void info(Context request) {
        request.json(Map.of("product", "Weirhouse", "version", BuildVersion.TEXT));
    }

    private void openApi(Context request) {
        request.contentType("application/yaml").result(openApi());
    }

    /** The description of the API. */
    static String openApi() {
        try (InputStream resource = StatusRoutes.class.getResourceAsStream(OPEN_API)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
