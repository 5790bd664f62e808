package dev.weirhouse.olap.fuzz;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Runs what is drawn from a seed on Flink and in other lanes, and compares. A comparison is of one expression for each row of
 * a table, or of one whole query.
 *
 * <ol>
 *   <li>Natively a few expressions run together, for planning costs more than computing; one that is not admitted takes the
 *       others with it, and then their halves are run. A whole query runs alone.
 *   <li>Those that were answered travel to Flink in batches. A query with an order travels alone, for a batch has none,
 *       and so does one that failed natively, for it may take the others with it.
 *   <li>A lane that chooses by itself gets every whole query alone, and in batches those expressions that were answered
 *       natively: it would leave the others to Flink. Some it gets once more with other literals, which are put into the
 *       plan that it knows by then.
 *   <li>What mismatches in a batch is run by Flink alone, which decides.
 *   <li>What mismatches is made smaller while it still does.
 * </ol>
 */
public final class Fuzz {

    /** How many expressions one job of Flink's takes. */
    private static final int EXPRESSIONS = 45;

    /** How many expressions run together natively. */
    private static final int NATIVELY = 9;

    /** How many batches of expressions are compared for one of whole queries. */
    private static final int BATCHES_OF_EXPRESSIONS = 4;

    /** How many whole queries one job of Flink's takes. */
    private static final int QUERIES = 20;

    /** Of so many whole queries one is also asked with other literals. */
    private static final int VARIED = 3;

    /** How many smaller queries are tried of one that mismatches. */
    private static final int REDUCTIONS = 120;

    /** After these a run has shown enough. */
    private static final int MOST_MISMATCHES = 10;

    private final Reference flink;
    private final Lane natively;
    private final Optional<Lane> auto;
    private final FuzzReport report = new FuzzReport();
    private int variations;

    /** Compares the native lane with Flink. */
    public Fuzz(Reference flink, Lane natively) {
        this(flink, natively, Optional.empty());
    }

    /** Compares also a lane that chooses by itself. */
    public Fuzz(Reference flink, Lane natively, Lane auto) {
        this(flink, natively, Optional.of(auto));
    }

    private Fuzz(Reference flink, Lane natively, Optional<Lane> auto) {
        this.flink = requireNonNull(flink, "flink is null");
        this.natively = timed(natively, report::nativelyTook);
        this.auto = auto.map(lane -> timed(lane, report::autoTook));
    }

    private static Lane timed(Lane lane, LongConsumer took) {
        requireNonNull(lane, "lane is null");
        return sql -> {
            long begin = System.nanoTime();
            try {
                return lane.run(sql);
            } finally {
                took.accept(System.nanoTime() - begin);
            }
        };
    }

    /** What was drawn, with its native outcome. */
    private record Drawn(Query query, Outcome natively) {
        boolean isAnswered() {
            return natively instanceof Rows;
        }

        /** A batch has no order, and what failed natively would make it fail, for most of it fails on Flink too. */
        boolean isForBatch() {
            return !query.isOrdered() && !(natively instanceof Failed);
        }
    }

    /** Makes that many comparisons, or stops where enough of them mismatch. */
    public FuzzReport run(RandomQueries queries, int count) {
        return run(queries, count, sofar -> {});
    }

    /**
     * Makes that many comparisons, or stops where enough of them mismatch.
     *
     * @param progress is given the report again and again while it grows
     */
    public FuzzReport run(RandomQueries queries, int count, Consumer<FuzzReport> progress) {
        while (goesOn(count)) {
            progress.accept(report);
            for (int i = 0; i < BATCHES_OF_EXPRESSIONS && goesOn(count); i++) {
                compareExpressions(queries.expressions(Math.min(EXPRESSIONS, count - report.comparisons())));
            }
            List<Query> whole = new ArrayList<>();
            while (whole.size() < QUERIES && goesOn(count)) {
                whole.add(queries.whole());
            }
            compareWhole(whole);
        }
        return report;
    }

    private boolean goesOn(int count) {
        return report.comparisons() < count && report.mismatches().size() < MOST_MISMATCHES;
    }

    private void compareExpressions(List<Query> queries) {
        List<Drawn> answered =
                runNatively(queries).stream().filter(Drawn::isAnswered).toList();
        List<Query> asked = answered.stream().map(Drawn::query).toList();
        List<Outcome> flinks = flinks(asked);
        for (int i = 0; i < answered.size(); i++) {
            compare(answered.get(i), flinks.get(i));
        }
        auto.ifPresent(lane -> {
            List<Outcome> outcomes = new Batch(lane).run(asked);
            for (int i = 0; i < asked.size(); i++) {
                compareAuto(lane, asked.get(i), flinks.get(i), outcomes.get(i));
            }
        });
    }

    private void compareWhole(List<Query> queries) {
        List<Drawn> drawn = runNatively(queries).stream()
                .filter(one -> one.isAnswered() || auto.isPresent())
                .toList();
        List<Drawn> together = drawn.stream().filter(Drawn::isForBatch).toList();
        List<Outcome> outcomes = flinks(together.stream().map(Drawn::query).toList());
        for (int i = 0; i < together.size(); i++) {
            compareAll(together.get(i), typed(together.get(i).query(), outcomes.get(i)));
        }
        for (Drawn one : drawn) {
            if (!one.isForBatch()) {
                compareAll(one, flink(one.query().sql()));
            }
        }
    }

    private void compareAll(Drawn drawn, Outcome flinks) {
        compare(drawn, flinks);
        auto.ifPresent(lane -> {
            compareAuto(lane, drawn.query(), flinks, lane.run(drawn.query().sql()));
            Query varied = drawn.query().varied();
            if (!varied.equals(drawn.query()) && ++variations % VARIED == 0) {
                compareAuto(lane, varied, flink(varied.sql()), lane.run(varied.sql()));
            }
        });
    }

    private List<Drawn> runNatively(List<Query> queries) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < queries.size(); ) {
            int next = queries.get(i).isExpression() ? Math.min(i + NATIVELY, queries.size()) : i + 1;
            outcomes.addAll(new Batch(natively).run(queries.subList(i, next)));
            i = next;
        }
        List<Drawn> drawn = new ArrayList<>();
        for (int i = 0; i < queries.size(); i++) {
            Query query = queries.get(i);
            Outcome outcome = outcomes.get(i);
            if (outcome instanceof Failed failed && failed.failure() == Failure.STATEMENT) {
                report.invalid(query, failed.message());
                continue;
            }
            drawn.add(new Drawn(query, outcome));
            if (outcome instanceof Refused refused) {
                report.refused(refused.reason());
            } else if (outcome instanceof Failed failed) {
                report.asked(failed.message());
                if (failed.failure() == Failure.TRANSLATION) {
                    mismatch(query, failed.message(), natively, Comparison::mismatch);
                }
            } else if (outcome instanceof Rows rows) {
                report.answered(query, rows);
            }
        }
        return drawn;
    }

    private Outcome flink(String sql) {
        return timed(flink, report::flinkTook).run(sql);
    }

    private List<Outcome> flinks(List<Query> queries) {
        boolean whole = !queries.isEmpty() && !queries.get(0).isExpression();
        return new Batch(whole ? this::flink : timed(flink, report::flinkTookForExpressions)).run(queries);
    }

    /** A query that was run together with others has lost its types. */
    private Outcome typed(Query query, Outcome outcome) {
        return outcome instanceof Rows rows && rows.columns().isEmpty()
                ? new Rows(flink.columns(query.sql()), rows.rows())
                : outcome;
    }

    private void compare(Drawn drawn, Outcome flinks) {
        if (flinks instanceof Failed failed) {
            report.flinkFailed(failed.message());
        }
        if (drawn.isAnswered()) {
            compare(drawn.query(), flinks, drawn.natively(), natively, Comparison::mismatch);
        }
    }

    private void compareAuto(Lane lane, Query query, Outcome flinks, Outcome outcome) {
        report.chosen();
        compare(query, flinks, outcome, lane, Comparison::mismatchOfAuto);
    }

    /**
     * A batch is another query to Flink's optimiser, which at times folds or moves something otherwise then, and so gives
     * another answer. It plans for both lanes: what each says to the query alone counts.
     */
    private void compare(Query query, Outcome together, Outcome outcome, Lane lane, Rules rules) {
        if (rules.mismatch(query, together, outcome).isEmpty()) {
            return;
        }
        Outcome alone = query.isExpression() ? lane.run(query.sql()) : outcome;
        Optional<String> words = rules.mismatch(query, flink(query.sql()), alone);
        words.ifPresentOrElse(said -> mismatch(query, said, lane, rules), () -> report.flinkDisagreed(query));
    }

    /** The rules by which a lane's outcome is compared with Flink's. */
    private interface Rules {
        Optional<String> mismatch(Query query, Outcome flinks, Outcome outcome);
    }

    /** Looks for the smallest query that still mismatches. */
    private void mismatch(Query query, String words, Lane lane, Rules rules) {
        Query smallest = query;
        String said = words;
        int tried = 0;
        boolean shrunk = true;
        while (shrunk && tried < REDUCTIONS) {
            shrunk = false;
            for (Query smaller : smallest.smaller()) {
                if (tried++ >= REDUCTIONS) {
                    break;
                }
                Optional<String> still = disagreement(smaller, lane, rules);
                if (still.isPresent()) {
                    smallest = smaller;
                    said = still.get();
                    shrunk = true;
                    break;
                }
            }
        }
        report.mismatch(query.sql(), smallest.sql(), said);
    }

    private Optional<String> disagreement(Query query, Lane lane, Rules rules) {
        Outcome answer = lane.run(query.sql());
        boolean none =
                answer instanceof Refused || answer instanceof Failed failed && failed.failure() == Failure.STATEMENT;
        return none ? Optional.empty() : rules.mismatch(query, flink(query.sql()), answer);
    }

    /**
     * Makes comparisons of each of some lanes with Flink, everything run alone.
     *
     * @param lanes by name, the query's translation changed by each
     * @return the number of the first comparison that each mismatches at; lanes that agree about all of them are missing
     */
    public Map<String, Integer> firstMismatches(RandomQueries queries, int count, Map<String, Lane> lanes) {
        Map<String, Integer> found = new LinkedHashMap<>();
        for (int number = 1; number <= count && found.size() < lanes.size(); number++) {
            Query query = queries.any();
            Outcome flinks = null;
            for (Map.Entry<String, Lane> lane : lanes.entrySet()) {
                if (!found.containsKey(lane.getKey()) && lane.getValue().run(query.sql()) instanceof Rows rows) {
                    flinks = flinks == null ? flink(query.sql()) : flinks;
                    if (Comparison.mismatch(query, flinks, rows).isPresent()) {
                        found.put(lane.getKey(), number);
                    }
                }
            }
        }
        return found;
    }
}
