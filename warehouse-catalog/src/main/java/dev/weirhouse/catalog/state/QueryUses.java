package dev.weirhouse.catalog.state;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often what queries answered derived from what: a row for each derivation, day and user, so that a dashboard that asks
 * 100,000 times a day is one row. Used by one thread.
 */
final class QueryUses {

    private static final Logger LOG = LoggerFactory.getLogger(QueryUses.class);

    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    /** So many are counted before they are written. */
    private static final int MOST = 10_000;

    private final Map<Use, Long> counts = new LinkedHashMap<>();
    private final Map<Use, LoggedQuery> newest = new HashMap<>();

    private record Use(String derivation, long day, String principal, String source, String lane) {}

    /** Counts those that derive from something. */
    void add(List<LoggedQuery> queries) {
        for (LoggedQuery query : queries) {
            query.derivation().ifPresent(derivation -> add(derivation, query));
        }
    }

    private void add(String derivation, LoggedQuery query) {
        Use use = new Use(
                derivation,
                query.startedAt() / DAY,
                query.caller().principal(),
                query.caller().source(),
                query.lane().name());
        if (counts.size() >= MOST && !counts.containsKey(use)) {
            LOG.error("query={} is not counted as a reader: {} counts wait to be written", query.id(), MOST);
            return;
        }
        counts.merge(use, 1L, Long::sum);
        newest.merge(use, query, (one, other) -> one.startedAt() > other.startedAt() ? one : other);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Begins to count anew. */
    void clear() {
        counts.clear();
        newest.clear();
    }

    /** Adds the counts to those in the table. */
    void write(Handle handle) {
        if (isEmpty()) {
            return;
        }
        PreparedBatch rows = handle.prepareBatch(
                """
                INSERT INTO derivation_use (derivation_id, day, principal, source, lane, queries, last_at, last_query,
                statement) VALUES (:derivation, :day, :principal, :source, :lane, :queries, :at, :query, :statement)
                ON CONFLICT (derivation_id, day, principal, source, lane) DO UPDATE SET queries = queries + :queries,
                last_query = CASE WHEN :at > last_at THEN :query ELSE last_query END,
                statement = CASE WHEN :at > last_at THEN :statement ELSE statement END, last_at = MAX(last_at, :at)
                """);
        counts.forEach((use, count) -> rows.bind("derivation", use.derivation())
                .bind("day", use.day())
                .bind("principal", use.principal())
                .bind("source", use.source())
                .bind("lane", use.lane())
                .bind("queries", count)
                .bind("at", newest.get(use).startedAt())
                .bind("query", newest.get(use).id())
                .bind("statement", newest.get(use).statement())
                .add());
        rows.execute();
    }

    static void forget(Handle handle, long before) {
        handle.createUpdate("DELETE FROM derivation_use WHERE last_at < :before")
                .bind("before", before)
                .execute();
    }
}
