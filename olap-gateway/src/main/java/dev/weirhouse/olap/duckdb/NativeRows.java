package dev.weirhouse.olap.duckdb;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.RecordedRun;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import dev.weirhouse.olap.arrow.ArrowFields;
import dev.weirhouse.olap.arrow.ColumnarAnswer;
import dev.weirhouse.olap.arrow.VectorRows;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/** An answer of the native engine under the names and nullability that Flink gives its columns. */
final class NativeRows implements ColumnarAnswer {

    private final RecordedRun run;
    private final ResolvedSchema schema;
    private final NativeAnswer answer;
    private final VectorSchemaRoot root;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Who holds the vectors: their owner until it closes them, and a reader. */
    private int holders = 1;

    private volatile boolean cancelled;

    /** Rows that were handed out. */
    private volatile long answered;

    /**
     * @param run records the run, once it is known that there is an answer
     * @throws IllegalStateException when a column has another type than Flink gives it
     */
    NativeRows(Supplier<RecordedRun> run, ResolvedSchema schema, NativeAnswer answer, BufferAllocator allocator) {
        this.schema = requireNonNull(schema, "schema is null");
        this.answer = requireNonNull(answer, "answer is null");
        Schema wanted = ArrowFields.ofAnswer(schema);
        for (int i = 0; i < wanted.getFields().size(); i++) {
            var computed = answer.schema().getFields().get(i).getType();
            if (!computed.equals(wanted.getFields().get(i).getType())) {
                throw new IllegalStateException("column " + (i + 1) + " was computed as " + computed + ", and is "
                        + wanted.getFields().get(i).getType());
            }
        }
        this.run = requireNonNull(run.get(), "run is null");
        this.root = VectorSchemaRoot.create(wanted, allocator);
    }

    @Override
    public String runId() {
        return run.id();
    }

    @Override
    public String cut() {
        return run.cut();
    }

    @Override
    public Optional<AnsweredBy> answeredBy() {
        return Optional.of(run.answeredBy());
    }

    @Override
    public StatementKind kind() {
        return StatementKind.QUERY;
    }

    @Override
    public ResolvedSchema schema() {
        return schema;
    }

    @Override
    public synchronized void hold() {
        if (holders == 0) {
            throw cancelled();
        }
        holders++;
    }

    @Override
    public synchronized void release() {
        holders--;
        if (holders == 0) {
            root.close();
            answer.close();
        }
    }

    private static WarehouseException cancelled() {
        return new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled.");
    }

    @Override
    public VectorSchemaRoot root() {
        return root;
    }

    @Override
    public boolean loadNext() {
        if (cancelled) {
            WarehouseException failure = cancelled();
            run.failed(failure);
            throw failure;
        }
        try {
            if (!answer.loadNext()) {
                run.finished(answered);
                return false;
            }
        } catch (WarehouseException e) {
            run.failed(e);
            throw e;
        }
        List<FieldVector> computed = answer.root().getFieldVectors();
        for (int i = 0; i < root.getFieldVectors().size(); i++) {
            computed.get(i).makeTransferPair(root.getVector(i)).transfer();
        }
        root.setRowCount(answer.root().getRowCount());
        answered += root.getRowCount();
        return true;
    }

    @Override
    public CloseableIterator<RowData> rows() {
        return new VectorRows(this);
    }

    @Override
    public long affectedRows() {
        return 0;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            release();
        } finally {
            if (cancelled) {
                run.failed(cancelled());
            } else {
                // Who leaves early has had what was wanted.
                run.finished(answered);
            }
        }
    }
}
