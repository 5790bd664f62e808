package dev.weirhouse.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weirhouse.catalog.Answer;
import dev.weirhouse.olap.OlapQuery;
import dev.weirhouse.olap.OlapSession;
import dev.weirhouse.olap.QueryEnd;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Consumer;

/**
 * One statement in a session of the OLAP lane. One thread begins and closes it; any thread may cancel it, also before it
 * has begun.
 */
final class Execution implements AutoCloseable {

    private final OlapSession session;
    private final String sql;
    private final List<JsonNode> parameters;
    private final Consumer<OlapSession> after;
    private OlapQuery query;
    private boolean cancelled;

    /** @param after what to do with the session when the statement has ended */
    Execution(OlapSession session, String sql, List<JsonNode> parameters, Consumer<OlapSession> after) {
        this.session = session;
        this.sql = sql;
        this.parameters = List.copyOf(parameters);
        this.after = after;
    }

    /** Prepares the statement, binds its parameters and runs it. */
    Answer begin() {
        OlapQuery announced =
                session.announce(sql, prepared -> JsonParameter.readAll(parameters, prepared.parameters(), zone()));
        synchronized (this) {
            query = announced;
        }
        if (isCancelled()) {
            announced.end(QueryEnd.CANCELLED);
        }
        return announced.start();
    }

    /** The time zone in which the answer tells times. */
    ZoneId zone() {
        return session.timeZone();
    }

    /** Ends the job, or keeps it from beginning. */
    void cancel() {
        OlapQuery begun;
        synchronized (this) {
            cancelled = true;
            begun = query;
        }
        if (begun != null) {
            begun.end(QueryEnd.CANCELLED);
        }
    }

    /** The cause to tell for a failure: when the statement was ended from outside, that is it. */
    synchronized RuntimeException explain(RuntimeException failure) {
        return query == null ? failure : query.explain(failure);
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void close() {
        OlapQuery begun;
        synchronized (this) {
            begun = query;
        }
        try {
            if (begun != null) {
                begun.close();
            }
        } finally {
            after.accept(session);
        }
    }
}
