package dev.weirhouse.server.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.OlapQuery;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.QueryEnd;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.http.SessionRoutes.SessionRequest;
import dev.weirhouse.server.http.StatementState.ColumnView;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/**
 * Queries in one call: a text with parameters in, the whole answer out. For programs that ask many small questions; what
 * changes something, and what answers much, goes through {@link StatementRoutes}.
 */
final class QueryRoutes {

    private final OlapGateway gateway;
    private final SharedSessions shared;
    private final ServerConfig config;

    QueryRoutes(OlapGateway gateway, ServerConfig config) {
        this.gateway = gateway;
        this.shared = new SharedSessions(gateway);
        this.config = config;
    }

    List<Route> routes() {
        return List.of(Route.post("/api/v1/queries", this::run));
    }

    /**
     * A query to run.
     *
     * @param session the session to run it in; null for one that all such requests of the caller share, which the next
     *     three describe
     * @param parameters the values of its markers; null for none
     * @param maxRows the most rows to answer; null for as many as a page may have
     */
    record QueryRequest(
            String sql,
            String session,
            String dialect,
            String database,
            Map<String, String> settings,
            List<JsonNode> parameters,
            Long maxRows) {
        QueryRequest {
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
            parameters = parameters == null ? List.of() : List.copyOf(parameters);
        }

        private static WarehouseException malformed(String problem) {
            return new WarehouseException(ServerError.REQUEST_MALFORMED, problem);
        }

        SharedSessions.Key key(Context request) {
            return new SharedSessions.Key(
                    RequestCaller.of(request),
                    Optional.ofNullable(database),
                    new SessionRequest(dialect, database, settings).allSettings());
        }
    }

    /**
     * An answer.
     *
     * @param rows arrays of values in the order of the columns
     * @param cut the versions and snapshots that it rests on, as {@code weir.queries} tells it
     * @param answeredBy what computed it; null of what is no query
     * @param truncated whether there are more rows than were answered
     */
    record QueryView(
            String runId,
            String cut,
            AnsweredBy answeredBy,
            List<ColumnView> columns,
            @JsonRawValue String rows,
            boolean truncated) {}

    private void run(Context request) {
        QueryRequest asked = Json.read(request.bodyAsBytes(), QueryRequest.class);
        OlapSession session = asked.session() == null ? shared.open(asked.key(request)) : gateway.load(asked.session());
        OlapQuery query = session.announce(asked.sql(), prepared -> {
            if (prepared.kind() != StatementKind.QUERY && prepared.kind() != StatementKind.METADATA) {
                throw new WarehouseException(
                        CatalogError.NOT_SUPPORTED,
                        "Only queries are answered here; POST /api/v1/statements runs any statement.");
            }
            return JsonParameter.readAll(asked.parameters(), prepared.parameters(), session.timeZone());
        });
        try (query) {
            request.json(read(query, session, asked.maxRows()));
        } catch (RuntimeException e) {
            RuntimeException cause = query.explain(e);
            query.end(QueryEnd.FAILED);
            throw cause;
        }
    }

    private QueryView read(OlapQuery query, OlapSession session, Long maxRows) {
        Answer answer = query.start();
        long most = maxRows == null ? config.pageRows() : Math.min(maxRows, config.pageRows());
        try (CloseableIterator<RowData> rows = answer.rows()) {
            JsonRows json = new JsonRows(answer.schema(), session.timeZone());
            JsonRows.Block block = json.take(rows, most, config.pageSize().bytes());
            boolean truncated = rows.hasNext();
            query.checkNotEnded();
            return new QueryView(
                    answer.runId(),
                    answer.cut(),
                    answer.answeredBy().orElse(null),
                    ColumnView.of(answer.schema()),
                    block.json(),
                    truncated);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new WarehouseException(CatalogError.EXECUTION_FAILED, "The answer could not be closed.", e);
        }
    }
}
