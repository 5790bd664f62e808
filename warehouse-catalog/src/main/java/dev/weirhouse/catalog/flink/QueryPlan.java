package dev.weirhouse.catalog.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.paimon.PinnedTables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A query that was planned and not run.
 *
 * @param plan Flink's plan after its logical optimisation; an {@link OpenValue} stands for a value that was left open:
 *     first the statement's markers in their order, then the {@code literals}
 * @param tables the tables that its scans read
 * @param schema the answer's columns
 * @param markers the types of the statement's markers, in order
 * @param literals the literals that were left open, in order
 * @param views the catalog's views that it reads through, with their texts
 * @param repeatable whether its answer depends on nothing but its text, its values and its tables: not on the clock, nor on
 *     chance
 * @param context {@linkplain dev.weirhouse.catalog.Session#context the context} in which it was planned
 * @param settings of the session then
 * @param derivation what its answer derives from, by the name that a listener of the gate's gave it
 * @param cut what it reads, as a run records it
 */
public record QueryPlan(
        RelNode plan,
        PinnedTables tables,
        ResolvedSchema schema,
        List<LogicalType> markers,
        List<OpenLiteral> literals,
        Map<ObjectPath, String> views,
        boolean repeatable,
        String context,
        Map<String, String> settings,
        Optional<String> derivation,
        String cut) {

    public QueryPlan {
        requireNonNull(plan, "plan is null");
        requireNonNull(tables, "tables are null");
        requireNonNull(schema, "schema is null");
        markers = List.copyOf(markers);
        literals = List.copyOf(literals);
        views = Map.copyOf(views);
        requireNonNull(context, "context is null");
        settings = Map.copyOf(settings);
        requireNonNull(derivation, "derivation is null");
        requireNonNull(cut, "cut is null");
    }

    /**
     * A literal in whose place any other of its type may stand.
     *
     * @param line where it begins, from 1
     * @param column where it begins in its line, from 1
     */
    public record OpenLiteral(int line, int column, LogicalType type) {}
}
