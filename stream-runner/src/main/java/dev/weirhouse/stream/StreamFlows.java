package dev.weirhouse.stream;

import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.SqlScript;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.FlowOperators;
import dev.weirhouse.catalog.flink.flow.FlowAttempt;
import dev.weirhouse.catalog.flink.flow.FlowKeeper;
import dev.weirhouse.catalog.state.FlowStore;
import dev.weirhouse.catalog.state.FlowStore.Boundary;
import dev.weirhouse.catalog.state.FlowStore.Flow;
import dev.weirhouse.catalog.state.FlowStore.Member;
import dev.weirhouse.catalog.state.JobRow;
import dev.weirhouse.stream.flink.CompiledJob;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flows of a warehouse: streaming jobs that are read together, since all of them stop at the same boundaries. A job says
 * with {@code SET 'stream.flow' = 'NAME'} that it belongs to one. Thread-safe.
 */
public final class StreamFlows {

    private static final Logger LOG = LoggerFactory.getLogger(StreamFlows.class);

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final Pattern STATE_TTL = Pattern.compile("(?i)/\\*\\+[^*]*STATE_TTL");
    private static final Pattern SET = Pattern.compile("(?i)SET\\b");
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private final Warehouse warehouse;
    private final FlowStore store;
    private final FlowKeeper keeper;

    StreamFlows(Warehouse warehouse) {
        this.warehouse = warehouse;
        this.store = warehouse.state().flows();
        this.keeper = warehouse.flowKeeper();
    }

    /**
     * Where a flow stands.
     *
     * @param newest the newest boundary; empty before the first
     * @param common the newest boundary that all tables have reached
     * @param progress for each version the newest boundary that it has reached
     * @param jobs the names of its jobs
     * @param problem what keeps it from going on
     */
    public record State(
            Flow flow,
            Optional<Boundary> newest,
            Optional<Boundary> common,
            Map<String, Long> progress,
            List<String> jobs,
            Optional<String> problem) {}

    /**
     * Declares a flow.
     *
     * @param roots what everything in it derives from: Paimon tables that no job of the flow writes
     * @param interval how often a boundary is set, at most; from 100 ms
     * @throws WarehouseException FLOW_INVALID
     */
    public State create(String name, Collection<TableName> roots, Duration interval, Caller caller) {
        if (!NAME.matcher(name).matches()) {
            throw invalid("'" + name + "' is not a flow's name: a letter, then up to 63 letters, digits, '_' and '-'.");
        } else if (roots.isEmpty()) {
            throw invalid("A flow has at least one root: a table that everything in it derives from.");
        } else if (interval.compareTo(SHORTEST) < 0) {
            throw invalid("The interval between boundaries is at least " + SHORTEST.toMillis() + " ms.");
        }
        for (TableName root : roots) {
            if (!warehouse.isPaimon(root)) {
                throw invalid(root + " is no Paimon table: land it in one first.");
            }
            keeper.whyNoRoot(root).ifPresent(why -> {
                throw invalid(why);
            });
        }
        if (!store.create(name, roots, interval, caller.principal())) {
            throw invalid("There is a flow " + name + " already. Drop it first: weir flow drop " + name + ".");
        }
        LOG.info("flow={} roots={} interval={}", name, roots, interval);
        return show(name);
    }

    /** All flows, in order of names. */
    public List<State> list() {
        return store.all().stream().map(this::state).toList();
    }

    /**
     * A flow by its name.
     *
     * @throws WarehouseException FLOW_NOT_FOUND
     */
    public State show(String name) {
        return state(load(name));
    }

    private State state(Flow flow) {
        Map<String, Long> progress = store.progress(flow.name());
        OptionalLong common =
                progress.isEmpty() ? OptionalLong.empty() : store.common(flow.name(), progress.keySet(), 0);
        return new State(
                flow,
                store.newest(flow.name()),
                common.isEmpty() ? Optional.empty() : store.boundary(flow.name(), common.getAsLong()),
                progress,
                store.members(flow.name()).stream().map(Member::name).sorted().toList(),
                Optional.ofNullable(keeper.problems().get(flow.name())));
    }

    private Flow load(String name) {
        return store.find(name)
                .orElseThrow(() -> new WarehouseException(
                        StreamError.FLOW_NOT_FOUND, "There is no flow '" + name + "'. See: weir flow list."));
    }

    /**
     * Forgets a flow. Its tables stay.
     *
     * @throws WarehouseException FLOW_NOT_FOUND; FLOW_INVALID while jobs belong to it
     */
    public void drop(String name) {
        load(name);
        List<Member> members = store.members(name);
        if (!members.isEmpty()) {
            throw invalid("Jobs belong to the flow " + name + ": "
                    + String.join(
                            ", ", members.stream().map(Member::name).sorted().toList())
                    + ". Delete them, or apply them without 'stream.flow', first.");
        }
        Set<String> versions = store.progress(name).keySet();
        store.drop(name);
        keeper.unpin(name, versions);
        LOG.info("flow={} dropped", name);
    }

    /**
     * Checks that a job can belong to the flow that it names.
     *
     * @param jobId empty for one that is new
     * @param former its text before, if it has one
     * @throws WarehouseException FLOW_NOT_FOUND, FLOW_INVALID, NOT_SUPPORTED
     */
    void check(String jobId, CompiledJob job, String sql, Optional<String> former) {
        if (job.flow().isEmpty()) {
            return;
        }
        Flow flow = load(job.flow().get());
        FlowOperators.check(flow.name(), job.trees());
        if (!job.setting("table.exec.state.ttl", "0 ms").matches("0\\s*\\w*")) {
            throw invalid("'table.exec.state.ttl' forgets rows that the job's result rests on, and so the flow "
                    + flow.name() + " would not be consistent.");
        }
        if (STATE_TTL.matcher(sql).find()) {
            throw invalid("The hint STATE_TTL forgets rows that the job's result rests on.");
        } else if (former.isPresent()
                && !isSame(jobId, job, computed(former.get()).equals(computed(sql)))) {
            throw invalid(
                    "What a job of a flow computes cannot be changed: its tables would be of two texts. Delete it, empty"
                            + " what it writes, and apply the new text.");
        }
        if (Set.copyOf(job.targets()).size() < job.targets().size()) {
            throw invalid("The job writes a table twice, in two commits of one checkpoint: write UNION ALL of both.");
        }
        boolean joins = !store.flowOf(jobId).equals(job.flow());
        if (joins && !jobId.isEmpty()) {
            throw invalid(
                    "A job begins in the flow that it belongs to, since its state knows nothing of boundaries. Delete"
                            + " it, empty what it writes, and apply it again.");
        }
        checkTables(flow, jobId, job, joins);
    }

    private void checkTables(Flow flow, String jobId, CompiledJob job, boolean joins) {
        Set<TableName> writes = names(job.uses(), true);
        Set<TableName> derived = new HashSet<>();
        for (Member other : store.members(flow.name())) {
            if (!other.jobId().equals(jobId)) {
                checkBeside(other, writes, joins);
                derived.addAll(other.writes().keySet());
            }
        }
        for (TableName table : writes) {
            keeper.whyNotWritten(table).ifPresent(why -> {
                throw invalid(why);
            });
            if (flow.roots().contains(table)) {
                throw invalid(table + " is a root of the flow " + flow.name() + ", and no job of it may write that.");
            } else if (joins && warehouse.records(table).orElse(0L) > 0) {
                throw invalid(
                        table + " has rows already, which would stay beside what the flow derives. Empty it first:"
                                + " TRUNCATE TABLE " + table + ".");
            }
        }
        for (TableName table : names(job.uses(), false)) {
            if (!flow.roots().contains(table) && !derived.contains(table)) {
                throw invalid(table + " is neither a root of the flow " + flow.name()
                        + " nor written by one of its jobs: apply the job that writes it first, or make it a root.");
            }
        }
    }

    private static void checkBeside(Member other, Set<TableName> writes, boolean joins) {
        for (TableName table : writes) {
            if (other.writes().containsKey(table)) {
                throw invalid(table + " is written by the job " + other.name() + " of the flow " + other.flow()
                        + ": a table of a flow has one writer.");
            } else if (joins && other.reads().containsKey(table)) {
                throw invalid(table + " is read by the job " + other.name() + " of the flow " + other.flow()
                        + ", which keeps what it has read there before and does not hear that it is gone. Delete that job too,"
                        + " empty what it writes, and apply it after this one.");
            }
        }
    }

    /**
     * Whether a job computes what it did when it was submitted.
     *
     * @param otherwise the answer where that cannot be compared
     */
    private boolean isSame(String jobId, CompiledJob job, boolean otherwise) {
        String now = job.computes();
        String flink = now.substring(0, now.indexOf(':') + 1);
        return store.computes(jobId)
                .filter(before -> before.startsWith(flink))
                .map(now::equals)
                .orElse(otherwise);
    }

    /** A text's statements but its settings. */
    private static List<String> computed(String sql) {
        return SqlScript.parse(sql, Dialect.FLINK).statements().stream()
                .map(statement -> statement.bind(Map.of()).sql().strip())
                .filter(statement -> !SET.matcher(statement).lookingAt())
                .toList();
    }

    private static Set<TableName> names(List<TableUse> uses, boolean written) {
        Set<TableName> names = new TreeSet<>(Comparator.comparing(TableName::toString));
        uses.stream()
                .filter(use -> use.written() == written)
                .map(TableUse::table)
                .forEach(names::add);
        return names;
    }

    /** Makes a job that is about to be submitted a member of the flow that it names, or of none. */
    Optional<FlowAttempt> join(JobRow job, CompiledJob compiled) {
        if (compiled.flow().isEmpty()) {
            leave(job);
            return Optional.empty();
        }
        Flow flow = load(compiled.flow().get());
        if (!isSame(job.id(), compiled, true)) {
            throw invalid(
                    "What the job " + job.name() + " computes has changed since it ran last, though its text has not: a"
                            + " view or a table that it reads was altered, or 'table.local-time-zone' was. Put that back; or delete the job,"
                            + " empty what it writes, and apply it again.");
        }
        store.join(job.id(), flow.name(), compiled.uses(), compiled.computes());
        return Optional.of(new FlowAttempt(
                job.flinkJobId().orElse(job.id()) + "-" + job.attempt(), keeper.folder(flow, job.id())));
    }

    /** Forgets that a job was a member of any. */
    void leave(JobRow job) {
        Optional<Flow> flow = store.flowOf(job.id()).flatMap(store::find);
        flow.ifPresent(left -> store.members(left.name()).stream()
                .filter(member -> member.jobId().equals(job.id()))
                .forEach(member -> keeper.leave(left, member)));
        store.leave(job.id());
    }

    /** Does once what is to be done now. */
    void turn(Predicate<String> leads) {
        keeper.turn(leads);
    }

    private static WarehouseException invalid(String why) {
        return new WarehouseException(StreamError.FLOW_INVALID, why);
    }
}
