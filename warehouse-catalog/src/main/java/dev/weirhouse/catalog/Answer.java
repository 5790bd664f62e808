package dev.weirhouse.catalog;

import java.util.Optional;
import org.apache.flink.table.catalog.ResolvedSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.CloseableIterator;

/** What a statement answers while it runs. Its run is recorded as ended when its rows are read to the end, or on close. */
public interface Answer extends AutoCloseable {

    /** The run's id in {@code weir.runs}, or in {@code weir.queries} of what changes nothing. */
    String runId();

    /** Which versions and snapshots it rests on, as {@code weir.queries} and {@code weir.runs} tell it. */
    String cut();

    /** What computes it; empty of what is no query. */
    Optional<AnsweredBy> answeredBy();

    StatementKind kind();

    /** The columns; none when the statement answers no rows. */
    ResolvedSchema schema();

    /**
     * The rows in Flink's internal format, forward only. May be asked for once.
     *
     * @throws WarehouseException from the iterator, when the execution fails or is cancelled
     */
    CloseableIterator<RowData> rows();

    /**
     * Waits until a WRITE has ended and its commits are done.
     *
     * @return the rows that it added; -1 when that is not known; 0 for statements that write no rows
     */
    long affectedRows();

    /** Ends the execution; whoever waits for it gets CANCELLED. Any thread may call it. */
    void cancel();

    /** Ends what still runs and frees what the answer holds. */
    @Override
    void close();
}
