package dev.weirhouse.lineage.openlineage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Posts events, one a request, as OpenLineage's HTTP transport does. An answer that says the event is wrong settles it, for
 * it would be wrong again; all else is tried again. Redirects are not followed: they could lead the key elsewhere.
 */
final class HttpReceiver implements EventReceiver {

    /** Answers of the 400s that speak of the moment, not of the event: time out, too early, too many, and who asks. */
    private static final Set<Integer> LATER = Set.of(401, 403, 404, 407, 408, 425, 429);

    private final HttpClient client;
    private final URI url;
    private final Duration timeout;
    private final String apiKey;
    private final Map<String, String> headers;

    /** @param apiKey empty for none */
    HttpReceiver(URI url, Duration timeout, String apiKey, Map<String, String> headers) {
        this.url = url;
        this.timeout = timeout;
        this.apiKey = apiKey;
        this.headers = Map.copyOf(headers);
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public Outcome send(List<String> events) throws InterruptedException {
        int settled = 0;
        int refused = 0;
        Optional<String> problem = Optional.empty();
        for (String event : events) {
            int status;
            try {
                status = client.send(request(event), HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (IOException e) {
                return new Outcome(settled, refused, Optional.of(e.toString()));
            }
            if (status < 200 || status >= 300) {
                problem = Optional.of("it answers " + status);
                if (status < 400 || status >= 500 || LATER.contains(status)) {
                    return new Outcome(settled, refused, problem);
                }
                refused++;
            }
            settled++;
        }
        return new Outcome(settled, refused, problem);
    }

    private HttpRequest request(String event) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(event, StandardCharsets.UTF_8));
        if (!apiKey.isEmpty()) {
            request.setHeader("Authorization", "Bearer " + apiKey);
        }
        headers.forEach(request::setHeader);
        return request.build();
    }

    @Override
    public void close() {}
}
