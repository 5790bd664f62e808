package dev.weirhouse.stream.flink;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Digest;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.JobPlan;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.SqlScript;
import dev.weirhouse.catalog.StatementUses;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.catalog.flink.flow.FlowAttempt;
import dev.weirhouse.catalog.flink.flow.FlowTables;
import dev.weirhouse.catalog.state.StreamSource;
import dev.weirhouse.stream.StreamError;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.util.TimeUtils;

/**
 * A job's text, compiled and ready to be submitted once.
 *
 * <ol>
 *   <li>The text is split; its statements pass the gate in order, in a streaming session.
 *   <li>Sources are made to survive records that cannot be read ({@link RejectingSources}), unless the text says {@code SET
 *       'stream.malformed' = 'fail'}.
 *   <li>Flink translates the whole; then the tables for rejected records are made, and the writes to them join the job's own.
 * </ol>
 */
public final class CompiledJob implements AutoCloseable {

    private static final String MALFORMED = "stream.malformed";
    private static final Pattern CORRELATION = Pattern.compile("\\$cor\\d+");

    /** What changes the rows that a text stands for; other settings change how they are computed. */
    private static final List<String> MEANING = List.of(
            "table.local-time-zone",
            "table.exec.legacy-cast-behaviour",
            "table.exec.sink.not-null-enforcer",
            "table.exec.sink.type-length-enforcer",
            "table.exec.sink.upsert-materialize",
            "table.exec.source.cdc-events-duplicate");

    private final Session session;
    private final JobPlan plan;
    private final Set<TableName> rejectedTables;

    private CompiledJob(Session session, JobPlan plan, Set<TableName> rejectedTables) {
        this.session = session;
        this.plan = plan;
        this.rejectedTables = rejectedTables;
    }

    /**
     * Compiles a text.
     *
     * @param defaults settings that the text may change
     * @throws WarehouseException a USER error with its place in the text
     */
    public static CompiledJob compile(Gate gate, Caller caller, String name, String sql, Map<String, String> defaults) {
        SqlScript script = SqlScript.parse(sql, Dialect.FLINK);
        Session session = gate.open(caller, Gate.Mode.STREAM, defaults);
        try {
            JobPlan plan = session.planJob();
            RejectingSources sources = new RejectingSources();
            for (SqlScript.Statement statement : script.statements()) {
                SqlScript.Bound bound = statement.bind(Map.of());
                try {
                    plan.add(
                            bound.sql(),
                            table -> rejects(plan) ? sources.rewrite(table) : RejectingSources.failing(table));
                } catch (WarehouseException e) {
                    throw bound.inFile(e);
                }
            }
            List<JobPlan.Write> writes = plan.writes();
            if (writes.isEmpty()) {
                throw new WarehouseException(
                        StreamError.JOB_EMPTY, "The job '" + name + "' writes nothing: it needs an INSERT INTO.");
            }
            Set<TableName> rejected = sources.tables(writes);
            if (!rejected.isEmpty()) {
                // A text that Flink refuses leaves no table behind.
                plan.explain();
                create(gate, caller, rejected);
            }
            for (String insert : sources.inserts(writes, name)) {
                plan.add(insert, table -> table);
            }
            return new CompiledJob(session, plan, new LinkedHashSet<>(rejected));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    private static boolean rejects(JobPlan plan) {
        return switch (plan.setting(MALFORMED, "reject")) {
            case "reject" -> true;
            case "fail" -> false;
            default ->
                throw new WarehouseException(
                        StreamError.JOB_STATE,
                        "'" + plan.setting(MALFORMED, "") + "' is not a value of " + MALFORMED
                                + ": use 'reject' or 'fail'.");
        };
    }

    private static void create(Gate gate, Caller caller, Set<TableName> tables) {
        try (Session ddl = gate.open(caller, Gate.Mode.BATCH)) {
            for (TableName table : tables) {
                ddl.execute(RejectingSources.create(table), Lane.STREAM).close();
            }
        }
    }

    /** The tables that records which cannot be read go to. */
    public Set<TableName> rejectedTables() {
        return Set.copyOf(rejectedTables);
    }

    /** The versions that the job reads and writes, as a run records them. */
    public String cut() {
        return plan.cut();
    }

    /** What each of its writes goes to, as often as it is written. */
    public List<String> targets() {
        return plan.writes().stream()
                .map(write -> write.target().asSummaryString())
                .toList();
    }

    /** The flow that the job says it belongs to. */
    public Optional<String> flow() {
        String flow = plan.setting(FlowTables.SETTING, "");
        return flow.isEmpty() ? Optional.empty() : Optional.of(flow);
    }

    /** A setting of the job's text, or of what it began with. */
    public String setting(String key, String otherwise) {
        return plan.setting(key, otherwise);
    }

    /** The time between two of its checkpoints, at least. */
    public Duration checkpointInterval() {
        return TimeUtils.parseDuration(plan.setting(CheckpointingOptions.CHECKPOINTING_INTERVAL.key(), "0 ms"));
    }

    /** The tables of the cut. */
    public List<TableUse> uses() {
        return plan.uses();
    }

    /** The tables of the cut, and what has no place in it. */
    public StatementUses allUses() {
        return plan.allUses();
    }

    /** The queries of its writes, as Flink understands them before it optimises them. */
    public List<StatementTree> trees() {
        return plan.trees();
    }

    /**
     * A digest of what the job computes, as Flink understands its text together with the views that it reads and the settings
     * that change what an expression means. Two are comparable when the same Flink has understood them, whose version they
     * begin with up to the colon.
     */
    public String computes() {
        StringBuilder meaning = new StringBuilder();
        trees().forEach(tree -> meaning.append(tree.target().orElse(""))
                .append(tree.columns())
                .append('\n')
                .append(renumbered(RelOptUtil.toString(tree.tree()))));
        MEANING.forEach(key ->
                meaning.append(key).append('=').append(plan.setting(key, "")).append('\n'));
        return EnvironmentInformation.getVersion() + ":" + Digest.of(meaning.toString());
    }

    /** Correlations in the order in which they appear: Flink numbers them by what it has understood before. */
    private static String renumbered(String tree) {
        Map<String, String> names = new HashMap<>();
        return CORRELATION.matcher(tree).replaceAll(found -> {
            names.putIfAbsent(found.group(), "cor" + names.size());
            return names.get(found.group());
        });
    }

    /**
     * Compiles the job down to Flink's plan, as submitting would.
     *
     * @return Flink's explanation
     */
    public String explain() {
        return plan.explain();
    }

    /**
     * Submits the job; the cluster has accepted it when this returns.
     *
     * @param flow names the submission to the sources of a job of a flow
     * @param told takes what the job's sources read, before the cluster hears of the job
     * @throws WarehouseException when it cannot be compiled, or the cluster refuses it
     */
    public JobClient submit(
            Map<String, String> settings, Optional<FlowAttempt> flow, Consumer<List<StreamSource>> told) {
        return plan.submit(settings, flow, told);
    }

    @Override
    public void close() {
        session.close();
    }
}
