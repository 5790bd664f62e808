package dev.weirhouse.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.server.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Asks a door of the process: as any HTTP client, and as the command line does. */
final class DoorCalls {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private DoorCalls() {}

    /** What a door answers. */
    record Reply(int status, JsonNode body) {
        String text(String field) {
            return body.path(field).asText();
        }
    }

    /** How a command ends, and what it prints. */
    record Outcome(int status, String out, String err) {}

    /** @param body null for none */
    static Reply send(HttpDoor door, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(door.url() + path))
                .header("X-Weir-User", "ada")
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        return new Reply(
                response.statusCode(),
                response.body().isEmpty() ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(response.body()));
    }

    /** @param command one of the commands of {@code weir} */
    static Outcome weir(HttpDoor door, Object command, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", door.url(), "--user", "ada"));
        int status = new CommandLine(command)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((e, line, result) -> {
                    line.getErr().println(e.getMessage());
                    return ExitCode.USER_ERROR;
                })
                .execute(all.toArray(String[]::new));
        return new Outcome(status, out.toString(), err.toString());
    }
}
