package dev.weirhouse.catalog.state;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * How often what queries answered derived from what: a row for each derivation, day and user, so that a dashboard that asks
 * 100,000 times a day is one row.
 */
final class QueryUses {

    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    private QueryUses() {}

    private record Use(String derivation, long day, String principal, String source, String lane) {}

    static void add(Handle handle, List<LoggedQuery> queries) {
        Map<Use, Long> counts = new LinkedHashMap<>();
        Map<Use, LoggedQuery> newest = new LinkedHashMap<>();
        for (LoggedQuery query : queries) {
            query.derivation().ifPresent(derivation -> {
                Use use = new Use(
                        derivation,
                        query.startedAt() / DAY,
                        query.caller().principal(),
                        query.caller().source(),
                        query.lane().name());
                counts.merge(use, 1L, Long::sum);
                newest.merge(use, query, (one, other) -> one.startedAt() > other.startedAt() ? one : other);
            });
        }
        if (counts.isEmpty()) {
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
