package dev.weirhouse.olap.fuzz;

import dev.weirhouse.olap.fuzz.Outcome.Failed;
import dev.weirhouse.olap.fuzz.Outcome.Failure;
import dev.weirhouse.olap.fuzz.Outcome.Refused;
import dev.weirhouse.olap.fuzz.Outcome.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Runs queries that are drawn from a seed on Flink and natively, and compares.
 *
 * <p>Those that are answered natively travel to Flink in batches. A query with an order travels alone, for a batch has none,
 * and there the types are compared too.
 */
public final class Fuzz {

    /** How many queries one job of Flink's takes. */
    private static final int BATCH = 20;

    /** How many smaller queries are tried of one that mismatches. */
    private static final int REDUCTIONS = 120;

    /** After these a run has shown enough. */
    private static final int MOST_MISMATCHES = 10;

    private final Lane flink;
    private final Batch batches;
    private final Lane natively;
    private final FuzzReport report = new FuzzReport();

    public Fuzz(Lane flink, Lane natively) {
        this.flink = sql -> timed(flink, sql, report::flinkTook);
        this.natively = sql -> timed(natively, sql, report::nativelyTook);
        this.batches = new Batch(this.flink);
    }

    private static Outcome timed(Lane lane, String sql, LongConsumer took) {
        long begin = System.nanoTime();
        try {
            return lane.run(sql);
        } finally {
            took.accept(System.nanoTime() - begin);
        }
    }

    /** Draws and compares that many queries, or stops where enough of them mismatch. */
    public FuzzReport run(RandomQueries queries, int count) {
        List<Query> drawn = new ArrayList<>();
        List<Rows> answers = new ArrayList<>();
        while (report.queries() < count && report.mismatches().size() < MOST_MISMATCHES) {
            Query query = queries.next();
            Outcome answer = natively.run(query.sql());
            if (answer instanceof Failed failed && failed.failure() == Failure.STATEMENT) {
                report.invalid(query, failed.message());
                continue;
            }
            if (answer instanceof Refused refused) {
                report.refused(refused.reason());
            } else if (answer instanceof Failed failed) {
                report.asked(failed.message());
                if (failed.failure() == Failure.TRANSLATION) {
                    mismatch(query, failed.message());
                }
            } else if (answer instanceof Rows rows) {
                report.answered(query, rows);
                if (query.isOrdered()) {
                    compare(query, flink.run(query.sql()), rows);
                } else {
                    drawn.add(query);
                    answers.add(rows);
                }
            }
            if (drawn.size() == BATCH) {
                compareAll(drawn, answers);
            }
        }
        compareAll(drawn, answers);
        return report;
    }

    private void compareAll(List<Query> drawn, List<Rows> answers) {
        if (!drawn.isEmpty()) {
            List<Outcome> outcomes = batches.run(drawn);
            for (int i = 0; i < drawn.size(); i++) {
                compare(drawn.get(i), outcomes.get(i), answers.get(i));
            }
        }
        drawn.clear();
        answers.clear();
    }

    private void compare(Query query, Outcome flinks, Rows rows) {
        if (flinks instanceof Failed failed) {
            report.flinkFailed(failed.message());
        }
        Comparison.mismatch(query, flinks, rows).ifPresent(words -> mismatch(query, words));
    }

    /** A batch is another query to Flink's optimiser, so what mismatches in it may not when it runs alone; it counts too. */
    private void mismatch(Query query, String words) {
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
                Optional<String> still = disagreement(smaller);
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

    private Optional<String> disagreement(Query query) {
        Outcome answer = natively.run(query.sql());
        if (answer instanceof Rows) {
            return Comparison.mismatch(query, flink.run(query.sql()), answer);
        }
        return answer instanceof Failed failed && failed.failure() == Failure.TRANSLATION
                ? Optional.of(failed.message())
                : Optional.empty();
    }

    /**
     * The number of the first query about which each of some lanes disagrees with Flink, each run alone; lanes that agree about
     * all of that many queries are missing.
     */
    public Map<String, Integer> firstMismatches(RandomQueries queries, int count, Map<String, Lane> lanes) {
        Map<String, Integer> found = new LinkedHashMap<>();
        for (int number = 1; number <= count && found.size() < lanes.size(); number++) {
            Query query = queries.next();
            Outcome flinks = null;
            for (Map.Entry<String, Lane> lane : lanes.entrySet()) {
                if (!found.containsKey(lane.getKey()) && lane.getValue().run(query.sql()) instanceof Rows rows) {
                    flinks = flinks == null ? flink.run(query.sql()) : flinks;
                    if (Comparison.mismatch(query, flinks, rows).isPresent()) {
                        found.put(lane.getKey(), number);
                    }
                }
            }
        }
        return found;
    }
}
