package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.flink.Datasets;
import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.catalog.flink.PlannerSession;
import dev.weirhouse.catalog.flink.Scans;
import dev.weirhouse.catalog.flink.StatementScope;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.catalog.flink.checkpoint.SourceOperator;
import dev.weirhouse.catalog.flink.flow.FlowAttempt;
import dev.weirhouse.catalog.state.StreamSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.catalog.CatalogTable;
import org.apache.flink.table.catalog.ContextResolvedTable;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;
import org.apache.flink.table.operations.SinkModifyOperation;
import org.apache.flink.table.operations.StatementSetOperation;
import org.apache.flink.table.operations.ddl.CreateTableOperation;

/**
 * The statements of one streaming job on their way to the cluster. They pass the gate one by one: SET, USE and temporary
 * objects take effect at once, writes are gathered, and {@link #submit} sends all of them as one Flink job.
 *
 * <p>Not thread-safe.
 */
public final class JobPlan {

    private static final Set<String> PAIMON = Set.of(StreamSource.PAIMON, StreamSource.PAIMON_MONITOR);

    /** What Paimon tells of a table, such as {@code t$audit_log}, is read by its sources too, and has no versions. */
    private static final String SYSTEM_TABLE = "source of a system table";

    private final PlannerSession planner;
    private final ReentrantLock lock;
    private final Function<String, Compiled> compiler;
    private final StatementScope scope = new StatementScope();
    private final List<SinkModifyOperation> writes = new ArrayList<>();

    /** @param compiler checks and compiles one statement of the session */
    JobPlan(PlannerSession planner, ReentrantLock lock, Function<String, Compiled> compiler) {
        this.planner = planner;
        this.lock = lock;
        this.compiler = compiler;
    }

    /**
     * Adds a statement.
     *
     * @param sources may put another definition in the place of a temporary table that the statement makes
     * @throws WarehouseException a USER error, NOT_SUPPORTED for a statement that has no place in a streaming job
     */
    public void add(String sql, Function<TemporaryTable, TemporaryTable> sources) {
        compiling(() -> {
            Compiled compiled = compiler.apply(sql);
            switch (compiled.kind()) {
                case SESSION -> compiled.operations().forEach(operation -> change(operation, sources));
                case WRITE -> {
                    checkReads();
                    compiled.operations().forEach(this::gather);
                }
                default ->
                    throw new WarehouseException(
                            CatalogError.NOT_SUPPORTED,
                            "A streaming job holds INSERTs, SETs and temporary objects. Run this statement by itself, before"
                                    + " the job is applied.");
            }
            return null;
        });
    }

    private void checkReads() {
        if (Consistency.parse(setting(Consistency.SETTING, "latest")).strong()) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "'" + Consistency.SETTING
                            + "' is of queries, which end. A streaming job reads its inputs at the same boundaries when it belongs"
                            + " to a flow: SET 'stream.flow'.");
        }
        if (!setting(Cut.SETTING, "").isEmpty()) {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "A streaming job reads on, and a cut stands still. Name where a table begins in the statement, as in"
                            + " /*+ OPTIONS('scan.snapshot-id' = '7') */, without '" + Cut.SETTING + "'.");
        }
    }

    private void change(Operation operation, Function<TemporaryTable, TemporaryTable> sources) {
        if (operation instanceof CreateTableOperation create && create.isTemporary()) {
            TemporaryTable given =
                    new TemporaryTable(create.getTableIdentifier(), (CatalogTable) create.getCatalogTable(), "");
            TemporaryTable table = sources.apply(given);
            planner.execute(
                    new CreateTableOperation(table.identifier(), table.definition(), create.isIgnoreIfExists(), true));
            if (!table.view().isEmpty()) {
                planner.parse(table.view()).forEach(planner::execute);
            }
        } else {
            planner.execute(operation);
        }
    }

    private void gather(Operation operation) {
        if (operation instanceof StatementSetOperation set) {
            set.getOperations().forEach(this::gather);
        } else if (operation instanceof SinkModifyOperation sink) {
            writes.add(sink);
        } else {
            throw new WarehouseException(
                    CatalogError.NOT_SUPPORTED,
                    "A streaming job writes with INSERT INTO. Create its tables before it is applied.");
        }
    }

    /** For each gathered write, where it goes and which temporary tables it reads, in the order of the texts. */
    public List<Write> writes() {
        return compiling(() -> writes.stream()
                .map(write -> new Write(
                        write.getContextResolvedTable().getIdentifier(), Scans.temporaryTables(write.getChild())))
                .toList());
    }

    /** The cut of what was added, as a run records it. */
    public String cut() {
        return scope.cut();
    }

    /** The tables of the cut. */
    public List<TableUse> uses() {
        return scope.uses();
    }

    /** The tables of the cut, and what has no place in it. */
    public StatementUses allUses() {
        return scope.allUses();
    }

    /** The queries of the gathered writes, as Flink understands them before it optimises them. */
    public List<StatementTree> trees() {
        return compiling(() -> writes.stream()
                .flatMap(write -> StatementTree.of(write).stream())
                .toList());
    }

    /** The session's settings with what the statements SET. */
    public String setting(String key, String otherwise) {
        return planner.setting(key).orElse(otherwise);
    }

    /**
     * Compiles all writes into one Flink job without running it.
     *
     * @return Flink's explanation of the job
     * @throws WarehouseException a USER error
     */
    public String explain() {
        return compiling(() -> planner.explain(List.copyOf(writes)));
    }

    /** Sends all writes to the cluster as one Flink job, which belongs to no flow and whose sources nobody asks for. */
    public JobClient submit(Map<String, String> settings) {
        return submit(settings, Optional.empty(), found -> {});
    }

    /**
     * Sends all writes to the cluster as one Flink job.
     *
     * @param settings of the job alone, such as its id and what it starts from
     * @param flow names the submission to the sources of a job of a flow
     * @param told takes what the job's sources read, before the cluster hears of the job; what it throws does no harm
     * @throws WarehouseException when the job cannot be compiled or the cluster does not take it
     */
    public JobClient submit(
            Map<String, String> settings, Optional<FlowAttempt> flow, Consumer<List<StreamSource>> told) {
        lock.lock();
        try {
            flow.ifPresent(scope::submits);
            scope.tellSources(operators -> told.accept(sources(operators)));
            settings.forEach(planner.config().getConfiguration()::setString);
            TableResultInternal result = scope.run(() -> planner.execute(List.<ModifyOperation>copyOf(writes)));
            return result.getJobClient().orElseThrow();
        } catch (Exception e) {
            throw Failures.running(e);
        } finally {
            lock.unlock();
        }
    }

    /** What each source reads, and each table of the cut that none does: in such rows are looked up. */
    private List<StreamSource> sources(List<SourceOperator> operators) {
        Set<TableUse> reads =
                scope.uses().stream().filter(use -> !use.written()).collect(Collectors.toSet());
        Set<TableUse> looked = new LinkedHashSet<>(reads);
        List<StreamSource> sources = new ArrayList<>();
        for (SourceOperator operator : operators) {
            Optional<ContextResolvedTable> table = operator.table().flatMap(planner.catalogs()::getTable);
            Optional<TableUse> use = table.filter(ContextResolvedTable::isPermanent)
                    .flatMap(found -> reads.stream()
                            .filter(read -> read.table().toString().equals(Datasets.name(found.getIdentifier())))
                            .findFirst());
            use.ifPresent(looked::remove);
            String name = table.map(Datasets::name).orElse("source:" + operator.name());
            sources.add(new StreamSource(
                    operator.id(),
                    name,
                    use.map(TableUse::version).orElse(name),
                    PAIMON.contains(operator.reader())
                            ? paimonReader(use, operator.reader())
                            : reader(name, operator.reader())));
        }
        looked.forEach(
                use -> sources.add(new StreamSource("", use.table().toString(), use.version(), StreamSource.LOOKUP)));
        return sources;
    }

    private String paimonReader(Optional<TableUse> use, String reader) {
        if (use.isEmpty()) {
            return SYSTEM_TABLE;
        }
        return reader(use.get().version(), reader);
    }

    private String reader(String version, String reader) {
        return scope.begunLater().contains(version) ? StreamSource.LATER : reader;
    }

    private <T> T compiling(Supplier<T> action) {
        lock.lock();
        try {
            return scope.run(action);
        } catch (Exception | StackOverflowError | LinkageError e) {
            throw Failures.compiling(e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A temporary table about to be made.
     *
     * @param identifier its full name
     * @param definition its columns and options
     * @param view a statement that makes a view over the table, or empty
     */
    public record TemporaryTable(ObjectIdentifier identifier, CatalogTable definition, String view) {}

    /** A write of the job: its target, and the temporary tables that it reads. */
    public record Write(ObjectIdentifier target, Set<ObjectIdentifier> temporarySources) {
        public Write {
            temporarySources = Set.copyOf(temporarySources);
        }
    }
}
