package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Consistency;
import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.QueryText;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.paimon.TableRead;
import dev.weirhouse.olap.duckdb.NativeCancellation;
import dev.weirhouse.olap.duckdb.NativeLane;
import dev.weirhouse.olap.duckdb.NativeLane.Outcome;
import dev.weirhouse.olap.flink.NotNative;
import dev.weirhouse.olap.flink.PointPlan;
import dev.weirhouse.olap.flink.QueryShape;
import dev.weirhouse.olap.flink.QueryShapes;
import dev.weirhouse.olap.flink.QueryShapes.Known;
import dev.weirhouse.olap.flink.QueryShapes.Shaped;
import dev.weirhouse.olap.paimon.PointLookups;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where it is decided what computes a statement. A lane may be taken only where its answer is known to equal
 * Flink's, which decides what a statement means; Flink itself is the lane that is always right. Thread-safe.
 */
final class QueryRouter {

    private static final Logger LOG = LoggerFactory.getLogger(QueryRouter.class);

    private static final String SWITCHED_OFF = "native.enabled is false";

    private final OlapLanes lanes;
    private final QueryShapes shapes;
    private final LongAdder points = new LongAdder();
    private final LongAdder fast = new LongAdder();
    private final LongAdder flink = new LongAdder();

    /**
     * A statement on its way to a lane.
     *
     * @param known its shape, if that was found already; then it was looked up by key, if it can be
     * @param values the values of its markers
     * @param choice what its session says about lanes
     * @param consistency what it says about the tables of one query
     * @param cached whether an answer that was computed before may be given again
     * @param timeout how long it may take
     */
    record Request(
            Session session,
            Prepared prepared,
            QueryText text,
            Optional<Known> known,
            List<?> values,
            LaneChoice choice,
            Consistency consistency,
            boolean cached,
            Duration timeout) {

        String sql() {
            return prepared.sql();
        }

        /** The cut that the session's consistency asks for; empty when each table is read at its newest snapshot. */
        Optional<Cut> cut(List<TableRead> reads) {
            return consistency.strong() ? session.strongCut(reads, consistency) : Optional.empty();
        }
    }

    QueryRouter(OlapLanes lanes, QueryShapes shapes) {
        this.lanes = requireNonNull(lanes, "lanes are null");
        this.shapes = requireNonNull(shapes, "shapes are null");
    }

    /** The shape of a statement that needs no parsing. */
    Optional<Known> known(Session session, QueryText text, LaneChoice choice) {
        if (choice == LaneChoice.FLINK) {
            return Optional.empty();
        }
        try {
            return shapes.find(session, text).filter(known -> known.shape().isFast());
        } catch (RuntimeException e) {
            LOG.debug("a query is planned anew, because it is not known whether its tables have changed", e);
            return Optional.empty();
        }
    }

    /** A statement of a shape that is known, as preparing it would describe it. */
    static Prepared prepared(String sql, Known known) {
        QueryShape shape = known.shape();
        return new Prepared(sql, shape.dialect(), StatementKind.QUERY, shape.schema(), shape.markers());
    }

    /** Starts a statement; returns when its answer's schema is known. */
    Answer run(Request request, NativeCancellation cancellation, Instant now) {
        Optional<String> explained = Explanation.query(request.prepared());
        if (explained.isPresent()) {
            Answer flink = onFlink(request);
            try {
                return new Explanation(explain(request, explained.get(), flink), flink);
            } catch (RuntimeException e) {
                flink.close();
                throw e;
            }
        }
        if (request.prepared().kind() != StatementKind.QUERY || request.choice() == LaneChoice.FLINK) {
            return onFlink(request);
        }
        return withoutFlink(request, cancellation, now).orElseGet(() -> {
            flink.increment();
            return onFlink(request);
        });
    }

    /** The rows that a query of a known shape asks for by their keys; empty when they are to be found in another way. */
    Optional<Answer> lookUp(Request request, Instant now) {
        return lookUp(request, shapes.load(request.known().orElseThrow(), request.text(), request.values()), now);
    }

    private Optional<Answer> lookUp(Request request, Shaped shaped, Instant now) {
        if (request.choice() != LaneChoice.AUTO
                || request.consistency().strong()
                || lanes.points().isEmpty()
                || shaped.shape().point().isEmpty()) {
            return Optional.empty();
        }
        Optional<Answer> found = byKey(lanes.points().get(), request, shaped, now);
        if (found.isPresent()) {
            points.increment();
        }
        return found;
    }

    private Answer onFlink(Request request) {
        return request.session().execute(request.prepared(), request.values(), Lane.OLAP);
    }

    private Optional<Answer> withoutFlink(Request request, NativeCancellation cancellation, Instant now) {
        Shaped shaped;
        try {
            shaped = request.known().isPresent()
                    ? shapes.load(request.known().get(), request.text(), request.values())
                    : shapes.load(request.session(), request.sql(), request.text(), request.values());
        } catch (WarehouseException e) {
            return declined(request, "it cannot be planned: " + e.detail());
        } catch (Exception | StackOverflowError e) {
            LOG.warn("a query is left to Flink, because it cannot be translated", e);
            return declined(request, "it cannot be translated: " + e);
        }
        if (request.known().isEmpty()) {
            Optional<Answer> found = lookUp(request, shaped, now);
            if (found.isPresent()) {
                return found;
            }
        }
        if (shaped.shape().plan().isEmpty()) {
            return declined(request, shaped.shape().refusal());
        }
        return lanes.natively().isEmpty()
                ? declined(request, SWITCHED_OFF)
                : natively(lanes.natively().get(), request, shaped, cancellation, now);
    }

    private static Optional<Answer> byKey(PointLookups lookups, Request request, Shaped shaped, Instant now) {
        PointPlan plan = shaped.shape().point().orElseThrow();
        try {
            List<Object[]> keys = plan.keys(shaped.shape().openTypes(), shaped.values());
            return lookups.lookup(plan.read(), keys, plan.columns())
                    .map(found -> new PointRows(
                            request.session()
                                    .record(
                                            request.sql(),
                                            Lane.OLAP,
                                            AnsweredBy.POINT,
                                            found.cut(),
                                            shaped.shape().derivation(),
                                            now),
                            shaped.shape().schema(),
                            found.rows()));
        } catch (NotNative e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.warn("a lookup in {} is left to the other lanes", plan.read().version(), e);
            return Optional.empty();
        }
    }

    private Optional<Answer> natively(
            NativeLane lane, Request request, Shaped shaped, NativeCancellation cancellation, Instant now) {
        Outcome outcome = lane.run(
                new NativeLane.Task(
                        request.text().skeleton(),
                        shaped,
                        request.cached()
                                ? Optional.of(request.session().caller().principal())
                                : Optional.empty(),
                        request.timeout(),
                        request::cut,
                        cut -> request.session()
                                .record(
                                        request.sql(),
                                        Lane.OLAP,
                                        AnsweredBy.NATIVE,
                                        cut,
                                        shaped.shape().derivation(),
                                        now)),
                cancellation);
        if (outcome instanceof Outcome.Answered answered) {
            fast.increment();
            return Optional.of(answered.answer());
        }
        Outcome.Declined declined = (Outcome.Declined) outcome;
        return declined(request, declined.reason(), declined.passing());
    }

    private static Optional<Answer> declined(Request request, String reason) {
        return declined(request, reason, false);
    }

    private static Optional<Answer> declined(Request request, String reason, boolean passing) {
        if (request.choice() == LaneChoice.NATIVE) {
            throw new WarehouseException(
                    passing ? OlapError.NOT_NATIVE_NOW : OlapError.NOT_NATIVE,
                    "The query is not computed natively, and " + LaneChoice.KEY + " is native: " + reason + ". SET '"
                            + LaneChoice.KEY + "' = 'auto' lets Flink compute it.");
        }
        return Optional.empty();
    }

    /** @param flink what Flink says of the same query */
    private String explain(Request request, String query, Answer flink) {
        if (request.choice() == LaneChoice.FLINK) {
            return Explanation.onFlink(LaneChoice.KEY + " is flink", flink);
        }
        QueryText text = QueryText.of(query);
        try {
            Shaped shaped = shapes.load(request.session(), query, text, request.values());
            QueryShape shape = shaped.shape();
            String byKey = request.choice() == LaneChoice.AUTO
                            && !request.consistency().strong()
                            && lanes.points().isPresent()
                    ? shape.point().map(plan -> Explanation.byKey(plan, flink)).orElse("")
                    : "";
            if (shape.plan().isEmpty()) {
                return byKey + Explanation.onFlink(shape.refusal(), flink);
            }
            if (lanes.natively().isEmpty()) {
                return byKey + Explanation.onFlink(SWITCHED_OFF, flink);
            }
            Optional<String> barred = lanes.natively().get().barred(text.skeleton());
            return byKey
                    + barred.map(reason -> Explanation.onFlink(reason, flink))
                            .orElseGet(() ->
                                    Explanation.natively(lanes.natively().get().explain(shaped, request::cut)));
        } catch (WarehouseException e) {
            return Explanation.onFlink("it cannot be planned natively: " + e.detail(), flink);
        }
    }

    /** Queries that were looked up by key. */
    long lookedUp() {
        return points.sum();
    }

    /** Queries that were computed natively. */
    long computedNatively() {
        return fast.sum();
    }

    /** Queries that Flink computed. */
    long computedOnFlink() {
        return flink.sum();
    }

    OlapLanes lanes() {
        return lanes;
    }

    QueryShapes shapes() {
        return shapes;
    }
}
