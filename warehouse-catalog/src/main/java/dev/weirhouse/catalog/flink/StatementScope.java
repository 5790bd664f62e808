package dev.weirhouse.catalog.flink;

import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.StatementUses;
import dev.weirhouse.catalog.TableName;
import dev.weirhouse.catalog.TableUse;
import dev.weirhouse.catalog.flink.checkpoint.SourceOperator;
import dev.weirhouse.catalog.flink.flow.FlowAttempt;
import dev.weirhouse.catalog.paimon.PartitionReads;
import dev.weirhouse.catalog.paimon.PinnedTables;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.flink.table.catalog.ObjectPath;

/**
 * What one statement reads and writes, gathered while Flink compiles it on the thread that it was given to.
 *
 * <p>A table that a bounded statement reads without naming a moment is fixed to one snapshot when it is first met, and
 * stays fixed for the whole statement: a table joined with itself is one table. A place that names its moment reads that
 * one and has no say in what the others read.
 */
public final class StatementScope {

    private static final ThreadLocal<StatementScope> CURRENT = new ThreadLocal<>();

    private static final Comparator<TableUse> ORDER = Comparator.comparing(TableUse::written)
            .thenComparing(use -> use.table().toString())
            .thenComparing(TableUse::version)
            .thenComparingLong(use -> use.snapshot().orElse(-1));

    private final Map<String, OptionalLong> fixed = new HashMap<>();
    private final SortedSet<TableUse> uses = new TreeSet<>(ORDER);
    private final PinnedTables tables = new PinnedTables();
    private final PartitionReads partitions = new PartitionReads();
    private final Set<ObjectPath> paimon = new HashSet<>();
    private final Set<ObjectPath> own = new HashSet<>();
    private final Map<ObjectPath, String> views = new LinkedHashMap<>();
    private FlowAttempt flow = new FlowAttempt("none", "none");
    private Optional<Consumer<List<SourceOperator>>> sources = Optional.empty();
    private TwinTargets twins = TwinTargets.NONE;
    private final Supplier<Optional<Cut>> asking;
    private Optional<Cut> asked;
    private final SortedSet<String> readElsewhere = new TreeSet<>();
    private final SortedSet<String> writtenElsewhere = new TreeSet<>();
    private final Set<String> begunLater = new HashSet<>();
    private boolean counted = true;

    /** The scope of a statement that reads the newest of everything. */
    public StatementScope() {
        this(Optional::empty);
    }

    /** @param asked the cut that the statement reads, if it was asked for; found when the first table is met */
    public StatementScope(Supplier<Optional<Cut>> asked) {
        this.asking = asked;
    }

    /** Runs an action with this scope as the thread's. */
    public <T> T run(Supplier<T> action) {
        StatementScope outer = CURRENT.get();
        CURRENT.set(this);
        try {
            return action.get();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    static StatementScope current() {
        StatementScope scope = CURRENT.get();
        return scope == null ? new StatementScope() : scope;
    }

    /** The snapshot that the statement reads of a version wherever it names no moment; asked for once. */
    OptionalLong snapshot(TableName table, String version, Supplier<OptionalLong> latest) {
        OptionalLong snapshot = fixed.computeIfAbsent(table + "=" + version, key -> latest.get());
        reads(table, version, snapshot);
        return snapshot;
    }

    /** Makes what is compiled from now on a submission of a job of a flow. */
    public void submits(FlowAttempt attempt) {
        flow = attempt;
    }

    /** Has the sources told of the next job that is submitted, before it is. */
    public void tellSources(Consumer<List<SourceOperator>> told) {
        sources = Optional.of(told);
    }

    boolean wantsSources() {
        return sources.isPresent();
    }

    /** Notes the sources of a job that is about to be submitted. */
    void reads(List<SourceOperator> operators) {
        sources.ifPresent(told -> told.accept(operators));
    }

    /** Has other tables written than the statement names. */
    public void writesInstead(Map<TableName, TableName> twins) {
        this.twins = new TwinTargets(twins);
    }

    /** Which tables are written instead of those that the statement names. */
    static TwinTargets twins() {
        return current().twins;
    }

    /** The submission that is being compiled; one that nobody waits for when it is only explained. */
    static FlowAttempt flow() {
        return current().flow;
    }

    /** The cut that the statement reads where it names no moment. */
    Optional<Cut> asked() {
        if (asked == null) {
            asked = asking.get();
        }
        return asked;
    }

    /** Notes a dataset that is read and has no snapshots, or has them out of the warehouse's sight. */
    void readsElsewhere(String dataset) {
        readElsewhere.add(dataset);
    }

    /** What the statement reads beside Paimon tables and those of the warehouse itself. */
    public SortedSet<String> readElsewhere() {
        return readElsewhere;
    }

    /** Notes one place that reads a version: at this snapshot, or at none that is known beforehand. */
    void reads(TableName table, String version, OptionalLong snapshot) {
        uses.add(new TableUse(table, version, snapshot, false));
    }

    /** Notes that a version is read from some moment on, and what was there before is not. */
    void beginsLater(String version) {
        begunLater.add(version);
    }

    /** The versions of which some place of the statement reads only what comes from some moment on. */
    public Set<String> begunLater() {
        return begunLater;
    }

    /** The Paimon tables that the statement reads, place by place. */
    public PinnedTables tables() {
        return tables;
    }

    /** The partitions that the statement reads, known once it was translated. */
    public PartitionReads partitions() {
        return partitions;
    }

    /** Notes a view of the catalog that the statement reads through. */
    public static void expands(ObjectPath view, String text) {
        StatementScope scope = CURRENT.get();
        if (scope != null) {
            scope.views.put(view, text);
        }
    }

    /** Whether this statement has met the name as a Paimon table: the metastore is asked once a name. */
    public static boolean hasMetPaimon(ObjectPath table) {
        StatementScope scope = CURRENT.get();
        return scope != null && scope.paimon.contains(table);
    }

    /** Whether a statement is being compiled that has not met this table of the warehouse's own before. */
    public static boolean isFirstToMeet(ObjectPath table) {
        StatementScope scope = CURRENT.get();
        return scope != null && scope.own.add(table);
    }

    /** Notes that a name stands for a Paimon table. */
    public static void metPaimon(ObjectPath table) {
        StatementScope scope = CURRENT.get();
        if (scope != null) {
            scope.paimon.add(table);
        }
    }

    /** Notes that the statement itself changes what names stand for. */
    public static void changesNames() {
        StatementScope scope = CURRENT.get();
        if (scope != null) {
            scope.paimon.clear();
        }
    }

    /** The catalog's views that the statement reads through, with the texts that they had. */
    public Map<ObjectPath, String> views() {
        return views;
    }

    /** Notes a version that the statement writes, with its newest snapshot before. */
    void writes(TableName table, String version, OptionalLong newest) {
        uses.add(new TableUse(table, version, newest, true));
    }

    /** Notes that the statement writes rows that are not counted. */
    void writesUncounted() {
        counted = false;
    }

    /** Notes a dataset that is written and has no snapshots, such as a table of Hive. */
    void writesElsewhere(String dataset) {
        writtenElsewhere.add(dataset);
        writesUncounted();
    }

    /** Whether the rows that the statement adds are those of its commits. */
    public boolean isCounted() {
        return counted;
    }

    /**
     * The cut as a run records it: {@code dw.a=dw.a@7, dw.b=dw.b$branch_x@2; dw.out=dw.out}, what is read before what is
     * written. A table that is read at several snapshots stands there with each: {@code dw.a=dw.a@1, dw.a=dw.a@7}.
     */
    public String cut() {
        String read = cut(false);
        String written = cut(true);
        return written.isEmpty() ? read : read + "; " + written;
    }

    private String cut(boolean written) {
        return uses.stream()
                .filter(use -> use.written() == written)
                .map(use -> use.table() + "=" + use.version()
                        + (use.snapshot().isPresent() && !written
                                ? "@" + use.snapshot().getAsLong()
                                : ""))
                .collect(Collectors.joining(", "));
    }

    /** The tables of the {@link #cut}, in its order. */
    public List<TableUse> uses() {
        return List.copyOf(uses);
    }

    /** The tables of the cut, and what has no place in it. */
    public StatementUses allUses() {
        return new StatementUses(uses(), readElsewhere, writtenElsewhere);
    }
}
