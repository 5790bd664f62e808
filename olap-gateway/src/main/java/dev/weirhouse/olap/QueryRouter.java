package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Prepared;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.duckdb.NativeCancellation;
import dev.weirhouse.olap.duckdb.NativeLane;
import dev.weirhouse.olap.duckdb.NativeLane.Outcome;
import dev.weirhouse.olap.flink.QueryShape;
import dev.weirhouse.olap.flink.QueryShapes;
import dev.weirhouse.olap.flink.QueryShapes.Shaped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * The one place where it is decided what computes a statement. A lane may be taken only where its answer is known to equal
 * Flink's, which decides what a statement means; Flink itself is the lane that is always right. Thread-safe.
 */
final class QueryRouter {

    private static final String SWITCHED_OFF = "native.enabled is false";

    private final Optional<NativeLane> natively;
    private final QueryShapes shapes;
    private final LongAdder fast = new LongAdder();
    private final LongAdder flink = new LongAdder();

    /**
     * A statement on its way to a lane.
     *
     * @param values the values of its markers
     * @param choice what its session says about lanes
     * @param timeout how long it may take
     */
    record Request(
            Session session, Prepared prepared, QueryText text, List<?> values, LaneChoice choice, Duration timeout) {

        String sql() {
            return prepared.sql();
        }
    }

    /** @param natively empty when the process has no native engine */
    QueryRouter(Optional<NativeLane> natively, QueryShapes shapes) {
        this.natively = requireNonNull(natively, "natively is null");
        this.shapes = requireNonNull(shapes, "shapes are null");
    }

    /** A statement of a shape that is known: it needs no parsing. */
    Optional<Prepared> known(Session session, String sql, QueryText text, LaneChoice choice) {
        if (natively.isEmpty() || choice == LaneChoice.FLINK) {
            return Optional.empty();
        }
        return shapes.find(session, text)
                .filter(shape -> shape.plan().isPresent())
                .map(shape -> new Prepared(sql, shape.dialect(), StatementKind.QUERY, shape.schema(), shape.markers()));
    }

    /** Starts a statement; returns when its answer's schema is known. */
    Answer run(Request request, NativeCancellation cancellation, Instant now) {
        Optional<String> explained = Explanation.query(request.prepared());
        if (explained.isPresent()) {
            String lane = explain(request, explained.get());
            return new Explanation(lane, onFlink(request));
        }
        if (request.prepared().kind() != StatementKind.QUERY || request.choice() == LaneChoice.FLINK) {
            return onFlink(request);
        }
        Optional<Answer> answer = natively.isEmpty()
                ? declined(request, SWITCHED_OFF)
                : natively(natively.get(), request, cancellation, now);
        if (answer.isPresent()) {
            fast.increment();
            return answer.get();
        }
        flink.increment();
        return onFlink(request);
    }

    private static Answer onFlink(Request request) {
        return request.session().execute(request.prepared(), request.values(), Lane.OLAP);
    }

    private Optional<Answer> natively(NativeLane lane, Request request, NativeCancellation cancellation, Instant now) {
        Shaped shaped;
        try {
            shaped = shapes.load(request.session(), request.sql(), request.text(), request.values());
        } catch (WarehouseException e) {
            return declined(request, "it cannot be planned: " + e.detail());
        }
        if (shaped.shape().plan().isEmpty()) {
            return declined(request, shaped.shape().refusal());
        }
        Outcome outcome = lane.run(
                new NativeLane.Task(request.text().skeleton(), shaped, request.timeout(), cut -> request.session()
                        .record(request.sql(), Lane.OLAP, cut, now)),
                cancellation);
        if (outcome instanceof Outcome.Answered answered) {
            return Optional.of(answered.answer());
        }
        return declined(request, ((Outcome.Declined) outcome).reason());
    }

    private static Optional<Answer> declined(Request request, String reason) {
        if (request.choice() == LaneChoice.NATIVE) {
            throw new WarehouseException(
                    OlapError.NOT_NATIVE,
                    "The query is not computed natively, and " + LaneChoice.KEY + " is native: " + reason + ". SET '"
                            + LaneChoice.KEY + "' = 'auto' lets Flink compute it.");
        }
        return Optional.empty();
    }

    private String explain(Request request, String query) {
        if (request.choice() == LaneChoice.FLINK) {
            return Explanation.onFlink(LaneChoice.KEY + " is flink");
        }
        if (natively.isEmpty()) {
            return Explanation.onFlink(SWITCHED_OFF);
        }
        QueryText text = QueryText.of(query);
        Optional<String> barred = natively.get().barred(text.skeleton());
        if (barred.isPresent()) {
            return Explanation.onFlink(barred.get());
        }
        try {
            Shaped shaped = shapes.load(request.session(), query, text, request.values());
            QueryShape shape = shaped.shape();
            if (shape.plan().isEmpty()) {
                return Explanation.onFlink(shape.refusal());
            }
            return Explanation.natively(natively.get().explain(shaped));
        } catch (WarehouseException e) {
            return Explanation.onFlink("it cannot be planned natively: " + e.detail());
        }
    }

    /** Queries that were computed natively. */
    long computedNatively() {
        return fast.sum();
    }

    /** Queries that Flink computed. */
    long computedOnFlink() {
        return flink.sum();
    }

    QueryShapes shapes() {
        return shapes;
    }
}
