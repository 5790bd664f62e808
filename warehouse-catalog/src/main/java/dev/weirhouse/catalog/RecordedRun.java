package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStore;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** The record of a query that is not run by the session itself. It ends once; thread-safe. */
public final class RecordedRun {

    private final String id;
    private final String cut;
    private final AnsweredBy answeredBy;
    private final RunStore runs;
    private final AtomicBoolean ended = new AtomicBoolean();

    RecordedRun(String id, String cut, AnsweredBy answeredBy, RunStore runs) {
        this.id = requireNonNull(id, "id is null");
        this.cut = requireNonNull(cut, "cut is null");
        this.answeredBy = requireNonNull(answeredBy, "answeredBy is null");
        this.runs = requireNonNull(runs, "runs is null");
    }

    /** The query's id in {@code weir.queries}. */
    public String id() {
        return id;
    }

    /** What it reads. */
    public String cut() {
        return cut;
    }

    /** What computes it. */
    public AnsweredBy answeredBy() {
        return answeredBy;
    }

    /**
     * The answer was computed, and read as far as anybody wanted.
     *
     * @param rows that were handed out
     */
    public void finished(long rows) {
        end(RunEnd.finished(OptionalLong.of(rows)));
    }

    /** There will be no answer, or no more of it. */
    public void failed(WarehouseException failure) {
        end(RunEnd.failed(failure));
    }

    private void end(RunEnd end) {
        if (ended.compareAndSet(false, true)) {
            runs.endSoon(id, end);
        }
    }
}
