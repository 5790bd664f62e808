package dev.weirhouse.lineage;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.StatementListener;
import dev.weirhouse.catalog.flink.StatementTree;
import dev.weirhouse.lineage.flink.ColumnOrigins;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
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

    /** Derivations of queries that wait to be written; one more is learned from the query's next run. */
    private static final int WAITING = 10_000;

    private static final int DIGITS = 32;

    private final Jdbi jdbi;
    private final Clock clock;
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor writer =
            new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                Thread thread = new Thread(task, "derivations");
                thread.setDaemon(true);
                return thread;
            });

    Derivations(Jdbi jdbi, Clock clock) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Forgets what only answers derived from whose runs are forgotten. */
    void forget() {
        jdbi.useHandle(
                handle -> handle.execute(
                        """
                DELETE FROM derivation WHERE NOT EXISTS (SELECT 1 FROM derivation_table t
                WHERE t.derivation_id = derivation.id AND t.target <> '')
                AND NOT EXISTS (SELECT 1 FROM run r WHERE r.derivation_id = derivation.id)
                """));
    }

    /** A line of a derivation; of its tables alone where it has no columns. */
    private record Line(
            String target, String targetColumn, String source, String sourceColumn, String how, String reason)
            implements Comparable<Line> {

        private static final Comparator<Line> BY_KEY = Comparator.comparing(Line::target)
                .thenComparing(Line::targetColumn)
                .thenComparing(Line::source)
                .thenComparing(Line::sourceColumn)
                .thenComparing(Line::how);

        /** Two reasons for the same line are one too many. */
        @Override
        public int compareTo(Line other) {
            return BY_KEY.compare(this, other);
        }
    }

    /** What is to be written of a derivation. */
    private record Lines(Set<Line> columns, Set<List<String>> tables) {

        String id() {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256")
                        .digest((columns + "\n" + tables).getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(digest).substring(0, DIGITS);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }
    }

    @Override
    public Optional<String> compiled(List<StatementTree> trees, boolean durably) {
        Lines lines = lines(trees);
        if (lines.tables().isEmpty()) {
            // Constants alone.
            return Optional.empty();
        }
        String id = lines.id();
        if (known.contains(id)) {
            return Optional.of(id);
        }
        if (durably) {
            write(id, lines);
        } else {
            try {
                writer.execute(() -> writeSoon(id, lines));
            } catch (RejectedExecutionException e) {
                LOG.debug("derivation={} is written with its next run", id);
            }
        }
        return Optional.of(id);
    }

    private static Lines lines(List<StatementTree> trees) {
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
            derivation.tables().forEach(table -> tables.add(List.of(target, table)));
        }
        return new Lines(columns, tables);
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

    private void writeSoon(String id, Lines lines) {
        try {
            write(id, lines);
        } catch (RuntimeException e) {
            LOG.warn("derivation={} is written with its next run", id, e);
        }
    }

    private void write(String id, Lines lines) {
        if (known.contains(id)) {
            return;
        }
        jdbi.useTransaction(handle -> {
            int added = handle.createUpdate(
                            "INSERT INTO derivation (id, first_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING")
                    .bind("id", id)
                    .bind("now", clock.millis())
                    .execute();
            if (added == 0) {
                return;
            }
            PreparedBatch tables = handle.prepareBatch(
                    "INSERT INTO derivation_table (derivation_id, target, source) VALUES (:id, :target, :source)");
            for (List<String> pair : lines.tables()) {
                tables.bind("id", id)
                        .bind("target", pair.get(0))
                        .bind("source", pair.get(1))
                        .add();
            }
            tables.execute();
            if (lines.columns().isEmpty()) {
                return;
            }
            PreparedBatch columns = handle.prepareBatch(
                    """
                    INSERT INTO derivation_column (derivation_id, target, target_column, source, source_column,
                    dependence, reason) VALUES (:id, :target, :targetColumn, :source, :sourceColumn, :how, :reason)
                    """);
            for (Line line : lines.columns()) {
                columns.bind("id", id)
                        .bind("target", line.target())
                        .bind("targetColumn", line.targetColumn())
                        .bind("source", line.source())
                        .bind("sourceColumn", line.sourceColumn())
                        .bind("how", line.how())
                        .bind("reason", line.reason())
                        .add();
            }
            columns.execute();
        });
        if (known.size() >= KNOWN) {
            known.clear();
        }
        known.add(id);
    }

    /** Waits until what queries taught is written. */
    void flush() {
        try {
            writer.submit(() -> {}).get(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.debug("derivations are still being written", e);
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
