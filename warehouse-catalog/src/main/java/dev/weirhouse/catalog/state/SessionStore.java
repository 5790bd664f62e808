package dev.weirhouse.catalog.state;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** Sessions, open and closed. */
public final class SessionStore {

    private final Jdbi jdbi;
    private final Clock clock;
    private final String instanceId;

    SessionStore(Jdbi jdbi, Clock clock, String instanceId) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.instanceId = instanceId;
    }

    public void opened(String id, Caller caller) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        """
                        INSERT INTO session (id, instance_id, principal, source, tags, door, opened_at)
                        VALUES (:id, :instance, :principal, :source, :tags, :door, :now)
                        """)
                .bind("id", id)
                .bind("instance", instanceId)
                .bind("principal", caller.principal())
                .bind("source", caller.source())
                .bind("tags", Tags.write(caller.tags()))
                .bind("door", caller.door().name())
                .bind("now", clock.millis())
                .execute());
    }

    /** Notes the script whose statements a session runs. */
    public void runs(String id, String scriptId, String scriptName) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "UPDATE session SET script_id = :script, script_name = :name WHERE id = :id")
                .bind("id", id)
                .bind("script", scriptId)
                .bind("name", scriptName)
                .execute());
    }

    public void closed(String id) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "UPDATE session SET closed_at = :now WHERE id = :id AND closed_at IS NULL")
                .bind("id", id)
                .bind("now", clock.millis())
                .execute());
    }

    void closeAllOfInstance() {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "UPDATE session SET closed_at = :now WHERE instance_id = :instance AND closed_at IS NULL")
                .bind("instance", instanceId)
                .bind("now", clock.millis())
                .execute());
    }

    /**
     * Closes what another instance left open when it died. Only right for the one process that holds the home's lock.
     *
     * @return how many were closed
     */
    public int closeAbandoned() {
        return jdbi.withHandle(handle -> handle.createUpdate(
                        "UPDATE session SET closed_at = :now WHERE instance_id <> :instance AND closed_at IS NULL")
                .bind("instance", instanceId)
                .bind("now", clock.millis())
                .execute());
    }

    /** The newest sessions first, open ones before closed ones. */
    public List<SessionRow> newest(int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        """
                        SELECT id, instance_id, principal, source, tags, door, opened_at, closed_at FROM session
                        ORDER BY closed_at IS NOT NULL, opened_at DESC LIMIT :limit
                        """)
                .bind("limit", limit)
                .map((row, context) -> read(row))
                .list());
    }

    /** Forgets sessions that closed longer ago than this. */
    public int forget(Duration age) {
        return jdbi.withHandle(handle -> handle.createUpdate("DELETE FROM session WHERE closed_at < :before")
                .bind("before", clock.millis() - age.toMillis())
                .execute());
    }

    private static SessionRow read(ResultSet row) throws SQLException {
        return new SessionRow(
                row.getString("id"),
                row.getString("instance_id"),
                new Caller(
                        row.getString("principal"),
                        row.getString("source"),
                        Tags.read(row.getString("tags")),
                        Door.valueOf(row.getString("door"))),
                row.getLong("opened_at"),
                Columns.optionalLong(row, "closed_at"));
    }
}
