package dev.weirhouse.lineage.openlineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.state.LoggedQuery;
import dev.weirhouse.catalog.state.RunState;
import dev.weirhouse.lineage.openlineage.RunFacts.Derived;
import dev.weirhouse.lineage.openlineage.RunFacts.Script;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What the state store holds of runs that write, and what receivers were told of them. */
final class ToldRuns {

    /** Runs are recorded in about the order in which they begin. */
    private static final long OUT_OF_ORDER = 60_000;

    private static final String COMPACT = "COMPACT";
    private static final String OVERWRITE = "OVERWRITE";

    /** A table of a query's cut, {@code name=version@snapshot}. */
    private static final Pattern READ = Pattern.compile("([^=;,\\s]+)=([^@;,]+)@(\\d+)");

    /** The same of what is written, {@code name=version}. */
    private static final Pattern WRITTEN = Pattern.compile("([^=,\\s]+)=");

    private final Jdbi jdbi;
    private final Jdbi reads;
    private long from;

    /**
     * A run of which not all is told.
     *
     * @param run its id
     * @param toldAt when something was, in milliseconds since 1970 UTC
     * @param written what was told to be written
     * @param settled whether all its commits are recorded
     */
    record Open(
            String run, long toldAt, List<Written> written, RunState state, boolean settled, OptionalLong finishedAt) {}

    /**
     * That something was told of a run.
     *
     * @param open whether more will be
     */
    record Told(String run, boolean open, long at, List<Written> written) {}

    ToldRuns(Warehouse warehouse) {
        requireNonNull(warehouse, "warehouse is null");
        this.jdbi = warehouse.state().jdbi();
        this.reads = warehouse.state().reads();
    }

    /** Tells from now on, unless it was told before. */
    void begin(long now) {
        from = jdbi.inTransaction(handle -> {
            Optional<Long> since = handle.createQuery("SELECT since FROM openlineage_since")
                    .mapTo(Long.class)
                    .findOne();
            if (since.isEmpty()) {
                handle.execute("INSERT INTO openlineage_since (since) VALUES (?)", now);
            }
            return since.orElse(now);
        });
    }

    /** Nobody is told any more; who is told later is told of what begins then. */
    void end() {
        jdbi.useTransaction(handle -> {
            if (handle.execute("DELETE FROM openlineage_since") > 0) {
                handle.execute("DELETE FROM openlineage_told");
            }
        });
    }

    /** Runs that nothing was told of, those that began first, first; streaming jobs that run count whenever they began. */
    List<String> untold(int most) {
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT r.id FROM run r WHERE (r.started_at >= :from
                            OR r.id IN (SELECT run_id FROM job) AND r.state = 'RUNNING')
                        AND (r.kind = 'WRITE' OR r.kind IN ('DDL', 'CALL') AND (r.derivation_id IS NOT NULL
                            OR EXISTS (SELECT 1 FROM run_pending p WHERE p.run_id = r.id)
                            OR EXISTS (SELECT 1 FROM run_write w WHERE w.run_id = r.id)))
                        AND NOT EXISTS (SELECT 1 FROM openlineage_told t WHERE t.run_id = r.id)
                        ORDER BY r.started_at, r.id LIMIT :most
                        """)
                .bind("from", from)
                .bind("most", most)
                .mapTo(String.class)
                .list());
    }

    /** All runs that began earlier than this, but for a little, are told of. */
    void passed(long startedAt) {
        from = Math.max(from, startedAt - OUT_OF_ORDER);
    }

    /** Runs of which something was told, and not all. */
    List<Open> open() {
        return reads.withHandle(handle -> handle.createQuery(
                        """
                        SELECT t.run_id, t.told_at, t.totals, r.state, r.finished_at,
                            EXISTS (SELECT 1 FROM run_pending p WHERE p.run_id = r.id) AS pending
                        FROM openlineage_told t JOIN run r ON r.id = t.run_id WHERE t.open = 1
                        ORDER BY r.started_at, r.id
                        """)
                .map((row, context) -> new Open(
                        row.getString("run_id"),
                        row.getLong("told_at"),
                        Arrays.asList(EventJson.read(row.getString("totals"), Written[].class)),
                        RunState.valueOf(row.getString("state")),
                        !row.getBoolean("pending"),
                        number(row, "finished_at")))
                .list());
    }

    /** Notes what was told. */
    void told(List<Told> told) {
        jdbi.useTransaction(handle -> told.forEach(each -> handle.createUpdate(
                        """
                        INSERT INTO openlineage_told (run_id, open, told_at, totals)
                        SELECT :run, :open, :at, :totals WHERE EXISTS (SELECT 1 FROM run WHERE id = :run)
                        ON CONFLICT (run_id) DO UPDATE SET open = :open, told_at = :at, totals = :totals
                        """)
                .bind("run", each.run())
                .bind("open", each.open() ? 1 : 0)
                .bind("at", each.at())
                .bind("totals", each.open() ? EventJson.write(each.written()) : "[]")
                .execute()));
    }

    /**
     * All that is known of a run; empty when it is forgotten.
     *
     * @param written what was known to be written; what was committed since is added to it
     */
    Optional<RunFacts> facts(String id, List<Written> written) {
        return reads.inTransaction(handle -> handle.createQuery(
                        """
                        SELECT r.*, j.name AS job_name, s.script_id, s.script_name FROM run r
                        LEFT JOIN job j ON j.id = r.job_id LEFT JOIN session s ON s.id = r.session_id WHERE r.id = :id
                        """)
                .bind("id", id)
                .map((row, context) -> facts(handle, row, written))
                .findOne());
    }

    private static RunFacts facts(Handle handle, ResultSet row, List<Written> before) throws SQLException {
        String id = row.getString("id");
        String derivation = row.getString("derivation_id");
        String script = row.getString("script_id");
        String scriptName = row.getString("script_name");
        List<Written> written = written(handle, id, before);
        Map<String, Optional<String>> inputs = inputs(handle, id, derivation);
        return new RunFacts(
                id,
                Lane.valueOf(row.getString("lane")),
                StatementKind.valueOf(row.getString("kind")),
                // A job that is deleted goes by its id.
                Optional.ofNullable(row.getString(row.getString("job_name") == null ? "job_id" : "job_name")),
                Optional.ofNullable(script).map(known -> new Script(known, scriptName)),
                row.getString("principal"),
                Dialect.valueOf(row.getString("dialect")),
                row.getString("statement"),
                Optional.empty(),
                RunState.valueOf(row.getString("state")),
                row.getLong("started_at"),
                number(row, "finished_at"),
                Optional.ofNullable(row.getString("error")),
                inputs,
                outputs(handle, row, written),
                written,
                columns(handle, derivation));
    }

    private static Map<String, Optional<String>> inputs(Handle handle, String run, String derivation) {
        Map<String, Optional<String>> inputs = new LinkedHashMap<>();
        handle.createQuery("SELECT table_name, version, snapshot FROM run_read WHERE run_id = :run")
                .bind("run", run)
                .map((read, context) -> Map.entry(read.getString("table_name"), version(read)))
                .forEach(read -> inputs.merge(
                        read.getKey(), read.getValue(), (one, other) -> one.equals(other) ? one : Optional.empty()));
        handle.createQuery("SELECT source FROM derivation_table WHERE derivation_id = :id")
                .bind("id", derivation)
                .mapTo(String.class)
                .forEach(source -> inputs.putIfAbsent(source, Optional.empty()));
        return inputs;
    }

    private static Optional<String> version(ResultSet read) throws SQLException {
        OptionalLong snapshot = number(read, "snapshot");
        return snapshot.isEmpty()
                ? Optional.empty()
                : Optional.of(EventText.version(read.getString("version"), snapshot.getAsLong()));
    }

    /** The same from a run's first event to its last, whatever it commits: its job goes by the first of them. */
    private static List<String> outputs(Handle handle, ResultSet run, List<Written> written) throws SQLException {
        SortedSet<String> outputs = new TreeSet<>(handle.createQuery(
                        """
                        SELECT target FROM derivation_table WHERE derivation_id = :id AND target <> ''
                        UNION SELECT table_name FROM run_write WHERE run_id = :run AND class = 'unknown'
                        """)
                .bind("id", run.getString("derivation_id"))
                .bind("run", run.getString("id"))
                .mapTo(String.class)
                .list());
        Matcher wrote = WRITTEN.matcher(run.getString("cut").replaceFirst("^[^;]*(?:; |$)", ""));
        while (wrote.find()) {
            outputs.add(wrote.group(1));
        }
        written.forEach(each -> outputs.add(each.table()));
        return List.copyOf(outputs);
    }

    private static List<Derived> columns(Handle handle, String derivation) {
        return handle.createQuery(
                        """
                        SELECT * FROM derivation_column WHERE derivation_id = :id AND source_column <> ''
                        AND dependence <> 'UNRESOLVED' ORDER BY target, target_column, source, source_column, dependence
                        """)
                .bind("id", derivation)
                .map((row, context) -> new Derived(
                        row.getString("target"),
                        row.getString("target_column"),
                        row.getString("source"),
                        row.getString("source_column"),
                        row.getString("dependence")))
                .list();
    }

    /** Commits to a version are recorded in their order, those to several in any. */
    private static List<Written> written(Handle handle, String run, List<Written> before) {
        Map<String, Written> versions = new LinkedHashMap<>();
        before.forEach(each -> versions.put(each.version(), each));
        Map<String, Long> known = new HashMap<>();
        before.forEach(each -> known.put(each.version(), each.committedAt()));
        long least = known.values().stream().mapToLong(Long::longValue).min().orElse(-1);
        handle.createQuery(
                        """
                        SELECT table_name, version, snapshot, kind, committed_at, rows_added, bytes_added, partitions
                        FROM run_write WHERE run_id = :run AND snapshot IS NOT NULL
                        AND (committed_at > :least OR version NOT IN (<known>)) ORDER BY version, committed_at
                        """)
                .bind("run", run)
                .bind("least", least)
                .bindList("known", known.isEmpty() ? List.of("") : List.copyOf(known.keySet()))
                .map((row, context) -> Map.entry(row.getString("kind"), commit(row)))
                .forEach(commit -> {
                    Written added = commit.getValue();
                    if (added.committedAt() > known.getOrDefault(added.version(), -1L)) {
                        versions.merge(
                                added.version(),
                                Written.none(added.table(), added.version())
                                        .and(added, !commit.getKey().equals(COMPACT)),
                                (all, one) -> all.and(added, !commit.getKey().equals(COMPACT)));
                    }
                });
        return List.copyOf(versions.values());
    }

    private static Written commit(ResultSet row) throws SQLException {
        return new Written(
                row.getString("table_name"),
                row.getString("version"),
                row.getLong("snapshot"),
                row.getLong("committed_at"),
                row.getLong("rows_added"),
                row.getLong("bytes_added"),
                OVERWRITE.equals(row.getString("kind")),
                false,
                partitions(row.getString("partitions")));
    }

    private static SortedSet<String> partitions(String text) {
        return new TreeSet<>(text == null ? List.of() : Arrays.asList(EventJson.read(text, String[].class)));
    }

    /** What is known of a query that is over. */
    RunFacts facts(LoggedQuery query) {
        Map<String, Optional<String>> inputs = new LinkedHashMap<>();
        query.derivation()
                .ifPresent(derivation -> reads.useHandle(
                        handle -> handle.createQuery("SELECT source FROM derivation_table WHERE derivation_id = :id")
                                .bind("id", derivation)
                                .mapTo(String.class)
                                .forEach(source -> inputs.put(source, Optional.empty()))));
        Matcher read = READ.matcher(query.cut());
        while (read.find()) {
            Optional<String> version = Optional.of(EventText.version(read.group(2), Long.parseLong(read.group(3))));
            inputs.merge(read.group(1), version, (one, other) -> other);
        }
        return new RunFacts(
                query.id(),
                query.lane(),
                query.kind(),
                Optional.empty(),
                Optional.empty(),
                query.caller().principal(),
                query.dialect(),
                query.statement(),
                query.answeredBy(),
                query.state(),
                query.startedAt(),
                OptionalLong.of(query.finishedAt()),
                query.error(),
                inputs,
                List.of(),
                List.of(),
                List.of());
    }

    private static OptionalLong number(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
