package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.StatementListener;
import dev.weirhouse.catalog.StatementUses;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.lineage.DerivedLines.Line;
import dev.weirhouse.lineage.flink.ColumnOrigins;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what statements derive from: each derivation once, by a digest of what it says, for all runs that share it. What
 * changes data waits until it is on disk; a query does not.
 *
 * <p>Thread-safe.
 */
final class Derivations implements StatementListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Derivations.class);

    /** Names of derivations that are known to be on disk; forgotten all at once, when they are this many. */
    private static final int KNOWN = 100_000;

    /** Derivations that wait to be written. */
    private static final int WAITING = 10_000;

    /** For so long after the store has refused something no statement waits for it; {@link #writeWaiting} tries again. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Jdbi jdbi;
    private final Clock clock;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final Map<String, DerivedLines> waiting = new ConcurrentHashMap<>();

    /** When the store refused what waits, as {@link System#nanoTime}; empty when it did not. */
    private volatile OptionalLong refusedAt = OptionalLong.empty();

    /** One pass that has not begun writes all that waits when it does. */
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            task -> {
                Thread thread = new Thread(task, "derivations");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    Derivations(Jdbi jdbi, Clock clock) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Forgets what only answers derived from.
     *
     * @param age of those that were learned this long ago at least, and have no run any more
     */
    void forget(Duration age) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        """
                        DELETE FROM derivation WHERE first_at < :before AND NOT EXISTS (SELECT 1 FROM derivation_table t
                        WHERE t.derivation_id = derivation.id AND t.target <> '')
                        AND NOT EXISTS (SELECT 1 FROM run r WHERE r.derivation_id = derivation.id)
                        AND NOT EXISTS (SELECT 1 FROM derivation_use u WHERE u.derivation_id = derivation.id)
                        AND NOT EXISTS (SELECT 1 FROM foreign_job j WHERE j.derivation_id = derivation.id)
                        AND NOT EXISTS (SELECT 1 FROM foreign_run f WHERE f.derivation_id = derivation.id)
                        """)
                .bind("before", clock.instant().minus(age).toEpochMilli())
                .execute());
    }

    @Override
    public Optional<String> compiled(List<StatementTree> trees, boolean durably) {
        return keep(lines(trees), durably);
    }

    @Override
    public Optional<String> unread(StatementUses uses, String reason, boolean durably) {
        List<String> targets = uses.targets();
        Set<Line> columns = new TreeSet<>();
        Set<List<String>> tables = new LinkedHashSet<>();
        for (String target : targets.isEmpty() ? List.of(LineageGraph.ANSWER) : targets) {
            for (String source : uses.sources()) {
                columns.add(new Line(target, "", source, "", LineageGraph.UNREAD, reason));
                tables.add(List.of(target, source));
            }
        }
        return keep(new DerivedLines(columns, tables), durably);
    }

    private Optional<String> keep(DerivedLines lines, boolean durably) {
        if (lines.tables().isEmpty()) {
            // Constants alone.
            return Optional.empty();
        }
        String id = lines.id();
        if (known.contains(id)) {
            return Optional.of(id);
        }
        if (waiting.size() >= WAITING) {
            LOG.warn("{} derivations wait to be written; one more is not recorded", WAITING);
            return Optional.empty();
        }
        waiting.put(id, lines);
        if (pauses()) {
            return Optional.of(id);
        }
        if (durably) {
            writeWaiting();
        } else {
            writer.execute(this::writeWaiting);
        }
        return Optional.of(id);
    }

    private boolean pauses() {
        OptionalLong refused = refusedAt;
        return refused.isPresent() && System.nanoTime() - refused.getAsLong() < PAUSE_NANOS;
    }

    private static DerivedLines lines(List<StatementTree> trees) {
        Set<Line> columns = new TreeSet<>();
        Set<List<String>> tables = new LinkedHashSet<>();
        for (StatementTree tree : trees) {
            String target = tree.target().orElse(LineageGraph.ANSWER);
            Derivation derivation = ColumnOrigins.of(tree.tree(), tree.columns());
            for (Derivation.Column column : derivation.columns()) {
                column.origins().forEach(origin -> columns.add(line(target, column.name(), origin)));
                column.unresolved().ifPresent(reason -> derivation
                        .tables()
                        .forEach(table -> columns.add(
                                new Line(target, column.name(), table, "", LineageGraph.UNRESOLVED, reason))));
            }
            derivation.indirect().forEach(origin -> columns.add(line(target, "", origin)));
            derivation.unresolved().ifPresent(reason -> derivation
                    .tables()
                    .forEach(table -> columns.add(new Line(target, "", table, "", LineageGraph.UNRESOLVED, reason))));
            derivation.tables().forEach(table -> tables.add(List.of(target, table)));
        }
        return new DerivedLines(columns, tables);
    }

    private static Line line(String target, String column, Origin origin) {
        return new Line(
                target,
                column,
                origin.table(),
                origin.column(),
                origin.dependence().name(),
                null);
    }

    /** Writes what waits; what the store does not take goes on waiting. */
    synchronized void writeWaiting() {
        for (Map.Entry<String, DerivedLines> each : waiting.entrySet()) {
            try {
                write(each.getKey(), each.getValue());
            } catch (JdbiException e) {
                LOG.warn("{} derivations are written later", waiting.size(), e);
                refusedAt = OptionalLong.of(System.nanoTime());
                return;
            }
            waiting.remove(each.getKey());
        }
        refusedAt = OptionalLong.empty();
    }

    private void write(String id, DerivedLines lines) {
        if (known.contains(id)) {
            return;
        }
        jdbi.useTransaction(handle -> lines.insert(handle, id, clock.millis()));
        if (known.size() >= KNOWN) {
            known.clear();
        }
        known.add(id);
    }

    @Override
    public void close() {
        writer.shutdownNow();
        writeWaiting();
    }
}
