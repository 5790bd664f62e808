package dev.weirhouse.server.http;

import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.state.FlowStore.Boundary;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.stream.StreamFlows;
import dev.weirhouse.stream.StreamFlows.State;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Flows: declared, looked at, dropped. */
final class FlowRoutes {

    private static final long DEFAULT_INTERVAL = 1000;

    private final Supplier<StreamFlows> flows;

    FlowRoutes(Supplier<StreamFlows> flows) {
        this.flows = flows;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/flows", this::list),
                Route.post("/api/v1/flows", this::create),
                Route.get("/api/v1/flows/{name}", this::show),
                Route.delete("/api/v1/flows/{name}", this::drop));
    }

    /**
     * A flow to declare.
     *
     * @param roots names of tables, DATABASE.TABLE
     * @param intervalMillis how often a boundary is set, at most; null for a second
     */
    record FlowRequest(String name, List<String> roots, Long intervalMillis) {
        FlowRequest {
            if (name == null || roots == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'name' or 'roots' is missing.");
            }
        }
    }

    /** A boundary as clients see it. */
    record BoundaryView(long number, String createdAt, String confirmedAt) {
        static BoundaryView of(Boundary boundary) {
            return new BoundaryView(
                    boundary.number(),
                    Instant.ofEpochMilli(boundary.createdAt()).toString(),
                    Instant.ofEpochMilli(boundary.confirmedAt()).toString());
        }
    }

    /**
     * A flow as clients see it; what does not apply is null.
     *
     * @param newest the newest boundary
     * @param common the newest boundary that all tables have reached
     * @param progress for each version the newest boundary that it has reached
     * @param jobs names of jobs
     * @param cost what it takes beyond its jobs, in words
     */
    record FlowView(
            String name,
            List<String> roots,
            long intervalMillis,
            String user,
            String createdAt,
            BoundaryView newest,
            BoundaryView common,
            Map<String, Long> progress,
            List<String> jobs,
            String problem,
            String cost) {
        static FlowView of(State state) {
            long interval = state.flow().interval().toMillis();
            return new FlowView(
                    state.flow().name(),
                    state.flow().roots().stream()
                            .map(TableName::toString)
                            .sorted()
                            .toList(),
                    interval,
                    state.flow().createdBy(),
                    Instant.ofEpochMilli(state.flow().createdAt()).toString(),
                    view(state.newest()),
                    view(state.common()),
                    state.progress(),
                    state.jobs(),
                    state.problem().orElse(null),
                    "A boundary every " + interval
                            + " ms at most. Each job commits at each of its checkpoints, also when"
                            + " nothing has changed: a snapshot a table and checkpoint. A strong answer is as old as the"
                            + " checkpoint intervals of the longest chain of jobs before it, and " + interval
                            + " ms more.");
        }

        private static BoundaryView view(Optional<Boundary> boundary) {
            return boundary.map(BoundaryView::of).orElse(null);
        }
    }

    private void create(Context request) {
        FlowRequest asked = Json.read(request.bodyAsBytes(), FlowRequest.class);
        State made = flows.get()
                .create(
                        asked.name(),
                        asked.roots().stream().map(FlowRoutes::table).toList(),
                        Duration.ofMillis(asked.intervalMillis() == null ? DEFAULT_INTERVAL : asked.intervalMillis()),
                        RequestCaller.of(request));
        request.status(HttpStatus.OK).json(FlowView.of(made));
    }

    private static TableName table(String name) {
        String[] parts = name.split("\\.", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new WarehouseException(
                    ServerError.REQUEST_MALFORMED, "'" + name + "' is not a table's name: DATABASE.TABLE.");
        }
        return new TableName(parts[0], parts[1]);
    }

    private void list(Context request) {
        request.json(
                Map.of("flows", flows.get().list().stream().map(FlowView::of).toList()));
    }

    private void show(Context request) {
        request.json(FlowView.of(flows.get().show(request.pathParam("name"))));
    }

    private void drop(Context request) {
        flows.get().drop(request.pathParam("name"));
        request.status(HttpStatus.NO_CONTENT);
    }
}
