package dev.weirhouse.olap.flink;

import dev.weirhouse.catalog.QueryText;
import dev.weirhouse.catalog.QueryText.Literal;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.catalog.flink.QueryPlan.OpenLiteral;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.RecentlyUsed;
import dev.weirhouse.olap.paimon.TableHeads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * The shapes of the queries that came last, so that only a new one is parsed, validated and planned. Thread-safe.
 *
 * <p>A query is found in two steps. Its skeleton, with the context of its session, gives its family, which knows the
 * literals whose values do not matter; these literals' types and the others' texts give its shape. Where a plan depends on
 * the values after all, each value has a shape of its own.
 */
public final class QueryShapes {

    /**
     * The longest name of a shape that is kept, in characters: with how many are kept, it bounds their memory, for a plan is as
     * long as its text. Whatever is longer takes its time to compute anyway.
     */
    static final int LONGEST = 50_000;

    private final RecentlyUsed<String, Family> families;
    private final RecentlyUsed<String, QueryShape> shapes;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    /**
     * Queries that have all but literals in common.
     *
     * @param open the numbers of the literals that may have any value of their type; null when the plan depends on all
     *     values, markers included
     */
    private record Family(int[] open) {

        private static final Family BY_VALUE = new Family(null);
    }

    /**
     * A query with the shape that serves it.
     *
     * @param values for each open value of the shape, the query's own
     * @param key the shape's name: with the values, it says all that the answer depends on but its tables
     */
    public record Shaped(QueryShape shape, List<Object> values, String key) {

        /** Whether its answer depends on nothing but its shape, its values and its tables at a snapshot each. */
        public boolean isRepeatable() {
            return shape.isKeepable();
        }
    }

    /** @param most how many shapes are kept */
    public QueryShapes(int most) {
        this.families = new RecentlyUsed<>(most);
        this.shapes = new RecentlyUsed<>(most);
    }

    /** The shape of a query that was planned before, without the values of its markers. */
    public static final class Known {
        private final QueryShape shape;
        private final Family family;
        private final String key;

        private Known(QueryShape shape, Family family, String key) {
            this.shape = shape;
            this.family = family;
            this.key = key;
        }

        public QueryShape shape() {
            return shape;
        }
    }

    /** The shape of a query that was planned before, if all that it knows is still so. */
    public Optional<Known> find(Session session, QueryText text) {
        return known(session, session.context(), text);
    }

    /** A query whose shape was found a moment ago, with its values. */
    public Shaped load(Known known, QueryText text, List<?> markers) {
        hits.increment();
        return new Shaped(known.shape(), values(text, known.family.open(), markers), known.key);
    }

    private Optional<Known> known(Session session, String context, QueryText text) {
        Known known = null;
        synchronized (this) {
            Family family = families.get(family(context, text));
            if (family != null && family.open() != null) {
                String key = key(context, text, family);
                QueryShape shape = shapes.get(key);
                known = shape == null ? null : new Known(shape, family, key);
            }
        }
        if (known == null) {
            return Optional.empty();
        }
        if (!known.shape().isCurrent(session)) {
            synchronized (this) {
                shapes.remove(known.key, known.shape());
            }
            return Optional.empty();
        }
        return Optional.of(known);
    }

    /**
     * The shape of a query with its values, planned now if it was not before.
     *
     * @param markers the values of its markers
     * @throws WarehouseException when the text has none, because something is wrong with it
     */
    public Shaped load(Session session, String sql, QueryText text, List<?> markers) {
        String context = session.context();
        Optional<Known> known = known(session, context, text);
        if (known.isPresent()) {
            return load(known.get(), text, markers);
        }
        String byValue = byValueKey(context, text, markers);
        QueryShape valued;
        synchronized (this) {
            valued = shapes.get(byValue);
        }
        if (valued != null && valued.isCurrent(session)) {
            hits.increment();
            return new Shaped(valued, List.of(), byValue);
        }
        misses.increment();
        return plan(session, sql, text, markers);
    }

    /** Plans a query. The session may have changed since it was asked: a shape belongs to the context of its plan. */
    private Shaped plan(Session session, String sql, QueryText text, List<?> markers) {
        QueryShape open = null;
        int[] literals = null;
        String context = "";
        try {
            QueryPlan plan = session.planOpen(sql);
            context = plan.context();
            literals = numbers(plan.literals(), text);
            if (literals != null) {
                open = shape(session, plan, true);
                if (open.isFast()) {
                    keep(context, text, new Family(literals), open);
                    return new Shaped(open, values(text, literals, markers), key(context, text, new Family(literals)));
                }
            }
        } catch (WarehouseException e) {
            // The plan needs the values, or the text is wrong; with values, that will be said.
            open = null;
        }
        QueryPlan plan = session.plan(sql, markers);
        QueryShape valued = shape(session, plan, false);
        if (open != null && !valued.isFast() && plan.context().equals(context)) {
            keep(context, text, new Family(literals), open);
            return new Shaped(open, values(text, literals, markers), key(context, text, new Family(literals)));
        }
        String byValue = byValueKey(plan.context(), text, markers);
        if (valued.isKeepable() && byValue.length() <= LONGEST) {
            synchronized (this) {
                families.put(family(plan.context(), text), Family.BY_VALUE);
                shapes.put(byValue, valued);
            }
        }
        return new Shaped(valued, List.of(), byValue);
    }

    private synchronized void keep(String context, QueryText text, Family family, QueryShape shape) {
        String key = key(context, text, family);
        if (shape.isKeepable() && key.length() <= LONGEST) {
            families.put(family(context, text), family);
            shapes.put(key, shape);
        }
    }

    private static QueryShape shape(Session session, QueryPlan plan, boolean open) {
        List<LogicalType> types = new ArrayList<>();
        if (open) {
            types.addAll(plan.markers());
            plan.literals().forEach(literal -> types.add(literal.type()));
        }
        Optional<NativePlan> translated = Optional.empty();
        String refusal = "";
        List<TableRead> reads = new ArrayList<>();
        Optional<PointPlan> point = Optional.empty();
        try {
            MeaningSettings.check(plan.settings());
            point = PointPlan.find(plan.plan(), plan.tables());
            NativePlan found = Relations.translate(plan.plan());
            for (NativePlan.Scan scan : found.scans()) {
                reads.add(plan.tables()
                        .find(scan.source())
                        .orElseThrow(() -> new NotNative(Reason.READING, "a table that is not Paimon's")));
            }
            translated = Optional.of(found);
        } catch (NotNative e) {
            refusal = e.getMessage();
            reads.clear();
        }
        if (translated.isEmpty() && point.isPresent()) {
            reads.add(point.get().read());
        }
        List<String> schemas =
                reads.stream().map(TableHeads::schema).flatMap(Optional::stream).toList();
        return new QueryShape(
                session.dialect(),
                plan.schema(),
                plan.markers(),
                types,
                translated,
                point,
                refusal,
                reads,
                reads.stream().map(read -> session.version(read.name())).toList(),
                schemas,
                plan.views(),
                plan.repeatable(),
                plan.derivation());
    }

    /** The numbers of the literals that the planner left open; null when one is not found in the text. */
    private static int[] numbers(List<OpenLiteral> open, QueryText text) {
        int[] numbers = new int[open.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = -1;
            for (int j = 0; j < text.literals().size(); j++) {
                Literal literal = text.literals().get(j);
                if (literal.line() == open.get(i).line()
                        && literal.column() == open.get(i).column()) {
                    numbers[i] = j;
                }
            }
            if (numbers[i] < 0) {
                return null;
            }
        }
        return numbers;
    }

    private static List<Object> values(QueryText text, int[] open, List<?> markers) {
        List<Object> values = new ArrayList<>(markers);
        for (int number : open) {
            values.add(text.literals().get(number).value());
        }
        return values;
    }

    private static String family(String context, QueryText text) {
        return context + '\n' + text.skeleton();
    }

    private static String key(String context, QueryText text, Family family) {
        StringBuilder key = new StringBuilder(family(context, text));
        boolean[] open = new boolean[text.literals().size()];
        for (int number : family.open()) {
            open[number] = true;
        }
        for (int i = 0; i < open.length; i++) {
            Literal literal = text.literals().get(i);
            part(key, open[i] ? literal.type() : literal.text());
        }
        return key.toString();
    }

    /** A key that holds all values; texts may hold anything, so each is preceded by its length. */
    private static String byValueKey(String context, QueryText text, List<?> markers) {
        StringBuilder key = new StringBuilder(family(context, text)).append("\nby value");
        text.literals().forEach(literal -> part(key, literal.text()));
        for (Object marker : markers) {
            String written =
                    marker instanceof byte[] bytes ? java.util.HexFormat.of().formatHex(bytes) : String.valueOf(marker);
            part(key, marker == null ? "" : marker.getClass().getName());
            part(key, written);
        }
        return key.toString();
    }

    private static void part(StringBuilder key, String text) {
        key.append('\n').append(text.length()).append(':').append(text);
    }

    /** How many queries had a shape that was known. */
    public long hits() {
        return hits.sum();
    }

    /** How many queries were planned. */
    public long misses() {
        return misses.sum();
    }

    /** How many shapes are kept. */
    public synchronized int size() {
        return shapes.size();
    }
}
