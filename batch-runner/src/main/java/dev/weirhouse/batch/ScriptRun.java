package dev.weirhouse.batch;

import dev.weirhouse.batch.StatementState.Cancelled;
import dev.weirhouse.batch.StatementState.Failed;
import dev.weirhouse.batch.StatementState.Finished;
import dev.weirhouse.batch.StatementState.Queued;
import dev.weirhouse.batch.StatementState.Running;
import dev.weirhouse.batch.StatementState.Skipped;
import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.Caller;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One execution of a script, and the only place that moves it and its statements. Safe for use by many threads.
 *
 * <ul>
 *   <li>script: QUEUED → RUNNING when a worker takes it; RUNNING → FINISHED after its last statement, → FAILED at the first
 *       that fails or when no session can be had, → CANCELLED when it was asked to stop and a statement was left; QUEUED →
 *       CANCELLED when it was asked to stop before its turn.
 *   <li>statement: QUEUED → RUNNING when those before it have finished; RUNNING → FINISHED, FAILED or CANCELLED with its
 *       execution; QUEUED → SKIPPED when the script ends before it.
 * </ul>
 *
 * Each move is visible here before the listener hears of it.
 */
public final class ScriptRun {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptRun.class);

    private final String id;
    private final Script script;
    private final Caller caller;
    private final ScriptListener listener;
    private final Clock clock;
    private final Instant submitted;
    private final CompletableFuture<ScriptOutcome> outcome = new CompletableFuture<>();

    private Runnable atEnd = () -> {};

    // Guarded by this.
    private final List<StatementStatus> statements = new ArrayList<>();
    private ScriptState state = ScriptState.QUEUED;
    private Instant started;
    private boolean isCancelRequested;
    private Answer answer;

    ScriptRun(String id, Script script, List<ScriptStep> steps, Caller caller, ScriptListener listener, Clock clock) {
        this.id = id;
        this.script = script;
        this.caller = caller;
        this.listener = listener;
        this.clock = clock;
        this.submitted = clock.instant();
        for (ScriptStep step : steps) {
            statements.add(new StatementStatus(
                    step.bound().statement().number(),
                    step.bound().statement().position(),
                    step.bound().sql(),
                    new Queued()));
        }
    }

    public String id() {
        return id;
    }

    public Script script() {
        return script;
    }

    public Caller caller() {
        return caller;
    }

    public Instant submitted() {
        return submitted;
    }

    public synchronized ScriptState state() {
        return state;
    }

    /** All statements as they stand now. */
    public synchronized List<StatementStatus> statements() {
        return List.copyOf(statements);
    }

    /** How the script ended, when it has. */
    public Optional<ScriptOutcome> findOutcome() {
        return Optional.ofNullable(outcome.getNow(null));
    }

    /** Waits for the end. A thread that is interrupted while it waits cancels the script and waits on. */
    public ScriptOutcome await() {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return outcome.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    cancel();
                } catch (ExecutionException e) {
                    throw new IllegalStateException("an outcome is never an exception", e);
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Asks the script to stop: one that waits never begins, one that runs ends its statement's job and begins no other.
     * Returns at once; a script that has ended stays as it is.
     */
    public void cancel() {
        Answer running;
        synchronized (this) {
            isCancelRequested = true;
            running = answer;
        }
        if (running != null) {
            running.cancel();
        }
        end(EnumSet.of(ScriptState.QUEUED), Optional.empty());
    }

    /** QUEUED → RUNNING; false when the script was cancelled before. */
    boolean begin() {
        synchronized (this) {
            if (state != ScriptState.QUEUED) {
                return false;
            }
            state = ScriptState.RUNNING;
            started = clock.instant();
        }
        announce(ScriptState.RUNNING);
        return true;
    }

    synchronized boolean isCancelRequested() {
        return isCancelRequested;
    }

    /** The answer that a request to stop has to reach; one that came meanwhile reaches it now. */
    void watch(Answer current) {
        boolean isLate;
        synchronized (this) {
            answer = current;
            isLate = isCancelRequested;
        }
        if (isLate) {
            current.cancel();
        }
    }

    synchronized void unwatch() {
        answer = null;
    }

    /** Moves a statement, by its index. */
    StatementStatus move(int index, StatementState next) {
        StatementStatus moved;
        synchronized (this) {
            StatementState before = statements.get(index).state();
            boolean isLegal = before instanceof Queued
                    ? next instanceof Running || next instanceof Skipped
                    : before instanceof Running
                            && (next instanceof Finished || next instanceof Failed || next instanceof Cancelled);
            if (!isLegal) {
                throw new IllegalStateException("statement %d cannot go from %s to %s"
                        .formatted(statements.get(index).number(), before.name(), next.name()));
            }
            moved = statements.get(index).in(next);
            statements.set(index, moved);
        }
        hear(() -> listener.onStatement(this, moved));
        return moved;
    }

    /** Ends a script that runs: what was not begun is skipped, and the state follows from the statements. */
    void end(Optional<WarehouseException> error) {
        end(EnumSet.of(ScriptState.RUNNING), error);
    }

    private void end(Set<ScriptState> from, Optional<WarehouseException> error) {
        List<StatementStatus> skipped = new ArrayList<>();
        ScriptOutcome ended;
        synchronized (this) {
            if (!from.contains(state)) {
                return;
            }
            for (int i = 0; i < statements.size(); i++) {
                if (statements.get(i).state() instanceof Queued) {
                    statements.set(i, statements.get(i).in(new Skipped()));
                    skipped.add(statements.get(i));
                }
            }
            boolean isDone = statements.stream().allMatch(statement -> statement.state() instanceof Finished);
            if (error.isPresent()) {
                state = ScriptState.FAILED;
            } else {
                state = isDone ? ScriptState.FINISHED : ScriptState.CANCELLED;
            }
            Instant now = clock.instant();
            Instant begun = started == null ? now : started;
            ended = new ScriptOutcome(
                    id,
                    script.name(),
                    state,
                    statements,
                    error,
                    submitted,
                    Duration.between(submitted, begun),
                    Duration.between(begun, now));
        }
        skipped.forEach(statement -> hear(() -> listener.onStatement(this, statement)));
        announce(ended.state());
        atEnd.run();
        outcome.complete(ended);
    }

    void announceQueued() {
        announce(ScriptState.QUEUED);
    }

    /** Sets what happens at the end, before anybody who awaits it goes on; called before the run is shared. */
    void atEnd(Runnable action) {
        atEnd = action;
    }

    private void announce(ScriptState now) {
        LOG.info("script={} name={} state={} statements={}", id, script.name(), now, statements.size());
        hear(() -> listener.onScript(this, now));
    }

    private void hear(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("script={} a listener failed; the script goes on", id, e);
        }
    }

    void showRows(StatementStatus statement, ResolvedSchema columns, List<RowData> rows) {
        hear(() -> listener.onRows(this, statement, columns, rows));
    }
}
