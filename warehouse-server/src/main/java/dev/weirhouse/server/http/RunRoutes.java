package dev.weirhouse.server.http;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.queries.QueryLog;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunRow;
import dev.weirhouse.catalog.state.RunState;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Runs: what was executed, in whichever lane, and how it ended; queries that are over are found by their ids alone. */
final class RunRoutes {

    private static final long DEFAULT_LIMIT = 100;
    private static final long MAX_LIMIT = 1000;

    private final RunStore runs;
    private final QueryLog queries;

    RunRoutes(RunStore runs, QueryLog queries) {
        this.runs = runs;
        this.queries = queries;
    }

    List<Route> routes() {
        return List.of(Route.get("/api/v1/runs", this::list), Route.get("/api/v1/runs/{id}", this::show));
    }

    /** A run as clients see it; what is not known or does not apply is null. */
    record RunView(
            String id,
            Lane lane,
            StatementKind kind,
            RunState state,
            String jobId,
            Integer revision,
            String user,
            String source,
            List<String> tags,
            Dialect dialect,
            String statement,
            String cut,
            String derivationId,
            AnsweredBy answeredBy,
            String startedAt,
            String finishedAt,
            Long affectedRows,
            String flinkJobId,
            String errorCode,
            String error) {
        static RunView of(RunRow run) {
            return new RunView(
                    run.id(),
                    run.lane(),
                    run.kind(),
                    run.state(),
                    run.jobId().orElse(null),
                    run.revision().isPresent() ? run.revision().getAsInt() : null,
                    run.caller().principal(),
                    run.caller().source(),
                    run.caller().tags(),
                    run.dialect(),
                    run.statement(),
                    run.cut(),
                    run.derivation().orElse(null),
                    run.answeredBy().orElse(null),
                    Instant.ofEpochMilli(run.startedAt()).toString(),
                    run.finishedAt().isPresent()
                            ? Instant.ofEpochMilli(run.finishedAt().getAsLong()).toString()
                            : null,
                    run.affectedRows().isPresent() ? run.affectedRows().getAsLong() : null,
                    run.flinkJobId().orElse(null),
                    run.errorCode().orElse(null),
                    run.error().orElse(null));
        }
    }

    /** What runs or changed data, or a query that is over; empty when it is not recorded, or not any more. */
    static Optional<RunView> find(RunStore runs, QueryLog queries, String id) {
        return runs.find(id).map(RunView::of).or(() -> queries.find(id).map(RunRoutes::view));
    }

    private static RunView view(LoggedQuery query) {
        return RunView.of(new RunRow(
                query.id(),
                query.lane(),
                query.kind(),
                Optional.empty(),
                OptionalInt.empty(),
                query.sessionId(),
                "",
                query.caller(),
                query.dialect(),
                query.statement(),
                query.cut(),
                query.derivation(),
                query.answeredBy(),
                query.state(),
                query.startedAt(),
                OptionalLong.of(query.finishedAt()),
                query.rows(),
                Optional.empty(),
                query.errorCode(),
                query.error()));
    }

    private void list(Context request) {
        long limit = QueryNumber.find(request, "limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        request.json(Map.of(
                "runs", runs.newest((int) limit).stream().map(RunView::of).toList()));
    }

    private void show(Context request) {
        String id = request.pathParam("id");
        RunView run = find(runs, queries, id)
                .orElseThrow(() -> new WarehouseException(ServerError.RUN_NOT_FOUND, "There is no run '" + id + "'."));
        request.json(run);
    }
}
