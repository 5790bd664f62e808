package dev.weirhouse.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.server.ExitCode;

/** An error that the warehouse answered: its message carries code, place and advice already. */
public final class ApiFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final transient JsonNode body;

    public ApiFailure(JsonNode body) {
        super(body.path("message").asText());
        this.body = body;
        this.exitCode = ExitCode.of(
                body.path("vendorCode").asInt(),
                ErrorType.valueOf(body.path("type").asText("INTERNAL")));
    }

    /** What the command ends with. */
    public int exitCode() {
        return exitCode;
    }

    /** The error object as the warehouse sent it. */
    public JsonNode body() {
        return body;
    }
}
