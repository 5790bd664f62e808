package dev.weirhouse.server.http;

import dev.weirhouse.lineage.openlineage.OpenLineage;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.util.List;

/** Events of jobs outside the warehouse, at the path that OpenLineage's clients post to. */
final class OpenLineageRoutes {

    private final OpenLineage openLineage;

    OpenLineageRoutes(OpenLineage openLineage) {
        this.openLineage = openLineage;
    }

    List<Route> routes() {
        return List.of(Route.post("/api/v1/lineage", this::accept));
    }

    private void accept(Context request) {
        openLineage.foreign().accept(request.bodyAsBytes(), RequestCaller.of(request));
        request.status(HttpStatus.CREATED);
    }
}
