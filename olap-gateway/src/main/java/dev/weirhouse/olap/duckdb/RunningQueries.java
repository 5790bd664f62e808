package dev.weirhouse.olap.duckdb;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The queries in the engine's process, by their numbers, so that they can be interrupted. Safe for several threads. */
final class RunningQueries {

    private final Map<Long, Running> queries = new ConcurrentHashMap<>();

    Running begin(long id) {
        Running running = new Running(id);
        queries.put(id, running);
        return running;
    }

    /**
     * Interrupts a query; nothing happens when it has ended or has not come yet. An interruption that meets a query
     * between two steps is lost, so this is to be repeated.
     */
    void cancel(long id) {
        Running running = queries.get(id);
        if (running != null) {
            running.cancel();
        }
    }

    /** One query. */
    final class Running implements AutoCloseable {

        private final long id;
        private PreparedStatement statement;
        private boolean cancelled;

        private Running(long id) {
            this.id = id;
        }

        /** The query computes with this statement from now on. */
        synchronized void computes(PreparedStatement with) {
            statement = with;
        }

        synchronized boolean isCancelled() {
            return cancelled;
        }

        private synchronized void cancel() {
            cancelled = true;
            if (statement == null) {
                return;
            }
            try {
                statement.cancel();
            } catch (SQLException e) {
                // It has ended meanwhile; if not, the next cancellation meets it.
                return;
            }
        }

        @Override
        public void close() {
            // The next query on this connection must not be hit.
            computes(null);
            queries.remove(id);
        }
    }
}
