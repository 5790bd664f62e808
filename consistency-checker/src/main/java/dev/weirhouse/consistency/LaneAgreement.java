package dev.weirhouse.consistency;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Cut;
import dev.weirhouse.catalog.Cut.Place;
import dev.weirhouse.catalog.ErrorCode;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.Warehouse;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.QueryPlan;
import dev.weirhouse.consistency.CheckQueries.Answered;
import dev.weirhouse.olap.OlapError;
import dev.weirhouse.olap.OlapGateway;
import dev.weirhouse.olap.flink.AnswerShape;
import dev.weirhouse.olap.fuzz.Comparison;
import dev.weirhouse.olap.fuzz.Comparison.Fixed;
import dev.weirhouse.olap.fuzz.Outcome;
import dev.weirhouse.olap.fuzz.Outcome.Column;
import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Whether the lanes give one answer to a query.
 *
 * <ol>
 *   <li>The lane that is right soonest answers, and its cut is kept for the others: a lookup by key, the native engine, or Flink.
 *       If it fails, Flink has to fail too.
 *   <li>Flink answers at this cut, which decides what the query means.
 *   <li>The native engine answers at this cut, unless it was asked first; or says why it does not.
 *   <li>Each answer is compared with Flink's by the rules of the fuzzer ({@link Comparison}).
 * </ol>
 *
 * <p>Thread-safe.
 */
final class LaneAgreement {

    /** The most rows of an answer; both answers are held in the heap. */
    private static final int MOST_ROWS = 100_000;

    private static final String LANE = "olap.lane";
    private static final String RESULT_CACHE = "olap.result-cache";

    /** What is asked of the world, and not of the query. */
    private static final Set<ErrorCode> OUTSIDE = Set.of(
            CatalogError.CANCELLED, CatalogError.TIMED_OUT, CatalogError.SHUTTING_DOWN, CheckError.ANSWER_TOO_LARGE);

    /** Failures of the query and of a lane, which come again. */
    private static final Set<ErrorType> OWN = Set.of(ErrorType.USER, ErrorType.INTERNAL);

    private final Warehouse warehouse;
    private final OlapGateway gateway;

    LaneAgreement(Warehouse warehouse, OlapGateway gateway) {
        this.warehouse = warehouse;
        this.gateway = gateway;
    }

    /**
     * What is asked.
     *
     * @param database where names are looked up first; empty for the default
     * @param settings of the session, but for its lane
     */
    record Question(String sql, Optional<String> database, Map<String, String> settings) {}

    /**
     * What was compared.
     *
     * @param rows how many Flink has answered; -1 when it failed
     * @param lanes by lane, how it did: {@code agrees}, how it does not, or why it does not answer
     */
    record Compared(String sql, String cut, long rows, Map<String, String> lanes) {}

    Finding run(Question question, Caller caller, Work work) {
        Fixed fixed = fixed(question, caller);
        try (CheckQueries queries =
                CheckQueries.open(gateway, caller, question.database(), question.settings(), work)) {
            Map<String, Outcome> others = new LinkedHashMap<>();
            if (!question.settings().containsKey(RESULT_CACHE)) {
                // An answer that was given before says nothing of how it is computed now.
                queries.set(RESULT_CACHE, "off");
            }
            queries.set(LANE, "auto");
            Answered first;
            try {
                first = ask(queries, question.sql());
            } catch (WarehouseException e) {
                if (OUTSIDE.contains(e.code()) || !OWN.contains(e.code().type())) {
                    throw e;
                }
                return refused(question, e, queries);
            }
            fix(queries, first.cut());
            AnsweredBy by = first.by().orElse(AnsweredBy.FLINK);
            queries.set(LANE, "flink");
            Outcome flink = by == AnsweredBy.FLINK ? rows(first) : outcome(queries, question.sql());
            if (by != AnsweredBy.FLINK) {
                others.put(by.name().toLowerCase(Locale.ROOT), rows(first));
            }
            if (by != AnsweredBy.NATIVE) {
                queries.set(LANE, "native");
                others.put("native", outcome(queries, question.sql()));
            }
            return finding(question, first.cut(), fixed, flink, others);
        }
    }

    /** Flink answers, and the lane that was chosen for the query does not; if Flink does not either, that is why. */
    private static Finding refused(Question question, WarehouseException why, CheckQueries queries) {
        queries.set(LANE, "flink");
        Answered flink = ask(queries, question.sql());
        return Finding.of(
                1,
                flink.cut(),
                "Flink answers, and the lane that is chosen for the query does not.",
                Optional.of(Evidence.json(
                        new Compared(question.sql(), flink.cut(), flink.read(), Map.of("auto", why.getMessage())))));
    }

    private static void fix(CheckQueries queries, String cut) {
        List<Place> places = Cut.parse("The cut", cut, Optional.empty()).places();
        for (Place place : places) {
            if (place.snapshot().isEmpty()) {
                throw new WarehouseException(
                        CheckError.NOT_COMPARABLE,
                        place.table() + " is not read at one snapshot, or has none yet: two answers could be of two"
                                + " moments.");
            }
        }
        if (!places.isEmpty()) {
            queries.fix(cut);
        }
    }

    static Finding finding(Question question, String cut, Fixed fixed, Outcome flink, Map<String, Outcome> others) {
        Map<String, String> lanes = new LinkedHashMap<>();
        int disagree = 0;
        int agree = 0;
        for (Map.Entry<String, Outcome> other : others.entrySet()) {
            Optional<String> mismatch = Comparison.mismatch(fixed, flink, other.getValue());
            if (mismatch.isPresent()) {
                disagree++;
                lanes.put(other.getKey(), mismatch.get());
            } else if (other.getValue() instanceof Rows && flink instanceof Rows) {
                agree++;
                lanes.put(other.getKey(), "agrees");
            } else {
                lanes.put(other.getKey(), said(other.getValue()));
            }
        }
        if (disagree + agree == 0) {
            throw new WarehouseException(
                    CheckError.NOT_COMPARABLE,
                    "One lane alone answers the query: "
                            + (flink instanceof Rows ? "" : "Flink: " + said(flink) + "; ")
                            + String.join(
                                    "; ",
                                    lanes.entrySet().stream()
                                            .map(lane -> lane.getKey() + ": " + lane.getValue())
                                            .toList()));
        }
        long rows = flink instanceof Rows answered ? answered.rows().size() : -1;
        return Finding.of(
                disagree,
                cut,
                disagree == 0
                        ? "The lanes agree, " + rows + (rows == 1 ? " row." : " rows.")
                        : disagree + (disagree == 1 ? " lane does" : " lanes do") + " not agree with Flink.",
                Optional.of(Evidence.json(new Compared(question.sql(), cut, rows, lanes))));
    }

    private static String said(Outcome outcome) {
        if (outcome instanceof Refused refused) {
            return refused.reason();
        }
        return outcome instanceof Failed failed ? failed.message() : "answers";
    }

    /** What of the answer the query fixes. */
    private Fixed fixed(Question question, Caller caller) {
        try (Session session = warehouse.gate().open(caller, Gate.Mode.BATCH)) {
            question.settings().forEach(session::set);
            question.database().ifPresent(session::use);
            QueryPlan plan = session.plan(question.sql(), List.of());
            if (!plan.repeatable()) {
                throw new WarehouseException(
                        CheckError.NOT_COMPARABLE,
                        "The query's answer depends on the clock or on chance, and so is never twice the same.");
            }
            return AnswerShape.of(plan);
        }
    }

    private static Outcome outcome(CheckQueries queries, String sql) {
        try {
            return rows(ask(queries, sql));
        } catch (WarehouseException e) {
            if (OUTSIDE.contains(e.code()) || e.code().type() == ErrorType.RESOURCES) {
                throw e;
            }
            return e.code() == OlapError.NOT_NATIVE || e.code() == OlapError.NOT_NATIVE_NOW
                    ? new Refused(e.detail())
                    : new Failed(failure(e), e.getMessage());
        }
    }

    private static Failure failure(WarehouseException error) {
        if (error.code().type() == ErrorType.INTERNAL || Failure.isDefect(error.getMessage())) {
            return Failure.DEFECT;
        }
        boolean computing = error.code() == CatalogError.DATA_ERROR
                || error.code() == CatalogError.DIVISION_BY_ZERO
                || error.code() == CatalogError.EXECUTION_FAILED;
        return computing ? Failure.DATA : Failure.STATEMENT;
    }

    private static Answered ask(CheckQueries queries, String sql) {
        Answered answered = queries.ask(sql, MOST_ROWS);
        if (answered.more()) {
            throw new WarehouseException(
                    CheckError.ANSWER_TOO_LARGE,
                    "The query answers more than " + MOST_ROWS + " rows: have it answer fewer, such as sums by a key.");
        }
        return answered;
    }

    private static Rows rows(Answered answered) {
        List<Column> columns = new ArrayList<>();
        answered.schema().getColumnDataTypes().forEach(type -> {
            LogicalType logical = type.getLogicalType();
            columns.add(new Column(logical.copy(true).asSummaryString(), logical.isNullable()));
        });
        return new Rows(columns, answered.rows());
    }
}
