package dev.weirhouse.olap.flight;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.OlapConfig;
import dev.weirhouse.olap.OlapQuery;
import dev.weirhouse.olap.QueryEnd;
import dev.weirhouse.olap.arrow.ArrowRows;
import dev.weirhouse.olap.arrow.ColumnarAnswer;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.BackpressureStrategy.WaitResult;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/**
 * Sends one query's answer.
 *
 * <ol>
 *   <li>The call's thread makes the stream, which from then on hears of the client's readiness and of its leaving.
 *   <li>A thread of its own starts the query and sends the schema as soon as it is known.
 *   <li>Rows are read into one batch of vectors. A full batch is sent when the client has room for it; until then
 *       nothing is read, so that a slow client slows the query and not the server.
 *   <li>The end, or an error with its code, closes the stream. A client that leaves cancels the query, also while it
 *       starts or while the client's slowness is waited for.
 * </ol>
 *
 * <p>The call's own thread must not wait: gRPC tells of cancellation and readiness through it.
 */
final class AnswerStream implements Runnable {

    /** What a statement without rows answers when it is asked for rows. */
    static final ResolvedSchema ROWS_AFFECTED = ResolvedSchema.of(
            Column.physical("rows_affected", DataTypes.BIGINT().notNull()));

    /** How often a stream that waits for its client looks whether its query was ended otherwise. */
    private static final long WAIT_MILLIS = 500;

    /** How long rows may wait for a batch to fill while further rows trickle in; clients wait for the first batch. */
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final OlapQuery query;
    private final ZoneId zone;
    private final OlapConfig config;
    private final BufferAllocator allocator;
    private final ServerStreamListener listener;
    private final CallbackBackpressureStrategy client;

    /** What is still to be told of the answer. */
    private Optional<byte[]> metadata = Optional.empty();

    AnswerStream(
            OlapQuery query, ZoneId zone, OlapConfig config, BufferAllocator allocator, ServerStreamListener listener) {
        this.query = query;
        this.zone = zone;
        this.config = config;
        this.allocator = allocator;
        this.listener = listener;
        this.client = new CallbackBackpressureStrategy() {
            @Override
            protected void cancelCallback() {
                query.end(QueryEnd.CANCELLED);
            }
        };
        client.register(listener);
        if (listener.isCancelled()) {
            query.end(QueryEnd.CANCELLED);
        }
    }

    @Override
    public void run() {
        boolean told = false;
        try {
            send();
            listener.completed();
            told = true;
        } catch (RuntimeException | Error e) {
            Throwable cause = e instanceof RuntimeException failure ? query.explain(failure) : e;
            query.end(QueryEnd.FAILED);
            listener.error(FlightErrors.of(cause));
            told = true;
        } finally {
            query.close();
            if (!told) {
                // Whatever went wrong in telling what went wrong, a client must not wait for ever.
                listener.error(CallStatus.INTERNAL.toRuntimeException());
            }
        }
    }

    private void send() {
        Answer answer = query.start();
        metadata = Optional.of(AnswerMetadata.of(answer));
        if (answer instanceof ColumnarAnswer columns) {
            sendColumns(columns);
            return;
        }
        boolean answersRows = answer.kind().answersRows();
        ResolvedSchema schema = answersRows ? answer.schema() : ROWS_AFFECTED;
        try (ArrowRows batch = new ArrowRows(
                schema, zone, allocator, config.batchRows(), config.batchSize().bytes())) {
            if (answersRows) {
                listener.start(batch.root());
                sendRows(answer, batch);
            } else {
                batch.add(GenericRowData.of(Math.max(0, answer.affectedRows())));
                listener.start(batch.root());
            }
            if (!batch.isEmpty() || metadata.isPresent()) {
                send(batch);
            }
        }
    }

    /** Vectors go as they are. Their buffers are written before this returns, so the next batch may take their place. */
    private void sendColumns(ColumnarAnswer answer) {
        answer.hold();
        try {
            listener.start(answer.root());
            while (answer.loadNext()) {
                if (answer.root().getRowCount() > 0) {
                    awaitClient();
                    putNext();
                }
            }
            query.checkNotEnded();
            if (metadata.isPresent()) {
                answer.root().setRowCount(0);
                putNext();
            }
        } finally {
            answer.release();
        }
    }

    private void sendRows(Answer answer, ArrowRows batch) {
        try (CloseableIterator<RowData> rows = answer.rows()) {
            long sent = System.nanoTime();
            while (rows.hasNext()) {
                batch.add(rows.next());
                if (batch.isFull() || System.nanoTime() - sent > MAX_AGE_NANOS) {
                    send(batch);
                    sent = System.nanoTime();
                }
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new WarehouseException(CatalogError.EXECUTION_FAILED, "The answer could not be closed.", e);
        }
        query.checkNotEnded();
    }

    private void send(ArrowRows batch) {
        awaitClient();
        batch.seal();
        putNext();
        batch.clear();
    }

    /** The first batch says what the answer rests on; where there are no rows it is an empty one. */
    private void putNext() {
        if (metadata.isEmpty()) {
            listener.putNext();
            return;
        }
        byte[] text = metadata.get();
        metadata = Optional.empty();
        ArrowBuf buffer = allocator.buffer(text.length);
        buffer.writeBytes(text);
        // The listener frees it.
        listener.putNext(buffer);
    }

    private void awaitClient() {
        while (true) {
            query.checkNotEnded();
            WaitResult result = client.waitForListener(WAIT_MILLIS);
            if (result == WaitResult.READY) {
                return;
            }
            if (result != WaitResult.TIMEOUT) {
                query.end(QueryEnd.CANCELLED);
            }
        }
    }
}
