package dev.weirhouse.olap.flink;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.paimon.TableHeads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.catalog.ObjectPath;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * What was found out about a query once, for all queries that differ from it in nothing but values.
 *
 * @param dialect the dialect of its text
 * @param schema the answer's columns
 * @param markers the types of the statement's markers
 * @param openTypes the types of the values that the plan left open: the markers, then literals
 * @param plan how it is computed natively; empty when it is not
 * @param point the lookup by primary key that it is; empty when it is none
 * @param refusal why it is not computed natively; empty when it is
 * @param reads for each scan of the plan, what it reads
 * @param versions for each of them, what its name stood for
 * @param schemas for each of them, what tells the table's schema from any other
 * @param views the views that it reads through, with their texts
 * @param repeatable whether its answer depends on nothing but its values and its tables
 * @param derivation what its answer derives from, as its plan says
 */
public record QueryShape(
        Dialect dialect,
        ResolvedSchema schema,
        List<LogicalType> markers,
        List<LogicalType> openTypes,
        Optional<NativePlan> plan,
        Optional<PointPlan> point,
        String refusal,
        List<TableRead> reads,
        List<String> versions,
        List<String> schemas,
        Map<ObjectPath, String> views,
        boolean repeatable,
        Optional<String> derivation) {

    public QueryShape {
        requireNonNull(dialect, "dialect is null");
        requireNonNull(schema, "schema is null");
        markers = List.copyOf(markers);
        openTypes = List.copyOf(openTypes);
        requireNonNull(plan, "plan is null");
        requireNonNull(point, "point is null");
        requireNonNull(refusal, "refusal is null");
        reads = List.copyOf(reads);
        versions = List.copyOf(versions);
        schemas = List.copyOf(schemas);
        views = Map.copyOf(views);
        requireNonNull(derivation, "derivation is null");
    }

    /** Whether it is computed without Flink. */
    public boolean isFast() {
        return plan.isPresent() || point.isPresent();
    }

    /** Whether another query may be answered by it: what folded the clock in, or names a moment, is planned each time. */
    boolean isKeepable() {
        return repeatable && reads.stream().noneMatch(TableRead::travels) && schemas.size() == reads.size();
    }

    /** Whether all that it knows of names, views and tables is still so. */
    boolean isCurrent(Session session) {
        for (Map.Entry<ObjectPath, String> view : views.entrySet()) {
            if (!session.viewText(view.getKey()).equals(Optional.of(view.getValue()))) {
                return false;
            }
        }
        for (int i = 0; i < reads.size(); i++) {
            if (!session.version(reads.get(i).name()).equals(versions.get(i))
                    || !TableHeads.schema(reads.get(i)).equals(Optional.of(schemas.get(i)))) {
                return false;
            }
        }
        return true;
    }
}
