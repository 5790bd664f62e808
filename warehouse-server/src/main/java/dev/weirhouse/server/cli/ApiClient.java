package dev.weirhouse.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The REST API as the commands use it. An answer with an error's status becomes an {@link ApiFailure}; no answer at all is
 * a {@link WarehouseException} that says how to start a warehouse.
 */
public final class ApiClient {

    public static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Longer than the server lets a request wait by default, and any job take to stop with a savepoint. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(5);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    private final String base;
    private final String user;
    private final String source;

    public ApiClient(String address, String user, String command) {
        this.base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        this.user = user;
        this.source = "weir " + command;
        if (!base.startsWith("http://") && !base.startsWith("https://")) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID, "'" + address + "' is not the URL of a warehouse, http://HOST:PORT.");
        }
    }

    public JsonNode get(String path) {
        return send(request(path).GET());
    }

    public JsonNode post(String path, ObjectNode body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    public JsonNode post(String path) {
        return send(request(path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    public JsonNode delete(String path) {
        return send(request(path).DELETE());
    }

    /** A name as one part of a path. */
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(ANSWER_TIMEOUT)
                    .header("X-Weir-User", user)
                    .header("X-Weir-Source", source);
        } catch (IllegalArgumentException e) {
            throw new WarehouseException(
                    ServerError.ARGUMENT_INVALID, "'" + base + "' is not the URL of a warehouse, http://HOST:PORT.", e);
        }
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException | HttpConnectTimeoutException e) {
            throw new WarehouseException(
                    ServerError.SERVER_UNREACHABLE,
                    "No warehouse answers at " + base + ". Start one with 'weir up', or name another with --server.",
                    e);
        } catch (IOException e) {
            throw new WarehouseException(
                    ServerError.SERVER_UNREACHABLE, "The warehouse at " + base + " broke off: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.CANCELLED, "The command was cancelled.", e);
        }
        JsonNode body = parse(response);
        if (response.statusCode() >= 400) {
            if (body.path("code").isTextual()) {
                throw new ApiFailure(body);
            }
            throw unreadable(response, null);
        }
        return body;
    }

    private JsonNode parse(HttpResponse<String> response) {
        if (response.body().isEmpty()) {
            return JSON.createObjectNode();
        }
        try {
            return JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw unreadable(response, e);
        }
    }

    private WarehouseException unreadable(HttpResponse<String> response, Exception cause) {
        return new WarehouseException(
                ServerError.SERVER_ANSWER_UNREADABLE,
                "What answers at " + base + " with status " + response.statusCode() + " is not a warehouse.",
                cause);
    }
}
