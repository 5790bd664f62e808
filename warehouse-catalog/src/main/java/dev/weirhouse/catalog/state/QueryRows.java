package dev.weirhouse.catalog.state;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.state.RunLog.Begun;
import dev.weirhouse.catalog.state.RunLog.Ended;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the state store knows of statements that change nothing: a row of the table of runs for each that runs, and how often what
 * they answered derived from what. What the store does not take waits in the heap until it is written again, as many as run at
 * once; no statement waits for that, and the log of those that are over does not either. Thread-safe.
 */
final class QueryRows {

    private static final Logger LOG = LoggerFactory.getLogger(QueryRows.class);

    private final Jdbi jdbi;
    private final RunStore runs;

    /** Run, and have no row yet. */
    private final Map<String, Begun> begun = new LinkedHashMap<>();

    /** Are over, and may have a row still. */
    private final Map<String, Ended> ended = new LinkedHashMap<>();

    private final QueryUses uses = new QueryUses();

    QueryRows(Jdbi jdbi, RunStore runs) {
        this.jdbi = requireNonNull(jdbi, "jdbi is null");
        this.runs = requireNonNull(runs, "runs are null");
    }

    /**
     * Takes what began and what is over. It is written at once, unless something waits that the store has refused.
     *
     * @param log takes what is over; when it throws, nothing is taken
     */
    synchronized void take(List<RunLog.Entry> entries, Consumer<List<LoggedQuery>> log) {
        boolean refused = waits();
        List<LoggedQuery> over = new ArrayList<>();
        for (RunLog.Entry entry : entries) {
            if (entry instanceof Begun run && run.ended() != null) {
                over.add(logged(run, run.ended()));
            } else if (entry instanceof Ended end && begun.containsKey(end.id())) {
                over.add(logged(begun.get(end.id()), end));
            }
        }
        log.accept(over);
        uses.add(over);
        for (RunLog.Entry entry : entries) {
            if (entry instanceof Begun run && run.ended() == null) {
                begun.put(run.id(), run);
            } else if (entry instanceof Ended end && begun.remove(end.id()) == null) {
                ended.put(end.id(), end);
            }
        }
        if (!refused) {
            writeWaiting(log);
        }
    }

    private static LoggedQuery logged(Begun run, Ended ended) {
        return LoggedQuery.of(run.id(), run.start(), run.at(), ended.end(), ended.at());
    }

    private boolean waits() {
        return !begun.isEmpty() || !ended.isEmpty() || !uses.isEmpty();
    }

    /**
     * Writes what waits, all of it or nothing.
     *
     * @param log takes what is over and had a row
     */
    synchronized void writeWaiting(Consumer<List<LoggedQuery>> log) {
        if (!waits()) {
            return;
        }
        try {
            jdbi.useTransaction(handle -> write(handle, log));
        } catch (RuntimeException e) {
            LOG.warn("of queries, {} that run and {} that are over are recorded later", begun.size(), ended.size(), e);
            return;
        }
        begun.clear();
        ended.clear();
        uses.clear();
    }

    private void write(Handle handle, Consumer<List<LoggedQuery>> log) {
        runs.insert(handle, List.copyOf(begun.values()));
        List<LoggedQuery> over = new ArrayList<>();
        ended.values()
                .forEach(end -> RunStore.select(handle, end.id()).ifPresent(run -> over.add(LoggedQuery.of(run, end))));
        QueryUses late = new QueryUses();
        late.add(over);
        late.write(handle);
        uses.write(handle);
        ended.keySet().forEach(id -> RunStore.delete(handle, id));
        // Whoever dies here logs them again, as lost, rather than not at all.
        log.accept(over);
    }
}
