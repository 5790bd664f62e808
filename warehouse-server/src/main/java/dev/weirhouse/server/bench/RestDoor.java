package dev.weirhouse.server.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weirhouse.server.cli.ApiClient;
import java.io.IOException;
import java.net.URI;

/** A query with a parameter over HTTP, on one connection and in one session. */
final class RestDoor implements Door {

    private static final String PATH = "/api/v1/queries";
    private final HttpLine line;
    private final String session;
    private final String sql;

    RestDoor(String address, ApiClient api, String database, String lane, String sql) throws IOException {
        ObjectNode request = ApiClient.JSON.createObjectNode().put("database", database);
        request.putObject("settings").put("olap.lane", lane).put("olap.result-cache", "off");
        this.session = api.post("/api/v1/sessions", request).path("id").asText();
        this.sql = sql;
        this.line = new HttpLine(URI.create(address));
    }

    @Override
    public void ask(long key) throws IOException {
        ObjectNode request = ApiClient.JSON.createObjectNode().put("sql", sql).put("session", session);
        request.putArray("parameters").add(key);
        JsonNode answer = ApiClient.JSON.readTree(line.post(PATH, request.toString()));
        JsonNode rows = answer.path("rows");
        if (rows.size() != 1 || rows.get(0).get(0).asLong() != key) {
            throw new IOException("The row of key " + key + " was not answered: " + answer);
        }
    }

    @Override
    public void close() throws IOException {
        line.close();
    }
}
