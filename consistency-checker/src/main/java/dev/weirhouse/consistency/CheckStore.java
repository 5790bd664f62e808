package dev.weirhouse.consistency;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Door;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.state.RunStore;
import dev.weirhouse.catalog.state.StateStore;
import dev.weirhouse.consistency.Check.Reading;
import dev.weirhouse.consistency.Finding.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Checks that were declared, and how they went. Thread-safe.
 *
 * <p>A result is RUNNING under a lease of the instance that runs it; of each check there is one at most. When the lease ends
 * without a finding, the instance is taken for dead, and any instance may say so.
 */
final class CheckStore {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CHECK =
            """
            name, database_name, table_name, rule, trigger_kind, trigger_text, severity, strong, principal, source, tags,
            created_at
            """;

    private static final String RESULT =
            """
            id, check_name, kind, subject, cause, severity, principal, state, version, snapshot, committed_at, cut, violations,
            measure, message, error_code, evidence, started_at, finished_at
            """;

    private final Jdbi jdbi;
    private final Jdbi reads;
    private final Clock clock;
    private final String instance;

    CheckStore(StateStore state, Clock clock) {
        this.jdbi = state.jdbi();
        this.reads = state.reads();
        this.clock = clock;
        this.instance = state.instanceId();
    }

    /** Adds a check; false when there is one of its name. */
    boolean declare(Check check) {
        return jdbi.withHandle(handle -> handle.createUpdate(
                                "INSERT INTO check_declared (" + CHECK
                                        + """
                                ) VALUES (:name, :database, :table, :rule, :kind, :text, :severity, :strong, :principal,
                                :source, :tags, :at) ON CONFLICT DO NOTHING
                                """)
                        .bind("name", check.name())
                        .bind("database", check.table().map(TableName::database).orElse(null))
                        .bind("table", check.table().map(TableName::table).orElse(null))
                        .bind("rule", RuleSpec.of(check.rule()).toJson())
                        .bind("kind", check.trigger().kind().name())
                        .bind("text", check.trigger().text())
                        .bind("severity", check.severity().name())
                        .bind("strong", check.consistency() == Reading.STRONG ? 1 : 0)
                        .bind("principal", check.caller().principal())
                        .bind("source", check.caller().source())
                        .bind("tags", tags(check.caller().tags()))
                        .bind("at", check.declaredAt().toEpochMilli())
                        .execute()
                > 0);
    }

    /** Forgets a check with its results; false when there is none. */
    boolean drop(String name) {
        return jdbi.inTransaction(handle -> {
            handle.createUpdate("DELETE FROM check_result WHERE check_name = :name")
                    .bind("name", name)
                    .execute();
            return handle.createUpdate("DELETE FROM check_declared WHERE name = :name")
                            .bind("name", name)
                            .execute()
                    > 0;
        });
    }

    Optional<Check> find(String name) {
        return reads.withHandle(
                handle -> handle.createQuery("SELECT " + CHECK + " FROM check_declared WHERE name = :name")
                        .bind("name", name)
                        .map((row, context) -> check(row))
                        .findOne());
    }

    /** All checks, in order of names. */
    List<Check> all() {
        return reads.withHandle(handle -> handle.createQuery("SELECT " + CHECK + " FROM check_declared ORDER BY name")
                .map((row, context) -> check(row))
                .list());
    }

    /**
     * What is about to run.
     *
     * @param check empty for a comparison
     */
    record Start(
            Optional<String> check,
            String kind,
            String subject,
            CheckCause cause,
            Severity severity,
            String principal) {}

    /**
     * Notes that something begins to run.
     *
     * @return its result; empty when the check runs already, or was dropped in the meantime
     */
    Optional<CheckResult> begin(Start start, Duration lease) {
        String id = RunStore.newId();
        return jdbi.inTransaction(handle -> {
            // What goes through all checks may come to one that is gone; nobody would ever forget its result.
            if (start.check().isPresent() && !isDeclared(handle, start.check().get())) {
                return Optional.empty();
            }
            int added = handle.createUpdate(
                            """
                            INSERT INTO check_result (id, check_name, kind, subject, cause, severity, principal, state, cut,
                            message, started_at, instance_id, lease_until)
                            VALUES (:id, :check, :kind, :subject, :cause, :severity, :principal, 'RUNNING', '', '', :now,
                            :instance, :lease) ON CONFLICT DO NOTHING
                            """)
                    .bind("id", id)
                    .bind("check", start.check().orElse(null))
                    .bind("kind", start.kind())
                    .bind("subject", start.subject())
                    .bind("cause", start.cause().name())
                    .bind("severity", start.severity().name())
                    .bind("principal", start.principal())
                    .bind("now", clock.millis())
                    .bind("instance", instance)
                    .bind("lease", clock.millis() + lease.toMillis())
                    .execute();
            return added == 0 ? Optional.empty() : result(handle, id);
        });
    }

    private static boolean isDeclared(Handle handle, String name) {
        return handle.createQuery("SELECT name FROM check_declared WHERE name = :name")
                .bind("name", name)
                .mapTo(String.class)
                .findOne()
                .isPresent();
    }

    /** Prolongs the leases of what this instance runs. */
    void renew(Collection<String> running, Duration lease) {
        if (running.isEmpty()) {
            return;
        }
        jdbi.useHandle(handle -> handle.createUpdate(
                        "UPDATE check_result SET lease_until = :lease WHERE id IN (<ids>) AND state = 'RUNNING'")
                .bindList("ids", List.copyOf(running))
                .bind("lease", clock.millis() + lease.toMillis())
                .execute());
    }

    /** Ends what runs, unless somebody has said that it was lost. */
    void end(String id, Finding finding) {
        jdbi.useHandle(handle -> end(handle, id, finding));
    }

    private void end(Handle handle, String id, Finding finding) {
        handle.createUpdate(
                        """
                        UPDATE check_result SET state = :state, version = :version, snapshot = :snapshot,
                        committed_at = :committed, cut = :cut, violations = :violations, measure = :measure,
                        message = :message, error_code = :code, evidence = :evidence, finished_at = :now
                        WHERE id = :id AND state = 'RUNNING'
                        """)
                .bind("id", id)
                .bind("state", finding.state().name())
                .bind("version", finding.place().map(Place::version).orElse(null))
                .bind("snapshot", finding.place().map(Place::snapshot).orElse(null))
                .bind(
                        "committed",
                        finding.place()
                                .flatMap(place -> optional(place.committedAt()))
                                .orElse(null))
                .bind("cut", finding.cut())
                .bind("violations", optional(finding.violations()).orElse(null))
                .bind("measure", optional(finding.measure()).orElse(null))
                .bind("message", finding.message())
                .bind("code", finding.errorCode().orElse(null))
                .bind("evidence", finding.evidence().orElse(null))
                .bind("now", clock.millis())
                .execute();
    }

    private static Optional<Long> optional(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    /**
     * Ends what nobody runs any more: whose lease has ended. What has only begun is under a fresh one, also before this instance
     * counts it among what it runs.
     *
     * @param running what this instance runs
     * @param alone whether there can be no other instance
     * @return how many
     */
    int endLost(Collection<String> running, Alone alone, Finding finding) {
        List<String> lost = reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT id FROM check_result WHERE state = 'RUNNING'
                        AND (lease_until < :now OR :alone = 1)
                        """)
                .bind("now", clock.millis())
                .bind("alone", alone == Alone.YES ? 1 : 0)
                .mapTo(String.class)
                .list());
        lost.removeIf(running::contains);
        lost.forEach(id -> end(id, finding));
        return lost.size();
    }

    /** Whether this instance has the state store to itself. */
    enum Alone {
        YES,
        NOT_KNOWN
    }

    Optional<CheckResult> result(String id) {
        return reads.withHandle(handle -> result(handle, id));
    }

    private static Optional<CheckResult> result(Handle handle, String id) {
        return handle.createQuery("SELECT " + RESULT + " FROM check_result WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> result(row))
                .findOne();
    }

    /** The results of all checks and comparisons, the newest first. */
    List<CheckResult> newest(int most) {
        return reads.withHandle(handle -> handle.createQuery(
                        "SELECT " + RESULT + " FROM check_result ORDER BY started_at DESC, id DESC LIMIT :most")
                .bind("most", most)
                .map((row, context) -> result(row))
                .list());
    }

    /** The results of a check, the newest first. */
    List<CheckResult> newest(String check, int most) {
        return reads.withHandle(handle -> handle.createQuery("SELECT " + RESULT
                        + " FROM check_result WHERE check_name = :check ORDER BY started_at DESC, id DESC LIMIT :most")
                .bind("check", check)
                .bind("most", most)
                .map((row, context) -> result(row))
                .list());
    }

    /** What a check measured of other cuts, of each the newest, the newest first. */
    List<Long> measures(String check, String otherThan, int most) {
        // Of a group, SQLite answers the columns of the row that has the maximum.
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT measure, MAX(started_at) AS at FROM check_result
                        WHERE check_name = :check AND measure IS NOT NULL AND cut <> :cut
                        GROUP BY cut ORDER BY at DESC LIMIT :most
                        """)
                .bind("check", check)
                .bind("cut", otherThan)
                .bind("most", most)
                .mapTo(Long.class)
                .list());
    }

    /** Forgets results that ended before a time, but the newest of each check. */
    int forget(Instant before) {
        return jdbi.withHandle(handle -> handle.createUpdate(
                        """
                        DELETE FROM check_result WHERE finished_at < :before AND (check_name IS NULL OR EXISTS
                        (SELECT 1 FROM check_result newer WHERE newer.check_name = check_result.check_name
                        AND newer.started_at > check_result.started_at))
                        """)
                .bind("before", before.toEpochMilli())
                .execute());
    }

    private static Check check(ResultSet row) throws SQLException {
        String table = row.getString("table_name");
        return new Check(
                row.getString("name"),
                table == null ? Optional.empty() : Optional.of(new TableName(row.getString("database_name"), table)),
                RuleSpec.parse(row.getString("rule")).rule(),
                new CheckTrigger(
                        CheckTrigger.Kind.valueOf(row.getString("trigger_kind")), row.getString("trigger_text")),
                Severity.valueOf(row.getString("severity")),
                row.getInt("strong") == 1 ? Reading.STRONG : Reading.LATEST,
                new Caller(
                        row.getString("principal"),
                        row.getString("source"),
                        tags(row.getString("tags")),
                        Door.INTERNAL),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static CheckResult result(ResultSet row) throws SQLException {
        return new CheckResult(
                row.getString("id"),
                Optional.ofNullable(row.getString("check_name")),
                row.getString("kind"),
                row.getString("subject"),
                CheckCause.valueOf(row.getString("cause")),
                Severity.valueOf(row.getString("severity")),
                row.getString("principal"),
                CheckState.valueOf(row.getString("state")),
                Optional.ofNullable(row.getString("version")),
                number(row, "snapshot"),
                number(row, "committed_at"),
                row.getString("cut"),
                number(row, "violations"),
                number(row, "measure"),
                row.getString("message"),
                Optional.ofNullable(row.getString("error_code")),
                Optional.ofNullable(row.getString("evidence")),
                row.getLong("started_at"),
                number(row, "finished_at"));
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static String tags(List<String> tags) {
        try {
            return JSON.writeValueAsString(tags);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> tags(String text) {
        try {
            return JSON.readValue(text, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("not a list of tags: " + text, e);
        }
    }
}
