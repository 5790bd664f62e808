package dev.weirhouse.batch;

import dev.weirhouse.batch.ScriptStep.Assign;
import dev.weirhouse.batch.ScriptStep.Execute;
import dev.weirhouse.batch.StatementState.Cancelled;
import dev.weirhouse.batch.StatementState.Failed;
import dev.weirhouse.batch.StatementState.Finished;
import dev.weirhouse.batch.StatementState.Running;
import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.ErrorType;
import dev.weirhouse.catalog.Gate;
import dev.weirhouse.catalog.Lane;
import dev.weirhouse.catalog.Session;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the steps of one script, on one thread, in a session that begins and ends with it. */
final class ScriptWorker implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptWorker.class);
    private static final String DIALECT = "table.sql-dialect";

    private final ScriptRun run;
    private final List<ScriptStep> steps;
    private final Gate gate;
    private final int answerRows;
    private final Clock clock;

    ScriptWorker(ScriptRun run, List<ScriptStep> steps, Gate gate, int answerRows, Clock clock) {
        this.run = run;
        this.steps = steps;
        this.gate = gate;
        this.answerRows = answerRows;
        this.clock = clock;
    }

    @Override
    public void run() {
        if (!run.begin()) {
            return;
        }
        Optional<WarehouseException> error = Optional.empty();
        boolean isOver = false;
        try (Session session = gate.open(run.caller(), Gate.Mode.BATCH)) {
            session.runs(run.id(), run.script().name());
            if (run.script().dialect() == Dialect.HIVE) {
                session.set(DIALECT, "hive");
            }
            for (int i = 0; i < steps.size() && error.isEmpty() && !run.isCancelRequested(); i++) {
                error = step(session, i);
            }
            isOver = true;
        } catch (RuntimeException e) {
            if (isOver) {
                LOG.warn("script={} its session does not close", run.id(), e);
            } else {
                error = Optional.of(asWarehouseException(e));
            }
        } finally {
            run.end(error);
        }
    }

    /** Runs a step to its end; answers the error that stops the script. */
    private Optional<WarehouseException> step(Session session, int index) {
        ScriptStep step = steps.get(index);
        Instant since = clock.instant();
        StatementStatus status = run.move(index, new Running(since));
        Attempt attempt = new Attempt();
        try {
            attempt.make(session, step, status);
            run.move(index, new Finished(attempt.kind, attempt.rows, Optional.ofNullable(attempt.runId), since(since)));
            return Optional.empty();
        } catch (RuntimeException | LinkageError | AssertionError | VirtualMachineError e) {
            // Flink's planner answers some texts with errors that are none of the process's.
            WarehouseException error = step.bound().inFile(asWarehouseException(e));
            Optional<String> runId = Optional.ofNullable(attempt.runId);
            // A write whose outcome is not known stays one, whoever wanted it to end.
            if (run.isCancelRequested() && error.code().type() != ErrorType.UNKNOWN) {
                run.move(index, new Cancelled(runId, since(since)));
                return Optional.empty();
            }
            run.move(index, new Failed(error, runId, since(since)));
            return Optional.of(ofScript(status.number(), error));
        }
    }

    /** One attempt at a step, and what is known of it so far. */
    private final class Attempt {

        private StatementKind kind = StatementKind.SESSION;
        private OptionalLong rows = OptionalLong.empty();
        private String runId;

        void make(Session session, ScriptStep step, StatementStatus status) {
            if (step instanceof Assign assign) {
                session.set(assign.key(), assign.value());
            } else if (step instanceof Execute execute) {
                Answer answer = session.execute(execute.bound().sql(), Lane.BATCH);
                try {
                    kind = answer.kind();
                    runId = answer.runId();
                    run.watch(answer);
                    consume(answer, status);
                } finally {
                    run.unwatch();
                    close(answer);
                }
            }
        }

        /** What a statement has done does not fail by what comes after it. */
        private void close(Answer answer) {
            try {
                answer.close();
            } catch (RuntimeException e) {
                LOG.warn("script={} run={} its answer does not close", run.id(), runId, e);
            }
        }

        private void consume(Answer answer, StatementStatus status) {
            if (kind.answersRows()) {
                List<RowData> shown = firstRows(answer);
                rows = OptionalLong.of(shown.size());
                run.showRows(status, answer.schema(), shown);
            } else {
                long affected = answer.affectedRows();
                rows = kind == StatementKind.WRITE && affected >= 0 ? OptionalLong.of(affected) : OptionalLong.empty();
            }
        }
    }

    private List<RowData> firstRows(Answer answer) {
        List<RowData> first = new ArrayList<>();
        try (CloseableIterator<RowData> rows = answer.rows()) {
            while (first.size() < answerRows && rows.hasNext()) {
                first.add(rows.next());
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new WarehouseException(
                    CatalogError.EXECUTION_FAILED, "The answer's rows could not be closed: " + e.getMessage(), e);
        }
        return List.copyOf(first);
    }

    private WarehouseException ofScript(int number, WarehouseException error) {
        return new WarehouseException(
                error.code(),
                "Statement %d of '%s': %s".formatted(number, run.script().name(), error.detail()),
                error.position().orElse(null),
                error);
    }

    private static WarehouseException asWarehouseException(Throwable e) {
        return e instanceof WarehouseException known
                ? known
                : new WarehouseException(CatalogError.INTERNAL, "The statement met a defect: " + e, e);
    }

    private Duration since(Instant start) {
        return Duration.between(start, clock.instant());
    }
}
