package dev.weirhouse.server.http;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.server.ServerError;
import dev.weirhouse.server.http.StatementState.Answering;
import dev.weirhouse.server.http.StatementState.Cancelled;
import dev.weirhouse.server.http.StatementState.ColumnView;
import dev.weirhouse.server.http.StatementState.Failed;
import dev.weirhouse.server.http.StatementState.Finished;
import dev.weirhouse.server.http.StatementState.Outline;
import dev.weirhouse.server.http.StatementState.Running;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One statement on its way. A worker thread calls {@link #run}; request threads {@link #fetch} pages and {@link #cancel}.
 *
 * <ol>
 *   <li>Running → Answering: the execution began and the answer's columns are known.
 *   <li>Answering → Finished: the last row was taken, or the count of written rows is known.
 *   <li>Running, Answering → Failed: an error of the statement, or the lane's time for it is over.
 *   <li>Running, Answering → Cancelled: a client asked, or no client fetched for too long.
 * </ol>
 *
 * <p>Pages are counted from 0 by their tokens. The worker is at most one page ahead of the one that is ready; the page
 * fetched last can be fetched again, so that a client may repeat a request whose answer it lost.
 */
final class HttpStatement {

    private static final Logger LOG = LoggerFactory.getLogger(HttpStatement.class);

    /** How an answer is cut into pages. */
    record PageBounds(int rows, long characters) {}

    /** Rows that are ready for their reader. */
    record Page(long token, JsonRows.Block block, boolean last) {}

    private final String id;
    private final Execution execution;
    private final PageBounds bounds;
    private final long maxRows;
    private final Clock clock;
    private final Instant startedAt;

    private StatementState state = new Running();
    private Page fetched;
    private Page ready;
    private Instant touchedAt;
    private Instant endedAt;

    HttpStatement(String id, Execution execution, PageBounds bounds, long maxRows, Clock clock) {
        this.id = requireNonNull(id, "id is null");
        this.execution = requireNonNull(execution, "execution is null");
        this.bounds = requireNonNull(bounds, "bounds is null");
        this.maxRows = maxRows;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.touchedAt = startedAt;
    }

    String id() {
        return id;
    }

    /** Executes to the end, unless it is cancelled: on the worker's thread, once. */
    void run() {
        try (execution) {
            if (status().state().isEnd()) {
                return;
            }
            answer(execution.begin());
        } catch (RuntimeException e) {
            end(ending(execution.explain(e)));
        } catch (OutOfMemoryError e) {
            end(ending(Failures.running(e)));
        }
    }

    private StatementState ending(RuntimeException failure) {
        if (failure instanceof WarehouseException known) {
            return known.code() == CatalogError.CANCELLED ? new Cancelled() : new Failed(known);
        }
        LOG.error("statement={} failed", id, failure);
        return new Failed(new WarehouseException(
                CatalogError.INTERNAL, "The statement met a defect; the log has it under " + id + ".", failure));
    }

    private void answer(Answer begun) {
        Outline outline = new Outline(
                begun.runId(), begun.cut(), begun.answeredBy(), begun.kind(), ColumnView.of(begun.schema()));
        if (!announce(outline)) {
            return;
        }
        if (!begun.kind().answersRows()) {
            end(new Finished(outline, begun.affectedRows(), false));
            return;
        }
        producePages(begun, outline);
    }

    private void producePages(Answer begun, Outline outline) {
        JsonRows writer = new JsonRows(begun.schema(), execution.zone());
        try (CloseableIterator<RowData> rows = begun.rows()) {
            producePages(rows, writer, outline);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new WarehouseException(CatalogError.EXECUTION_FAILED, "The answer could not be closed.", e);
        }
    }

    private void producePages(CloseableIterator<RowData> rows, JsonRows writer, Outline outline) {
        long left = maxRows;
        for (long token = 0; ; token++) {
            JsonRows.Block block = writer.take(rows, Math.min(bounds.rows(), left), bounds.characters());
            left -= block.rows();
            boolean more = rows.hasNext();
            boolean last = !more || left == 0;
            StatementState ending = last ? new Finished(outline, 0, more) : null;
            if (!offer(new Page(token, block, last), ending) || last) {
                return;
            }
        }
    }

    private synchronized boolean announce(Outline outline) {
        if (state.isEnd()) {
            return false;
        }
        state = new Answering(outline);
        return true;
    }

    /**
     * Hands a page over as soon as the one before was fetched; false when nobody wants it any more.
     *
     * @param ending the statement's state once the page is there; null to leave it as it is
     */
    private synchronized boolean offer(Page page, StatementState ending) {
        while (ready != null && !state.isEnd()) {
            await(Long.MAX_VALUE);
        }
        if (state.isEnd()) {
            return false;
        }
        ready = page;
        if (ending != null) {
            end(ending);
        }
        notifyAll();
        return true;
    }

    private synchronized void end(StatementState ending) {
        if (!state.isEnd()) {
            state = ending;
            endedAt = clock.instant();
            touchedAt = endedAt;
            notifyAll();
        }
    }

    /** Ends the statement with its job. Without effect on one that has ended. */
    void cancel() {
        end(new Cancelled());
        execution.cancel();
    }

    /** What can be said without waiting or taking rows. */
    synchronized Status status() {
        return new Status(id, state, Optional.empty(), nextToken(), elapsed());
    }

    /** Waits for the statement's first page, or its end when it has no rows, and answers it. */
    Status first(Duration wait) {
        return fetch(0, wait);
    }

    /**
     * Answers the page with this token, when it is there in time.
     *
     * @throws WarehouseException PAGE_GONE for a page before the one fetched last, REQUEST_MALFORMED for a token that was
     *     never given out
     */
    synchronized Status fetch(long token, Duration wait) {
        touchedAt = clock.instant();
        if (fetched != null && token == fetched.token()) {
            return new Status(id, state, Optional.of(fetched), nextToken(), elapsed());
        }
        long next = fetched == null ? 0 : fetched.token() + 1;
        if (token < next) {
            throw new WarehouseException(
                    ServerError.PAGE_GONE,
                    "Page %d of statement %s was fetched before and is not kept.".formatted(token, id));
        } else if (token > next || (fetched != null && fetched.last())) {
            throw new WarehouseException(
                    ServerError.REQUEST_MALFORMED, "Statement %s has given out no token %d.".formatted(id, token));
        }
        long deadline = System.nanoTime() + wait.toNanos();
        while (ready == null && !state.isEnd()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                break;
            }
            await(left);
        }
        touchedAt = clock.instant();
        if (ready == null || state instanceof Failed || state instanceof Cancelled) {
            return status();
        }
        fetched = ready;
        ready = null;
        notifyAll();
        return new Status(id, state, Optional.of(fetched), nextToken(), elapsed());
    }

    /** The token to ask for next; empty when there is nothing more to ask for. */
    private Optional<Long> nextToken() {
        if (state instanceof Failed || state instanceof Cancelled) {
            return Optional.empty();
        }
        if (fetched != null) {
            return fetched.last() ? Optional.empty() : Optional.of(fetched.token() + 1);
        }
        return state instanceof Finished && ready == null ? Optional.empty() : Optional.of(0L);
    }

    private Duration elapsed() {
        return Duration.between(startedAt, endedAt == null ? clock.instant() : endedAt);
    }

    /** Ends the statement when nobody has come for its rows for too long. */
    void expire(Duration idle) {
        boolean abandoned;
        synchronized (this) {
            abandoned = !state.isEnd() && ready != null && touchedAt.plus(idle).isBefore(clock.instant());
        }
        if (abandoned) {
            LOG.info("statement={} state=CANCELLED reason=nobody fetched its rows", id);
            cancel();
        }
    }

    /** Whether it has ended and nobody has asked for it for this long. */
    synchronized boolean isForgettable(Duration idle) {
        return state.isEnd() && touchedAt.plus(idle).isBefore(clock.instant());
    }

    private void await(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WarehouseException(CatalogError.SHUTTING_DOWN, "The warehouse is closing.", e);
        }
    }

    /**
     * What a client is told.
     *
     * @param nextToken the page to ask for next; empty when there is nothing more to ask for
     */
    record Status(String id, StatementState state, Optional<Page> page, Optional<Long> nextToken, Duration elapsed) {}
}
