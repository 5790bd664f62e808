package dev.weirhouse.catalog;

import dev.weirhouse.catalog.flink.Compiled;
import dev.weirhouse.catalog.flink.Failures;
import dev.weirhouse.catalog.paimon.ReadLeases;
import dev.weirhouse.catalog.state.RunEnd;
import dev.weirhouse.catalog.state.RunStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An answer that Flink computes; what it reads does not expire before it has ended. */
final class FlinkAnswer implements Answer {

    private static final Logger LOG = LoggerFactory.getLogger(FlinkAnswer.class);

    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(10);

    private final String runId;
    private final String cut;
    private final ReadLeases leases;
    private final Compiled compiled;
    private final TableResultInternal result;
    private final WrittenTables written;
    private final RunStore runs;
    private final boolean durable;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicBoolean handedOut = new AtomicBoolean();
    private volatile boolean cancelled;
    private CloseableIterator<RowData> iterator;
    private long affected = -1;

    /** Rows that were handed out. */
    private volatile long answered;

    private boolean awaited;

    FlinkAnswer(
            String runId,
            String cut,
            ReadLeases leases,
            Compiled compiled,
            TableResultInternal result,
            WrittenTables written,
            RunStore runs,
            boolean durable) {
        this.runId = runId;
        this.cut = cut;
        this.leases = leases;
        this.compiled = compiled;
        this.result = result;
        this.written = written;
        this.runs = runs;
        this.durable = durable;
        result.getJobClient().map(JobClient::getJobID).ifPresent(job -> {
            if (durable) {
                submitted(job.toString());
            }
        });
        if (compiled.kind() != StatementKind.WRITE && !compiled.kind().answersRows()) {
            end(written.finished());
        }
    }

    private void submitted(String job) {
        try {
            runs.submitted(runId, job);
        } catch (JdbiException e) {
            LOG.error("that run={} is the job {} is not recorded", runId, job, e);
        }
    }

    @Override
    public String runId() {
        return runId;
    }

    @Override
    public String cut() {
        return cut;
    }

    @Override
    public Optional<AnsweredBy> answeredBy() {
        return compiled.kind() == StatementKind.QUERY ? Optional.of(AnsweredBy.FLINK) : Optional.empty();
    }

    @Override
    public StatementKind kind() {
        return compiled.kind();
    }

    @Override
    public ResolvedSchema schema() {
        if (!compiled.kind().answersRows()) {
            return ResolvedSchema.of(List.of());
        }
        return compiled.kind() == StatementKind.QUERY ? compiled.schema() : result.getResolvedSchema();
    }

    @Override
    public CloseableIterator<RowData> rows() {
        if (!compiled.kind().answersRows()) {
            return CloseableIterator.empty();
        }
        if (!handedOut.compareAndSet(false, true)) {
            throw new IllegalStateException("the rows of run " + runId + " were handed out already");
        }
        iterator = result.collectInternal();
        return new RecordingIterator();
    }

    @Override
    public synchronized long affectedRows() {
        if (compiled.kind() != StatementKind.WRITE) {
            return 0;
        }
        if (!awaited) {
            try {
                result.await();
            } catch (InterruptedException e) {
                cancelJob();
                Thread.currentThread().interrupt();
                throw failed(e);
            } catch (Exception | OutOfMemoryError e) {
                throw failed(e);
            }
            RunEnd end = written.finished();
            affected = end.affectedRows().orElse(-1);
            awaited = true;
            end(end);
        }
        return affected;
    }

    @Override
    public void cancel() {
        cancelled = true;
        cancelJob();
    }

    @Override
    public void close() {
        try {
            if (iterator != null) {
                iterator.close();
            }
        } catch (Exception e) {
            LOG.debug("run={} did not close its rows in order", runId, e);
        }
        if (!ended.get()) {
            cancelJob();
            boolean unread = compiled.kind().answersRows() && !cancelled;
            end(
                    unread
                            ? RunEnd.finished(OptionalLong.of(answered))
                            : RunEnd.failed(
                                    new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.")));
        }
    }

    private void cancelJob() {
        result.getJobClient().ifPresent(client -> {
            try {
                client.cancel().get(CANCEL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                LOG.debug("run={} was over before it was cancelled", runId, e);
            }
        });
    }

    private WarehouseException failed(Throwable thrown) {
        WarehouseException failure = cancelled
                ? new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.", thrown)
                : Failures.running(thrown);
        end(RunEnd.failed(failure));
        return failure;
    }

    private void end(RunEnd end) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        leases.close();
        if (!durable) {
            runs.endSoon(runId, end);
            return;
        }
        try {
            runs.end(runId, end);
        } catch (JdbiException e) {
            // What was committed is committed, whatever the record says.
            LOG.error("the end of run={} is not recorded: {}", runId, end.state(), e);
        }
    }

    /** Records the end when the rows are read to it, or break off. */
    private final class RecordingIterator implements CloseableIterator<RowData> {
        @Override
        public boolean hasNext() {
            try {
                boolean more = iterator.hasNext();
                if (!more) {
                    if (cancelled) {
                        throw new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.");
                    }
                    end(RunEnd.finished(OptionalLong.of(answered)));
                }
                return more;
            } catch (Exception | OutOfMemoryError e) {
                throw failed(e);
            }
        }

        @Override
        public RowData next() {
            try {
                RowData row = iterator.next();
                answered++;
                return row;
            } catch (OutOfMemoryError e) {
                throw failed(e);
            }
        }

        @Override
        public void close() {
            FlinkAnswer.this.close();
        }
    }
}
