package dev.weirhouse.catalog;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStore;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/** The record of a query that is not run by the session itself. It ends once; thread-safe. */
public final class RecordedRun {

    private final String id;
    private final RunStore runs;
    private final AtomicBoolean ended = new AtomicBoolean();

    RecordedRun(String id, RunStore runs) {
        this.id = requireNonNull(id, "id is null");
        this.runs = requireNonNull(runs, "runs is null");
    }

    /** The run's id in {@code weir.runs}. */
    public String id() {
        return id;
    }

    /** The whole answer was computed. */
    public void finished() {
        end(RunEnd.finished(OptionalLong.empty()));
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
