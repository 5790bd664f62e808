package dev.weirhouse.server.http;

import dev.weirhouse.batch.BatchScripts;
import dev.weirhouse.batch.Script;
import dev.weirhouse.batch.ScriptListener;
import dev.weirhouse.batch.ScriptOutcome;
import dev.weirhouse.batch.ScriptRun;
import dev.weirhouse.batch.ScriptState;
import dev.weirhouse.batch.StatementState.Cancelled;
import dev.weirhouse.batch.StatementState.Failed;
import dev.weirhouse.batch.StatementState.Finished;
import dev.weirhouse.batch.StatementState.Running;
import dev.weirhouse.batch.StatementStatus;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.Dialect;
import dev.weirhouse.catalog.RecordedText;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.server.ServerConfig;
import dev.weirhouse.server.ServerError;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Scripts of the batch lane: submitted, followed statement by statement, cancelled. */
final class ScriptRoutes {

    private static final String UNNAMED = "script";

    private final BatchScripts scripts;
    private final ServerConfig config;
    private final Clock clock;
    private final Changes changes = new Changes();

    ScriptRoutes(BatchScripts scripts, ServerConfig config, Clock clock) {
        this.scripts = scripts;
        this.config = config;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/scripts", this::list),
                Route.post("/api/v1/scripts", this::submit),
                Route.get("/api/v1/scripts/{id}", this::show),
                Route.delete("/api/v1/scripts/{id}", this::cancel));
    }

    /**
     * A script to run.
     *
     * @param name what to call it; null for "script"
     * @param dialect what the text begins in; null for Flink's
     * @param variables null for none
     */
    record ScriptRequest(String name, String text, String dialect, Map<String, String> variables) {
        Script script() {
            if (text == null) {
                throw new WarehouseException(ServerError.REQUEST_MALFORMED, "'text' is missing.");
            }
            return new Script(
                    name == null ? UNNAMED : name,
                    text,
                    dialect == null ? Dialect.FLINK : Dialect.parse(dialect),
                    variables == null ? Map.of() : variables);
        }
    }

    /** A script as clients see it; times and error are null until they are known. */
    record ScriptView(
            String id,
            String name,
            Dialect dialect,
            String user,
            String submittedAt,
            ScriptState state,
            Long waitedMillis,
            Long elapsedMillis,
            List<StepView> statements,
            ErrorBody error) {

        static ScriptView of(ScriptRun run, Clock clock) {
            // Once the state is final the outcome is there, or is being put there at this moment.
            Optional<ScriptOutcome> outcome = run.state().isFinal() ? Optional.of(run.await()) : Optional.empty();
            return new ScriptView(
                    run.id(),
                    run.script().name(),
                    run.script().dialect(),
                    run.caller().principal(),
                    run.submitted().toString(),
                    outcome.map(ScriptOutcome::state).orElseGet(run::state),
                    outcome.map(end -> end.waited().toMillis()).orElse(null),
                    outcome.map(end -> end.took().toMillis()).orElse(null),
                    outcome.map(ScriptOutcome::statements).orElseGet(run::statements).stream()
                            .map(statement -> StepView.of(statement, clock))
                            .toList(),
                    outcome.flatMap(ScriptOutcome::error).map(ErrorBody::of).orElse(null));
        }
    }

    /**
     * A statement of a script.
     *
     * @param line where it begins in the text
     * @param rows written by a write or shown of a query; null when not known
     */
    record StepView(
            int number,
            int line,
            int column,
            String sql,
            String state,
            StatementKind kind,
            Long rows,
            String runId,
            Long elapsedMillis,
            ErrorBody error) {

        static StepView of(StatementStatus status, Clock clock) {
            StepView plain = new StepView(
                    status.number(),
                    status.position().line(),
                    status.position().column(),
                    RecordedText.of(status.sql()),
                    status.state().name(),
                    null,
                    null,
                    null,
                    null,
                    null);
            if (status.state() instanceof Running running) {
                return plain.with(Optional.empty(), Duration.between(running.since(), clock.instant()), null);
            } else if (status.state() instanceof Finished finished) {
                StepView ended = plain.with(finished.runId(), finished.took(), null);
                return ended.counted(
                        finished.kind(),
                        finished.rows().isPresent() ? finished.rows().getAsLong() : null);
            } else if (status.state() instanceof Failed failed) {
                return plain.with(failed.runId(), failed.took(), ErrorBody.of(failed.error()));
            } else if (status.state() instanceof Cancelled cancelled) {
                return plain.with(cancelled.runId(), cancelled.took(), null);
            }
            return plain;
        }

        private StepView with(Optional<String> run, Duration took, ErrorBody failure) {
            return new StepView(
                    number, line, column, sql, state, kind, rows, run.orElse(null), took.toMillis(), failure);
        }

        private StepView counted(StatementKind known, Long count) {
            return new StepView(number, line, column, sql, state, known, count, runId, elapsedMillis, error);
        }
    }

    private void submit(Context request) {
        Script script = Json.read(request.bodyAsBytes(), ScriptRequest.class).script();
        ScriptRun run = scripts.submit(script, RequestCaller.of(request), changes);
        request.status(HttpStatus.ACCEPTED).json(ScriptView.of(run, clock));
    }

    private void list(Context request) {
        request.json(Map.of(
                "scripts",
                scripts.list().stream().map(run -> ScriptView.of(run, clock)).toList()));
    }

    private void show(Context request) {
        ScriptRun run = scripts.load(request.pathParam("id"));
        long wait = QueryNumber.find(request, "waitMillis", 0, Long.MAX_VALUE).orElse(0L);
        long known = QueryNumber.find(request, "ended", 0, Integer.MAX_VALUE).orElse(0L);
        changes.await(run, known, Math.min(wait, config.maxWait().toMillis()));
        request.json(ScriptView.of(run, clock));
    }

    private void cancel(Context request) {
        ScriptRun run = scripts.load(request.pathParam("id"));
        run.cancel();
        request.json(ScriptView.of(run, clock));
    }

    /** Wakes those who wait for a script to get on. */
    private static final class Changes implements ScriptListener {

        @Override
        public synchronized void onScript(ScriptRun run, ScriptState state) {
            notifyAll();
        }

        @Override
        public synchronized void onStatement(ScriptRun run, StatementStatus statement) {
            notifyAll();
        }

        /** Waits until the script has ended, or more statements have than are known to. */
        synchronized void await(ScriptRun run, long known, long millis) {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (!run.state().isFinal() && ended(run) <= known) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is closing.", e);
                }
            }
        }

        private static long ended(ScriptRun run) {
            return run.statements().stream()
                    .filter(statement -> statement.state() instanceof Finished)
                    .count();
        }
    }
}
