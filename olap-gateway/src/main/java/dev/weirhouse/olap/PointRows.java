package dev.weirhouse.olap;

import static java.util.Objects.requireNonNull;

import dev.weirhouse.catalog.Answer;
import dev.weirhouse.catalog.AnsweredBy;
import dev.weirhouse.catalog.CatalogError;
import dev.weirhouse.catalog.RecordedRun;
import dev.weirhouse.catalog.StatementKind;
import dev.weirhouse.catalog.WarehouseException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/** The few rows of a point lookup, which are there already. */
final class PointRows implements Answer {

    private final RecordedRun run;
    private final ResolvedSchema schema;
    private final List<RowData> rows;
    private volatile boolean cancelled;

    PointRows(RecordedRun run, ResolvedSchema schema, List<RowData> rows) {
        this.run = requireNonNull(run, "run is null");
        this.schema = requireNonNull(schema, "schema is null");
        this.rows = List.copyOf(rows);
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
    public CloseableIterator<RowData> rows() {
        Iterator<RowData> all = rows.iterator();
        return CloseableIterator.adapterForIterator(all);
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
        if (cancelled) {
            run.failed(new WarehouseException(CatalogError.CANCELLED, "The statement was cancelled."));
        } else {
            run.finished(rows.size());
        }
    }
}
