package dev.weirhouse.server.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.http.SessionRoutes.SessionRequest;
import dev.weirhouse.server.http.StatementState.ColumnView;
import dev.weirhouse.server.http.StatementState.Failed;
import dev.weirhouse.server.http.StatementState.Finished;
import dev.weirhouse.server.http.StatementState.Outline;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Statements: one text in, its answer out, at once when it is small and by pages when it is not. */
final class StatementRoutes {

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);

    private final OlapGateway gateway;
    private final Statements statements;
    private final ServerConfig config;

    StatementRoutes(OlapGateway gateway, Statements statements, ServerConfig config) {
        this.gateway = gateway;
        this.statements = statements;
        this.config = config;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/api/v1/statements", this::start),
                Route.get("/api/v1/statements/{id}", this::show),
                Route.delete("/api/v1/statements/{id}", this::cancel));
    }

    /**
     * A statement to run.
     *
     * @param session the session to run it in; null for one of its own, which the next three describe
     * @param parameters the values of its markers; null for none
     * @param maxRows the most rows to answer, then the statement is ended; null for all
     * @param waitMillis how long to wait for the first rows before the answer says RUNNING; null for 10 s
     */
    record StatementRequest(
            String sql,
            String session,
            String dialect,
            String database,
            Map<String, String> settings,
            List<JsonNode> parameters,
            Long maxRows,
            Long waitMillis) {
        StatementRequest {
            if (sql == null || sql.isBlank()) {
                throw malformed("'sql' is missing.");
            }
            if (session != null && (dialect != null || database != null || settings != null)) {
                throw malformed("'dialect', 'database' and 'settings' are the session's: give them when it is opened,"
                        + " or change them by SET and USE.");
            }
            if (maxRows != null && maxRows < 1) {
                throw malformed("'maxRows' must be at least 1.");
            }
            if (waitMillis != null && waitMillis < 0) {
                throw malformed("'waitMillis' must be at least 0.");
            }
            parameters = parameters == null ? List.of() : List.copyOf(parameters);
        }

        private static WarehouseException malformed(String problem) {
            return new WarehouseException(ServerError.REQUEST_MALFORMED, problem);
        }
    }

    /**
     * A statement as clients see it.
     *
     * @param cut the versions and snapshots that it reads and writes, as {@code weir.queries} and {@code weir.runs} tell it
     * @param answeredBy what computes it; null of what is no query
     * @param columns null until they are known, and for statements without rows
     * @param rows the page that was asked for: arrays of values in the order of the columns; null when it is not there
     * @param affectedRows rows written; null when not known or not a write
     * @param truncated true when maxRows cut the answer off; null otherwise
     * @param nextToken the page to ask for next; null when there is nothing more to ask for
     */
    record StatementView(
            String id,
            StatementState.Name state,
            String runId,
            String cut,
            AnsweredBy answeredBy,
            StatementKind kind,
            List<ColumnView> columns,
            @JsonRawValue String rows,
            Long affectedRows,
            Boolean truncated,
            Long nextToken,
            long elapsedMillis,
            ErrorBody error) {

        static StatementView of(HttpStatement.Status status) {
            StatementState state = status.state();
            Outline outline = outline(state);
            boolean hasRows = outline != null && outline.kind().answersRows();
            Finished finished = state instanceof Finished end ? end : null;
            boolean counted = finished != null && outline.kind() == StatementKind.WRITE && finished.affectedRows() >= 0;
            return new StatementView(
                    status.id(),
                    state.publicName(),
                    outline == null ? null : outline.runId(),
                    outline == null ? null : outline.cut(),
                    outline == null ? null : outline.answeredBy().orElse(null),
                    outline == null ? null : outline.kind(),
                    hasRows ? outline.columns() : null,
                    status.page().map(page -> page.block().json()).orElse(null),
                    counted ? finished.affectedRows() : null,
                    (finished != null && finished.truncated()) ? true : null,
                    status.nextToken().orElse(null),
                    status.elapsed().toMillis(),
                    state instanceof Failed failed ? ErrorBody.of(failed.error(), status.id()) : null);
        }

        private static Outline outline(StatementState state) {
            if (state instanceof Finished finished) {
                return finished.outline();
            }
            return state instanceof StatementState.Answering answering ? answering.outline() : null;
        }
    }

    private void start(Context request) {
        StatementRequest asked = Json.read(request.bodyAsBytes(), StatementRequest.class);
        OlapSession session;
        Consumer<OlapSession> after;
        if (asked.session() == null) {
            session = new SessionRequest(asked.dialect(), asked.database(), asked.settings()).open(gateway, request);
            after = gateway::close;
        } else {
            session = gateway.load(asked.session());
            after = OlapSession::claim;
        }
        HttpStatement statement = statements.start(
                new Execution(session, asked.sql(), asked.parameters(), after),
                asked.maxRows() == null ? Long.MAX_VALUE : asked.maxRows());
        HttpStatement.Status status = statement.first(wait(asked.waitMillis()));
        if (status.state() instanceof Failed failed) {
            request.status(failed.error().code().httpStatus()).json(ErrorBody.of(failed.error(), statement.id()));
        } else {
            boolean nothingYet = !status.state().isEnd() && status.page().isEmpty();
            request.status(nothingYet ? HttpStatus.ACCEPTED : HttpStatus.OK).json(StatementView.of(status));
        }
    }

    private void show(Context request) {
        HttpStatement statement = statements.load(request.pathParam("id"));
        Long token = QueryNumber.find(request, "token", 0, Long.MAX_VALUE).orElse(null);
        Long wait = QueryNumber.find(request, "waitMillis", 0, Long.MAX_VALUE).orElse(null);
        request.json(StatementView.of(token == null ? statement.status() : statement.fetch(token, wait(wait))));
    }

    private void cancel(Context request) {
        HttpStatement statement = statements.load(request.pathParam("id"));
        statement.cancel();
        request.json(StatementView.of(statement.status()));
    }

    private Duration wait(Long asked) {
        Duration wanted = asked == null ? DEFAULT_WAIT : Duration.ofMillis(asked);
        return wanted.compareTo(config.maxWait()) < 0 ? wanted : config.maxWait();
    }
}
