package dev.weirhouse.lineage;

import dev.weirhouse.catalog.Digest;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * A derivation as it is stored.
 *
 * @param columns which columns derive from which
 * @param tables pairs of a target and a source: all tables that derive from others, also those of which no column counts
 */
public record DerivedLines(Set<Line> columns, Set<List<String>> tables) {

    private static final int DIGITS = 32;

    public DerivedLines {
        columns = Collections.unmodifiableSet(new TreeSet<>(columns));
        tables = Collections.unmodifiableSet(new LinkedHashSet<>(tables));
    }

    /**
     * That a column derives from another.
     *
     * @param target a table, or empty for an answer
     * @param targetColumn empty for all: what decides which rows there are
     * @param sourceColumn empty where no more than the table is known
     * @param how a {@link Dependence} by name, {@link LineageGraph#UNRESOLVED} or {@link #UNREAD}
     * @param reason why no more is known; null where nothing is missing
     */
    public record Line(
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

    /** The dependence of all columns of a target, where no more than its tables is known of any. */
    public static final String UNREAD = LineageGraph.UNREAD;

    /** A digest of what it says. */
    public String id() {
        return Digest.of(columns + "\n" + tables).substring(0, DIGITS);
    }

    /**
     * Writes it, unless it is there.
     *
     * @param now in milliseconds since 1970 UTC
     */
    public void insert(Handle handle, String id, long now) {
        int added = handle.createUpdate(
                        "INSERT INTO derivation (id, first_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING")
                .bind("id", id)
                .bind("now", now)
                .execute();
        if (added == 0) {
            return;
        }
        PreparedBatch pairs = handle.prepareBatch(
                "INSERT INTO derivation_table (derivation_id, target, source) VALUES (:id, :target, :source)");
        for (List<String> pair : tables) {
            pairs.bind("id", id)
                    .bind("target", pair.get(0))
                    .bind("source", pair.get(1))
                    .add();
        }
        pairs.execute();
        if (columns.isEmpty()) {
            return;
        }
        PreparedBatch lines = handle.prepareBatch(
                """
                INSERT INTO derivation_column (derivation_id, target, target_column, source, source_column,
                dependence, reason) VALUES (:id, :target, :targetColumn, :source, :sourceColumn, :how, :reason)
                """);
        for (Line line : columns) {
            lines.bind("id", id)
                    .bind("target", line.target())
                    .bind("targetColumn", line.targetColumn())
                    .bind("source", line.source())
                    .bind("sourceColumn", line.sourceColumn())
                    .bind("how", line.how())
                    .bind("reason", line.reason())
                    .add();
        }
        lines.execute();
    }
}
